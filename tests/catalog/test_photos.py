"""The photos of a product: sent from a phone, arranged with buttons, cut where their maker says."""

import io
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from sqlalchemy import select
from sqlalchemy.orm import Session

import shop.catalog.photos as verbs
from shop.audit.models import AuditEvent
from shop.catalog.cards import refresh_card
from shop.catalog.errors import TooManyPhotos
from shop.catalog.models import PhotoView, ProductCard, ProductPhoto
from shop.catalog.photos import MOST_PHOTOS, photos_of
from shop.catalog.queries import pictures_of
from shop.core import clock
from shop.core.database import Database
from shop.media import jobs, pixels
from shop.media.actions import keep
from shop.media.errors import PhotoNotFound
from shop.media.models import Photo
from shop.media.rules import MOST_BYTES
from shop.media.storage import Storage, open_storage
from shop.outbox.worker import run_once
from tests.factories import NOON, Goods, make_cooperative, make_goods, make_person
from tests.media.test_guidance import market_stall
from tests.media.test_taking_photos import HTML, SVG, gps_photo, png_header, written
from tests.support.entering import sign_in
from tests.support.statements import statements
from tests.support.visitor import Visitor
from tests.web.markup import Markup

if TYPE_CHECKING:
    from werkzeug.test import TestResponse


@pytest.fixture
def goods(db: Database, client: Visitor) -> Goods:
    """Bu Asih's product, with her at the phone."""
    maker = make_person(db, "Bu Asih")
    goods = make_goods(db, make_cooperative(db), maker=maker)
    sign_in(client, db, maker)
    return goods


@pytest.fixture
def storage(var_dir: Path) -> Storage:
    """Where the shop of this test keeps its photos."""
    return open_storage(f"file:{var_dir / 'media'}")


def photo(seed: int = 3, side: tuple[int, int] = (900, 900)) -> bytes:
    return written(market_stall(seed=seed).resize(side))


def zip_bomb() -> bytes:
    """A PNG of four kilobytes with three megabytes of words folded up in it."""
    words = PngInfo()
    words.add_text("Comment", "0" * 3_000_000, zip=True)
    return written(Image.new("RGB", (700, 700)), "PNG", pnginfo=words)


def moving() -> bytes:
    frames = [Image.new("RGB", (700, 700), colour) for colour in ("teal", "gold")]
    return written(frames[0], "PNG", save_all=True, append_images=frames[1:])


def show(db: Database, storage: Storage, goods: Goods, *seeds: int) -> list[str]:
    """Photos on a product, by their keys in order."""
    for seed in seeds:
        keep(
            db,
            storage,
            pixels.prepare_first(photo(seed), widths=(320,)),
            lambda session, kept: verbs.add(session, goods.product_id, kept.id, PhotoView.OTHER),
            now=NOON,
        )
    return keys(db, goods)


def keys(db: Database, goods: Goods) -> list[str]:
    with db.reading() as session:
        return [one.key for one in photos_of(session, goods.product_id, goods.cooperative.id)]


def send(client: Visitor, goods: Goods, **slots: tuple[bytes, str]) -> "TestResponse":
    files = {f"foto_{slot}": (io.BytesIO(data), name) for slot, (data, name) in slots.items()}
    answer = client.post(
        f"/lapak/produk/{goods.sku}/foto", data=files, content_type="multipart/form-data"
    )
    # A large body lies in a file of the client's own.
    answer.request.environ["wsgi.input"].close()
    return answer


def arrange(client: Visitor, goods: Goods, key: str, what: str, **more: str) -> "TestResponse":
    return client.post(
        f"/lapak/produk/{goods.sku}/foto/atur", data={"foto": key, "buat": what, **more}
    )


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


HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(900)


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
        (bytes(MOST_BYTES + 1), "13 MB, paling besar 12 MB"),
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
    show(db, storage, goods, *range(10, 10 + 13 * MOST_PHOTOS, 13))
    answer = send(client, goods, lain=(photo(200), "lagi.jpg"))
    assert answer.status_code == 422
    assert "Sudah ada 8 foto" in answer.text
    assert len(keys(db, goods)) == MOST_PHOTOS


