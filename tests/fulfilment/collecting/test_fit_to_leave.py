"""Nothing past its last day and nothing recalled is packed or leaves; promises wait for a round."""

from datetime import date, datetime, timedelta
from functools import partial

import pytest

from shop.core.database.engine import Database
from shop.core.values.clock import day_in
from shop.fulfilment.collecting.actions import Brought, reject_packs, set_collection_days
from shop.fulfilment.collecting.errors import NotWanted, UnfitGoods
from shop.fulfilment.collecting.invariants import verify
from shop.fulfilment.order_steps import actions
from shop.sales.orders.models import Order, OrderState
from shop.sales.orders.rules import DeliveryKind
from tests.factories import DAY, NOON, Goods, make_goods, quote
from tests.fulfilment.collecting.brought import TODAY, Village, key_of
from tests.fulfilment.paid import Desk, lines_of, make_paid, order_of


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, on_hand=40)


def accepted(db: Database, desk: Desk, goods: Goods, kind: DeliveryKind) -> str:
    way = {goods.cooperative.id: quote(9_000, kind)}
    number = make_paid(db, {goods: 2}, quotes=way).numbers[0]
    desk.accept_all(number)
    return number


def pack(desk: Desk, number: str, now: datetime) -> None:
    desk.do(number, lambda s, one: actions.mark_ready(s, one, now=now))


def leave(desk: Desk, number: str, kind: DeliveryKind, now: datetime) -> None:
    def go(session: object, order: Order) -> None:
        assert order.pickup_code is None or kind is DeliveryKind.PICKUP
        if kind is DeliveryKind.COURIER:
            actions.hand_over(session, order, tracking="JP1234567890", now=now)  # type: ignore[arg-type]
        elif kind is DeliveryKind.OWN:
            actions.own_delivery_out(session, order, now=now)  # type: ignore[arg-type]
        else:
            code = order.pickup_code or ""
            actions.hand_over_pickup(session, order, code=code, now=now)  # type: ignore[arg-type]

    desk.do(number, go)


def test_packs_past_their_last_day_are_not_packed(
    db: Database, kopi: Goods, desk: Desk, village: Village
) -> None:
    number = accepted(db, desk, kopi, DeliveryKind.COURIER)
    batch = village.batch("GYO-A", last_day=TODAY + timedelta(days=2))
    village.receive(key_of(number), Brought(2, batch=batch))
    with pytest.raises(UnfitGoods) as refusal:
        pack(desk, number, NOON + 3 * DAY)
    assert [(one.code, one.is_recalled) for one in refusal.value.unfit] == [("GYO-A", False)]
    assert order_of(db, number).state is OrderState.ACCEPTED
    pack(desk, number, NOON + 2 * DAY)  # its last day is one of its days
    assert order_of(db, number).state is OrderState.READY


@pytest.mark.parametrize("kind", list(DeliveryKind))
def test_what_became_too_old_while_it_stood_ready_does_not_leave(
    db: Database, kopi: Goods, desk: Desk, village: Village, kind: DeliveryKind
) -> None:
    number = accepted(db, desk, kopi, kind)
    batch = village.batch("GYO-A", last_day=TODAY + timedelta(days=2))
    village.receive(key_of(number), Brought(2, batch=batch))
    pack(desk, number, NOON)
    with pytest.raises(UnfitGoods):
        leave(desk, number, kind, NOON + 3 * DAY)
    assert order_of(db, number).state is OrderState.READY
    leave(desk, number, kind, NOON + 2 * DAY)
    assert order_of(db, number).state is not OrderState.READY


def test_packs_that_became_too_old_are_taken_out_and_others_received_in_their_place(
    db: Database, kopi: Goods, desk: Desk, village: Village
) -> None:
    number = accepted(db, desk, kopi, DeliveryKind.COURIER)
    old = village.batch("OLD", last_day=TODAY + timedelta(days=2))
    new = village.batch("NEW", last_day=TODAY + timedelta(days=30))
    village.receive(key_of(number), Brought(2, batch=old))
    pack(desk, number, NOON)
    with pytest.raises(NotWanted):  # nothing of it is missing yet
        village.receive(key_of(number), Brought(2, batch=new), seen=2)
    late = NOON + 3 * DAY
    assert [desk.do(number, partial(reject_packs, person_id=None, now=late)) for _ in range(2)] == [
        2,
        0,
    ]
    (line,) = village.lines()
    assert (line.asked, line.left, line.is_ready) == (2, 2, False)
    with pytest.raises(UnfitGoods) as refusal:
        leave(desk, number, DeliveryKind.COURIER, late)
    assert refusal.value.unfit[0].code == "OLD"
    assert village.receive(key_of(number), Brought(2, batch=new)) == 0
    leave(desk, number, DeliveryKind.COURIER, late)
    assert order_of(db, number).state is OrderState.ON_THE_WAY
    with db.reading() as session:
        assert all(check.ok for check in verify(session).values())


def test_what_has_left_keeps_the_rest_of_its_order_not_back(
    db: Database, kopi: Goods, desk: Desk, village: Village
) -> None:
    teh = make_goods(db, kopi.cooperative, name="Teh", on_hand=9)
    way = {kopi.cooperative.id: quote(9_000, DeliveryKind.COURIER)}
    number = make_paid(db, {kopi: 2, teh: 1}, quotes=way).numbers[0]
    desk.accept_all(number)
    batch = village.batch("GYO-A", last_day=TODAY + timedelta(days=2))
    village.receive(key_of(number), Brought(2, batch=batch))
    pack(desk, number, NOON)
    first = {lines_of(db, number)[0].id: 2}
    desk.do(number, partial(actions.hand_over, tracking="JP1234567890", packs=first, now=NOON))
    leave(desk, number, DeliveryKind.COURIER, NOON + 3 * DAY)
    assert order_of(db, number).state is OrderState.ON_THE_WAY


def test_goods_that_come_with_codes_need_a_young_one_and_others_none(
    db: Database, kopi: Goods, desk: Desk, village: Village
) -> None:
    first, second = (accepted(db, desk, kopi, DeliveryKind.COURIER) for _ in range(2))
    late = NOON + 9 * DAY
    village.batch("OLD", last_day=TODAY + timedelta(days=2))
    batch = village.batch("GYO-A", last_day=TODAY + timedelta(days=5))
    pack(desk, second, late)  # nobody ever received these goods with a code
    third = accepted(db, desk, kopi, DeliveryKind.COURIER)
    village.receive(key_of(first), Brought(2, batch=batch))
    with pytest.raises(UnfitGoods) as refusal:
        pack(desk, third, late)
    assert refusal.value.unfit[0].code == "GYO-A"
    village.batch("NEW", last_day=TODAY + timedelta(days=30))
    pack(desk, third, late)


def test_the_shipping_promise_counts_the_collection_day(
    db: Database, kopi: Goods, desk: Desk
) -> None:
    def promised() -> date:
        number = accepted(db, desk, kopi, DeliveryKind.COURIER)
        ship_by = order_of(db, number).ship_by
        assert ship_by is not None
        return day_in("Asia/Jakarta", ship_by)

    assert promised() == date(2026, 11, 25)  # Monday and two working days
    with db.writing() as session:
        set_collection_days(
            session,
            cooperative_id=kopi.cooperative.id,
            weekdays={"": "5"},
            person_id=None,
            now=NOON,
        )
    assert promised() == date(2026, 12, 1)  # Friday and two working days
