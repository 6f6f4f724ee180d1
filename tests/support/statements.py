"""Counting what a page asks the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from shop.core.database.engine import Database

COUNTED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


@contextmanager
def statements(db: Database) -> Iterator[list[str]]:
    """The statements that run until the block ends; BEGIN, SAVEPOINT and PRAGMA do not count."""
    found: list[str] = []

    # Any: the driver's own connection, cursor and parameters.
    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.lstrip("( \n").upper().startswith(COUNTED):
            found.append(statement)

    engines = (db.engine, db.read_engine)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
