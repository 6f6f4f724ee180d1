"""Ends what a test run leaves behind, also when the run itself was killed.

``python -m tests.support.cleanup FOLDER`` waits for the end of its standard input. The test run
holds the other end of that pipe, so the input ends when the run ends, for whatever reason. Then
every process that was started with this folder in its environment is killed, and the folder goes.
"""

import errno
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
HOUSE = "LUMBUNG_TEST_HOUSE"
"""Setting that names the folder of this run; every process of the run inherits it."""
MEMORY = Path("/dev/shm")
MIN_MEMORY_BYTES = 2_000_000_000
"""Free bytes from which on the folder lies in memory."""
MIN_FREE_BYTES = 1_000_000_000
"""What a run needs at most at one moment; measured: 0.6 GB with two processes."""
STOP_SECONDS = 10
FULL = ("database or disk is full", "No space left on device")


class DiskFull(RuntimeError):
    """There is no room for the databases and files of a test run; the message says where."""


def is_disk_full(fault: BaseException | None) -> bool:
    """Whether a fault, or what it came from, says that a disk is full.

    SQLite and PostgreSQL say it in words of their own, the system with a number.
    """
    while fault is not None:
        words = str(fault)
        if getattr(fault, "errno", None) == errno.ENOSPC or any(one in words for one in FULL):
            return True
        fault = fault.__cause__ or fault.__context__
    return False


@dataclass(frozen=True)
class RunFolder:
    """The folder of one run and the process that watches it."""

    path: Path
    watcher: "subprocess.Popen[bytes]"
    before: Mapping[str, str | None]
    """Settings that the run changed, as they were."""

    def close(self) -> None:
        """End all processes of the run and take the folder away."""
        assert self.watcher.stdin is not None
        self.watcher.stdin.close()
        self.watcher.wait(3 * STOP_SECONDS)
        for name, value in self.before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        tempfile.tempdir = None  # read TMPDIR again


def open_run_folder(parent: Path | None = None) -> RunFolder:
    """Make the folder of this run and watch over it; temporary files of the run lie in it too.

    :param parent: where; None: in memory where there is room, else with other temporary files.
    :raises DiskFull: when there is no room for a run.
    """
    if parent is None:
        in_memory = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > MIN_MEMORY_BYTES
        parent = MEMORY if in_memory else Path(tempfile.gettempdir())
    free = shutil.disk_usage(parent).free
    if free < MIN_FREE_BYTES:
        raise DiskFull(
            f"{parent} has {free // 1_000_000} MB free and a run needs"
            f" {MIN_FREE_BYTES // 1_000_000}: free some, or name another folder with TMPDIR."
        )
    path = Path(tempfile.mkdtemp(prefix="lumbung-", dir=parent))
    temporary = str(path / "tmp")
    Path(temporary).mkdir()
    changed = {HOUSE: str(path), "TMPDIR": temporary, "PYTEST_DEBUG_TEMPROOT": temporary}
    before = {name: os.environ.get(name) for name in changed}
    os.environ.update(changed)
    tempfile.tempdir = None  # read TMPDIR again
    watcher = subprocess.Popen(
        [sys.executable, "-m", __name__, str(path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C reaches the tests first
    )
    return RunFolder(path, watcher, before)


def stop_postgres(folder: Path) -> None:
    """End the PostgreSQL server whose data lie in ``folder/data`` at once, if there is one."""
    with suppress(FileNotFoundError, ValueError, IndexError, psutil.NoSuchProcess):
        pid = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
        server = psutil.Process(pid)
        # The server tidies up its shared memory; after SIGKILL nobody would.
        server.send_signal(signal.SIGQUIT)
        deadline = time.monotonic() + STOP_SECONDS
        # The process that started it need not collect it, so it may stay as a zombie.
        while server.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
            time.sleep(0.02)


def _drop_databases(server: str, house: Path) -> None:
    """Drop the databases that a run left on somebody's own server."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        prefix = house.name.replace("-", "_").replace("_", r"\_")
        names = connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE %s", (f"{prefix}%",)
        ).fetchall()
        for (name,) in names:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


def _processes_of(house: Path) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["environ"])
        if process.pid != os.getpid()
        and (process.info["environ"] or {}).get(HOUSE) == str(house)
        and process.status() != psutil.STATUS_ZOMBIE
    ]


def _end_all(house: Path) -> None:
    stop_postgres(house / "pg")
    deadline = time.monotonic() + STOP_SECONDS
    while (left := _processes_of(house)) and time.monotonic() < deadline:
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        time.sleep(0.05)
    wanted = os.environ.get("TEST_POSTGRES_URL")
    if wanted:
        with suppress(Exception):  # a server that is gone has nothing to tidy up
            _drop_databases(wanted, house)
    shutil.rmtree(house, ignore_errors=True)


if __name__ == "__main__":
    for stop in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(stop, signal.SIG_IGN)  # its work begins when the others have ended
    sys.stdin.buffer.read()
    _end_all(Path(sys.argv[1]))
