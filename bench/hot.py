"""Twenty hot shelves that everybody wants: how long one waits for the single writer.

    python -m bench.hot URL THREADS ATTEMPTS NAME VARIANT…

An attempt is what holds the last pack: one conditional update with its hold, in a transaction of
its own, through the shop's queue of writers. Two processes attempt at once, as two web workers.
"""

import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle

from sqlalchemy import func, select

from bench.figures import Figure
from bench.market import ROOT, Measured
from shop.catalog.inventory.holds import reserve
from shop.catalog.inventory.models import StockItem
from shop.core.database.engine import Database
from shop.core.values import clock

PROCESSES = 2
SHELVES = 20


@dataclass(frozen=True)
class Waits:
    """What the attempts waited, from asking to committed."""

    p99_ms: float
    worst_ms: float
    per_second: float


def measured(on: Measured, *, quick: bool) -> Iterator[Figure]:
    """Eight writers and sixty-four."""
    attempts = 1_280 if quick else 19_200
    what = f"{on.name}: holding a pack of {SHELVES} hot shelves"
    url = on.environment["DATABASE_URL"]
    few, many = (attempts_at_once(url, writers=n, attempts=attempts) for n in (8, 64))
    yield Figure("buyers", f"{what}, p99 at 8", round(few.p99_ms), "ms", 50)
    yield Figure("buyers", f"{what}, p99 at 64", round(many.p99_ms), "ms", 200)
    worst_goal = 250 if on.name == "SQLite" else None
    yield Figure("buyers", f"{what}, worst at 64", round(many.worst_ms), "ms", worst_goal)


def attempts_at_once(url: str, *, writers: int, attempts: int) -> Waits:
    """So many attempts by so many writers; every one has to be on the shelves afterwards."""
    database = Database(url)
    with database.reading() as session:
        hot = session.scalars(
            select(StockItem.variant_id).order_by(StockItem.variant_id).limit(SHELVES)
        ).all()
        before = _reserved(database, hot)
    each = [str(writers // PROCESSES), str(attempts // writers)]
    begun = time.perf_counter()
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.hot", url, *each, f"{clock.now():%H%M%S%f}-{number}"]
            + [str(variant) for variant in hot],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(PROCESSES)
    ]
    waits = [wait for one in running for wait in json.loads(one.communicate()[0])]
    took = time.perf_counter() - begun
    held = _reserved(database, hot) - before
    database.dispose()
    if held != len(waits):
        raise RuntimeError(f"{len(waits)} packs were held, {held} stand on the shelves")
    return Waits(
        p99_ms=statistics.quantiles(waits, n=100)[-1],
        worst_ms=max(waits),
        per_second=len(waits) / took,
    )


def _reserved(database: Database, hot: Sequence[int]) -> int:
    with database.reading() as session:
        held = select(func.sum(StockItem.reserved)).where(StockItem.variant_id.in_(hot))
        return int(session.scalar(held) or 0)


def main(url: str, threads: str, times: str, name: str, *hot: str) -> None:
    """Attempt as often as was asked, and tell each wait in milliseconds."""
    database = Database(url, threads=int(threads))
    waits: list[float] = []
    start = threading.Barrier(int(threads))

    def attempt(number: int) -> None:
        shelves = cycle(int(variant) for variant in hot[number % len(hot) :] + hot)
        start.wait()
        for turn in range(int(times)):
            asked = time.perf_counter()
            with database.writing() as session:
                reserve(
                    session,
                    packs_by_variant={next(shelves): 1},
                    holder=f"{name}-{number}-{turn}"[:40],
                    until=clock.now() + timedelta(hours=1),
                )
            waits.append((time.perf_counter() - asked) * 1_000)

    workers = [threading.Thread(target=attempt, args=(n,)) for n in range(int(threads))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    database.dispose()
    sys.stdout.write(json.dumps(waits))


if __name__ == "__main__":
    main(*sys.argv[1:])
