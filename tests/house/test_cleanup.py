"""A run leaves nothing behind, however it ends, and says in one line that a disk is full."""

import errno
import os
import shutil
import signal
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path

import psutil
import pytest
from sqlalchemy.exc import OperationalError

from tests.support.cleanup import HOUSE, DiskFull, is_disk_full, open_run_folder

ROOT = Path(__file__).parents[2]
RUN = """
import os, subprocess, sys, time
from tests.support import postgres
from tests.support.cleanup import open_run_folder
from pathlib import Path
run = open_run_folder()
postgres.server_url(run.path)
asleep = [sys.executable, "-c", "import time; time.sleep(600)"]
left = subprocess.Popen(asleep, start_new_session=True)
server = (run.path / "pg" / "data" / "postmaster.pid").read_text().split()[0]
print(run.path, left.pid, server, flush=True)
time.sleep(600)
"""
Usage = namedtuple("Usage", "total used free")


def test_a_killed_run_leaves_no_process_no_server_and_no_file() -> None:
    environment = {name: value for name, value in os.environ.items() if name != HOUSE}
    environment.pop("TEST_POSTGRES_URL", None)
    with subprocess.Popen(
        [sys.executable, "-c", RUN], cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment
    ) as run:
        assert run.stdout is not None
        folder, left, server = run.stdout.readline().split()
        assert psutil.pid_exists(int(left))
        assert psutil.pid_exists(int(server))
        run.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 30
    while Path(folder).exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not Path(folder).exists()
    assert not is_running(int(left))
    assert not is_running(int(server))


def is_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_no_room_for_a_run_is_named_before_it_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(10**9, 10**9, 5_000_000))
    with pytest.raises(DiskFull, match="5 MB free and a run needs 1000: free some"):
        open_run_folder()


@pytest.mark.parametrize(
    "fault",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OperationalError("INSERT", {}, Exception("database or disk is full")),
    ],
)
def test_a_full_disk_is_known_by_what_is_said_of_it(fault: Exception) -> None:
    wrapped = RuntimeError("the purchase was not placed")
    wrapped.__cause__ = fault
    assert is_disk_full(fault)
    assert is_disk_full(wrapped)
    assert not is_disk_full(ValueError("no number"))