def test_buttons_move_make_the_cover_and_take_away(
    db: Database, client: Visitor, goods: Goods, storage: Storage
) -> None:
    a, b, c = show(db, storage, goods, 1, 30, 60)
    for key, what, after in (
        (c, "naik", [a, c, b]),
        (a, "turun", [c, a, b]),
        (b, "sampul", [b, c, a]),
        (b, "naik", [b, c, a]),
        (a, "turun", [b, c, a]),
        (c, "hapus", [b, a]),
    ):
        assert arrange(client, goods, key, what).status_code == 303
        assert keys(db, goods) == after, what
    with db.reading() as session:
        card = session.get(ProductCard, goods.product_id)
        assert card is not None
        assert [pic.key for _, pic in pictures_of(card.pictures)] == [b, a]
        places = session.scalars(
            select(ProductPhoto.position).order_by(ProductPhoto.position)
        ).all()
        told = session.scalars(
            select(AuditEvent.action).where(AuditEvent.action == "product.photo_removed")
        ).all()
    assert places == [0, 1]
    assert len(told) == 1


def test_dragging_puts_a_photo_where_it_was_dropped(
    db: Database, client: Visitor, goods: Goods, storage: Storage
) -> None:
    a, b, c = show(db, storage, goods, 1, 30, 60)
    assert arrange(client, goods, a, "pindah", ke="2").status_code == 303
    assert keys(db, goods) == [b, c, a]
    for nowhere in ("", "-1", "x", "99999", "²"):
        assert arrange(client, goods, a, "pindah", ke=nowhere).status_code == 404


def test_a_photo_says_what_it_shows(
    db: Database, client: Visitor, goods: Goods, storage: Storage
) -> None:
    (key,) = show(db, storage, goods, 1)
    assert arrange(client, goods, key, "jenis", jenis="label").status_code == 303
    assert arrange(client, goods, key, "jenis", jenis="samping").status_code == 404
    with db.reading() as session:
        (one,) = photos_of(session, goods.product_id, goods.cooperative.id)
    assert one.view is PhotoView.LABEL


def test_the_enter_key_and_unknown_buttons_change_nothing(
    db: Database, client: Visitor, goods: Goods, storage: Storage
) -> None:
    (key,) = show(db, storage, goods, 1)
    for what in ("", "bakar"):
        assert arrange(client, goods, key, what).status_code == 303
    assert keys(db, goods) == [key]
    assert arrange(client, goods, "xx/yy", "hapus").status_code == 404


def test_another_centre_is_chosen_without_taking_the_photo_again(
    db: Database, client: Visitor, goods: Goods
) -> None:
    send(client, goods, depan=(photo(side=(1600, 800)), "lebar.jpg"))
    (key,) = keys(db, goods)
    address = f"/lapak/produk/{goods.sku}/foto"
    assert 'value="500-500" checked' in client.get(address).text
    answer = client.post(f"{address}/potong", data={"foto": key, "tengah": "167-500"})
    assert answer.status_code == 303
    (again,) = keys(db, goods)
    assert again != key
    assert 'value="167-500" checked' in client.get(address).text
    for typed in ("", "0-0", "1-2-3", "167", "x" * 200):
        assert (
            client.post(f"{address}/potong", data={"foto": again, "tengah": typed}).status_code
            == 303
        )
    assert keys(db, goods) == [again]
    assert client.post(f"{address}/potong", data={"foto": key}).status_code == 404


def test_a_square_photo_offers_no_other_centre(
    client: Visitor, goods: Goods, db: Database, storage: Storage
) -> None:
    (key,) = show(db, storage, goods, 1)
    address = f"/lapak/produk/{goods.sku}/foto"
    assert "Geser potongan" not in client.get(address).text
    assert client.post(f"{address}/potong", data={"foto": key}).status_code == 404


def test_a_photo_like_one_of_other_goods_is_pointed_out(
    db: Database, client: Visitor, goods: Goods, storage: Storage
) -> None:
    other = make_goods(db, goods.cooperative, name="Kopi Luwak")
    elsewhere = make_goods(db, make_cooperative(db, "KIN"), name="Kopi Kintamani")
    show(db, storage, other, 7)
    show(db, storage, elsewhere, 300)
    send(client, goods, depan=(written(market_stall(seed=7), quality=60), "mirip.jpg"))
    send(client, goods, isi=(written(market_stall(seed=300), quality=60), "jauh.jpg"))
    page = client.get(f"/lapak/produk/{goods.sku}/foto").text
    assert "Mirip dengan foto Kopi Luwak" in page
    assert "Kopi Kintamani" not in page


