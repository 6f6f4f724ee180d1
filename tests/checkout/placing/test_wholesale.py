"""From so many packs on each is cheaper; the page says so and the line keeps it (rule R29)."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from shop.catalog.products.models import Variant, WholesaleStep
from shop.catalog.products.rules import price_at, steps_of, steps_text
from shop.checkout.cart.actions import apply_changes
from shop.checkout.cart.queries import CartKey, cart_with_lines
from shop.checkout.cart.rules import Line, LineChanges, LineWarning, settled
from shop.checkout.placing.errors import CheckoutAsksMore
from shop.core.database.engine import Database
from shop.core.values.money import Rupiah
from shop.sales.orders.models import OrderLine
from tests.checkout.conftest import Market
from tests.checkout.goods import GOODS
from tests.checkout.placed import browser, fill, look_at, place
from tests.factories import NOON, Goods

STEPS = st.dictionaries(st.integers(2, 50), st.integers(1, 10**6), max_size=4)


@given(price=st.integers(1, 10**6), steps=STEPS, packs=st.integers(1, 60))
def test_a_step_never_makes_a_pack_dearer(price: int, steps: dict[int, int], packs: int) -> None:
    assert price_at(packs, price, steps.items()) <= price
    assert price_at(packs + 1, price, steps.items()) <= price_at(packs, price, steps.items())


def line(packs: int, price: int, seen: tuple[int, dict[int, int]], steps: dict[int, int]) -> Line:
    """Packs of coffee at a price and steps of today, beside those that were accepted."""
    goods = replace(GOODS, price=Rupiah(price), steps=steps_of(steps_text(steps.items())))
    accepted = steps_of(steps_text(seen[1].items()))
    return Line(1, packs, Rupiah(seen[0]), goods, packs, accepted)


PRICES = st.integers(1, 10**6)


@given(
    packs=st.integers(1, 60),
    wanted=st.integers(1, 60),
    price=PRICES,
    seen=st.tuples(PRICES, STEPS),
    steps=STEPS,
)
def test_no_count_makes_a_pack_dearer_than_what_was_accepted_and_a_yes_ends_all_marks(
    packs: int, wanted: int, price: int, seen: tuple[int, dict[int, int]], steps: dict[int, int]
) -> None:
    before = line(packs, price, seen, steps)
    kept = settled([before], LineChanges(packs={1: wanted}))[1]
    assert kept is not None
    assert (kept.packs, kept.price) == (wanted, seen[0])
    assert price_at(wanted, kept.price, kept.steps) <= price_at(wanted, seen[0], seen[1].items())
    agreed = settled([before], LineChanges(accepts=True))[1]
    assert agreed is not None
    after = line(packs, price, (agreed.price, dict(agreed.steps)), steps)
    assert LineWarning.REPRICED not in after.marks
    assert after.amount == packs * after.unit_price


def steps_for(db: Database, goods: Goods, **steps: int) -> None:
    with db.writing() as session:
        session.execute(delete(WholesaleStep).where(WholesaleStep.product_id == goods.product_id))
        session.add_all(
            WholesaleStep(
                product_id=goods.product_id, least_packs=int(minimum[1:]), unit_price=unit
            )
            for minimum, unit in steps.items()
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


def line_of(db: Database, key: CartKey) -> Line:
    with db.reading() as session:
        found = cart_with_lines(session, key)
        assert found is not None
        return found[1][0]


def change(db: Database, key: CartKey, changes: LineChanges) -> None:
    with db.writing() as session:
        found = cart_with_lines(session, key, lock=True)
        assert found is not None
        apply_changes(session, cart=found[0], lines=found[1], changes=changes, now=NOON)


@pytest.mark.parametrize(
    ("steps", "unit"),
    [({"_12": 43_500}, 43_500), ({"_12": 40_000}, 40_000), ({"_20": 42_000}, 45_000), ({}, 45_000)],
    ids=["dearer", "cheaper", "from more on", "stopped"],
)
def test_a_step_that_changed_marks_the_line_and_counts_only_after_it_is_accepted(
    db: Database, market: Market, steps: dict[str, int], unit: int
) -> None:
    steps_for(db, market.gayo, _12=42_000)
    key = browser("s")
    token = fill(db, key, {market.gayo: 12})
    steps_for(db, market.gayo, **steps)
    line = line_of(db, key)
    assert (line.marks, line.amount, line.unit_price) == (
        (LineWarning.REPRICED,),
        12 * 42_000,
        unit,
    )
    with pytest.raises(CheckoutAsksMore):
        place(db, key, token, 12 * 42_000 + _delivery(db, key))
    change(db, key, LineChanges(accepts=True))
    line = line_of(db, key)
    assert (line.marks, line.amount) == ((), 12 * unit)
    place(db, key, token, 12 * unit + _delivery(db, key))
    with db.reading() as session:
        assert session.scalars(select(OrderLine.unit_price)).one() == unit


def test_a_step_out_of_reach_marks_nothing(db: Database, market: Market) -> None:
    steps_for(db, market.gayo, _12=42_000)
    key = browser("s")
    fill(db, key, {market.gayo: 2})
    steps_for(db, market.gayo, _12=41_000, _50=30_000)
    assert line_of(db, key).marks == ()


@pytest.mark.parametrize(
    ("unit", "marks", "amount"),
    [(41_000, (), 12 * 41_000), (43_000, (LineWarning.REPRICED,), 12 * 42_000)],
    ids=["cheaper is taken as offered", "dearer has to be accepted"],
)
def test_whoever_adds_packs_takes_the_step_that_the_page_offers(
    db: Database, market: Market, unit: int, marks: tuple[LineWarning, ...], amount: int
) -> None:
    steps_for(db, market.gayo, _12=42_000)
    key = browser("s")
    fill(db, key, {market.gayo: 11})
    steps_for(db, market.gayo, _12=unit)
    assert line_of(db, key).next_step == (1, unit)
    change(db, key, LineChanges(packs={market.gayo.variant_id: 12}))
    line = line_of(db, key)
    assert (line.marks, line.amount) == (marks, amount)


def test_other_counts_do_not_take_what_is_marked(db: Database, market: Market) -> None:
    steps_for(db, market.gayo, _12=42_000)
    key = browser("s")
    fill(db, key, {market.gayo: 12})
    steps_for(db, market.gayo, _12=40_000)
    change(db, key, LineChanges(packs={market.gayo.variant_id: 13}))
    line = line_of(db, key)
    assert (line.marks, line.amount) == ((LineWarning.REPRICED,), 13 * 42_000)


def _delivery(db: Database, key: CartKey) -> int:
    delivery = look_at(db, key).totals.delivery
    assert delivery is not None
    return delivery
