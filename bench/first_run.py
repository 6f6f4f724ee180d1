"""How long a newcomer waits: from a fresh clone to a market, and the house's own checks.

    python -m bench.first_run [--checks] [--tests] [--keep]

Clones the committed state into an empty folder and runs ``make run`` there, with the packages
of this machine's cache. The shop counts as open when ``make run`` says so and its catalogue
answers; all goods and all their pictures must be there soon after.
"""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GOODS = 150
PATIENCE = 600
STOP_SECONDS = 10
PROFILE = ("HOME", "PATH", "LANG", "PYTHON", "XDG_CACHE_HOME", "UV_CACHE_DIR", "UV_INDEX_URL")
PASSED_ON = (*PROFILE, "UV_DEFAULT_INDEX", "PIP_INDEX_URL", "PIP_CONFIG_FILE", "SSL_CERT_FILE")
"""What ``make`` may know of this machine; the rest of the environment stays outside."""

_GOODS = re.compile(r'href="(/produk/[a-z0-9-]+)"')
_PICTURES = re.compile(r"/media/[\w./-]+\.(?:webp|jpg|avif)")
_NEXT = re.compile(r'href="(/produk\?[^"]*setelah=[^"]*)"')


@dataclass(frozen=True)
class Step:
    """What was waited for, how long, and the goal."""

    what: str
    seconds: float
    goal: float

    def __str__(self) -> str:
        verdict = "ok" if self.seconds <= self.goal else "MISSED"
        return f"{self.what:44} {self.seconds:8.1f} s  ≤ {self.goal:5.0f} s  {verdict}"


def main() -> None:
    """Clone, run twice, check and test as asked; prints each step and writes them down."""
    asked = argparse.ArgumentParser(prog="python -m bench.first_run", description=__doc__)
    asked.add_argument("--checks", action="store_true", help="also time make check")
    asked.add_argument("--tests", action="store_true", help="also time make test")
    asked.add_argument("--keep", action="store_true", help="leave the clone where it is")
    wanted = asked.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="lumbung-first-"))
    steps: list[Step] = []
    try:
        clone = folder / "lumbung"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        for what, goal in (("make run, until it is open", 35.0), ("again", 4.0)):
            opened, complete = _until_open(clone, is_first=goal > 10)
            steps.append(Step(what, opened, goal))
            print(steps[-1], flush=True)
            if complete is not None:
                steps.append(Step("and until all pictures are there", complete, 90.0))
                print(steps[-1], flush=True)
        for name, goal in (("check", 60.0), ("test", 600.0)):
            if getattr(wanted, f"{name}s"):
                steps.append(Step(f"make {name}", _make(clone, name), goal))
                print(steps[-1], flush=True)
    finally:
        if wanted.keep:
            print(f"kept: {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    var = Path(os.environ.get("VAR_DIR", ROOT / "var"))
    var.mkdir(parents=True, exist_ok=True)
    told = [{"what": step.what, "seconds": step.seconds, "goal": step.goal} for step in steps]
    (var / "first_run.json").write_text(json.dumps(told, indent=1) + "\n")


def _environment(**extra: str) -> dict[str, str]:
    return {name: os.environ[name] for name in PASSED_ON if name in os.environ} | extra


def _make(clone: Path, target: str) -> float:
    began = time.monotonic()
    subprocess.run(["make", target], cwd=clone, env=_environment(), check=True)
    return time.monotonic() - began


def _until_open(clone: Path, *, is_first: bool) -> tuple[float, float | None]:
    """Seconds from ``make run`` to a page; at the first start also until all of it is there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    began = time.monotonic()
    run = subprocess.Popen(
        ["make", "run"],
        cwd=clone,
        env=_environment(PORT=str(port)),
        start_new_session=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdout is not None
    try:
        for line in run.stdout:
            print(line, end="", flush=True)
            if line.startswith("Lumbung is open"):
                break
        if _page(f"{url}/produk") is None:
            raise SystemExit("make run did not open the market; its lines above say why")
        opened = time.monotonic() - began
        if not is_first:
            return opened, None
        while problem := _what_is_missing(url):
            if time.monotonic() - began > PATIENCE:
                raise SystemExit(problem)
            time.sleep(0.5)
        return opened, time.monotonic() - began
    finally:
        # As Ctrl-C in a terminal does: to everything that make started.
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGINT)
            run.wait(STOP_SECONDS)


def _what_is_missing(url: str) -> str | None:
    """What is not there of all goods of the catalogue and of the pictures of its pages, if any."""
    goods: set[str] = set()
    pictures: set[str] = set()
    path: str | None = "/produk"
    while path:
        page = _page(url + path)
        if page is None:
            return f"{path} is missing"
        goods |= set(_GOODS.findall(page))
        pictures |= set(_PICTURES.findall(page))
        found = _NEXT.search(page)
        path = found[1].replace("&amp;", "&") if found else None
    missing = [picture for picture in sorted(pictures) if not _is_there(url + picture)]
    if len(goods) >= GOODS and len(pictures) >= GOODS and not missing:
        return None
    return (
        f"{len(goods)} of {GOODS} goods are listed, {len(pictures)} pictures named,"
        f" {len(missing)} of them missing"
    )


def _page(url: str) -> str | None:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            text: str = answer.read().decode()
            return text
    except (urllib.error.URLError, OSError):
        return None


def _is_there(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return bool(answer.status == 200 and answer.read())
    except (urllib.error.URLError, OSError):
        return False


if __name__ == "__main__":
    main()
