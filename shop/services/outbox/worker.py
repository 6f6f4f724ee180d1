"""Doing what was promised: every job once, also when a worker is killed while doing it.

A job belongs to the worker that leased it. While it works, the lease is kept alive beside it; a
killed worker's lease ends by itself and another takes the job up. So a handler may run again
after a crash and has to leave the same result when it does.
"""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.core.values.errors import RuleBroken
from shop.services.outbox.actions import (
    LEASE,
    PERIODIC,
    Claim,
    claim,
    enqueue,
    fail,
    fall_back_to_whatsapp,
    finish,
    heartbeat,
    mark_dead,
    renew,
    sweep,
)
from shop.services.outbox.errors import NoHandler
from shop.services.outbox.queries import is_anything_due

log = logging.getLogger(__name__)

Handler = Callable[[Database, dict[str, Any], datetime], None]
"""Does one job. It opens its own transactions, and none while it talks to the network."""
PeriodicWork = Callable[[Database, datetime], None]
Step = Callable[[Session, int, datetime], None]

BATCH = 20
IDLE_SECONDS = 1.0
HEARTBEAT_SECONDS = 10
FAULT_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class _Period:
    every_seconds: int
    work: PeriodicWork


_handlers: dict[str, Handler] = {}
_periodic: dict[str, _Period] = {}
_planned: WeakKeyDictionary[Database, dict[str, int]] = WeakKeyDictionary()


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Say how jobs of a kind are done."""

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return register


def periodic(name: str, every_seconds: int) -> Callable[[PeriodicWork], PeriodicWork]:
    """Have work done once in each span of time, however many workers there are."""

    def register(work: PeriodicWork) -> PeriodicWork:
        _periodic[name] = _Period(every_seconds, work)
        return work

    return register


def one_by_one(db: Database, step: Step, subjects: Iterable[int], now: datetime) -> None:
    """Take a step for each subject in a transaction of its own.

    What a rule forbids for one of them is logged and keeps none of the others waiting.
    """
    for subject in subjects:
        try:
            db.write(partial(_step, step, subject, now))
        except RuleBroken:
            log.warning("%s of %s was refused", step.__name__, subject, exc_info=True)


def _step(step: Step, subject: int, now: datetime, session: Session) -> None:
    step(session, subject, now)


def run_once(db: Database, now: datetime, stop: threading.Event | None = None) -> int:
    """Plan what is periodic and do what is due, at most a batch.

    :return: how many jobs were taken up, done or failed.
    """
    started = time.monotonic()

    def moment() -> datetime:
        return now + timedelta(seconds=time.monotonic() - started)

    _plan(db, now)
    for done in range(BATCH):
        mine = None if stop is not None and stop.is_set() else _next(db, moment())
        if mine is None:
            return done
        _do(db, mine, moment)
    return BATCH


def run_forever(db: Database, stop: threading.Event) -> None:
    """Work until ``stop`` is set; a database that is away for a while does not end it."""
    name = f"{socket.gethostname()}:{os.getpid()}"[:80]
    seen = -float(HEARTBEAT_SECONDS)
    while not stop.is_set():
        try:
            if time.monotonic() - seen >= HEARTBEAT_SECONDS:
                with db.writing() as session:
                    heartbeat(session, name, clock.now())
                seen = time.monotonic()
            if run_once(db, clock.now(), stop) == 0:
                stop.wait(IDLE_SECONDS)
        except Exception:
            log.exception("the worker could not work")
            stop.wait(FAULT_SECONDS)


def _plan(db: Database, now: datetime) -> None:
    """Write down the periods that have begun; the unique key keeps it to one job for each."""
    planned = _planned.setdefault(db, {})
    begun = {
        name: int(now.timestamp()) // period.every_seconds for name, period in _periodic.items()
    }
    fresh = {name: count for name, count in begun.items() if planned.get(name) != count}
    if not fresh:
        return
    with db.writing() as session:
        for name, count in fresh.items():
            kind = f"{PERIODIC}{name}"
            enqueue(session, kind=kind, key=f"{kind}:{count}", payload={}, now=now)
    planned.update(fresh)


def _next(db: Database, now: datetime) -> Claim | None:
    # Looking first: an idle worker must not take the write lock every second.
    with db.reading() as session:
        if not is_anything_due(session, now):
            return None
    with db.writing() as session:
        return claim(session, now)


def _do(db: Database, mine: Claim, moment: Callable[[], datetime]) -> None:
    try:
        with _lease_renewed(db, mine, moment):
            _work(db, mine, moment())
    except Exception as fault:
        # The kind of fault only: its words may carry an address, and the row stays.
        log.warning("job %s (%s) failed", mine.job_id, mine.kind, exc_info=fault)
        with db.writing() as session:
            fail(session, mine, type(fault).__name__, moment())
    else:
        with db.writing() as session:
            finish(session, mine, moment())


def _work(db: Database, mine: Claim, now: datetime) -> None:
    if mine.kind.startswith(PERIODIC):
        period = _periodic.get(mine.kind.removeprefix(PERIODIC))
        if period is None:
            raise NoHandler(mine.kind)
        period.work(db, now)
        return
    handler = _handlers.get(mine.kind)
    if handler is None:
        raise NoHandler(mine.kind)
    handler(db, mine.payload, now)


@contextmanager
def _lease_renewed(db: Database, mine: Claim, moment: Callable[[], datetime]) -> Iterator[None]:
    """Keep the lease alive while the block works."""
    done = threading.Event()

    def keep() -> None:
        while not done.wait(LEASE.total_seconds() / 3):
            with db.writing() as session:
                if not renew(session, mine, moment()):
                    return

    keeper = threading.Thread(target=keep, name=f"lease-{mine.job_id}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()


@periodic("outbox-housekeeping", 3600)
def _keep_house(db: Database, now: datetime) -> None:
    with db.writing() as session:
        mark_dead(session, now)
        fall_back_to_whatsapp(session)
        sweep(session, now)
