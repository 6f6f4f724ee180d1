"""One moment of a SQLite database as a file, and such a file in the place of the database."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from shop.core.database.engine import BUSY_SECONDS, Database
from shop.services.backup.errors import BackupRefused

FILE = "lumbung.db"


def dump(database: Database, file: Path) -> None:
    """Write one moment of the database into ``file``; the shop reads and writes on meanwhile.

    Never a copy of the file: what was committed last may stand in the log beside it only.
    """
    with closing(sqlite3.connect(_file_of(database), isolation_level=None)) as connection:
        connection.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000}")
        connection.execute("VACUUM INTO ?", (str(file),))
    check(file)


def check(file: Path) -> None:
    """Read the whole copy: its pages, its indexes, and that no row points at nothing.

    :raises BackupRefused: when something is wrong with it.
    """
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as connection:
            found = [line for (line,) in connection.execute("PRAGMA integrity_check")]
            astray = connection.execute("PRAGMA foreign_key_check").fetchall()
    except sqlite3.DatabaseError as fault:
        found, astray = [str(fault)], []
    if found != ["ok"] or astray:
        told = "; ".join([*found[:3], *(f"{row[0]} points at nothing" for row in astray[:3])])
        raise BackupRefused(f"the database in {file} is damaged ({told}): take another backup.")


def is_empty(database: Database) -> bool:
    """Whether no table stands in it."""
    file = _file_of(database)
    if not file.exists():
        return True
    try:
        with closing(sqlite3.connect(file)) as connection:
            return connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None
    except sqlite3.DatabaseError:
        return False  # something stands there that we cannot read


def require_closed(database: Database) -> None:
    """:raises BackupRefused: while any process has the database open."""
    database.dispose()  # not our own
    file = _file_of(database)
    if not file.exists():
        return
    try:
        with closing(sqlite3.connect(file, timeout=0)) as connection:
            # Only who is alone with a database may end its log.
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
    except sqlite3.OperationalError:
        mode = "busy"
    except sqlite3.DatabaseError:
        return  # no database at all: no shop can be running on it
    if mode != "delete":
        raise BackupRefused(
            f"the shop is running on {file}: stop `lumbung serve` and `lumbung worker` first."
        )


def put_back(database: Database, dumped: Path) -> None:
    """Let the dumped moment take the place of the database, in one step.

    :raises BackupRefused: while any process has the database open.
    """
    target = _file_of(database)
    draft = target.with_name(f"{target.name}.restoring")
    shutil.copyfile(dumped, draft)
    draft.chmod(0o600 if not target.exists() else target.stat().st_mode & 0o777)
    _settle(draft)
    # A writer that comes now waits for its turn and opens what it finds by this name then.
    with database.block_writers():
        require_closed(database)
        # The log of another database must never be read into this one.
        for rest in ("-wal", "-shm"):
            target.with_name(target.name + rest).unlink(missing_ok=True)
        draft.replace(target)
        _settle(target.parent)


def _file_of(database: Database) -> Path:
    return Path(database.url.database or "").absolute()


def _settle(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
