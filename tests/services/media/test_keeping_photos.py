"""Photos are kept once, under names that never change, and never inside a transaction."""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from sqlalchemy import func, select

from shop.catalog.products.product_cards import refresh_photo
from shop.core.database.engine import Database
from shop.core.values.clock import now
from shop.services.media import image_processing, jobs
from shop.services.media.actions import (
    RENDITIONS_JOB,
    make_missing_renditions,
    record,
    sizes_made,
    store,
)
from shop.services.media.errors import PhotoNotFound
from shop.services.media.models import Photo, Rendition
from shop.services.media.queries import pictures
from shop.services.media.rules import PhotoFormat, PreparedPhoto, master_name, rendition_name
from shop.services.media.storage import Storage, open_storage
from shop.services.outbox.models import OutboxJob
from shop.services.outbox.worker import run_once
from tests.support.engines import PAGES
from tests.support.statements import statements

if TYPE_CHECKING:
    from flask import Flask

    from tests.support.visitor import Visitor


def upload(side: int = 900, colour: str = "#7a4317") -> PreparedPhoto:
    out = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(out, "JPEG")
    return image_processing.prepare_first(out.getvalue())


def keep(db: Database, storage: Storage, photo: PreparedPhoto) -> int:
    store(storage, photo)
    with db.writing() as session:
        return record(session, photo, now=now()).id


def test_the_same_photo_twice_is_one_photo_with_one_job(db: Database, storage: Storage) -> None:
    photo = upload()
    assert keep(db, storage, photo) == keep(db, storage, photo)
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Photo)) == 1
        assert session.scalar(select(func.count()).select_from(Rendition)) == 4
        assert session.scalar(select(func.count()).select_from(OutboxJob)) == 1


def test_a_photo_of_which_nothing_is_missing_asks_for_no_work(
    db: Database, storage: Storage
) -> None:
    photo = upload(side=600)
    whole = image_processing.render(
        photo.master, widths=(160, 320, 480), formats=tuple(PhotoFormat)
    )
    keep(db, storage, PreparedPhoto(photo.key, photo.master, photo.side, whole))
    with db.reading() as session:
        assert session.scalar(select(OutboxJob.id)) is None


def test_the_worker_makes_what_is_missing_once_and_tells_the_rooms_above(
    db: Database, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[int] = []
    monkeypatch.setattr(
        "shop.services.media.actions.sizes_made", [lambda _, photo: heard.append(photo)]
    )
    photo_id = keep(db, storage, upload())
    assert make_missing_renditions(db, storage, photo_id) == 12 - 4
    assert make_missing_renditions(db, storage, photo_id) == 0
    assert heard == [photo_id]
    with db.reading() as session:
        picture = pictures(session, [photo_id])[photo_id]
    assert dict(picture.widths) == dict.fromkeys(PhotoFormat, (160, 320, 480, 800))
    for source in picture.sources:
        for file in source.candidates:
            assert Image.open(io.BytesIO(storage.get(file.name))).size == (file.width, file.width)


def test_a_queued_job_is_done_by_the_worker(db: Database, storage: Storage) -> None:
    jobs.install(storage)
    photo_id = keep(db, storage, upload())
    # Periodic work alone can fill a batch, and photos let all other jobs pass.
    while run_once(db, now()):
        pass
    with db.reading() as session:
        assert len(pictures(session, [photo_id])[photo_id].fallback) == 4


def test_a_photo_taken_away_meanwhile_leaves_nothing_to_do(db: Database, storage: Storage) -> None:
    with pytest.raises(PhotoNotFound):
        make_missing_renditions(db, storage, 12345)
    jobs.install(storage)
    jobs.make_renditions(db, {"photo_id": 12345}, now())


def test_the_catalogue_hears_of_new_sizes() -> None:
    import shop.catalog.workspace.jobs  # noqa: F401  to be imported is enough

    assert refresh_photo in sizes_made
    assert RENDITIONS_JOB == "media.renditions"


def test_storing_twice_is_as_good_as_once_in_memory_too() -> None:
    storage = open_storage("memory:")
    photo = upload()
    for _ in range(2):
        store(storage, photo)
    assert storage.get(master_name(photo.key)) == photo.master
    assert storage.path(master_name(photo.key)) is None


@pytest.mark.parametrize("count", [2, 20])
def test_pictures_of_a_page_cost_one_statement(db: Database, storage: Storage, count: int) -> None:
    ids = [keep(db, storage, upload(600, f"#{shade:02x}4317")) for shade in range(count)]
    with db.reading() as session, statements(db) as seen:
        found = pictures(session, [*ids, 999_999])
    assert set(found) == set(ids)
    assert len(seen) == 1


def test_two_uploads_of_one_photo_at_once_are_one_photo(
    db: Database, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second writer does not see the first one's row when it looks."""
    photo = upload()
    first = keep(db, storage, photo)
    with db.writing() as session:
        real, first_look = session.scalar, [None]

        def blind_once(*asked: Any, **options: Any) -> Any:
            return first_look.pop() if first_look else real(*asked, **options)

        monkeypatch.setattr(session, "scalar", blind_once)
        assert record(session, photo, now=now()).id == first


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_photo_is_served_for_a_year_without_cookies(
    app: "Flask", client: "Visitor", var_dir: Path
) -> None:
    photo = upload()
    store(open_storage(f"file:{var_dir / 'media'}"), photo)
    for kind, mime in ((PhotoFormat.WEBP, "image/webp"), (PhotoFormat.JPEG, "image/jpeg")):
        answer = client.get(f"/media/{rendition_name(photo.key, 320, kind)}")
        assert answer.status_code == 200
        assert answer.mimetype == mime
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Cookie" not in answer.headers.get("Vary", "")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in answer.headers
        assert opened_width(answer.data) == 320
        answer.close()


def opened_width(data: bytes) -> int:
    return Image.open(io.BytesIO(data)).width


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize(
    "name",
    ["x", "../../lumbung.db", "ab/%2e%2e/secret.jpg", f"ab/{'c' * 24}/320.webp", "ab/c/320.html"],
)
def test_what_is_no_photo_is_not_found(client: "Visitor", name: str) -> None:
    assert client.get(f"/media/{name}").status_code == 404
