"""Insert single rows without ORM objects: faster, and safe where two insert the same.

Statements are built once for each table and used again; building one costs more than running it.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Insert, insert
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from shop.core.database.schema import Base, table_of


def insert_row(session: Session, model: type[Base], values: Mapping[str, Any]) -> int:
    """Insert a row and return its id."""
    made: int = session.execute(_adding(model), values).scalar_one()
    return made


def add_rows(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Make rows that nobody asks the ids of; one statement, all with the same columns."""
    session.execute(_adding_many(model), rows)


def insert_if_absent(
    session: Session, model: type[Base], values: Mapping[str, Any], *, key: Sequence[str] = ()
) -> int | None:
    """Insert a row and return its id; None when a row with this key exists.

    On PostgreSQL this waits for somebody who is just making the same row; afterwards a plain
    SELECT finds what they made.

    :param key: the columns of the unique constraint that decides; whichever it is when left out.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    statement = _adding_once(model, tuple(key), is_sqlite=is_sqlite)
    made: int | None = session.execute(statement, values).scalar()
    return made


def increment_counter(
    session: Session, counter: type[Base], keys: Sequence[Mapping[str, Any]]
) -> dict[tuple[Any, ...], int]:
    """Increment each counter by its primary key, from 1, in one statement.

    The counter's row makes two at once follow one another, and what is rolled back gives its
    number back: there are no gaps. Keys in one order everywhere never wait for each other.

    :param counter: a table whose primary key says what is counted and whose ``last`` how far.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    rows = session.execute(
        _counting(counter, is_sqlite=is_sqlite), [{**key, "last": 1} for key in keys]
    )
    return {tuple(row[:-1]): row[-1] for row in rows}


@cache
def _counting(counter: type[Base], *, is_sqlite: bool) -> ReturningInsert[Any]:
    table = table_of(counter)
    key = list(table.primary_key.columns)
    statement = sqlite.insert(table) if is_sqlite else postgresql.insert(table)
    return statement.on_conflict_do_update(
        index_elements=[column.name for column in key], set_={"last": table.c.last + 1}
    ).returning(*key, table.c.last)


@cache
def _adding(model: type[Base]) -> ReturningInsert[Any]:
    table = table_of(model)
    return insert(table).returning(table.c.id)


@cache
def _adding_many(model: type[Base]) -> Insert:
    return insert(table_of(model))


@cache
def _adding_once(
    model: type[Base], key: tuple[str, ...], *, is_sqlite: bool
) -> ReturningInsert[Any]:
    table = table_of(model)
    statement = sqlite.insert(table) if is_sqlite else postgresql.insert(table)
    return statement.on_conflict_do_nothing(index_elements=key or None).returning(table.c.id)
