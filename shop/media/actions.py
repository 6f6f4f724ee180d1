"""Keeping photos: first the bytes, then – in the caller's transaction – what exists."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.core.database import Database
from shop.media.errors import PhotoNotFound
from shop.media.models import Photo, Rendition
from shop.media.rules import (
    PhotoFormat,
    PreparedPhoto,
    RenditionBytes,
    master_name,
    missing_sizes,
    rendition_name,
)
from shop.media.storage import Storage
from shop.outbox.actions import enqueue

RENDITIONS_JOB = "media.renditions"
"""Makes the sizes and formats that the upload did not wait for."""

sizes_made: list[Callable[[Session, int], None]] = []
"""Rooms above that keep a copy of a picture's text renew it here, with the photo's id, in the
transaction that knows the new sizes."""


def store(storage: Storage, photo: PreparedPhoto) -> None:
    """Put the photo's bytes away; before the transaction, since a disk may be slow.

    A crash between this and :func:`record` leaves files that nobody names: space, not harm.
    """
    storage.put(master_name(photo.key), photo.master)
    _store_renditions(storage, photo.key, photo.renditions)


def record(session: Session, photo: PreparedPhoto, *, now: datetime) -> Photo:
    """Write down that the photo exists, and ask for its missing sizes.

    The same photo twice is one photo: its key is made of its contents.

    :param photo: already stored.
    """
    kept = session.scalar(select(Photo).where(Photo.key == photo.key))
    if kept is None:
        kept = _insert(session, photo)
    _record_renditions(session, kept.id, photo.renditions)
    if missing_sizes(photo.side, ((made.format, made.width) for made in photo.renditions)):
        enqueue(
            session,
            kind=RENDITIONS_JOB,
            key=f"{RENDITIONS_JOB}:{kept.id}",
            payload={"photo_id": kept.id},
            now=now,
        )
    return kept


def make_missing_renditions(db: Database, storage: Storage, photo_id: int) -> int:
    """Make every size and format the photo does not have yet; safe to repeat.

    The work on pixels lies between two short transactions, never inside one.

    :return: how many renditions were made.
    :raises PhotoNotFound: if there is no such photo, or its original is gone.
    """
    from shop.media import pixels  # Pillow only where pixels are touched: pages need none of it

    with db.reading() as session:
        photo = session.get(Photo, photo_id)
        if photo is None:
            raise PhotoNotFound(f"photo {photo_id}")
        existing = session.execute(
            select(Rendition.format, Rendition.width).where(Rendition.photo_id == photo_id)
        )
        todo = missing_sizes(photo.side, existing)
    if not todo:
        return 0
    master = storage.get(master_name(photo.key))
    made = tuple(
        rendition
        for kind, widths in todo.items()
        for rendition in pixels.render(master, widths=widths, formats=(kind,))
    )
    _store_renditions(storage, photo.key, made)
    with db.writing() as session:
        _record_renditions(session, photo_id, made)
        for listener in sizes_made:
            listener(session, photo_id)
    return len(made)


def _insert(session: Session, photo: PreparedPhoto) -> Photo:
    row = Photo(key=photo.key, side=photo.side, bytes=len(photo.master))
    try:
        # The savepoint keeps the caller's work when another upload of the same photo was first.
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return session.scalars(select(Photo).where(Photo.key == photo.key)).one()
    return row


def _store_renditions(storage: Storage, key: str, made: tuple[RenditionBytes, ...]) -> None:
    for one in made:
        storage.put(rendition_name(key, one.width, one.format), one.data)


def _record_renditions(session: Session, photo_id: int, made: tuple[RenditionBytes, ...]) -> None:
    known: set[tuple[PhotoFormat, int]] = set(
        session.execute(
            select(Rendition.format, Rendition.width).where(Rendition.photo_id == photo_id)
        )
    )
    session.add_all(
        Rendition(
            photo_id=photo_id,
            format=one.format,
            width=one.width,
            height=one.height,
            bytes=len(one.data),
        )
        for one in made
        if (one.format, one.width) not in known
    )
    session.flush()
