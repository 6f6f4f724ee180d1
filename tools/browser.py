"""Find a browser for the tests, or bring one.

    python tools/browser.py          prints its path; brings one first when there is none

The order: BROWSER_PATH, a Chromium of this machine, Playwright's own download, Debian's package.
The headless shell comes first: it has no windows, and opens a page in a quarter of the time.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

USUAL = (
    "/usr/bin/chromium-headless-shell",
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
    "/usr/bin/google-chrome-stable",
    "/usr/local/bin/chromium",
    "/opt/google/chrome/chrome",
    "/snap/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
NORMAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
DOWNLOAD_SECONDS = 240
START_SECONDS = 60


class NoBrowser(RuntimeError):
    """There is no browser; the message says how to get one."""


def find() -> Path:
    """A browser that starts.

    :raises NoBrowser: with the cure, when this machine has none.
    """
    named = os.environ.get("BROWSER_PATH")
    if named:
        if _starts(Path(named)):
            return Path(named)
        raise NoBrowser(
            f"BROWSER_PATH={named} does not start: point it at a Chromium or leave it out."
        )
    for search in (_usual, _on_the_path, _playwrights):
        for candidate in search():
            if _starts(candidate):
                return candidate
    raise NoBrowser(
        "The browser tests need Chromium and found none:"
        " install one (Debian: apt-get install chromium-headless-shell) or set BROWSER_PATH."
    )


def bring() -> Path:
    """A browser that starts, fetched now when this machine has none."""
    try:
        return find()
    except NoBrowser:
        if os.environ.get("BROWSER_PATH"):
            raise
    for way in (_from_playwright, _from_debian):
        way()
        try:
            return find()
        except NoBrowser:
            continue
    return find()


def _starts(path: Path) -> bool:
    if not path.is_file():
        return False
    try:
        answer = subprocess.run(
            [path, "--version"],
            capture_output=True,
            check=False,
            timeout=START_SECONDS,
            env=_environment(),
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return answer.returncode == 0


def _usual() -> list[Path]:
    return [Path(place) for place in USUAL]


def _on_the_path() -> list[Path]:
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return [Path(found) for name in names if (found := shutil.which(name))]


def _playwrights() -> list[Path]:
    """Where Playwright keeps its own; asked in a process of its own, as the tests hold one open."""
    question = (
        "from playwright.sync_api import sync_playwright\n"
        "with sync_playwright() as p: print(p.chromium.executable_path)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", question], capture_output=True, text=True, check=False
    )
    return [Path(answer.stdout.strip())] if answer.returncode == 0 else []


def _from_playwright() -> None:
    print("Fetching a browser for the tests (once) …", file=sys.stderr)
    _try([sys.executable, "-m", "playwright", "install", "chromium"])


def _from_debian() -> None:
    apt = Path("/usr/bin/apt-get")
    if not apt.exists() or os.geteuid() != 0:
        return
    print("Installing Debian's Chromium for the tests (once) …", file=sys.stderr)
    _try([str(apt), "update", "-q"])
    for package in ("chromium-headless-shell", "chromium"):  # older releases have the second only
        if _try([str(apt), "install", "-q", "-y", "--no-install-recommends", package]):
            return


def _try(command: list[str]) -> bool:
    """Run it quietly; whether it ended well."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            check=False,
            stdin=subprocess.DEVNULL,
            timeout=DOWNLOAD_SECONDS,
            env=_environment() | {"DEBIAN_FRONTEND": "noninteractive"},
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        print(f"  {fault}", file=sys.stderr)
        return False
    return done.returncode == 0


def _environment() -> dict[str, str]:
    # Chromium's start script and the package's set-up need ordinary tools; a bare PATH has none.
    return {**os.environ, "PATH": f"{os.environ.get('PATH', '')}:{NORMAL_PATH}"}


if __name__ == "__main__":
    try:
        print(bring())
    except NoBrowser as fault:
        sys.exit(str(fault))
