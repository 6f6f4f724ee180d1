"""Counting what is asked of the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from shop.core.database import Database

COUNTED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


@contextmanager
def statements(db: Database) -> Iterator[list[str]]:
    """The statements that ``db`` runs while the block runs, in order.

    What begins, ends or marks a transaction is no question to the data and does not count.
    """
    told: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.lstrip().upper().startswith(COUNTED):
            told.append(statement)

    engines = {id(engine): engine for engine in (db.engine, db.read_engine)}.values()
    # PostgreSQL's second engine is a view of the first and would tell everything twice.
    heard = [engine for engine in engines if db.is_sqlite or engine is db.engine]
    for engine in heard:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield told
    finally:
        for engine in heard:
            event.remove(engine, "before_cursor_execute", note)
