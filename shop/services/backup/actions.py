"""Keeping the whole shop in a folder, and making a shop of such a folder again."""

import os
import shutil
import tempfile
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from shop.core.database.engine import Database
from shop.services.backup import postgresql, sqlite
from shop.services.backup.errors import BackupRefused
from shop.services.backup.manifest import FORMAT, Manifest, Part, part
from shop.services.media.errors import PhotoNotFound
from shop.services.media.storage import Storage

PHOTOS = "media"
A_WORD_EVERY = 500
"""Photos between two lines of progress."""

Say = Callable[[str], None]


class Engine(Protocol):
    """What ``sqlite`` and ``postgresql`` both know."""

    FILE: str
    """Name of the dump inside a backup."""

    def dump(self, database: Database, file: Path) -> None:
        """Write one moment of the database into ``file``."""

    def is_empty(self, database: Database) -> bool:
        """Whether no table stands in it."""

    def require_closed(self, database: Database) -> None:
        """:raises BackupRefused: while any other process has the database open."""

    def put_back(self, database: Database, dumped: Path) -> None:
        """Let the dumped moment take the place of the database."""


def create(
    database: Database, storage: Storage, folder: Path, *, revision: str, now: datetime, say: Say
) -> Manifest:
    """Keep database and photos in a new folder, while the shop runs.

    :param folder: appears when all of it is written; a backup broken off never bears this name.
    :param revision: where the tables stand.
    :raises BackupRefused: if something lies at ``folder``, or the database's tools refuse.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupRefused(f"{folder} holds something already: choose a folder that is new.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Beside it, so that the last step is a rename; and for its owner's eyes alone.
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}.unfinished-", dir=folder.parent))
    try:
        # Photos before the database: one swept in between is too much here, and harmless.
        # Photos after it: a row may name what came in between.
        photos = _copy_photos(storage, draft, {}, say)
        engine = _engine_of(database)
        say("The database …")
        engine.dump(database, draft / engine.FILE)
        dumped = part(draft, engine.FILE)
        say(f"The database: {_size(dumped.bytes)}.")
        photos = _copy_photos(storage, draft, photos, say)
        manifest = Manifest(
            FORMAT,
            now.astimezone(UTC).isoformat(timespec="seconds"),
            database.url.get_backend_name(),
            revision,
            dumped,
            tuple(photos[name] for name in sorted(photos)),
        )
        manifest.write(draft)
        os.sync()  # the name promises that everything in it is on the disk
        draft.rename(folder)
        os.sync()
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return manifest


def restore(
    database: Database,
    storage: Storage,
    folder: Path,
    *,
    known_revisions: Collection[str],
    force: bool,
    say: Say,
) -> Manifest:
    """Make a shop of a backup: photos first, then the database in one step.

    :param known_revisions: the steps this code has; tables of a newer one it cannot read.
    :param force: replace what stands there. Photos that the backup does not know are left to the
        sweep, which takes what no row names.
    :raises BackupRefused: before anything is changed, with what to do.
    """
    manifest = Manifest.read(folder)
    engine = _engine_of(database)
    if manifest.engine != database.url.get_backend_name():
        raise BackupRefused(
            f"this backup is of {manifest.engine} and DATABASE_URL names"
            f" {database.url.get_backend_name()}: set it to a database of the backup's kind."
        )
    if manifest.revision not in known_revisions:
        raise BackupRefused(
            f"its tables stand at {manifest.revision}, which this version does not know:"
            " install the version that made the backup, or a newer one."
        )
    _check_parts(folder, manifest, say)
    if manifest.engine == "sqlite":
        sqlite.check(folder / manifest.database.name)
    engine.require_closed(database)
    if not force:
        _require_empty(engine, database, storage)
    _put_photos(storage, folder, manifest, say)
    say("The database …")
    engine.put_back(database, folder / manifest.database.name)
    return manifest


def _engine_of(database: Database) -> Engine:
    return sqlite if database.is_sqlite else postgresql


def _copy_photos(
    storage: Storage, draft: Path, known: dict[str, Part], say: Say
) -> dict[str, Part]:
    """Those already copied, and all that stand in the store beside them."""
    found = dict(known)
    for file in storage.files():
        name = f"{PHOTOS}/{file.name}"
        if name in found:  # bytes under a name never change
            continue
        try:
            data = storage.get(file.name)
        except PhotoNotFound:  # swept since it was listed
            continue
        (draft / name).parent.mkdir(parents=True, exist_ok=True)
        (draft / name).write_bytes(data)
        found[name] = part(draft, name)
        if len(found) % A_WORD_EVERY == 0:
            say(f"Photos: {len(found)} …")
    if len(found) > len(known):
        say(f"Photos: {len(found)}, {_size(sum(one.bytes for one in found.values()))}.")
    return found


def _check_parts(folder: Path, manifest: Manifest, say: Say) -> None:
    """:raises BackupRefused: naming the first file that is missing or not what was kept."""
    parts = (manifest.database, *manifest.photos)
    for number, kept in enumerate(parts, 1):
        try:
            stands = part(folder, kept.name)
        except OSError as fault:
            raise BackupRefused(
                f"{folder / kept.name} cannot be read ({fault.strerror}): take another backup."
            ) from fault
        if stands != kept:
            raise BackupRefused(f"{folder / kept.name} is not what was kept: take another backup.")
        if number % A_WORD_EVERY == 0 or number == len(parts):
            say(f"Looked at {number} of {len(parts)} files.")


def _require_empty(engine: Engine, database: Database, storage: Storage) -> None:
    taken = []
    if not engine.is_empty(database):
        taken.append("the database holds tables")
    if any(True for _ in storage.files()):
        taken.append("photos stand in the store")
    if taken:
        raise BackupRefused(
            f"here {' and '.join(taken)}: --force replaces what stands here by the backup."
        )


def _put_photos(storage: Storage, folder: Path, manifest: Manifest, say: Say) -> None:
    for number, kept in enumerate(manifest.photos, 1):
        data = (folder / kept.name).read_bytes()
        name = kept.name.removeprefix(f"{PHOTOS}/")
        if not storage.put(name, data) and storage.get(name) != data:
            storage.delete(name)  # a damaged one, which nobody could mend otherwise
            storage.put(name, data)
        if number % A_WORD_EVERY == 0 or number == len(manifest.photos):
            say(f"Photos: {number} of {len(manifest.photos)}.")


def _size(count: int) -> str:
    return f"{count / 1_000_000:,.1f} MB"
