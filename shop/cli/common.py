"""What most commands begin with: the settings, and a database that is up to date."""

import socket
from pathlib import Path

import click
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from config import ROOT, Settings
from shop.core.database.engine import Database
from shop.people.accounts.models import Person


def settings() -> Settings:
    """The settings of this environment."""
    return Settings.from_environment()


def reach(found: Settings) -> Database:
    """The database, whatever stands in it; let go when the command ends."""
    database = Database(found.database_url)
    click.get_current_context().call_on_close(database.dispose)
    return database


def open_database(found: Settings) -> Database:
    """The database, which must have been migrated.

    :raises click.ClickException: when it cannot be reached or its tables are not the code's.
    """
    database = reach(found)
    stands = revision(database)
    if stands != newest_revision():
        raise click.ClickException(
            f"the database stands at {stands or 'nothing'}: run `lumbung db upgrade` first."
        )
    return database


def has_demo_accounts(database: Database) -> bool:
    """Whether somebody can sign in with a password that everybody knows."""
    with database.reading() as session:
        # No mail ever goes to ".example": whoever signs in by such an address is of the demo.
        known = select(Person.id).where(Person.email_login.like("%.example")).limit(1)
        return session.scalar(known) is not None


def open_for_the_public(found: Settings) -> None:
    """Look before a shop is opened: its tables are there, and no door stands open by name.

    :raises click.ClickException: when real shoppers would meet the demo's accounts.
    """
    database = open_database(found)
    if found.env == "production" and has_demo_accounts(database):
        raise click.ClickException(
            "the demo's accounts stand in this database, with a password everybody knows:"
            " start with an empty one."
        )
    database.dispose()


def revision(database: Database) -> str | None:
    """Where the database stands; None when it has no tables yet.

    Asked without Alembic, whose import alone would take a second of every start.
    """
    try:
        with database.reading() as session:
            found: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
            return found
    except SQLAlchemyError as fault:
        if database.is_sqlite or "alembic_version" in str(fault):
            return None
        raise click.ClickException(
            f"the database does not answer ({type(fault).__name__}): check DATABASE_URL."
        ) from fault


def newest_revision() -> str:
    """The revision this code expects."""
    return known_revisions()[-1]


def known_revisions() -> list[str]:
    """The revisions this code can read, oldest first, from the names of the migration files."""
    files = sorted(Path(ROOT / "migrations" / "versions").glob("[0-9]*.py"))
    return [file.stem.partition("_")[0] for file in files]


def require_free(found: Settings, port: int, purpose: str = "") -> None:
    """Name a taken port at once, instead of letting a server fail in its own words."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((found.host, port))
        except OSError as fault:
            raise click.ClickException(
                f"port {port}{purpose} is taken by another program:"
                f" end that one, or choose another with PORT={found.port + 10} make run."
            ) from fault
