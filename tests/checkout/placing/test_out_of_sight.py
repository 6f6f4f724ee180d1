"""Goods that a switch hides while they lie in a cart are marked and not paid (record 0150)."""

import pytest
from flask import Flask

from shop.catalog.inventory.queries import Shelf
from shop.catalog.packaging.label_rules import HALAL, LABEL, Strictness
from shop.catalog.packaging.models import Halal
from shop.catalog.packaging.rules import Claim, HalalState
from shop.catalog.workspace.jobs import enforce_compliance
from shop.checkout.cart.errors import NotForSale
from shop.checkout.placing.errors import CheckoutAsksMore
from shop.core.database.engine import Database
from shop.core.database.settings_by_date import Policy
from shop.core.values.clock import HOME_ZONE, day_in
from shop.sales.orders.models import Purchase
from tests.checkout.conftest import Market
from tests.checkout.placed import browser, count, fill, look_at, place
from tests.checkout.shopping import pay_data, stand_at_checkout
from tests.factories import NOON, Goods, shelf
from tests.support.customer import Customer, InProcess
from tests.support.engines import PAGES

COFFEE = 57_000
"""One of coffee, brought to Jatiwaringin."""


@pytest.fixture
def sari(app: Flask) -> Customer:
    """Sari, a guest."""
    return Customer(InProcess(app))


def answer_for(db: Database, goods: Goods) -> None:
    """These goods say that they are not halal, which is an answer."""
    with db.writing() as session:
        session.add(
            Halal(product_id=goods.product_id, state=HalalState.NOT_HALAL, claim=Claim.CLAIMED)
        )


def turn(db: Database, switch: str, to: Strictness) -> int:
    """The operator turns a switch, and the worker lets it hold."""
    today = day_in(HOME_ZONE, NOON)
    with db.writing() as session:
        session.merge(Policy(name=switch, since=today, value=int(to)))
    with db.writing() as session:
        return enforce_compliance(session, today, now=NOON)


@pytest.mark.only_on("sqlite", because=PAGES)
def test_a_hidden_line_is_marked_refused_at_pay_and_leaves_when_accepted(
    db: Database, market: Market, sari: Customer
) -> None:
    answer_for(db, market.kintamani)
    page = stand_at_checkout(sari, {market.gayo: 1, market.kintamani: 1})
    assert turn(db, HALAL, Strictness.HIDE) == 2  # Gayo's coffee and Sari Bumi's goods
    answer = sari.send("/checkout", pay_data(page))
    assert answer.status == 422
    assert "Ada barang yang berubah. Belum ada yang dibayar." in answer.words
    assert "Sudah tidak dijual" in answer.words
    assert count(db, Purchase) == 0

    assert "Sudah tidak dijual" in sari.go("/keranjang").words
    sari.press("Setuju")
    page = sari.go("/checkout")
    assert "Sudah tidak dijual" not in page.words
    assert sari.send("/checkout", pay_data(page)).path.startswith("/pembelian/")
    assert shelf(db, market.gayo) == Shelf(on_hand=20, reserved=0)
    assert shelf(db, market.kintamani) == Shelf(on_hand=20, reserved=1)


@pytest.mark.parametrize("switch", [LABEL, HALAL])
def test_nothing_hidden_is_placed_and_it_can_be_bought_again_once_in_sight(
    db: Database, market: Market, switch: str
) -> None:
    key = browser("s")
    token = fill(db, key, {market.gayo: 1})
    assert turn(db, switch, Strictness.HIDE) > 0
    with pytest.raises(CheckoutAsksMore):
        place(db, key, token, COFFEE)
    assert look_at(db, key).has_marks
    assert count(db, Purchase) == 0
    assert turn(db, switch, Strictness.WARN) > 0
    place(db, key, token, COFFEE)
    assert count(db, Purchase) == 1


def test_hidden_goods_are_not_put_into_a_cart(db: Database, market: Market) -> None:
    turn(db, LABEL, Strictness.HIDE)
    with pytest.raises(NotForSale):
        fill(db, browser("s"), {market.gayo: 1})
