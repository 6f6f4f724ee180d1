"""Rows from one database into another: a market that took minutes to make is copied in seconds."""

from collections.abc import Collection

from sqlalchemy import NullPool, create_engine, insert, select, text

from migrations.tables import target

CHUNK = 5_000


def copy_rows(from_url: str, to_url: str, *, there: Collection[str] = ()) -> None:
    """Copy all rows of all tables into a migrated PostgreSQL database.

    :param there: tables that have their rows already.

    Triggers stay off, as the rows were checked when they were made; what PostgreSQL keeps beside
    the tables for searching is not copied.
    """
    source, copy = (create_engine(url, poolclass=NullPool) for url in (from_url, to_url))
    with source.connect() as reading, copy.begin() as writing:
        writing.execute(text("SET session_replication_role = replica"))
        for table in target().sorted_tables:
            if table.name in there:
                continue
            writing.execute(table.delete())
            rows = reading.execute(select(table).execution_options(yield_per=CHUNK)).mappings()
            for part in rows.partitions(CHUNK):
                writing.execute(insert(table), [dict(row) for row in part])
            counted = table.autoincrement_column
            if counted is not None:
                writing.execute(
                    text(
                        f"SELECT setval(pg_get_serial_sequence('{table.name}', '{counted.name}'),"
                        f" (SELECT coalesce(max({counted.name}), 1) FROM {table.name}))"
                    )
                )
        writing.execute(text("SET session_replication_role = DEFAULT"))
    with copy.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
