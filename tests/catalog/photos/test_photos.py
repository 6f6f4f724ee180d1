"""The photos of a product: arranged with buttons, cut where their maker says."""

from collections.abc import Callable

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

import shop.catalog.photos.actions as verbs
from shop.catalog.photos.actions import photos_of
from shop.catalog.products.models import PhotoView, ProductCard, ProductPhoto
from shop.catalog.products.queries import pictures_of
from shop.core.database.engine import Database
from shop.services.audit.models import AuditEvent
from shop.services.media.errors import PhotoNotFound
from shop.services.media.storage import Storage
from tests.catalog.photographed import arrange, keys, photo, send, show
from tests.factories import NOON, Goods, make_cooperative, make_goods, make_person
from tests.services.media.test_guidance import market_stall
from tests.services.media.test_taking_photos import written
from tests.support.engines import PAGES
from tests.support.entering import sign_in
from tests.support.statements import statements
from tests.support.visitor import Visitor

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)


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
