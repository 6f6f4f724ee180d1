"""Taking away photos that nothing names any more, and files that no row names.

An upload and a sweep may meet over the same files. What decides is the photo's row: its key is
unique, so either the upload's row stands first and the sweep finds it taken, or the sweep's does
and the upload is refused for this moment (``PhotoLeaving``). Files that were swept before the
upload's commit are put there again after it (``actions.keep``).
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, exists, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.services.media.actions import RENDITIONS_JOB, make_missing_renditions
from shop.services.media.errors import PhotoNotFound
from shop.services.media.models import Photo
from shop.services.media.rules import format_of
from shop.services.media.storage import Storage, StoredFile
from shop.services.outbox.actions import patient
from shop.services.outbox.worker import handles, periodic

GRACE = timedelta(days=1)
"""How long a photo may be without a name: a form that was refused may still be sent again."""
MAX_AT_ONCE = 500
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
    found = session.scalars(unnamed.order_by(Photo.id).limit(MAX_AT_ONCE)).all()
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


DAILY = 24 * 3600


_installed: dict[str, Storage] = {}


patient.add(RENDITIONS_JOB)


def install(storage: Storage) -> None:
    """Say where photos lie, once at the start of the process."""
    _installed["storage"] = storage


@handles(RENDITIONS_JOB)
def make_renditions(db: Database, payload: dict[str, Any], _now: datetime) -> None:
    """Make the sizes of one photo that are still missing."""
    try:
        make_missing_renditions(db, _installed["storage"], payload["photo_id"])
    except PhotoNotFound:
        # Taken away since it was promised: nothing is left to do.
        return


@periodic("media.sweep", DAILY)
def take_away_unnamed(db: Database, now: datetime) -> None:
    """Files that no row names go, a day after the last one did."""
    sweep(db, _installed["storage"], now=now)
