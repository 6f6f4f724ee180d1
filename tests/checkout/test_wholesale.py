"""From so many packs on each is cheaper; the page says so and the line keeps it (rule R29)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from shop.cart.queries import CartKey, cart_with_lines
from shop.catalog.models import Variant, WholesaleStep
from shop.catalog.rules import price_at
from shop.core.database import Database
from shop.orders.models import OrderLine
from tests.checkout.conftest import Market
from tests.checkout.placing import browser, fill, look_at, place
from tests.factories import Goods

STEPS = st.dictionaries(st.integers(2, 50), st.integers(1, 10**6), max_size=4)


@given(price=st.integers(1, 10**6), steps=STEPS, packs=st.integers(1, 60))
def test_a_step_never_makes_a_pack_dearer(price: int, steps: dict[int, int], packs: int) -> None:
    assert price_at(packs, price, steps.items()) <= price
    assert price_at(packs + 1, price, steps.items()) <= price_at(packs, price, steps.items())


def steps_for(db: Database, goods: Goods, **steps: int) -> None:
    with db.writing() as session:
        session.add_all(
            WholesaleStep(product_id=goods.product_id, least_packs=int(least[1:]), unit_price=unit)
            for least, unit in steps.items()
        )


@pytest.mark.parametrize(("packs", "unit", "more"), [(11, 45_000, (1, 42_000)), (12, 42_000, None)])
def test_the_cart_prices_the_step_and_offers_the_next(
    db: Database, market: Market, packs: int, unit: int, more: tuple[int, int] | None
) -> None:
    steps_for(db, market.gayo, _12=42_000)
    key = browser("s")
    fill(db, key, {market.gayo: packs})
    with db.reading() as session:
        found = cart_with_lines(session, key)
        assert found is not None
        line = found[1][0]
    assert (line.amount, line.next_step, line.marks) == (packs * unit, more, ())


def test_the_sold_line_keeps_the_unit_price(db: Database, market: Market) -> None:
    steps_for(db, market.gayo, _12=42_000)
    key = browser("s")
    token = fill(db, key, {market.gayo: 12})
    fee = _delivery(db, key)
    place(db, key, token, 12 * 42_000 + fee)
    with db.reading() as session:
        line = session.scalars(select(OrderLine)).one()
        assert (line.unit_price, line.goods_total) == (42_000, 504_000)


def test_a_price_that_changed_under_a_step_marks_the_line(db: Database, market: Market) -> None:
    steps_for(db, market.gayo, _12=42_000)
    key = browser("s")
    fill(db, key, {market.gayo: 12})
    with db.writing() as session:
        session.execute(
            update(Variant).where(Variant.id == market.gayo.variant_id).values(price=40_000)
        )
    with db.reading() as session:
        found = cart_with_lines(session, key)
        assert found is not None
        line = found[1][0]
    assert [mark.value for mark in line.marks] == ["repriced"]
    assert (line.amount, line.unit_price) == (504_000, 40_000)


def _delivery(db: Database, key: CartKey) -> int:
    delivery = look_at(db, key).totals.delivery
    assert delivery is not None
    return delivery
