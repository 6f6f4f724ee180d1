"""What nothing names any more goes after a day; what somebody takes in meanwhile stays."""

import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Select, delete, event, func, select
from sqlalchemy.orm import Session

import shop.app  # every table there is
import shop.catalog.workspace.jobs  # noqa: F401  to be imported is enough
from shop.core.database.engine import Database
from shop.core.database.schema import Base
from shop.core.values.clock import now
from shop.services.media import jobs
from shop.services.media import jobs as media
from shop.services.media.actions import (
    keep,
    make_missing_renditions,
    record,
    schedule_deletion,
    store,
)
from shop.services.media.errors import PhotoLeaving, PhotoNotFound
from shop.services.media.jobs import GRACE, sweep
from shop.services.media.models import Photo, Rendition
from shop.services.media.rules import PreparedPhoto, master_name, rendition_name
from shop.services.media.storage import Storage
from tests.services.media.test_keeping_photos import upload

BY_ROOM = media.named_by
LATER = GRACE + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def named(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """Ids of photos that something shows in this test."""
    shown: set[int] = set()

    def names() -> Select[int]:
        return select(Photo.id).where(Photo.id.in_(shown))

    monkeypatch.setattr(media, "named_by", [names])
    return shown


def kept(db: Database, storage: Storage, photo: PreparedPhoto, at: datetime | None = None) -> int:
    return keep(db, storage, photo, lambda _session, row: row.id, now=at or now())


def standing(storage: Storage) -> set[str]:
    return {file.name for file in storage.files()}


def files_of(photo: PreparedPhoto) -> set[str]:
    sizes = {rendition_name(photo.key, one.width, one.format) for one in photo.renditions}
    return {master_name(photo.key)} | sizes


def test_a_photo_without_a_name_goes_after_a_day_with_all_its_files(
    db: Database, storage: Storage, named: set[int]
) -> None:
    shown, forgotten = upload(), upload(colour="#115522")
    named.add(kept(db, storage, shown))
    kept(db, storage, forgotten)
    assert sweep(db, storage, now=now() + GRACE / 2) == 0
    assert sweep(db, storage, now=now() + LATER) == 1
    assert standing(storage) == files_of(shown)
    with db.reading() as session:
        assert session.scalars(select(Photo.key)).all() == [shown.key]
        assert session.scalar(select(func.count()).select_from(Rendition)) == len(shown.renditions)


def test_files_that_an_upload_left_behind_when_it_broke_off_go_too(
    db: Database, storage: Storage
) -> None:
    store(storage, upload())
    assert sweep(db, storage, now=now() + GRACE / 2) == 0
    assert sweep(db, storage, now=now() + LATER) == 1
    assert standing(storage) == set()
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Photo)) == 0


def test_what_is_not_ours_in_the_same_place_is_left_alone(db: Database, storage: Storage) -> None:
    storage.put("catatan/bukan-foto.txt", b"milik orang lain")
    assert sweep(db, storage, now=now() + LATER) == 0
    assert standing(storage) == {"catatan/bukan-foto.txt"}


def test_a_photo_taken_off_a_page_has_its_day_of_grace_from_then(
    db: Database, storage: Storage
) -> None:
    began = now()
    photo_id = kept(db, storage, upload(), at=began)
    with db.writing() as session:
        schedule_deletion(session, photo_id, now=began + LATER)
    assert sweep(db, storage, now=began + LATER + timedelta(hours=1)) == 0
    assert sweep(db, storage, now=began + LATER + LATER) == 1


