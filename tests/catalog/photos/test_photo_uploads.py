"""Photos sent from a phone: what is kept of them, and what is refused beside its field."""

import io
from datetime import timedelta

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from shop.catalog.photos.actions import MAX_PHOTOS, photos_of
from shop.catalog.products.models import PhotoView, ProductCard
from shop.catalog.products.queries import pictures_of
from shop.core.database.engine import Database
from shop.core.values import clock
from shop.services.media import jobs
from shop.services.media.rules import MAX_BYTES
from shop.services.media.storage import Storage
from shop.services.outbox.worker import run_once
from tests.catalog.photographed import keys, photo, send, show
from tests.factories import Goods
from tests.services.media.test_guidance import market_stall
from tests.services.media.test_taking_photos import HTML, SVG, gps_photo, png_header, written
from tests.support.engines import PAGES
from tests.support.visitor import Visitor
from tests.web.markup import Markup

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(900)


def zip_bomb() -> bytes:
    """A PNG of four kilobytes with three megabytes of words folded up in it."""
    words = PngInfo()
    words.add_text("Comment", "0" * 3_000_000, zip=True)
    return written(Image.new("RGB", (700, 700)), "PNG", pnginfo=words)


def moving() -> bytes:
    frames = [Image.new("RGB", (700, 700), colour) for colour in ("teal", "gold")]
    return written(frames[0], "PNG", save_all=True, append_images=frames[1:])


def test_three_photos_sent_at_once_stand_in_their_slots_and_on_the_card(
    db: Database, client: Visitor, goods: Goods
) -> None:
    answer = send(
        client,
        goods,
        depan=(photo(1), "IMG_1.jpg"),
        label=(photo(20), "IMG_2.jpg"),
        isi=(photo(50), "IMG_3.jpg"),
    )
    assert answer.status_code == 303
    with db.reading() as session:
        shown = photos_of(session, goods.product_id, goods.cooperative.id)
        card = session.get(ProductCard, goods.product_id)
        assert card is not None
        on_card = pictures_of(card.pictures)
    assert [one.view for one in shown] == [PhotoView.FRONT, PhotoView.LABEL, PhotoView.CONTENTS]
    assert [view for view, _ in on_card] == ["depan", "label", "isi"]
    page = client.get(f"/lapak/produk/{goods.sku}/foto")
    assert Markup.of(page.text).faults == []
    assert "3 foto masuk." in page.text


def test_no_byte_that_is_kept_tells_where_the_seller_lives(
    db: Database, client: Visitor, goods: Goods, storage: Storage
) -> None:
    upload = gps_photo(6)
    assert b"Kamera Bu Wati" in upload
    assert send(client, goods, depan=(upload, "rumah.jpg")).status_code == 303
    jobs.install(storage)
    while run_once(db, clock.now() + timedelta(hours=1)):
        pass
    kept = {file.name: storage.get(file.name) for file in storage.files()}
    assert len([name for name in kept if name.endswith(".avif")]) == 3
    assert any(name.endswith("whole.jpg") for name in kept)
    for name, data in kept.items():
        assert not any(sign in data for sign in (b"Exif", b"GPS", b"Wati", b"<x:xmpmeta")), name
        opened = Image.open(io.BytesIO(data))
        assert not dict(opened.getexif()), name
        assert not {"exif", "xmp", "icc_profile", "comment"} & set(opened.info), name


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"harga kopi 45000", "bukan foto"),
        (photo()[:9_000], "bukan foto"),
        (SVG, "bukan foto"),
        (HTML, "bukan foto"),
        (b"PK\x03\x04" + bytes(9_000), "bukan foto"),
        (png_header(50_000, 50_000), "lebih dari 30 juta titik"),
        (zip_bomb(), "bukan foto"),
        (moving(), "Ini gambar bergerak."),
        (b"\xff\xd8" + bytes(29_999_998), "30 MB, paling besar 12 MB"),
        (bytes(MAX_BYTES + 1), "13 MB, paling besar 12 MB"),
        (b"", "kosong"),
        (written(Image.new("RGB", (900, 300))), "300 px, perlu 600 px"),
        (HEIC, "Paling Kompatibel"),
    ],
    ids=[
        "text",
        "cut",
        "svg",
        "html",
        "zip",
        "bomb",
        "zip-bomb",
        "moving",
        "30MB",
        "12MB",
        "empty",
        "300",
        "heic",
    ],
)
def test_a_wrong_file_gets_a_sentence_beside_its_field_and_the_others_stay(
    db: Database, client: Visitor, goods: Goods, data: bytes, said: str
) -> None:
    answer = send(client, goods, depan=(photo(), "baik.jpg"), label=(data, "foto.jpg"))
    assert answer.status_code == 422
    page = Markup.of(answer.text)
    assert page.faults == []
    field, _, rest = answer.text.partition('id="foto_label-e"')
    assert 'aria-describedby="foto_label-e"' in field
    assert said in rest.split("</p>")[0]
    assert "1 foto masuk." in answer.text
    assert len(keys(db, goods)) == 1


