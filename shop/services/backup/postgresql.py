"""PostgreSQL's own tools, found, called and understood when they refuse."""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text

from shop.core.database.engine import Database
from shop.services.backup.errors import BackupRefused

FILE = "lumbung.dump"
ASIDE = "before_restore"
"""Where the old tables stand until the new ones are all there."""
LEAVING_SECONDS = 2.0
LOOK_SECONDS = 0.02
DEBIAN = Path("/usr/lib/postgresql")
"""Debian and its kin keep the tools of each version here and only the default's on the path."""


def dump(database: Database, file: Path) -> None:
    """Write one moment of the database into ``file``; the shop reads and writes on meanwhile."""
    _run(database, "pg_dump", "--format=custom", f"--file={file}")


def is_empty(database: Database) -> bool:
    """Whether no table stands in it."""
    with database.reading() as session:
        return not session.scalar(
            text("SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname IN ('public', :aside))"),
            {"aside": ASIDE},
        )


def require_closed(database: Database) -> None:
    """:raises BackupRefused: while any other process has the database open."""
    database.dispose()  # not our own
    end = time.monotonic() + LEAVING_SECONDS
    # The server sees a connection end some time after it was closed, our own last one too.
    while (others := _others(database)) and time.monotonic() < end:
        time.sleep(LOOK_SECONDS)
    database.dispose()
    if others:
        raise BackupRefused(
            f"the shop is running: {others} other connection(s) are open to its database."
            " Stop `lumbung serve`, `lumbung worker` and whatever else is connected first."
        )


def _others(database: Database) -> int:
    """How many connections are open beside the one that asks."""
    with database.reading() as session:
        found = session.scalar(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
            )
        )
    return int(found or 0)


def put_back(database: Database, dumped: Path) -> None:
    """Let the dumped moment take the place of the tables: all of them, or nothing changes.

    :raises BackupRefused: while any other process has the database open, or when the tools refuse.
    """
    require_closed(database)
    with _old_tables_aside(database):
        _run(
            database,
            "pg_restore",
            "--single-transaction",
            "--exit-on-error",
            "--no-comments",
            str(dumped),
        )


@contextmanager
def _old_tables_aside(database: Database) -> Iterator[None]:
    """Keep what stands there until the block ended well; else it stands there again."""
    with database.writing() as session:
        broken_off = session.scalar(
            text("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = :aside)"),
            {"aside": ASIDE},
        )
    if broken_off:  # an earlier restore was killed: what it set aside is the newest truth
        _say(database, "DROP SCHEMA public CASCADE", f"ALTER SCHEMA {ASIDE} RENAME TO public")
    _say(
        database,
        f"ALTER SCHEMA public RENAME TO {ASIDE}",
        "CREATE SCHEMA public",
        "GRANT USAGE ON SCHEMA public TO PUBLIC",
    )
    try:
        yield
    except BaseException:
        _say(database, "DROP SCHEMA public CASCADE", f"ALTER SCHEMA {ASIDE} RENAME TO public")
        raise
    _say(database, f"DROP SCHEMA {ASIDE} CASCADE")


def _say(database: Database, *statements: str) -> None:
    """Together or not at all."""
    with database.writing() as session:
        for statement in statements:
            session.execute(text(statement))
    database.dispose()


def _run(database: Database, tool: str, *given: str) -> None:
    with database.reading() as session:
        server = int(session.scalar(text("SHOW server_version_num")) or 0) // 10_000
    database.dispose()
    # The password goes by the environment: arguments are read by everybody on the machine.
    address = database.url.set(drivername="postgresql", password=None)
    where = address.render_as_string(hide_password=False)
    password = {"PGPASSWORD": str(database.url.password)} if database.url.password else {}
    told = subprocess.run(  # noqa: S603 - PostgreSQL's own tool, by its full path
        [
            *(_find(tool, server), "--no-owner", "--no-privileges", "--no-password"),
            *given,
            f"--dbname={where}",
        ],
        env={**os.environ, **password},
        capture_output=True,
        text=True,
        check=False,
    )
    if told.returncode:
        raise BackupRefused(f"{tool} gave up: {told.stderr.strip()[-600:]}")


def _find(tool: str, server: int) -> str:
    """The tool of this name that is not older than the server, which it could not read.

    :raises BackupRefused: when there is none, with the package that brings it.
    """
    found: dict[str, int] = {}
    for path in _places(tool):
        said = subprocess.run(  # noqa: S603 - PostgreSQL's own tool, by its full path
            [path, "--version"], capture_output=True, text=True, check=False
        ).stdout
        version = re.search(r"(\d+)[.\d]*", said)
        found[path] = int(version[1]) if version else 0
    for path, version_found in found.items():
        if version_found >= server:
            return path
    has = f"only that of {max(found.values())} is here" if found else "it is not here"
    raise BackupRefused(
        f"{tool} of PostgreSQL {server} or newer is needed and {has}: install"
        f" postgresql-client-{server}, or put the folder of its tools first in PATH."
    )


def _places(tool: str) -> Sequence[str]:
    first = shutil.which(tool)
    others = sorted(DEBIAN.glob(f"*/bin/{tool}"), reverse=True)
    return [*([first] if first else []), *map(str, others)]
