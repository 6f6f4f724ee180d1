"""Make .venv or bring it up to date from the locked requirements; called by make.

    python tools/install.py run|dev

Only the standard library: this runs before anything is installed.
"""

import os
import shutil
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
PYTHON = BIN / "python"
LOG = VENV / "install.log"
RUN, DEV = VENV / "for-run", VENV / "for-dev"
QUIET = ("--quiet", "--require-hashes")
LOCK = {"run": ROOT / "requirements.txt", "dev": ROOT / "requirements-dev.txt"}


def main(wanted: str) -> None:
    """Install for ``run`` or for ``dev``; what is wanted for dev serves run as well."""
    if wanted == "run" and DEV.exists():
        wanted = "dev"  # never take away what the tests need
    started = time.monotonic()
    if not _works():
        print("Making .venv …", flush=True)
        shutil.rmtree(VENV, ignore_errors=True)
        venv.create(VENV, with_pip=True, symlinks=os.name != "nt")
    print(f"Installing what {wanted} needs (once) …", flush=True)
    LOG.unlink(missing_ok=True)
    _uv()
    _packages(LOCK[wanted])
    _shop()
    for stamp in (RUN, DEV) if wanted == "dev" else (RUN,):
        stamp.touch()
    print(f"Ready after {time.monotonic() - started:.0f} s.", flush=True)


def _works() -> bool:
    """Whether .venv's Python runs and is one that the shop can use."""
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return (
            subprocess.run([PYTHON, "-c", probe], capture_output=True, check=False).returncode == 0
        )
    except OSError:
        return False


def _uv() -> None:
    """The fast installer itself comes by pip, locked like everything else."""
    if not (BIN / "uv").exists() and not _pip(ROOT / "requirements-build.txt"):
        _give_up()


def _packages(lock: Path) -> None:
    """Exactly what the lock names, checked by hash; nothing beside it stays."""
    # pip comes second: it is slower, but knows this machine's own mirrors, which uv does not read.
    if not _run(BIN / "uv", "pip", "sync", *QUIET, "--python", PYTHON, lock) and not _pip(lock):
        _give_up()


def _shop() -> None:
    """Link the shop itself: `lumbung` runs the code in this folder."""
    options = ("--no-deps", "--no-build-isolation", "--offline", "--python", PYTHON)
    if not _run(BIN / "uv", "pip", "install", "--quiet", *options, "--editable", ROOT):
        _give_up("The shop could not be linked into .venv: mend pyproject.toml")


def _pip(lock: Path) -> bool:
    options = ("--disable-pip-version-check", "--retries", "2", "--requirement", lock)
    return _run(PYTHON, "-m", "pip", "install", *QUIET, *options)


def _run(*command: str | Path) -> bool:
    """Run it, its words into the log; whether it went well."""
    environment = {**os.environ, "UV_SYSTEM_CERTS": "1", "UV_NO_PROGRESS": "1"}
    environment.pop("VIRTUAL_ENV", None)
    with LOG.open("ab") as log:
        log.write(f"$ {' '.join(map(str, command))}\n".encode())
        log.flush()
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            check=False,
        )
    return done.returncode == 0


def _give_up(what: str = "The packages could not be fetched: check the network") -> None:
    place = LOG.relative_to(ROOT)
    sys.exit(f"{what} and run make again; {place} has the details.")


if __name__ == "__main__":
    main(sys.argv[1])
