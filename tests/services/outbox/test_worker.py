"""Promised work is done once: whatever fails, hangs, is killed, or is promised twice."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.services.outbox import worker
from shop.services.outbox.actions import (
    LEASE,
    Claim,
    claim,
    enqueue,
    fail,
    finish,
    heartbeat,
    mark_dead,
    renew,
    sweep,
)
from shop.services.outbox.models import JobState, OutboxJob, Worker
from shop.services.outbox.queries import count_dead, last_seen_worker
from shop.services.outbox.rules import FIRST_WAIT, LONGEST_WAIT, MAX_ATTEMPTS, back_off

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Numbers of the test jobs that were done; no other periodic work runs meanwhile."""
    numbers: list[int] = []

    def do(_db: Database, payload: dict[str, Any], _now: datetime) -> None:
        numbers.append(payload["n"])

    monkeypatch.setattr(worker, "_handlers", {"test": do})
    monkeypatch.setattr(worker, "_periodic", {})
    return numbers


def _promise(db: Database, *numbers: int, run_at: datetime | None = None) -> None:
    with db.writing() as session:
        for n in numbers:
            enqueue(
                session, kind="test", key=f"test:{n}", payload={"n": n}, now=NOON, run_at=run_at
            )


def _jobs(db: Database) -> list[OutboxJob]:
    with db.reading() as session:
        return list(session.scalars(select(OutboxJob).order_by(OutboxJob.id)))


def test_the_same_key_twice_is_one_job(db: Database, done: list[int]) -> None:
    with db.writing() as session:
        for expected in (True, False):
            is_new = enqueue(session, kind="test", key="one", payload={"n": 1}, now=NOON)
            assert is_new is expected
    assert worker.run_once(db, NOON) == 1
    assert worker.run_once(db, NOON) == 0
    assert done == [1]


def test_a_promise_goes_with_its_cause(db: Database, done: list[int]) -> None:
    def promise_and_break(session: Session) -> None:
        enqueue(session, kind="test", key="one", payload={"n": 1}, now=NOON)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        db.write(promise_and_break)
    assert worker.run_once(db, NOON) == 0
    assert done == []


def test_work_waits_for_its_time(db: Database, done: list[int]) -> None:
    _promise(db, 1, run_at=NOON + timedelta(minutes=5))
    assert worker.run_once(db, NOON) == 0
    assert worker.run_once(db, NOON + timedelta(minutes=5)) == 1
    assert done == [1]


def test_a_failed_job_comes_back_later_and_keeps_its_fault_without_its_words(
    db: Database, monkeypatch: pytest.MonkeyPatch, done: list[int]
) -> None:
    def refuse(*_: object) -> None:
        raise ConnectionRefusedError("sari@pembeli.example refused")

    monkeypatch.setattr(worker, "_handlers", {"test": refuse})
    _promise(db, 1)
    assert worker.run_once(db, NOON) == 1
    (job,) = _jobs(db)
    assert job.state is JobState.WAITING
    assert job.fault == "ConnectionRefusedError"
    assert NOON + FIRST_WAIT / 2 <= job.run_at <= NOON + FIRST_WAIT + timedelta(seconds=1)
    assert worker.run_once(db, NOON) == 0


def test_one_bad_job_keeps_no_other_waiting(
    db: Database, monkeypatch: pytest.MonkeyPatch, done: list[int]
) -> None:
    kept = worker._handlers["test"]

    def sometimes(db: Database, payload: dict[str, Any], now: datetime) -> None:
        if payload["n"] == 1:
            raise ValueError
        kept(db, payload, now)

    monkeypatch.setattr(worker, "_handlers", {"test": sometimes})
    _promise(db, 1, 2, 3)
    assert worker.run_once(db, NOON) == 3
    assert done == [2, 3]


