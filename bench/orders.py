"""Placing beside the floor's order, over HTTP: eight buyers at once, and sixty-four.

The floor's order is what nobody can beat: three shelves, one order and three lines in one
transaction of the same database, behind the same server. Both take turns in the same minute.
"""

import os
import statistics
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool

from bench import floor as floors
from bench import served
from bench.buyers import Buyers
from bench.hot import attempts_at_once
from bench.market import Market
from bench.rush import Rush, post, rush
from config import Settings
from shop.core.database import migrations
from tests.support import postgres
from tests.support.cleanup import open_run_folder
from tests.support.copying import copy_rows

FEW, MANY = 8, 64


@dataclass(frozen=True)
class Told:
    """One figure of buyers at once."""

    what: str
    value: float
    unit: str
    goal: float | None = None


def buyers_at_once(found: Market, *, quick: bool) -> Iterator[Told]:
    """Both databases, one after the other."""
    rounds, posts, attempts = (3, 48, 1_280) if quick else (5, 400, 19_200)
    floor = f"sqlite:///{found.var / 'floor.db'}"
    amount = {"rounds": rounds, "posts": posts, "attempts": attempts}
    yield from _compare("SQLite", floor, found.environment, **amount)
    with _on_postgresql(found) as (floor, environment):
        yield from _compare("PostgreSQL", floor, environment, **amount)


def _compare(
    database: str,
    floor: str,
    environment: Mapping[str, str],
    *,
    rounds: int,
    posts: int,
    attempts: int,
) -> Iterator[Told]:
    from shop.app import create_app

    floors.create_app(floor)  # here first: two processes at once would both make its tables
    buyers = Buyers(create_app(Settings.from_environment(dict(environment))))
    order = post("/order", {"goods": ["1", "2", "3"]})
    bare = {**os.environ, "BENCH_FLOOR": floor}
    with (
        served.serving("bench.floor:create_app", bare, "/") as (bare_url, bare_pid),
        served.serving(None, environment, "/readyz") as (url, pid),
    ):
        rush(bare_url, [order] * posts, clients=FEW)
        rush(url, buyers.at_the_till(posts), clients=FEW)
        begun, cpu, bare_cpu = buyers.orders(), served.cpu_ms(pid), served.cpu_ms(bare_pid)
        pairs: list[tuple[Rush, Rush]] = []
        for _ in range(rounds):
            ready = buyers.at_the_till(posts)
            minimum = rush(bare_url, [order] * posts, clients=FEW)
            pairs.append((minimum, rush(url, ready, clients=FEW)))
        cpu, bare_cpu = served.cpu_ms(pid) - cpu, served.cpu_ms(bare_pid) - bare_cpu
        crowd = rush(url, buyers.at_the_till(2 * MANY), clients=MANY)
        bare_crowd = rush(bare_url, [order] * 2 * MANY, clients=MANY)
        placed = buyers.orders() - begun
        if placed != 3 * (rounds * posts + 2 * MANY):
            raise RuntimeError(f"{placed} orders were placed")
    ratio = statistics.median(minimum.per_second / mine.per_second for minimum, mine in pairs)
    tail = statistics.median(mine.p95_ms / minimum.p95_ms for minimum, mine in pairs)
    rates = [statistics.median(one[who].per_second for one in pairs) for who in (0, 1)]
    p95 = statistics.median(mine.p95_ms for _least, mine in pairs)
    yield Told(f"{database}: floor's order, {FEW} at a time", round(rates[0]), "a second")
    yield Told(f"{database}: placing, {FEW} at a time", round(rates[1]), "a second")
    yield Told(f"{database}: floor's rate : placing's rate", round(ratio, 2), "times", 2)
    yield Told(f"{database}: placing, p95 at {FEW}", round(p95, 1), "ms")
    yield Told(f"{database}: placing's p95 : floor's p95", round(tail, 2), "times")
    yield Told(f"{database}: placing : floor's order, CPU", round(cpu / bare_cpu, 2), "times", 2)
    worst = 250 if database == "SQLite" else None
    yield Told(f"{database}: placing, p99 at {MANY}", round(crowd.p99_ms), "ms")
    yield Told(f"{database}: placing, worst at {MANY}", round(crowd.worst_ms), "ms", worst)
    yield Told(f"{database}: floor's order, worst at {MANY}", round(bare_crowd.worst_ms), "ms")
    url, what = environment["DATABASE_URL"], f"{database}: holding a pack of 20 hot shelves"
    few, many = (attempts_at_once(url, writers=n, attempts=attempts) for n in (FEW, MANY))
    yield Told(f"{what}, p99 at {FEW}", round(few.p99_ms), "ms", 50)
    yield Told(f"{what}, p99 at {MANY}", round(many.p99_ms), "ms", 200)
    yield Told(f"{what}, worst at {MANY}", round(many.worst_ms), "ms", worst)


@contextmanager
def _on_postgresql(found: Market) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The same market copied into a server that waits for the disk, gone afterwards."""
    run = open_run_folder(Path(tempfile.gettempdir()))
    try:
        server = make_url(postgres.server_url(run.path, durable=True))
        engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            for name in ("floor", "market"):
                connection.execute(text(f"CREATE DATABASE {name}"))
        floor, url = (
            server.set(database=name).render_as_string(hide_password=False)
            for name in ("floor", "market")
        )
        migrations.upgrade(url)
        copy_rows(found.database_url, url)
        yield floor, {**found.environment, "DATABASE_URL": url}
    finally:
        run.close()
