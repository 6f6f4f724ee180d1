"""Statements compiled once for all databases of a test process."""

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

MAX_STATEMENTS = 2_000

_compiled: LRUCache[Any, Any] = LRUCache(MAX_STATEMENTS)  # SQLAlchemy's own keys and values


class _Alike:
    """A dialect that is the same as every other of its class that writes values as it does.

    A compiled statement is found by its dialect, and each engine has a dialect of its own. All
    engines of one kind speak with the same server here, in the same words; without this each test
    compiled every statement anew, which was a fifth of what it cost.
    """

    paramstyle: str

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self.paramstyle == other.paramstyle

    def __hash__(self) -> int:
        return hash((type(self), self.paramstyle))

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        """Let the new engine find what others compiled."""
        engine.update_execution_options(compiled_cache=_compiled)


class SQLite(_Alike, SQLiteDialect_pysqlite):
    """SQLite as the shop asks for it."""

    supports_statement_cache = True


class PostgreSQL(_Alike, PGDialect_psycopg):
    """PostgreSQL as the shop asks for it."""

    supports_statement_cache = True


def compile_once() -> None:
    """Make every engine of this process, from now on, share what it compiles."""
    registry.register("sqlite", __name__, SQLite.__name__)
    registry.register("postgresql.psycopg", __name__, PostgreSQL.__name__)
