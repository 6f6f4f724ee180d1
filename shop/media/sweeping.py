"""Taking away photos that nothing names any more, and files that no row names.

An upload and a sweep may meet over the same files. What decides is the photo's row: its key is
unique, so either the upload's row stands first and the sweep finds it taken, or the sweep's does
and the upload is refused for this moment (``PhotoLeaving``). Files that were swept before the
upload's commit are put there again after it (``actions.keep``).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.core.database import Database
from shop.media.models import Photo
from shop.media.rules import format_of
from shop.media.storage import Storage, StoredFile

GRACE = timedelta(days=1)
"""How long a photo may be without a name: a form that was refused may still be sent again."""
MOST_AT_ONCE = 500
"""Photos that one sweep takes away; the next day's sweep takes more."""

named_by: list[Callable[[], Select[int]]] = []
"""Rooms above say here which photos they show: a statement of their ids."""


def sweep(db: Database, storage: Storage, *, now: datetime, grace: timedelta = GRACE) -> int:
    """Take away what nothing has named for a while; safe to repeat and to break off.

    :return: how many photos (of which a row or a file was left) went.
    """
    with db.writing() as session:
        _claim_unnamed_rows(session, now, now - grace)
    files = _by_key(storage.files())
    for key, some in files.items():
        if max(file.at for file in some) < now - grace:
            _claim_key(db, key, now)
    with db.reading() as session:
        leaving = dict(
            session.execute(select(Photo.id, Photo.key).where(Photo.leaving_at.is_not(None))).all()
        )
    for photo_id, key in leaving.items():
        for file in files.get(key, ()):
            storage.delete(file.name)
        with db.writing() as session:
            session.execute(delete(Photo).where(Photo.id == photo_id))
    return len(leaving)


def _claim_unnamed_rows(session: Session, now: datetime, before: datetime) -> None:
    unnamed = select(Photo.id).where(Photo.kept_at < before, Photo.leaving_at.is_(None))
    for names in named_by:
        unnamed = unnamed.where(Photo.id.not_in(names()))
    found = session.scalars(unnamed.order_by(Photo.id).limit(MOST_AT_ONCE)).all()
    session.execute(
        update(Photo)
        # Asked again inside the UPDATE: an upload of the same photo may have come in between.
        .where(Photo.id.in_(found), Photo.kept_at < before)
        .values(leaving_at=now)
    )


def _claim_key(db: Database, key: str, now: datetime) -> None:
    """Stand where an upload's row would stand; if one does, its files are named."""
    with db.reading() as session:
        if session.scalar(select(exists().where(Photo.key == key))):
            return
    try:
        with db.writing() as session:
            session.add(Photo(key=key, side=1, bytes=1, kept_at=now, leaving_at=now))
    except IntegrityError:
        return


def _by_key(files: Iterable[StoredFile]) -> dict[str, list[StoredFile]]:
    """Ours only: whatever else lies in the same bucket is none of our business."""
    found: dict[str, list[StoredFile]] = defaultdict(list)
    for file in files:
        if format_of(file.name):
            found[file.name.rpartition("/")[0]].append(file)
    return found
