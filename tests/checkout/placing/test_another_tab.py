"""A cart that changes in another tab between the total and Pay: nothing is placed unseen."""

from collections.abc import Callable

import pytest
from flask import Flask

from shop.catalog.inventory.queries import Shelf
from shop.core.database.engine import Database
from shop.sales.orders.models import Purchase
from tests.checkout.conftest import Market
from tests.checkout.placed import count
from tests.checkout.shopping import TYPED, enter, fill_cart, pay_data, stand_at_checkout
from tests.factories import Goods, shelf
from tests.support.customer import Customer, InProcess
from tests.support.engines import PAGES

pytestmark = pytest.mark.only_on("sqlite", because=PAGES)

COFFEE, BOTH = "Bayar Rp57.000", "Bayar Rp137.000"


@pytest.fixture
def sari(app: Flask) -> Customer:
    """Sari, a guest."""
    return Customer(InProcess(app))


def press_in_cart(tab: Customer, name: str, goods: Goods) -> None:
    """One of a line's buttons on the cart's page."""
    page = tab.go("/keranjang")
    form, button = next(
        (form, one)
        for form in page.forms
        for one in form.buttons
        if (one.name, one.value) == (name, str(goods.variant_id))
    )
    assert tab.send(form.action, form.data(press=button)).status == 200


Act = Callable[[Customer, Market], None]
ACTS: dict[str, tuple[Act, str, str]] = {
    "adds a pack": (
        lambda tab, market: fill_cart(tab, {market.gayo: 1}),
        "Jumlahnya sudah diubah",
        BOTH,
    ),
    "adds other goods": (
        lambda tab, market: fill_cart(tab, {market.sari_bumi: 1}),
        "Totalnya berubah",
        "Bayar Rp167.000",
    ),
    "takes goods out": (
        lambda tab, market: press_in_cart(tab, "hapus", market.kintamani),
        "Totalnya berubah",
        COFFEE,
    ),
    "keeps goods for later": (
        lambda tab, market: press_in_cart(tab, "nanti", market.kintamani),
        "Totalnya berubah",
        COFFEE,
    ),
}
"""What the other tab does, what Pay answers then, and what can be paid after a look."""


@pytest.mark.parametrize("act", ACTS)
def test_pay_stops_with_what_another_tab_changed_and_goes_on_after_a_look(
    db: Database, market: Market, sari: Customer, act: str
) -> None:
    do, said, then = ACTS[act]
    page = stand_at_checkout(sari, {market.gayo: 1, market.kintamani: 1})
    assert BOTH in page.words
    do(Customer(sari.line, sari.cookies), market)
    answer = sari.send("/checkout", pay_data(page))
    assert said in answer.text
    assert count(db, Purchase) == 0
    assert shelf(db, market.gayo) == Shelf(on_hand=20, reserved=0)
    page = sari.go("/checkout")
    assert then in page.words
    assert sari.send("/checkout", pay_data(page)).path.startswith("/pembelian/")
    assert count(db, Purchase) == 1


def test_a_cart_emptied_in_another_tab_is_an_empty_cart(
    db: Database, market: Market, sari: Customer
) -> None:
    page = stand_at_checkout(sari, {market.gayo: 1})
    press_in_cart(Customer(sari.line, sari.cookies), "hapus", market.gayo)
    answer = sari.send("/checkout", pay_data(page))
    assert answer.path == "/keranjang"
    assert "Keranjang masih kosong" in answer.words
    assert count(db, Purchase) == 0


def test_a_purchase_placed_in_another_tab_is_the_answer_to_both(
    db: Database, market: Market, sari: Customer
) -> None:
    page = stand_at_checkout(sari, {market.gayo: 1})
    first = Customer(sari.line, sari.cookies).send("/checkout", pay_data(page))
    second = sari.send("/checkout", pay_data(page))
    assert first.path == second.path
    assert count(db, Purchase) == 1
    assert shelf(db, market.gayo) == Shelf(on_hand=20, reserved=1)


def test_from_the_cart_it_takes_three_requests_and_a_returning_person_two(
    db: Database, market: Market, sari: Customer, app: Flask
) -> None:
    """The page, the four fields, Pay; where a request leads on is not another one."""
    enter(db, app, sari)
    fill_cart(sari, {market.gayo: 1})
    sari.go("/checkout")
    sari.press("Lihat ongkir", {**TYPED, "kel": "17411"})
    assert count(db, Purchase) == 0
    assert sari.send("/checkout", pay_data(sari.page)).path.startswith("/pembelian/")
    fill_cart(sari, {market.gayo: 1})
    sari.go("/checkout")
    assert sari.send("/checkout", pay_data(sari.page)).path.startswith("/pembelian/")
    assert count(db, Purchase) == 2