def test_a_kind_nobody_knows_waits_for_a_newer_worker(db: Database, done: list[int]) -> None:
    with db.writing() as session:
        enqueue(session, kind="new", key="new", payload={}, now=NOON)
    worker.run_once(db, NOON)
    (job,) = _jobs(db)
    assert (job.state, job.fault) == (JobState.WAITING, "NoHandler")


def test_who_fails_too_often_rests_and_is_counted(
    db: Database, monkeypatch: pytest.MonkeyPatch, done: list[int]
) -> None:
    def refuse(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr(worker, "_handlers", {"test": refuse})
    _promise(db, 1)
    now = NOON
    for _ in range(MAX_ATTEMPTS):
        assert worker.run_once(db, now) == 1
        now += LONGEST_WAIT
    assert worker.run_once(db, now) == 0
    with db.reading() as session:
        assert count_dead(session) == 1


def test_waits_grow_and_stay_within_six_hours() -> None:
    for attempts in range(1, 200):
        minimum, maximum = back_off(attempts, 0.0), back_off(attempts, 1.0)
        assert timedelta(seconds=2) < minimum <= maximum <= LONGEST_WAIT
        assert back_off(attempts + 1, 0.0) >= minimum


def test_a_killed_workers_job_is_taken_up_when_its_lease_is_over(
    db: Database, done: list[int]
) -> None:
    _promise(db, 1)
    with db.writing() as session:
        assert claim(session, NOON) is not None  # and then the worker was killed
    assert worker.run_once(db, NOON + LEASE - timedelta(seconds=1)) == 0
    assert worker.run_once(db, NOON + LEASE) == 1
    assert done == [1]


def _claimed(db: Database, now: datetime) -> Claim:
    with db.writing() as session:
        mine = claim(session, now)
    assert mine is not None
    return mine


@pytest.mark.parametrize("late", ["finish", "fail", "renew"])
def test_a_worker_that_comes_too_late_changes_nothing(
    db: Database, done: list[int], late: str
) -> None:
    _promise(db, 1)
    slow = _claimed(db, NOON)
    quick = _claimed(db, NOON + LEASE)
    changes: dict[str, Callable[..., bool]] = {
        "finish": lambda session: finish(session, slow, NOON + LEASE),
        "fail": lambda session: fail(session, slow, "late", NOON + LEASE),
        "renew": lambda session: renew(session, slow, NOON + LEASE),
    }
    with db.writing() as session:
        assert changes[late](session) is False
    (job,) = _jobs(db)
    assert (job.state, job.attempts, job.fault) == (JobState.WAITING, quick.attempt, None)


def test_a_long_job_keeps_its_lease(
    db: Database, monkeypatch: pytest.MonkeyPatch, done: list[int]
) -> None:
    short = timedelta(seconds=0.6)
    monkeypatch.setattr(worker, "LEASE", short)
    monkeypatch.setattr("shop.services.outbox.actions.LEASE", short)
    leases = set()

    def slow(db: Database, _payload: dict[str, Any], _now: datetime) -> None:
        for _ in range(12):
            threading.Event().wait(0.1)
            with db.reading() as session:
                leases.add(session.scalar(select(OutboxJob.lease_until)))

    monkeypatch.setattr(worker, "_handlers", {"test": slow})
    _promise(db, 1)
    worker.run_once(db, NOON)
    assert len(leases) > 2
    assert max(lease for lease in leases if lease) > NOON + timedelta(seconds=1)


def test_a_job_that_kills_its_worker_every_time_is_laid_to_rest(
    db: Database, done: list[int]
) -> None:
    _promise(db, 1)
    now = NOON
    for _ in range(MAX_ATTEMPTS):
        _claimed(db, now)
        now += LEASE
    with db.writing() as session:
        mark_dead(session, now)
    assert worker.run_once(db, now) == 0
    assert _jobs(db)[0].state is JobState.DEAD


def test_periodic_work_runs_once_a_period_however_many_workers(
    db: Database, monkeypatch: pytest.MonkeyPatch, done: list[int]
) -> None:
    ran: list[datetime] = []
    monkeypatch.setattr(
        worker, "_periodic", {"tick": worker._Period(60, lambda _db, now: ran.append(now))}
    )
    other = Database(db.url.render_as_string(hide_password=False))
    for second in range(0, 180, 20):
        now = NOON + timedelta(seconds=second)
        worker.run_once(db, now)
        worker.run_once(other, now)
    other.dispose()
    assert len(ran) == 3


def test_a_failed_period_is_not_tried_again_but_the_next_one_comes(
    db: Database, monkeypatch: pytest.MonkeyPatch, done: list[int]
) -> None:
    ran = []

    def work(_db: Database, now: datetime) -> None:
        ran.append(now)
        raise ValueError

    monkeypatch.setattr(worker, "_periodic", {"tick": worker._Period(60, work)})
    for minute in (0, 0, 1):
        worker.run_once(db, NOON + timedelta(minutes=minute))
    assert len(ran) == 2
    with db.writing() as session:
        sweep(session, NOON + timedelta(days=2))
    assert _jobs(db) == []


def test_a_worker_shows_that_it_lives(db: Database) -> None:
    with db.writing() as session:
        heartbeat(session, "desa:1", NOON)
        heartbeat(session, "desa:1", NOON + timedelta(seconds=10))
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Worker)) == 1
        assert last_seen_worker(session) == NOON + timedelta(seconds=10)


