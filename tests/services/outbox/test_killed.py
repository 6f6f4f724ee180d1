"""A worker that is killed with -9 while it works loses nothing."""

import multiprocessing
import os
import signal
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from shop.core.database.engine import Database
from shop.services.outbox import worker
from shop.services.outbox.actions import LEASE, enqueue
from shop.services.outbox.models import JobState, OutboxJob

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
JOBS = 3


def _work(url: str, folder: str) -> None:
    """A worker of its own that does the first job and hangs in the second."""

    def do(_db: Database, payload: dict[str, Any], _now: datetime) -> None:
        Path(folder, f"{payload['n']}.{os.getpid()}").touch()
        if payload["n"] == 1:
            time.sleep(600)

    worker._handlers = {"test": do}
    worker._periodic = {}
    worker.run_once(Database(url), NOON)


def test_what_a_killed_worker_left_another_finishes(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []
    monkeypatch.setattr(
        worker, "_handlers", {"test": lambda _db, payload, _now: done.append(payload["n"])}
    )
    monkeypatch.setattr(worker, "_periodic", {})
    with db.writing() as session:
        for n in range(JOBS):
            enqueue(session, kind="test", key=f"test:{n}", payload={"n": n}, now=NOON)
    process = multiprocessing.get_context("spawn").Process(
        target=_work, args=(db.url.render_as_string(hide_password=False), str(tmp_path))
    )
    process.start()
    assert process.pid is not None
    deadline = time.monotonic() + 30
    while not list(tmp_path.glob("1.*")) and time.monotonic() < deadline:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.join(10)
    assert worker.run_once(db, NOON) == 1  # the third; the second is still leased
    assert worker.run_once(db, NOON + 2 * LEASE) == 1
    assert done == [2, 1]
    with db.reading() as session:
        assert set(session.scalars(select(OutboxJob.state))) == {JobState.DONE}