def test_a_sweep_that_was_broken_off_is_ended_by_the_next(
    db: Database, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = upload()
    kept(db, storage, photo)

    def stop(_name: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(storage, "delete", stop)
        with pytest.raises(KeyboardInterrupt):
            sweep(db, storage, now=now() + LATER)
    assert sweep(db, storage, now=now() + LATER) == 1
    assert standing(storage) == set()


def test_while_its_files_are_swept_a_photo_can_not_be_taken_in_and_then_it_can(
    db: Database, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = upload()
    photo_id = kept(db, storage, photo)
    real_delete = storage.delete
    refused: list[str] = []

    def meanwhile(name: str) -> None:
        if not refused:
            with pytest.raises(PhotoLeaving):
                kept(db, storage, photo)
            with pytest.raises(PhotoNotFound):
                make_missing_renditions(db, storage, photo_id)
            refused.append(name)
        real_delete(name)

    with monkeypatch.context() as slow:
        slow.setattr(storage, "delete", meanwhile)
        assert sweep(db, storage, now=now() + LATER) == 1
    assert refused
    kept(db, storage, photo)
    assert files_of(photo) <= standing(storage)


def swept_between(
    db: Database, storage: Storage, photo: PreparedPhoto, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Have a whole sweep happen after the next upload has put its files and before its commit."""
    real = storage.put
    swept: list[int] = []

    def put(name: str, data: bytes) -> bool:
        is_new = real(name, data)
        last = rendition_name(photo.key, photo.renditions[-1].width, photo.renditions[-1].format)
        if name == last and not swept:
            swept.append(sweep(db, storage, now=now() + LATER))
        return is_new

    monkeypatch.setattr(storage, "put", put)


def test_an_upload_over_old_files_has_them_all_whenever_the_sweep_comes(
    db: Database, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = upload()
    store(storage, photo)  # what a broken upload left
    swept_between(db, storage, photo, monkeypatch)
    kept(db, storage, photo)
    assert standing(storage) == files_of(photo)


def test_without_storing_again_the_upload_would_have_lost_them(
    db: Database, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same meeting without the guard."""
    photo = upload()
    store(storage, photo)
    swept_between(db, storage, photo, monkeypatch)
    store(storage, photo)
    with db.writing() as session:
        record(session, photo, now=now())
    assert standing(storage) == set()


def test_uploads_and_sweeps_at_once_leave_every_named_photo_whole(
    db: Database, storage: Storage, named: set[int]
) -> None:
    photos = [upload(600, f"#{shade:02x}4317") for shade in range(4)]
    for photo in photos:
        store(storage, photo)  # old files, so that each sweep wants them
    start, ended = threading.Barrier(5), threading.Event()

    def take_in(photo: PreparedPhoto) -> None:
        start.wait()
        while True:
            try:
                named.add(kept(db, storage, photo, at=now() + LATER))
            except PhotoLeaving:
                continue
            return

    def sweep_on() -> None:
        start.wait()
        while not ended.is_set():
            sweep(db, storage, now=now() + LATER)

    sweeper = threading.Thread(target=sweep_on)
    uploads = [threading.Thread(target=take_in, args=(photo,)) for photo in photos]
    for thread in (sweeper, *uploads):
        thread.start()
    for thread in uploads:
        thread.join()
    ended.set()
    sweeper.join()
    for photo in photos:
        assert files_of(photo) <= standing(storage)


@pytest.mark.only_on("postgresql", because="on SQLite a writer waits for the sweep's whole step")
def test_an_upload_that_meets_the_end_of_a_sweep_is_told_to_come_again(
    db: Database, storage: Storage
) -> None:
    """The sweep's row stands when the upload inserts its own, and is gone when it looks."""
    photo = upload()
    store(storage, photo)

    def claim(*_flush: object) -> None:
        with Session(db.engine) as other, other.begin():
            other.add(Photo(key=photo.key, side=1, bytes=1, kept_at=now(), leaving_at=now()))

    def end(*_savepoint: object) -> None:
        with db.engine.begin() as other:
            other.execute(delete(Photo).where(Photo.key == photo.key))

    with db.writing() as session:
        event.listen(session, "before_flush", claim, once=True)
        event.listen(session, "after_soft_rollback", end, once=True)
        with pytest.raises(PhotoLeaving):
            record(session, photo, now=now())


def test_the_worker_sweeps_once_a_day(db: Database, storage: Storage) -> None:
    jobs.install(storage)
    kept(db, storage, upload(), at=now() - LATER)
    jobs.take_away_unnamed(db, now() + LATER)
    assert standing(storage) == set()


def test_every_table_that_names_photos_is_asked_before_a_photo_goes() -> None:
    """A room that shows photos and forgets to say so would lose them after a day."""
    naming = {
        str(key.parent)
        for table in Base.metadata.tables.values()
        for key in table.foreign_keys
        if key.column is Photo.__table__.c.id and table is not Rendition.__table__
    }
    asked = {str(names().selected_columns[0]) for names in BY_ROOM}
    assert "product_photos.photo_id" in naming
    assert naming == asked