def test_a_worker_ends_when_told_and_outlives_a_fault(
    db: Database, monkeypatch: pytest.MonkeyPatch, done: list[int]
) -> None:
    monkeypatch.setattr(worker, "FAULT_SECONDS", 0.01)
    faults = iter([RuntimeError("the database is away")])
    kept = worker.run_once

    def shaky(*given: Any) -> int:
        for fault in faults:
            raise fault
        return kept(*given)

    monkeypatch.setattr(worker, "run_once", shaky)
    _promise(db, 1)
    stop = threading.Event()
    thread = threading.Thread(target=worker.run_forever, args=(db, stop))
    thread.start()
    for _ in range(100):
        if done:
            break
        threading.Event().wait(0.05)
    stop.set()
    thread.join(5)
    assert not thread.is_alive()
    assert done == [1]


JOBS, WORKERS = 40, 6


def _race(db: Database, take: Callable[[Database], int | None]) -> list[int]:
    """What several workers take when they start at once."""
    taken: list[int] = []
    gate = threading.Barrier(WORKERS)

    def work() -> None:
        gate.wait()
        while (number := take(db)) is not None:
            taken.append(number)

    threads = [threading.Thread(target=work) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def test_six_workers_at_once_do_each_job_once(db: Database, done: list[int]) -> None:
    _promise(db, *range(JOBS))

    def take(db: Database) -> int | None:
        with db.writing() as session:
            mine = claim(session, NOON)
            if mine is not None:
                finish(session, mine, NOON)
        return None if mine is None else int(mine.payload["n"])

    assert sorted(_race(db, take)) == list(range(JOBS))


def test_without_the_lease_six_workers_do_jobs_twice(db: Database, done: list[int]) -> None:
    """The control: looking first and writing after lets two workers take the same job."""
    _promise(db, *range(JOBS))

    def take(db: Database) -> int | None:
        with db.reading() as session:
            job = session.scalar(
                select(OutboxJob)
                .where(OutboxJob.state == JobState.WAITING)
                .where(or_(OutboxJob.lease_until.is_(None), OutboxJob.lease_until <= NOON))
                .order_by(OutboxJob.id)
                .limit(1)
            )
        if job is None:
            return None
        with db.writing() as session:
            session.execute(
                update(OutboxJob).where(OutboxJob.id == job.id).values(state=JobState.DONE)
            )
        return int(job.payload["n"])

    assert len(_race(db, take)) > JOBS
