"""A total is paid only as it was seen: whatever changed is shown and accepted first."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from shop.catalog.inventory.models import StockItem
from shop.catalog.inventory.queries import Shelf
from shop.catalog.products.models import Variant
from shop.checkout.placing.errors import PriceChanged
from shop.core.database.engine import Database
from shop.sales.orders.models import OrderLine, Purchase
from shop.shipping.rates.models import Rate
from tests.checkout.conftest import Market
from tests.checkout.placed import browser, count, fill, place
from tests.checkout.shopping import TYPED, pay_data, stand_at_checkout, value_of
from tests.factories import shelf
from tests.support.customer import Customer, InProcess
from tests.support.engines import PAGES


@pytest.fixture
def sari(app: Flask) -> Customer:
    """Sari, a guest."""
    return Customer(InProcess(app))


@pytest.mark.only_on("sqlite", because=PAGES)
def test_posted_prices_and_totals_are_ignored(db: Database, market: Market, sari: Customer) -> None:
    page = stand_at_checkout(sari, {market.gayo: 1})
    data = [
        *pay_data(page),
        ("price", "1"),
        ("total", "1"),
        ("harga", "1"),
        (f"harga-{market.gayo.variant_id}", "1"),
        ("ongkir", "0"),
        ("orders_total", "1"),
        ("status", "paid"),
        ("person_id", "1"),
    ]
    sari.send("/checkout", data)
    with db.reading() as session:
        assert session.scalars(select(Purchase.orders_total)).one() == 57_000


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_total_the_page_never_showed_stops_with_what_is_true(
    db: Database, market: Market, sari: Customer
) -> None:
    page = stand_at_checkout(sari, {market.gayo: 1})
    for seen in ("1", "0", "", "57000.0", "9" * 40, "lima"):
        answer = sari.send(
            "/checkout",
            [(name, seen if name == "lihat-total" else value) for name, value in pay_data(page)],
        )
        assert answer.status == 422
        assert "Totalnya berubah. Belum ada yang dibayar." in answer.words
        assert "Bayar Rp57.000" in answer.words
    assert count(db, Purchase) == 0


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_price_that_changed_stops_until_it_is_accepted(
    db: Database, market: Market, sari: Customer
) -> None:
    page = stand_at_checkout(sari, {market.gayo: 1})
    with db.writing() as session:
        session.execute(
            update(Variant).where(Variant.id == market.gayo.variant_id).values(price=50_000)
        )
    answer = sari.send("/checkout", pay_data(page))
    assert answer.status == 422
    assert "Harganya berubah: tadi Rp45.000, sekarang Rp50.000." in answer.words
    assert count(db, Purchase) == 0
    page = sari.press("Setuju")
    assert "Bayar Rp62.000" in page.words
    assert value_of(page, "nama") == TYPED["nama"]
    sari.send("/checkout", pay_data(page))
    with db.reading() as session:
        assert session.scalars(select(OrderLine.unit_price)).one() == 50_000


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_delivery_fee_that_changed_is_named_and_asks_again(
    db: Database, market: Market, sari: Customer
) -> None:
    page = stand_at_checkout(sari, {market.gayo: 1})
    with db.writing() as session:
        session.execute(update(Rate).where(Rate.price_per_kg == 12_000).values(price_per_kg=14_000))
    answer = sari.send("/checkout", pay_data(page))
    assert answer.status == 422
    assert "Ongkir Gayo: tadi Rp12.000, sekarang Rp14.000." in answer.words
    assert "Total: tadi Rp57.000, sekarang Rp59.000." in answer.words
    assert sari.send("/checkout", pay_data(answer)).path.startswith("/pembelian/")


@pytest.mark.only_on("sqlite", because=PAGES)
def test_goods_sold_out_in_between_are_marked_with_what_is_left(
    db: Database, market: Market, sari: Customer
) -> None:
    page = stand_at_checkout(sari, {market.gayo: 5, market.sari_bumi: 1})
    with db.writing() as session:
        session.execute(
            update(StockItem)
            .where(StockItem.variant_id == market.gayo.variant_id)
            .values(reserved=17)
        )
    answer = sari.send("/checkout", pay_data(page))
    assert answer.status == 422
    assert "Tersisa 3, sedangkan di keranjang ada 5." in answer.words
    assert shelf(db, market.sari_bumi) == Shelf(on_hand=20, reserved=0)
    page = sari.press("Setuju")
    assert sari.send("/checkout", pay_data(page)).path.startswith("/pembelian/")
    assert shelf(db, market.gayo) == Shelf(on_hand=20, reserved=20)


def test_a_wrong_total_places_nothing_whatever_it_is(db: Database, market: Market) -> None:
    key = browser("s")
    token = fill(db, key, {market.gayo: 1})
    for seen in (None, 0, 1, 56_999, 57_001, 10**15):
        with pytest.raises(PriceChanged) as refusal:
            place(db, key, token, seen)
        assert refusal.value.total == 57_000
    assert count(db, Purchase) == 0
    assert place(db, key, token, 57_000).code
