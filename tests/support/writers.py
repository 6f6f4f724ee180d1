"""A program of its own with several writers at once, for tests of the database's edge.

    python -m tests.support.writers URL THREADS TIMES queued|unqueued

Each writer reads the counter, asks for its turn, and counts one up. It prints, as JSON, how many
turns others had between asking and getting.
"""

import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.web.security.models import RateCounter


def main(url: str, threads: str, times: str, manner: str) -> None:
    """Let ``threads`` writers count ``times`` each."""
    database = Database(url, threads=int(threads))
    write: Callable[[], AbstractContextManager[Session]]
    write = database.writing if manner == "queued" else _unqueued(database)
    overtaken: list[int] = []

    def count() -> None:
        for _ in range(int(times)):
            with database.reading() as session:
                asked = _value(session)
            with write() as session:
                overtaken.append(_value(session) - asked)
                session.execute(update(RateCounter).values(tries=RateCounter.tries + 1))

    workers = [threading.Thread(target=count) for _ in range(int(threads))]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    database.dispose()
    sys.stdout.write(json.dumps(overtaken))


def _value(session: Session) -> int:
    return session.scalars(select(RateCounter.tries)).one()


def _unqueued(database: Database) -> Callable[[], AbstractContextManager[Session]]:
    @contextmanager
    def write() -> Iterator[Session]:
        with Session(database.engine) as session, session.begin():
            yield session

    return write


if __name__ == "__main__":
    main(*sys.argv[1:])
