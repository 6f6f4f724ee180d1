"""Run the migrations over one database; called by Alembic through
``shop.core.database.migrations``.
"""

import os
from typing import Literal

from alembic import context
from sqlalchemy import Connection, text

from migrations.tables import ours, target
from shop.core.database.migrations import engine_for
from shop.core.database.schema import UtcDateTime

TURN = 5_868_626
"""PostgreSQL's advisory lock for migrations: two servers that start at once take turns."""


def _url() -> str:
    """The caller's database, or DATABASE_URL for someone who calls Alembic by hand."""
    url = context.config.attributes.get("url") or os.environ.get("DATABASE_URL")
    if not url:
        raise SystemExit("Which database? Use `lumbung db upgrade` or set DATABASE_URL.")
    return str(url)


def _plain(_kind: str, item: object, _autogen: object) -> str | Literal[False]:
    """Write migrations in SQLAlchemy's own types: they must still run when ours have changed."""
    return "sa.DateTime(timezone=True)" if isinstance(item, UtcDateTime) else False


def _walk(connection: Connection) -> None:
    """All steps in one transaction, so that a failing one leaves the database as it was."""
    context.configure(
        connection=connection,
        target_metadata=target(),
        include_object=ours,
        # SQLite cannot ALTER much: batch mode builds the new table beside the old one.
        render_as_batch=True,
        compare_type=True,
        render_item=_plain,
    )
    with context.begin_transaction():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": TURN})
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            # Keys were off while tables were rebuilt: nothing may point into nowhere now.
            orphans = connection.execute(text("PRAGMA foreign_key_check")).all()
            if orphans:
                raise RuntimeError(f"the migration left rows without their parent: {orphans[:5]}")


engine = engine_for(_url())
with engine.connect() as connection:
    _walk(connection)
engine.dispose()
