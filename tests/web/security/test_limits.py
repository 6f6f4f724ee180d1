"""Nobody guesses fast, and nobody is locked out for good: counted for all processes together."""

import multiprocessing
from datetime import timedelta
from typing import cast

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from shop.core.database.engine import Database
from shop.core.values import clock
from shop.web.security import rate_limits
from shop.web.security.models import RateCounter
from shop.web.security.rate_limits import Limit, RateLimitExceeded, hit, hit_all, undo_hit

MAX_HITS = 5


def _tries(maximum: int, scope: str = "test", subject: str = "sari") -> int:
    """How many of ``maximum`` tries pass."""
    passed = 0
    for _ in range(maximum):
        try:
            hit(scope, subject, MAX_HITS, 300)
            passed += 1
        except RateLimitExceeded:
            pass
    return passed


def test_so_many_tries_pass_and_no_more(app: Flask) -> None:
    with app.app_context():
        assert _tries(20) == MAX_HITS
        assert _tries(20, subject="budi") == MAX_HITS
        assert _tries(20, scope="other") == MAX_HITS


def test_the_wait_is_told_and_then_it_is_over(app: Flask) -> None:
    now = clock.now()
    with app.app_context():
        with time_machine.travel(now, tick=False):
            _tries(20)
        with time_machine.travel(now + timedelta(seconds=200), tick=False):
            with pytest.raises(RateLimitExceeded) as refusal:
                hit("test", "sari", MAX_HITS, 300)
            assert refusal.value.wait_seconds in (99, 100)
            assert refusal.value.wait_minutes == 2
        with time_machine.travel(now + timedelta(seconds=301), tick=False):
            assert _tries(20) == MAX_HITS


def test_a_rightful_try_is_given_back(app: Flask) -> None:
    one = (Limit("test", MAX_HITS, 300), "sari")
    with app.app_context():
        for _ in range(50):
            hit_all(one)
            undo_hit(one)
        assert _tries(20) == MAX_HITS
        undo_hit((Limit("unknown", 1, 1), "nobody"))


def test_two_limits_are_counted_together_and_the_longer_wait_is_told(app: Flask) -> None:
    short, long = (Limit("short", 1, 10), "a"), (Limit("long", 1, 1_000), "b")
    with app.app_context():
        hit_all(short, long)
        with pytest.raises(RateLimitExceeded) as refusal:
            hit_all(long, short)
        assert refusal.value.wait_seconds > 900


def test_the_table_does_not_tell_whom_it_counts_and_forgets_what_is_over(
    app: Flask, db: Database
) -> None:
    with app.app_context():
        hit("test", "sari@pembeli.example", MAX_HITS, 300)
    with db.reading() as session:
        assert "sari" not in str(session.scalar(select(RateCounter.key)))
    with db.writing() as session:
        rate_limits.sweep(session, clock.now() + timedelta(hours=1))
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(RateCounter)) == 0


@pytest.mark.parametrize(
    ("asked", "counted"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("", "unknown"),
    ],
)
def test_one_household_counts_as_one_address(app: Flask, asked: str, counted: str) -> None:
    with app.test_request_context("/", environ_base={"REMOTE_ADDR": asked}):
        assert rate_limits.visitor_address() == counted


def _guess(url: str, gate: object, passed: object) -> None:
    database = Database(url)
    cast("multiprocessing.synchronize.Barrier", gate).wait()
    count = 0
    for _ in range(30):
        with database.writing() as session:
            if (
                rate_limits.count(session, Limit("test", MAX_HITS, 300), "sari", clock.now())
                is None
            ):
                count += 1
    database.dispose()
    counter = cast("multiprocessing.sharedctypes.Synchronized[int]", passed)
    with counter.get_lock():
        counter.value += count


def _guess_carelessly(url: str, gate: object, passed: object) -> None:
    """The control: reading the counter first and writing it after."""
    database = Database(url)
    cast("multiprocessing.synchronize.Barrier", gate).wait()
    count = 0
    for _ in range(30):
        with database.reading() as session:
            tries = session.scalar(select(RateCounter.tries)) or 0
        if tries < MAX_HITS:
            count += 1
            with database.writing() as session:
                session.merge(
                    RateCounter(
                        key="careless", tries=tries + 1, ends_at=clock.now() + timedelta(hours=1)
                    )
                )
    database.dispose()
    counter = cast("multiprocessing.sharedctypes.Synchronized[int]", passed)
    with counter.get_lock():
        counter.value += count


def _in_processes(url: str, work: object) -> int:
    context = multiprocessing.get_context("spawn")
    gate, passed = context.Barrier(2), context.Value("i", 0)
    both = [
        context.Process(target=work, args=(url, gate, passed))  # type: ignore[arg-type]
        for _ in range(2)
    ]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
        assert one.exitcode == 0
    return int(passed.value)


def test_two_processes_share_one_count(db: Database) -> None:
    url = db.url.render_as_string(hide_password=False)
    assert _in_processes(url, _guess) == MAX_HITS


def test_without_the_one_statement_two_processes_let_more_through(db: Database) -> None:
    url = db.url.render_as_string(hide_password=False)

    def passed() -> int:
        with db.writing() as session:
            session.merge(RateCounter(key="careless", tries=0, ends_at=clock.now()))
        return _in_processes(url, _guess_carelessly)

    assert any(passed() > MAX_HITS for _ in range(5))
