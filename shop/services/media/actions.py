"""Keeping photos: first the bytes, then – in the caller's transaction – what exists."""

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.services.media.errors import PhotoLeaving, PhotoNotFound
from shop.services.media.guidance import advise
from shop.services.media.models import Photo, Rendition
from shop.services.media.rules import (
    PhotoFormat,
    PreparedPhoto,
    RenditionBytes,
    master_name,
    missing_sizes,
    rendition_name,
    whole_name,
)
from shop.services.media.storage import Storage
from shop.services.outbox.actions import enqueue

T = TypeVar("T")

RENDITIONS_JOB = "media.renditions"
"""Makes the sizes and formats that the upload did not wait for."""

sizes_made: list[Callable[[Session, int], None]] = []
"""Rooms above that keep a copy of a picture's text renew it here, with the photo's id, in the
transaction that knows the new sizes."""


def keep(
    db: Database,
    storage: Storage,
    photo: PreparedPhoto,
    then: Callable[[Session, Photo], T],
    *,
    now: datetime,
) -> T:
    """Store a photo, write it down, and do in the same commit what it was taken in for.

    :param then: what names the photo; may run again when PostgreSQL asks for that.
    :return: what ``then`` did.
    :raises PhotoLeaving: at the very moment in which these same files are swept away.
    """
    is_new = store(storage, photo)
    done = db.write(lambda session: then(session, record(session, photo, now=now)))
    if not is_new:
        # Files that stood there before may have been swept between the two. From the commit on
        # they are safe, so what is put now stays.
        store(storage, photo)
    return done


def store(storage: Storage, photo: PreparedPhoto) -> bool:
    """Put the photo's bytes away; before the transaction, since a disk may be slow.

    A crash between this and :func:`record` leaves files that nobody names, to be swept.

    :return: whether all of them are new; if not, whoever commits stores once more (:func:`keep`).
    """
    is_new = [storage.put(master_name(photo.key), photo.master)]
    if photo.whole is not None:
        is_new.append(storage.put(whole_name(photo.key), photo.whole))
    return _store_renditions(storage, photo.key, photo.renditions) and all(is_new)


def record(session: Session, photo: PreparedPhoto, *, now: datetime) -> Photo:
    """Write down that the photo exists, and ask for its missing sizes.

    The same photo twice is one photo: its key is made of its contents.

    :param photo: already stored.
    :raises PhotoLeaving: if its files are just being swept away.
    """
    kept = session.scalar(select(Photo).where(Photo.key == photo.key).with_for_update())
    if kept is None:
        kept = _insert(session, photo, now)
    if kept.leaving_at is not None:
        raise PhotoLeaving(photo.key)
    kept.kept_at = now
    kept.is_cut = kept.is_cut or photo.whole is not None
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


def schedule_deletion(session: Session, photo_id: int, *, now: datetime) -> None:
    """Start the photo's grace period again, because one place no longer shows it.

    The files go when nothing else names it by then.
    """
    session.execute(update(Photo).where(Photo.id == photo_id).values(kept_at=now))


def make_missing_renditions(db: Database, storage: Storage, photo_id: int) -> int:
    """Make every size and format the photo does not have yet; safe to repeat.

    The work on pixels lies between two short transactions, never inside one.

    :return: how many renditions were made.
    :raises PhotoNotFound: if there is no such photo, or its original is gone.
    """
    from shop.services.media import (
        image_processing,  # Pillow only where pixels are touched: pages need none of it
    )

    with db.reading() as session:
        photo = session.get(Photo, photo_id)
        if photo is None or photo.leaving_at is not None:
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
        for rendition in image_processing.render(master, widths=widths, formats=(kind,))
    )
    _store_renditions(storage, photo.key, made)
    with db.writing() as session:
        _record_renditions(session, photo_id, made)
        for listener in sizes_made:
            listener(session, photo_id)
    return len(made)


def _insert(session: Session, photo: PreparedPhoto, now: datetime) -> Photo:
    advice = advise(photo.look)
    row = Photo(
        key=photo.key,
        side=photo.side,
        bytes=len(photo.master),
        is_cut=photo.whole is not None,
        across=photo.centre.across,
        down=photo.centre.down,
        fingerprint=photo.fingerprint,
        light=advice.light,
        tip=advice.tip,
        kept_at=now,
    )
    try:
        # The savepoint keeps the caller's work when another upload of the same photo was first.
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        kept = session.scalar(select(Photo).where(Photo.key == photo.key).with_for_update())
        if kept is None:  # it was the row of a sweep, which has ended since
            raise PhotoLeaving(photo.key) from None
        return kept
    return row


def _store_renditions(storage: Storage, key: str, made: tuple[RenditionBytes, ...]) -> bool:
    # All of them, also behind one that stood there already.
    is_new = [storage.put(rendition_name(key, one.width, one.format), one.data) for one in made]
    return all(is_new)


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
