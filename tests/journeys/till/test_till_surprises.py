"""What can happen between the total and Pay, in a browser: told, and paid only when accepted."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from shop.catalog.inventory.models import StockItem
from shop.catalog.products.models import Product, Variant
from shop.core.database.engine import Database
from shop.sales.orders.models import Order, Purchase
from tests.journeys.people import Shopper
from tests.support.browser import PHONE, Window
from tests.support.live import LiveShop

OPAK = "opak-ketan-bakar-arang"
BATIK = "kemeja-batik-cap-lengan-panjang"
FROZEN = "alpukat-beku-potong-peteri"
"""From Aceh, and never handed to a courier."""

PAY = re.compile("^Bayar Rp")

with_and_without_script = pytest.mark.parametrize(
    "javascript", [False, True], ids=["no-script", "script"]
)


@pytest.fixture
def books(live_market: LiveShop) -> Iterator[Database]:
    """The same database, looked at from outside."""
    database = Database(live_market.database_url)
    yield database
    database.dispose()


def at_the_total(shop: LiveShop, window: Window, *slugs: str, javascript: bool) -> Shopper:
    """A guest with one of each, who has typed everything and sees the total."""
    window.base_url = shop.url
    sari = Shopper(window.open(size=PHONE, javascript=javascript))
    for slug in slugs:
        sari.go(f"/produk/{slug}")
        sari.press("Keranjang")
    sari.go("/checkout")
    sari.give_address()
    sari.press("Lihat ongkir")
    sari.page.get_by_role("button", name=PAY).wait_for()
    return sari


def accept_and_pay(sari: Shopper) -> None:
    sari.press(re.compile("^Setuju"))
    sari.page.get_by_role("button", name=PAY).wait_for()
    sari.press(PAY)
    sari.page.wait_for_url("**/pembelian/**")


def variant_of(books: Database, slug: str) -> tuple[int, int]:
    """Id and price of the only pack of a product."""
    with books.reading() as session:
        found = session.execute(
            select(Variant.id, Variant.price)
            .join(Product, Product.id == Variant.product_id)
            .where(Product.slug == slug)
            .order_by(Variant.id)
        ).first()
    assert found is not None
    return found[0], found[1]


def purchases(books: Database) -> list[int]:
    """What the goods of each purchase cost."""
    with books.reading() as session:
        return list(session.scalars(select(Purchase.goods_total)))


@with_and_without_script
def test_a_price_that_rose_before_pay_is_shown_and_has_to_be_accepted(
    live_market: LiveShop, window: Window, books: Database, javascript: bool
) -> None:
    sari = at_the_total(live_market, window, OPAK, javascript=javascript)
    variant_id, price = variant_of(books, OPAK)
    with books.writing() as session:
        session.execute(update(Variant).where(Variant.id == variant_id).values(price=price + 1_000))
    sari.press(PAY)
    sari.page.get_by_text("Harganya berubah").wait_for()
    assert purchases(books) == []
    assert not sari.page.get_by_role("button", name=PAY).count()
    accept_and_pay(sari)
    assert purchases(books) == [price + 1_000]


@with_and_without_script
def test_goods_sold_out_before_pay_leave_the_rest_to_be_bought(
    live_market: LiveShop, window: Window, books: Database, javascript: bool
) -> None:
    sari = at_the_total(live_market, window, OPAK, BATIK, javascript=javascript)
    variant_id, price = variant_of(books, OPAK)
    with books.writing() as session:
        session.execute(
            update(StockItem)
            .where(StockItem.variant_id == variant_id)
            .values(reserved=StockItem.on_hand)
        )
    sari.press(PAY)
    sari.page.get_by_text("Habis sejak Anda memasukkannya").wait_for()
    assert purchases(books) == []
    accept_and_pay(sari)
    assert len(sari.order_numbers()) == 1
    assert "Opak Ketan" not in sari.reads
    assert len(purchases(books)) == 1
    assert price not in purchases(books)


@with_and_without_script
def test_what_one_cooperative_does_not_bring_stays_in_the_cart(
    live_market: LiveShop, window: Window, books: Database, javascript: bool
) -> None:
    sari = at_the_total(live_market, window, FROZEN, OPAK, javascript=javascript)
    assert "tidak mengirim ke tempat ini" in sari.reads
    sari.press(PAY)
    sari.page.wait_for_url("**/pembelian/**")
    assert purchases(books) == [variant_of(books, OPAK)[1]]
    with books.reading() as session:
        assert len(session.scalars(select(Order.id)).all()) == 1
    sari.go("/keranjang")
    assert "Alpukat" in sari.reads
    assert "Opak Ketan" not in sari.reads
