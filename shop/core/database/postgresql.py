"""Connections to PostgreSQL, which prepare what pages ask again and again (record 0355)."""

from collections.abc import Mapping
from select import POLLIN, poll
from typing import Any

from psycopg import RawCursor, RawServerCursor
from sqlalchemy import URL, BindParameter, Connection, Engine, Integer, create_engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg
from sqlalchemy.exc import DisconnectionError

ALONE = ("max_parallel_workers_per_gather = 0",)
"""The server answers with one process: with several, the parts of a list that stand one after
another in a question would come as they are ready (record 0352), and a page that takes
milliseconds gains nothing from them."""
READING = (
    "default_transaction_read_only = on",
    "random_page_cost = 1.1",
)
"""A page that would change something fails in its first test. What pages look up lies in memory,
where going to a row costs no more than reading on: by the usual 4, all cards were read for two
thousand."""


def engines(url: URL, threads: int) -> tuple[Engine, Engine]:
    """One to write with, and one to look with, on which each statement stands by itself."""
    writing, reading = (
        create_engine(
            url,
            pool_size=threads,
            max_overflow=threads,
            pool_use_lifo=True,
            isolation_level=level,
            paramstyle="numeric_dollar",
            connect_args={"cursor_factory": RawCursor, "prepare_threshold": 1},
        )
        for level in ("READ COMMITTED", "AUTOCOMMIT")
    )
    for engine in (writing, reading):
        engine.dialect.statement_compiler = _LimitsInWords
        event.listen(engine, "checkout", _still_there)
    _set(writing, *ALONE)
    _set(reading, *ALONE, *READING)
    event.listen(reading, "before_execute", _hold_parts)
    return writing, reading


class _LimitsInWords(PGCompiler_psycopg):
    """Writes how many rows are wanted into the statement.

    Bound as a value it is not known to a plan that fits all values, which then expects a tenth of
    all rows and reads whole tables for a page of 24.
    """

    def limit_clause(self, select: Any, **kw: Any) -> str:  # untyped there, and its own
        wanted, behind = select._limit_clause, select._offset_clause  # noqa: SLF001
        if not isinstance(wanted, BindParameter):
            return str(super().limit_clause(select, **kw))  # type: ignore[no-untyped-call]
        stands = wanted.render_literal_execute()
        stands.type = Integer()
        words = f"\n LIMIT {self.process(stands, **kw)}"
        return words if behind is None else f"{words} OFFSET {self.process(behind, **kw)}"


def _set(engine: Engine, *settings: str) -> None:
    @event.listens_for(engine, "connect")
    def _begun(connection: Any, _record: object) -> None:  # a bare DBAPI connection
        connection.server_cursor_factory = RawServerCursor
        was, connection.autocommit = connection.autocommit, True
        connection.execute("; ".join(f"SET {setting}" for setting in settings))
        connection.autocommit = was


def _still_there(connection: Any, _record: object, _lent: object) -> None:
    """Take no connection whose server has gone: it said so when it went, or was cut off.

    Nobody has asked anything, so nothing else can be there to read. To ask the server whether it
    is there costs as much as a question of a page.
    """
    server = poll()
    server.register(connection.pgconn.socket, POLLIN)
    if server.poll(0):
        raise DisconnectionError


def _hold_parts(
    connection: Connection, _asked: object, _many: object, _one: object, options: Mapping[str, Any]
) -> None:
    """Begin a transaction for rows that are fetched some at a time: the server keeps them for no
    longer. Giving the connection back ends it.
    """
    driver: Any = connection.connection.dbapi_connection
    if "yield_per" in options and not driver.info.transaction_status:  # 0: none is open
        connection.exec_driver_sql("BEGIN")
