"""A cart of four hundred lines: read, changed, placed, for as many statements as one of three."""

import pytest
from flask import Flask
from sqlalchemy import func, insert, select

from shop.catalog.inventory.models import StockHold
from shop.checkout.cart.models import Cart, CartLine
from shop.core.database.engine import Database
from shop.sales.orders.models import OrderLine, Purchase
from shop.web.http import app_state
from tests.checkout.conftest import Market
from tests.checkout.shopping import checkout_form, fill_cart, pay_data, stand_at_checkout, value_of
from tests.factories import NOON, make_goods
from tests.support.books import broken
from tests.support.customer import Customer, InProcess
from tests.support.engines import PAGES
from tests.support.statements import statements

LINES = 400


@pytest.mark.only_on("sqlite", because=PAGES)
def test_four_hundred_lines_are_placed_for_the_price_of_a_few(
    db: Database, app: Flask, market: Market
) -> None:
    with app.app_context():
        own = app_state.database()
    few = Customer(InProcess(app))
    data = pay_data(stand_at_checkout(few, {market.gayo: 1, market.kintamani: 1}))
    with statements(own) as told:
        few.send("/checkout", data, follow=False)
    sari = Customer(InProcess(app))
    fill_cart(sari, {market.gayo: 1})
    more = [
        make_goods(db, market.gayo.cooperative, name=f"Kopi {number}", price=1_000 + number)
        for number in range(LINES - 1)
    ]
    with db.writing() as session:
        cart_id = session.scalars(select(Cart.id).order_by(Cart.id.desc())).first()
        session.execute(
            insert(CartLine),
            [
                {
                    "cart_id": cart_id,
                    "variant_id": goods.variant_id,
                    "packs": 1,
                    "seen_price": 1_000 + number,
                    "saved_for_later": False,
                    "added_at": NOON,
                }
                for number, goods in enumerate(more)
            ],
        )
    assert len(sari.go("/keranjang").markup.all("li", class_="line")) == LINES
    assert sari.press("Hitung ulang").status == 200
    page = stand_at_checkout(sari, {})
    counts = [name for name, _value in checkout_form(page).fields if name.startswith("jml-")]
    assert len(counts) == LINES
    goods_total = 45_000 + sum(range(1_000, 1_000 + LINES - 1))
    assert value_of(page, "lihat-barang") == str(goods_total)
    with statements(own) as many:
        answer = sari.send("/checkout", pay_data(page), follow=False)
    assert answer.status == 303
    assert len(many) == len(told)
    with db.reading() as session:
        bought = session.scalars(select(Purchase).order_by(Purchase.id.desc())).first()
        assert bought is not None
        assert bought.goods_total == goods_total
        assert session.scalar(select(func.count()).select_from(OrderLine)) == LINES + 2
        assert session.scalar(select(func.count()).select_from(StockHold)) == LINES + 2
    assert broken(db) == {}