@pytest.mark.parametrize(
    "name",
    ["../../../etc/passwd", "..\\..\\boot.ini", "\u202egpj.exe", "<img src=x>.jpg", "n" * 3_000],
)
def test_the_name_of_a_file_is_never_looked_at(
    db: Database, client: Visitor, goods: Goods, storage: Storage, name: str
) -> None:
    assert send(client, goods, isi=(photo(), name)).status_code == 303
    (key,) = keys(db, goods)
    assert all(file.name.startswith(f"{key}/") for file in storage.files())


def test_printers_colours_and_pages_behind_a_photo_become_plain_photos(
    db: Database, client: Visitor, goods: Goods, storage: Storage
) -> None:
    cmyk = written(market_stall(seed=60).convert("CMYK"))
    both = written(market_stall(seed=90), comment=b"<script>alert(1)</script>") + HTML
    answer = send(client, goods, depan=(cmyk, "a.jpg"), isi=(both, "b.jpg"))
    assert answer.status_code == 303
    assert len(keys(db, goods)) == 2
    assert not any(b"script" in storage.get(file.name) for file in storage.files())


def test_nothing_chosen_changes_nothing(db: Database, client: Visitor, goods: Goods) -> None:
    assert send(client, goods, depan=(b"", "")).status_code == 303
    assert keys(db, goods) == []


def test_the_ninth_photo_is_refused_beside_its_field(
    db: Database, client: Visitor, goods: Goods, storage: Storage
) -> None:
    show(db, storage, goods, *range(10, 10 + 13 * MAX_PHOTOS, 13))
    answer = send(client, goods, lain=(photo(200), "lagi.jpg"))
    assert answer.status_code == 422
    assert "Sudah ada 8 foto" in answer.text
    assert len(keys(db, goods)) == MAX_PHOTOS


def test_guidance_stands_beside_the_photo_and_refuses_nothing(
    client: Visitor, goods: Goods
) -> None:
    dark = written(Image.blend(market_stall(), Image.new("RGB", (1200, 1200)), 0.85))
    assert send(client, goods, depan=(dark, "gelap.jpg")).status_code == 303
    page = client.get(f"/lapak/produk/{goods.sku}/foto").text
    assert "Sebaiknya diulang" in page
    assert "Terlalu gelap" in page


def test_a_better_photo_takes_the_place_of_the_one_in_its_slot(
    db: Database, client: Visitor, goods: Goods
) -> None:
    send(client, goods, depan=(photo(1), "a.jpg"), label=(photo(20), "b.jpg"))
    front, label = keys(db, goods)
    page = client.get(f"/lapak/produk/{goods.sku}/foto").text
    assert f'name="ganti_depan" value="{front}"' in page
    answer = client.post(
        f"/lapak/produk/{goods.sku}/foto",
        data={"foto_depan": (io.BytesIO(photo(90)), "c.jpg"), "ganti_depan": front},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 303
    better, still = keys(db, goods)
    assert still == label
    assert better != front
    # Without the tick both stay.
    send(client, goods, depan=(photo(130), "d.jpg"))
    assert keys(db, goods)[:2] == [better, label]
    assert len(keys(db, goods)) == 3


def test_a_photo_whose_place_is_gone_is_asked_for_again(
    db: Database, client: Visitor, goods: Goods
) -> None:
    send(client, goods, depan=(photo(1), "a.jpg"))
    answer = client.post(
        f"/lapak/produk/{goods.sku}/foto",
        data={"foto_depan": (io.BytesIO(photo(90)), "c.jpg"), "ganti_depan": "xx/yy"},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 422
    assert "Foto yang mau diganti sudah tidak ada" in answer.text
    assert len(keys(db, goods)) == 1


def test_every_other_page_refuses_a_large_body_unread(client: Visitor, goods: Goods) -> None:
    answer = client.post(f"/lapak/produk/{goods.sku}/foto/atur", data={"foto": "x" * 1_100_000})
    assert answer.status_code == 413
