"""Runs the migrations over one database; called by Alembic through ``shop.core.migrate``."""

import os

from alembic import context

from migrations.tables import ours, target
from shop.core.migrate import engine_for


def _url() -> str:
    """The caller's database, or DATABASE_URL for someone who calls Alembic by hand."""
    url = context.config.attributes.get("url") or os.environ.get("DATABASE_URL")
    if not url:
        raise SystemExit("Which database? Use `lumbung db upgrade` or set DATABASE_URL.")
    return str(url)


def run() -> None:
    """All steps in one transaction, so that a failing one leaves the database as it was."""
    engine = engine_for(_url())
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=target(),
            include_object=ours,
            # SQLite cannot ALTER much: batch mode builds the new table beside the old one.
            render_as_batch=engine.dialect.name == "sqlite",
            compare_type=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
