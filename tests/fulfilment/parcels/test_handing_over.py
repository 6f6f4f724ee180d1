"""Three ways to the shopper: by courier, in the cooperative's own hands, over the counter."""

from functools import partial

import pytest
from sqlalchemy import select

from shop.core.database.engine import Database
from shop.fulfilment.order_steps import actions
from shop.fulfilment.orders.errors import NotATrackingNumber, WrongCode, WrongWay
from shop.fulfilment.orders.rules import read_tracking
from shop.sales.orders.errors import MoveRefused
from shop.sales.orders.models import Actor, OrderEvent, OrderState, Parcel
from shop.sales.orders.rules import DeliveryKind
from tests.factories import DAY, NOON, Goods, make_goods
from tests.fulfilment.paid import (
    Desk,
    broken,
    lines_of,
    order_of,
    paid_by,
    state_of,
    told,
)


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, price=45_000, on_hand=20)


def parcel_of(db: Database, number: str) -> Parcel:
    with db.reading() as session:
        return session.scalars(
            select(Parcel).where(Parcel.order_id == order_of(db, number).id)
        ).one()


def test_a_parcel_by_courier_leaves_with_its_number_and_arrives_when_the_shopper_says_so(
    db: Database, kopi: Goods, gayo: Desk
) -> None:
    number = paid_by(db, kopi, DeliveryKind.COURIER)
    gayo.ship(number, " jp 1234 5678 ")
    parcel = parcel_of(db, number)
    assert (parcel.courier, parcel.tracking_number) == ("Kurir reguler", "JP12345678")
    assert parcel.promised_on is not None
    assert parcel.promised_on.isoformat() == "2026-11-27"
    gayo.do(
        number,
        lambda s, order: actions.confirm_arrival(s, order, actor=Actor.SHOPPER, now=NOON + DAY),
    )
    assert state_of(db, number) is OrderState.ARRIVED
    assert parcel_of(db, number).arrived_at == NOON + DAY
    assert [line.delivered for line in lines_of(db, number)] == [2]
    # Nobody is told what they have just said themselves.
    assert told(db) == ["order_accepted", "order_shipped"]
    assert broken(db) == {}


def test_when_the_cooperative_says_it_arrived_the_shopper_is_told(
    db: Database, kopi: Goods, gayo: Desk
) -> None:
    number = paid_by(db, kopi, DeliveryKind.COURIER)
    gayo.ship(number)
    gayo.do(
        number,
        lambda s, order: actions.confirm_arrival(s, order, actor=Actor.COOPERATIVE, now=NOON),
    )
    assert told(db)[-1] == "order_arrived"
    with db.reading() as session:
        last = session.scalars(select(OrderEvent).order_by(OrderEvent.id.desc())).first()
        assert last is not None
        assert last.actor is Actor.COOPERATIVE


def test_one_tracking_number_on_two_orders_is_named_and_not_refused(
    db: Database, kopi: Goods, gayo: Desk
) -> None:
    first, second = (paid_by(db, kopi, DeliveryKind.COURIER) for _ in range(2))
    gayo.ship(first, "JP12345678")
    gayo.make_ready(second)
    left = gayo.do(
        second, lambda s, order: actions.hand_over(s, order, tracking="jp12345678", now=NOON)
    )
    assert left.same_number == (first,)
    assert state_of(db, second) is OrderState.ON_THE_WAY


def test_own_delivery_goes_out_without_a_number_and_ends_with_a_name(
    db: Database, kopi: Goods, gayo: Desk
) -> None:
    number = paid_by(db, kopi, DeliveryKind.OWN)
    gayo.make_ready(number)
    gayo.do(number, lambda s, order: actions.own_delivery_out(s, order, now=NOON))
    gayo.do(
        number,
        lambda s, order: actions.own_delivery_done(s, order, receiver="Bu Tini", now=NOON + DAY),
    )
    parcel = parcel_of(db, number)
    assert (parcel.tracking_number, parcel.receiver_name) == (None, "Bu Tini")
    assert state_of(db, number) is OrderState.ARRIVED
    assert told(db) == ["order_accepted", "order_shipped", "order_arrived"]
    assert broken(db) == {}


def test_who_picks_up_says_the_six_digits(db: Database, kopi: Goods, gayo: Desk) -> None:
    number = paid_by(db, kopi, DeliveryKind.PICKUP)
    gayo.make_ready(number)
    assert told(db) == ["order_accepted", "order_ready_pickup"]
    code = order_of(db, number).pickup_code
    assert code is not None
    wrong = str((int(code) + 1) % 1_000_000).zfill(6)
    for typed in (wrong, "", "123", code[:5], "x" * 500):
        with pytest.raises(WrongCode):
            gayo.do(number, partial(actions.hand_over_pickup, code=typed, now=NOON))
    assert state_of(db, number) is OrderState.READY
    typed = f" {code[:3]} {code[3:]} "
    gayo.do(number, lambda s, order: actions.hand_over_pickup(s, order, code=typed, now=NOON))
    order = order_of(db, number)
    assert order.state is OrderState.ARRIVED
    assert (order.handed_over_at, order.arrived_at) == (NOON, NOON)
    assert broken(db) == {}


def test_an_order_goes_only_the_way_that_was_paid_for(
    db: Database, kopi: Goods, gayo: Desk
) -> None:
    by_courier, picked_up = (
        paid_by(db, kopi, kind) for kind in (DeliveryKind.COURIER, DeliveryKind.PICKUP)
    )
    for number in (by_courier, picked_up):
        gayo.make_ready(number)
    with pytest.raises(WrongWay):
        gayo.do(by_courier, lambda s, order: actions.own_delivery_out(s, order, now=NOON))
    with pytest.raises(WrongWay):
        gayo.do(
            picked_up, lambda s, order: actions.hand_over(s, order, tracking="JP12345", now=NOON)
        )
    with pytest.raises(WrongWay):
        gayo.do(
            picked_up,
            lambda s, order: actions.confirm_arrival(s, order, actor=Actor.SHOPPER, now=NOON),
        )


def test_no_step_is_skipped(db: Database, kopi: Goods, gayo: Desk) -> None:
    number = paid_by(db, kopi, DeliveryKind.COURIER)
    for work in (
        lambda s, order: actions.mark_ready(s, order, now=NOON),
        lambda s, order: actions.hand_over(s, order, tracking="JP12345678", now=NOON),
        lambda s, order: actions.confirm_arrival(s, order, actor=Actor.SHOPPER, now=NOON),
    ):
        with pytest.raises(MoveRefused):
            gayo.do(number, work)
    assert state_of(db, number) is OrderState.NEW


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("jp 1234 5678", "JP12345678"),
        ("JNE-000/12.3", "JNE-000/12.3"),
        ("12345", "12345"),
    ],
)
def test_tracking_numbers_are_read_as_couriers_print_them(typed: str, read: str) -> None:
    assert read_tracking(typed) == read


@pytest.mark.parametrize(
    "typed", ["", "1234", "٠١٢٣٤٥", "x" * 41, "JP<script>", "-----", "JP 1;2345"]
)
def test_what_no_courier_prints_is_no_tracking_number(typed: str) -> None:
    with pytest.raises(NotATrackingNumber):
        read_tracking(typed)