def test_guidance_stands_beside_the_photo_and_refuses_nothing(
    client: Visitor, goods: Goods
) -> None:
    dark = written(Image.blend(market_stall(), Image.new("RGB", (1200, 1200)), 0.85))
    assert send(client, goods, depan=(dark, "gelap.jpg")).status_code == 303
    page = client.get(f"/lapak/produk/{goods.sku}/foto").text
    assert "Sebaiknya diulang" in page
    assert "Terlalu gelap" in page


def test_only_who_may_work_on_a_product_sends_photos(
    db: Database, client: Visitor, goods: Goods, storage: Storage
) -> None:
    (key,) = show(db, storage, goods, 1)
    sign_in(client, db, make_person(db, "Joko"))
    address = f"/lapak/produk/{goods.sku}/foto"
    assert client.get(address).status_code == 404
    assert send(client, goods, depan=(photo(30), "x.jpg")).status_code == 404
    assert arrange(client, goods, key, "hapus").status_code == 404
    assert client.post(f"{address}/potong", data={"foto": key}).status_code == 404
    assert keys(db, goods) == [key]


def test_every_other_page_refuses_a_large_body_unread(client: Visitor, goods: Goods) -> None:
    answer = client.post(f"/lapak/produk/{goods.sku}/foto/atur", data={"foto": "x" * 1_100_000})
    assert answer.status_code == 413


@pytest.mark.parametrize("count", [1, 8])
def test_the_photos_of_a_page_cost_three_statements(
    db: Database, goods: Goods, storage: Storage, count: int
) -> None:
    show(db, storage, goods, *range(10, 10 + 13 * count, 13))
    with db.reading() as session, statements(db) as seen:
        assert len(photos_of(session, goods.product_id, goods.cooperative.id)) == count
    assert len(seen) == 3


def test_a_photo_that_the_product_does_not_show_is_not_found(
    db: Database, goods: Goods, storage: Storage
) -> None:
    other = make_goods(db, goods.cooperative)
    (key,) = show(db, storage, other, 1)
    works: tuple[Callable[[Session], None], ...] = (
        lambda session: verbs.move(session, goods.product_id, key, 0),
        lambda session: verbs.remove(session, goods.product_id, key, now=NOON),
        lambda session: verbs.set_view(session, goods.product_id, key, PhotoView.FRONT),
        lambda session: verbs.exchange(session, goods.product_id, key, 1, now=NOON),
    )
    for work in works:
        with pytest.raises(PhotoNotFound), db.writing() as session:
            work(session)


def ten_photos(db: Database) -> list[int]:
    """Photos without files: what a race needs."""
    with db.writing() as session:
        made = [
            Photo(key=f"{number:02d}/{'a' * 24}", side=900, bytes=9, kept_at=NOON)
            for number in range(10)
        ]
        session.add_all(made)
        session.flush()
        return [one.id for one in made]


def positions(db: Database, goods: Goods) -> list[int]:
    with db.reading() as session:
        return list(
            session.scalars(
                select(ProductPhoto.position)
                .where(ProductPhoto.product_id == goods.product_id)
                .order_by(ProductPhoto.position)
            )
        )


def at_once(db: Database, goods: Goods, photo_ids: list[int]) -> list[object]:
    """Have everybody send a photo at the same moment."""
    start, said = threading.Barrier(len(photo_ids)), []

    def send_one(photo_id: int) -> None:
        start.wait()
        try:
            db.write(
                lambda session: verbs.add(session, goods.product_id, photo_id, PhotoView.OTHER)
            )
        except TooManyPhotos as full:
            said.append(full)

    threads = [threading.Thread(target=send_one, args=(one,)) for one in photo_ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(said)


def test_ten_photos_sent_at_once_are_eight_each_at_its_own_place(
    db: Database, goods: Goods
) -> None:
    refused = at_once(db, goods, ten_photos(db))
    assert len(refused) == 10 - MOST_PHOTOS
    assert positions(db, goods) == list(range(MOST_PHOTOS))


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_without_the_products_lock_they_would_be_more(
    db: Database, goods: Goods, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control; SQLite has one writer at a time anyway."""
    together = threading.Barrier(3)

    def look_together(session: Session, product_id: int) -> list[ProductPhoto]:
        found = session.scalars(
            select(ProductPhoto).where(ProductPhoto.product_id == product_id)
        ).all()
        together.wait(timeout=20)
        return list(found)

    with db.writing() as session:
        refresh_card(session, goods.product_id)
    monkeypatch.setattr(verbs, "_locked", look_together)
    assert at_once(db, goods, ten_photos(db)[:3]) == []
    assert positions(db, goods) == [0, 0, 0]


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
