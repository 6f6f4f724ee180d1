"""When cash is offered, and when the page names who does not allow it (rules R2, R18)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from shop.catalog.products.models import Product
from shop.checkout.cart.queries import cart_with_lines
from shop.checkout.placing.errors import NoWayToPay
from shop.core.database.engine import Database
from shop.core.values.money import Rupiah
from shop.core.values.units import Grams
from shop.fulfilment.order_steps import actions
from shop.fulfilment.orders.rules import Reason
from shop.payments.bills.models import Method
from shop.payments.cash.rules import Asked, CashRefusal, Terms, why_not
from shop.sales.orders.rules import DeliveryKind
from shop.shipping.rates.models import OwnDelivery
from tests.checkout.conftest import Market
from tests.checkout.placed import browser, codes, fill
from tests.factories import NOON, Goods
from tests.fulfilment.paid import Desk, broken
from tests.payments.cash.door import (
    bring,
    draft_for,
    look,
    make_door,
    order_for_cash,
    press_pay,
    take_cash,
)

TERMS = Terms(1, at_door=True, pickup_most=Rupiah(300_000), grams_most=Grams(10_000))


def asked(**changed: object) -> Asked:
    known: dict[str, object] = {
        "kind": DeliveryKind.PICKUP,
        "total": 300_000,
        "grams": 10_000,
        "round_most": None,
        "days_to_make": [0],
        "limits": [None, "darat-laut"],
    }
    return Asked(**{**known, **changed})  # type: ignore[arg-type]  # a table of changes


@pytest.mark.parametrize(
    ("changed", "no"),
    [
        ({}, None),
        ({"total": 300_001}, CashRefusal.TOTAL),
        ({"grams": 10_001}, CashRefusal.WEIGHT),
        ({"kind": DeliveryKind.COURIER}, CashRefusal.COURIER),
        ({"kind": DeliveryKind.OWN}, CashRefusal.NOT_TAKEN),
        ({"kind": DeliveryKind.OWN, "round_most": 300_000}, None),
        ({"kind": DeliveryKind.OWN, "round_most": 299_999}, CashRefusal.TOTAL),
        ({"days_to_make": [0, 3]}, CashRefusal.MADE_TO_ORDER),
        ({"limits": ["dingin"]}, CashRefusal.PERISHABLE),
        ({"limits": ["lokal-hari-sama"]}, CashRefusal.PERISHABLE),
    ],
)
def test_a_parcel_is_paid_in_cash_within_all_limits_only(
    changed: dict[str, object], no: CashRefusal | None
) -> None:
    assert why_not(asked(**changed), TERMS) is no
    assert why_not(asked(**changed), None) is not None


@given(
    total=st.integers(0, 10**7),
    grams=st.integers(0, 10**5),
    kind=st.sampled_from(DeliveryKind),
    maximum=st.none() | st.integers(1, 10**6),
)
def test_nothing_above_a_limit_is_ever_paid_in_cash(
    total: int, grams: int, kind: DeliveryKind, maximum: int | None
) -> None:
    if why_not(asked(total=total, grams=grams, kind=kind, round_most=maximum), TERMS) is None:
        limit = TERMS.pickup_most if kind is DeliveryKind.PICKUP else maximum
        assert limit is not None
        assert total <= limit
        assert grams <= TERMS.grams_most
        assert kind is not DeliveryKind.COURIER


@pytest.fixture
def door(db: Database) -> Market:
    return make_door(db)


def methods(db: Database, packs: dict[Goods, int], **changed: object) -> tuple[Method, ...]:
    key = browser("m")
    fill(db, key, packs)
    return look(db, key, draft_for(db, packs, **changed)).methods  # type: ignore[arg-type]


def test_cash_is_offered_last_where_every_parcel_allows_it(db: Database, door: Market) -> None:
    packs = {door.gayo: 1, door.kintamani: 1, door.sari_bumi: 1}
    assert methods(db, packs) == (Method.TRANSFER, Method.COD)


def test_the_page_names_who_does_not_allow_it_and_offers_two_purchases(
    db: Database, door: Market
) -> None:
    with db.writing() as session:
        session.execute(
            update(Product).where(Product.id == door.gayo.product_id).values(days_to_make=4)
        )
    packs = {door.gayo: 1, door.kintamani: 1}
    key = browser("two")
    token = fill(db, key, packs)
    whole = look(db, key, draft_for(db, packs))
    assert whole.methods == (Method.TRANSFER,)
    assert [(choice.parcel.cooperative_id, no) for choice, no in whole.cash.refusing] == [
        (door.gayo.cooperative.id, CashRefusal.MADE_TO_ORDER)
    ]
    with pytest.raises(NoWayToPay):
        press_pay(db, key, token, draft_for(db, packs))
    first = draft_for(db, packs, is_parted=True)
    parted = look(db, key, first)
    assert parted.methods == (Method.COD,)
    assert parted.totals.total == 70_000
    press_pay(db, key, token, first)
    # What was set aside lies in the cart, and the place need not be typed again.
    with db.reading() as session:
        cart = cart_with_lines(session, key)
    assert cart is not None
    assert [line.variant_id for line in cart[1]] == [door.gayo.variant_id]
    assert cart[0].draft["village_code"] == first.village_code
    assert "is_parted" not in cart[0].draft
    assert len(codes(db)) == 1
    assert broken(db) == {}


def test_a_cooperative_decides_by_itself(db: Database, door: Market) -> None:
    with db.writing() as session:
        take_cash(session, door.kintamani, at_door=False)
        take_cash(session, door.gayo, pickup_most=None)
    assert Method.COD not in methods(db, {door.kintamani: 1})
    assert Method.COD not in methods(db, {door.gayo: 1})


def test_a_round_without_a_limit_takes_no_cash(db: Database, door: Market) -> None:
    with db.writing() as session:
        session.execute(update(OwnDelivery).values(cash_most=None))
    assert Method.COD not in methods(db, {door.kintamani: 1})


def test_after_two_parcels_left_behind_a_phone_pays_before(db: Database, door: Market) -> None:
    desk = Desk(db, door.gayo.cooperative.id)
    for _ in range(2):
        (number,) = order_for_cash(db, {door.gayo: 1})
        bring(db, desk, number)
        desk.do(
            number,
            lambda session, order: actions.cancel(
                session, order, reason=Reason.NOT_FETCHED, now=NOON
            ),
        )
    assert Method.COD not in methods(db, {door.gayo: 1})
    assert Method.COD in methods(db, {door.gayo: 1}, phone="+6281299999999")
    with pytest.raises(NoWayToPay):
        order_for_cash(db, {door.gayo: 1})
    assert broken(db) == {}


def test_a_phone_holds_only_so_many_parcels_that_nobody_paid(db: Database, door: Market) -> None:
    for _ in range(3):
        order_for_cash(db, {door.gayo: 1})
    with pytest.raises(NoWayToPay):
        order_for_cash(db, {door.gayo: 1})
