"""Bulk insert for loaders; never used while serving requests.

SQLite takes them by one prepared statement, PostgreSQL by COPY. Ids are the caller's, so that
rows of several tables can be made together; afterwards PostgreSQL's counters are moved past them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import Connection, Dialect, Table, func, insert, select
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from shop.core.database.schema import Base, table_of

ROOMY_CACHE = -256 * 1024
"""SQLite: kibibytes of pages to keep; its own two megabytes would write each page many times."""


def bulk_insert(
    session: Session, into: type[Base] | Table, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert rows that name the same columns: all without a default in the database.

    :raises ValueError: when they leave a column out whose default is the code's, not theirs.
    """
    if not rows:
        return
    connection = session.connection()
    table, names = into if isinstance(into, Table) else table_of(into), list(rows[0])
    is_sqlite = connection.dialect.name == "sqlite"
    names = _in_statement(table, names, connection)
    tuples = _driver_rows(table, names, rows, connection)
    if is_sqlite:
        statement = str(insert(table).compile(dialect=connection.dialect, column_keys=names))
        connection.exec_driver_sql(statement, list(tuples))
        return
    quote = connection.dialect.identifier_preparer.quote
    columns = ", ".join(map(quote, names))
    # Copying is psycopg's own: nothing that drivers have in common.
    with (
        closing(cast("Any", connection.connection.cursor())) as cursor,
        cursor.copy(f"COPY {quote(table.name)} ({columns}) FROM STDIN") as copy,
    ):
        for row in tuples:
            copy.write_row(row)


def make_room(session: Session) -> None:
    """Let this connection keep more of the database in memory while it loads."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size={ROOMY_CACHE}")


def next_id(session: Session, model: type[Base]) -> int:
    """The first id that no row of this table has."""
    return (session.scalar(select(func.max(table_of(model).c.id))) or 0) + 1


def advance_sequence(session: Session, models: Iterable[type[Base]]) -> None:
    """Set the id sequences behind the ids that were inserted."""
    if session.connection().dialect.name == "sqlite":
        return  # it always takes the highest and one
    for model in models:
        table = table_of(model)
        highest = select(func.max(table.c.id)).scalar_subquery()
        session.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), highest)))


def _in_statement(table: Table, names: Sequence[str], connection: Connection) -> list[str]:
    """The columns in the order of the statement."""
    compiled = insert(table).compile(dialect=connection.dialect, column_keys=list(names))
    named = list(compiled.params)
    if set(named) != set(names):
        raise ValueError(f"{table.name}: name {sorted(set(named) ^ set(names))} too")
    return named


def _driver_rows(
    table: Table,
    names: Sequence[str],
    rows: Iterable[Mapping[str, Any]],
    connection: Connection,
) -> Iterable[tuple[Any, ...]]:
    """Values in that order, as the driver takes them."""
    written = [
        (place, write)
        for place, name in enumerate(names)
        if (write := _writer(table.c[name].type, connection.dialect)) is not None
    ]
    pick = itemgetter(*names)
    for row in rows:
        values = list(pick(row))
        for place, write in written:
            values[place] = write(values[place])
        yield tuple(values)


def _writer(kind: TypeEngine[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)
