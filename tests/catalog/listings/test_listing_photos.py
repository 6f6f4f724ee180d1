"""The photos that come with a listing form: taken, judged, exchanged, refused."""

from io import BytesIO

import pytest
from PIL import Image, ImageFilter
from sqlalchemy import delete, select, update

from shop.catalog.photos.actions import add
from shop.catalog.products.models import PhotoView, Product, ProductPhoto
from shop.core.database.engine import Database
from shop.services.media.models import Photo
from tests.catalog.listed import ANSWERS, NEW, flat_photo, only, with_photo
from tests.factories import DAY, NOON
from tests.services.media.test_guidance import market_stall
from tests.support.engines import PAGES
from tests.support.visitor import Visitor
from tests.web.markup import Markup

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)


def jpeg(picture: Image.Image) -> BytesIO:
    file = BytesIO()
    picture.save(file, "JPEG", quality=90)
    file.seek(0)
    return file


def kept_photos(db: Database) -> list[int]:
    with db.reading() as session:
        return list(session.scalars(select(ProductPhoto.photo_id)))


def test_a_file_that_is_no_photo_is_refused_and_the_others_stay(
    db: Database, stall: Visitor
) -> None:
    sent_files = with_photo(
        foto_label=(BytesIO(b"<svg xmlns='http://www.w3.org/2000/svg'/>"), "../\u202egpj.svg"),
        foto_isi=(flat_photo(side=300), "kecil.jpg"),
    )
    answer = stall.post(NEW, data={**sent_files, "simpan": "1"})
    assert answer.status_code == 422
    assert "Ini bukan foto" in answer.text
    assert "Sisi pendeknya 300 px, perlu 600 px." in answer.text
    assert [mark in answer.text for mark in ("foto_depan-e", "foto_label-e", "foto_isi-e")] == [
        False,
        True,
        True,
    ]
    assert len(kept_photos(db)) == 1


def test_each_slot_shows_how_to_take_it_and_then_the_light_and_the_tip_of_its_photo(
    db: Database, stall: Visitor
) -> None:
    empty = stall.get(NEW).text
    assert ("Dekat jendela" in empty, 'class="light"' in empty) == (True, False)
    # An example is drawn in each of the three slots.
    assert empty.count('viewBox="0 0 72 56"') == 3

    # Sent too early: the page that comes back tells at once how the photos look.
    files = {
        "foto_depan": (jpeg(market_stall()), "a.jpg"),
        "foto_label": (jpeg(market_stall().filter(ImageFilter.GaussianBlur(14))), "b.jpg"),
    }
    answer = stall.post(NEW, data={**files, "kirim": "1"})
    assert answer.status_code == 422
    page = Markup.of(answer.text)
    assert page.faults == []
    said = {
        slot: " ".join(page.all("div", id=f"foto_{slot}-h")[0].text.split())
        for slot in ("depan", "label", "isi")
    }
    assert said["depan"] == "Bagus Mirip dengan foto lain di produk ini. Cukup satu."
    assert said["label"].startswith("Sebaiknya diulang Kurang tajam.")
    assert said["isi"].startswith("Tuang sedikit")
    assert answer.text.count('viewBox="0 0 72 56"') == 2  # the tip's, and the empty slot's

    # The draft shows the same when it is opened again.
    later = stall.get(f"/lapak/produk/{only(db)[0].sku}/isi").text
    assert ("Kurang tajam." in later, later.count('class="light"')) == (True, 2)


def test_a_better_photo_takes_the_place_in_its_slot_and_the_old_one_keeps_its_day(
    db: Database, stall: Visitor
) -> None:
    address = stall.post(NEW, data={"foto_depan": (flat_photo(), "a.jpg")}).headers["Location"]
    with db.writing() as session:
        session.execute(update(Photo).values(kept_at=NOON - 9 * DAY))
    stall.post(address, data={"foto_depan": (flat_photo("teal"), "b.jpg")})
    with db.reading() as session:
        shown = session.scalars(select(ProductPhoto.photo_id)).one()
        old = session.scalars(select(Photo).where(Photo.id != shown)).one()
    assert old.kept_at > NOON - DAY


def test_the_ninth_photo_of_the_form_is_refused_beside_its_slot(
    db: Database, stall: Visitor
) -> None:
    address = stall.post(NEW, data={"foto_depan": (flat_photo(), "a.jpg")}).headers["Location"]
    with db.writing() as session:
        product_id = session.scalars(select(Product.id)).one()
        for number in range(2, 9):
            kept = Photo(key=f"aa/{number}", side=800, bytes=1, kept_at=NOON)
            session.add(kept)
            session.flush()
            add(session, product_id, kept.id, PhotoView.OTHER)
    answer = stall.post(address, data={"foto_isi": (flat_photo("teal"), "b.jpg"), "nama": "Kopi"})
    assert (answer.status_code, "Sudah ada 8 foto." in answer.text) == (422, True)
    assert only(db)[0].name == "Kopi"


def test_a_photo_whose_old_copy_is_just_swept_away_is_asked_for_again(
    db: Database, stall: Visitor
) -> None:
    address = stall.post(NEW, data={"foto_depan": (flat_photo(), "a.jpg")}).headers["Location"]
    with db.writing() as session:
        session.execute(delete(ProductPhoto))
        session.execute(update(Photo).values(leaving_at=NOON))
    answer = stall.post(address, data={**with_photo(), "kirim": "1"})
    assert (answer.status_code, 'id="foto_depan-e"' in answer.text) == (422, True)
    assert only(db)[0].name == ANSWERS["nama"]
