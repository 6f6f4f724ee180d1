"""The steps that bring a database to the shape the code expects, without a settings file.

Alembic is imported where it is used: it takes a second, which `lumbung` pays only here.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.pool import NullPool

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = Path(__file__).resolve().parents[3] / "migrations"


def upgrade(url: str, revision: str = "head") -> None:
    """Walk up to ``revision``; does nothing to a database that is already there."""
    from alembic import command

    command.upgrade(config_for(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Walk down to ``revision``; ``base`` takes every table away."""
    from alembic import command

    command.downgrade(config_for(url), revision)


def current(url: str) -> str | None:
    """The revision this database stands at; None before the first."""
    from alembic.runtime.migration import MigrationContext

    with engine_for(url).connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """The revision this code expects."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(SCRIPTS)).get_current_head()


def engine_for(url: str) -> Engine:
    """One plain connection for one migration run, foreign keys off while tables are rebuilt."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _let_us_begin)
        event.listen(engine, "begin", _begin)
    return engine


def _let_us_begin(connection: Any, _record: object) -> None:  # a bare DBAPI connection
    # The driver would commit before each CREATE; with this a failed migration leaves nothing.
    connection.isolation_level = None
    connection.execute("PRAGMA busy_timeout=15000")
    # Rebuilding a table drops it for a moment; with keys on, its children would go with it.
    connection.execute("PRAGMA foreign_keys=OFF")


def _begin(connection: Any) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def config_for(url: str) -> "Config":
    """What Alembic's own commands want to know: where the steps are and which database."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["url"] = url
    return config
