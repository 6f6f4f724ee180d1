"""One order in several parcels: each has its goods, its number and its own arrival."""

from collections.abc import Callable, Mapping
from functools import partial
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.database import Database
from shop.fulfilment import actions, notices, parcels, undelivered
from shop.fulfilment.calling_off import call_off_unsent
from shop.fulfilment.errors import GoesWhole, NothingChosen, ShelfTooLow, WrongCount
from shop.fulfilment.missing import found_again, miss, settle
from shop.fulfilment.rules import NOT_ARRIVED, Reason
from shop.inventory.models import MovementReason, StockMovement
from shop.ledger.queries import held_for_order
from shop.orders.errors import MoveRefused
from shop.orders.models import Actor, Order, OrderEvent, OrderState, Parcel, ParcelLine
from shop.orders.rules import DeliveryKind
from shop.outbox.models import Notice
from tests.factories import DAY, NOON, Goods, make_cooperative, make_goods, quote, shelf
from tests.fulfilment.paid import Desk, broken, lines_of, make_paid, order_of, refunds, told

PRICE = 45_000


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, make_cooperative(db), price=PRICE, on_hand=20)


@pytest.fixture
def teh(db: Database, kopi: Goods) -> Goods:
    return make_goods(db, kopi.cooperative, name="Teh", price=20_000, on_hand=20)


@pytest.fixture
def number(db: Database, kopi: Goods, teh: Goods, gayo: Desk) -> str:
    """Five packs of coffee and two of tea, packed, for the courier."""
    way = quote(9_000, DeliveryKind.COURIER)
    number = make_paid(db, {kopi: 5, teh: 2}, quotes={kopi.cooperative.id: way}).numbers[0]
    gayo.make_ready(number)
    return number


def packs(db: Database, number: str, *counts: int) -> dict[int, int]:
    """So many packs of the first line, and so on."""
    return {
        line.id: count for line, count in zip(lines_of(db, number), counts, strict=True) if count
    }


def send(desk: Desk, number: str, some: Mapping[int, int] | None, tracking: str) -> None:
    desk.do(
        number,
        lambda s, order: actions.hand_over(s, order, tracking=tracking, packs=some, now=NOON),
    )


def parcels_of(db: Database, number: str) -> list[Parcel]:
    with db.reading() as session:
        return list(
            session.scalars(
                select(Parcel).where(Parcel.order_id == order_of(db, number).id).order_by(Parcel.id)
            )
        )


def goods_of(db: Database, parcel: Parcel) -> dict[int, int]:
    with db.reading() as session:
        rows = session.execute(
            select(ParcelLine.line_id, ParcelLine.packs).where(ParcelLine.parcel_id == parcel.id)
        )
        return dict(rows.all())


def counted(db: Database, number: str) -> list[tuple[int, int, int]]:
    """Shipped, delivered and returned of each line."""
    return [(line.shipped, line.delivered, line.returned) for line in lines_of(db, number)]


def arrive(desk: Desk, number: str, parcel: Parcel | None, actor: Actor = Actor.SHOPPER) -> None:
    desk.do(
        number,
        lambda s, order: actions.confirm_arrival(
            s, order, actor=actor, parcel_id=parcel.id if parcel else None, now=NOON + DAY
        ),
    )


def test_what_is_sent_first_leaves_the_order_ready_and_the_rest_brings_it_on_its_way(
    db: Database, gayo: Desk, number: str
) -> None:
    first, rest = packs(db, number, 3, 2), packs(db, number, 2, 0)
    send(gayo, number, first, "JP11111")
    assert order_of(db, number).state is OrderState.READY
    assert counted(db, number) == [(3, 0, 0), (2, 0, 0)]
    send(gayo, number, None, "JP22222")
    assert order_of(db, number).state is OrderState.ON_THE_WAY
    one, two = parcels_of(db, number)
    assert (one.tracking_number, two.tracking_number) == ("JP11111", "JP22222")
    assert [goods_of(db, one), goods_of(db, two)] == [first, rest]
    # Each parcel is told, with its own number.
    assert told(db) == ["order_accepted", "order_shipped", "order_shipped"]
    assert broken(db) == {}


def test_each_letter_names_its_own_parcel(
    db: Database, gayo: Desk, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(gayo, number, packs(db, number, 3, 2), "JP11111")
    send(gayo, number, None, "JP22222")
    monkeypatch.setattr(notices, "post", lambda: SimpleNamespace(link=str))
    with db.reading() as session:
        sent = session.scalars(
            select(Notice).where(Notice.kind == "order_shipped").order_by(Notice.id)
        ).all()
        facts = notices.about_steps(session, sent)
        told_of = [(facts[one.id]["tracking"], facts[one.id]["parcel"]) for one in sent]
    assert told_of == [("JP11111", 1), ("JP22222", 2)]


def test_an_order_has_arrived_with_the_last_of_its_parcels_and_only_then_is_money_due(
    db: Database, gayo: Desk, number: str
) -> None:
    send(gayo, number, packs(db, number, 3, 0), "JP11111")
    one = parcels_of(db, number)[0]
    arrive(gayo, number, one)
    assert order_of(db, number).state is OrderState.READY
    assert counted(db, number) == [(3, 3, 0), (0, 0, 0)]
    send(gayo, number, None, "JP22222")
    assert order_of(db, number).arrived_at is None
    arrive(gayo, number, None)
    order = order_of(db, number)
    assert (order.state, order.arrived_at) == (OrderState.ARRIVED, NOON + DAY)
    assert counted(db, number) == [(5, 5, 0), (2, 2, 0)]
    with db.reading() as session:
        assert held_for_order(session, order.id) == order.total
    assert broken(db) == {}


def test_the_first_parcel_is_missed_while_the_rest_waits_and_stays_so_when_it_leaves(
    db: Database, gayo: Desk, number: str
) -> None:
    assert not gayo.do(number, partial(miss, now=NOON)), "nothing has left"
    send(gayo, number, packs(db, number, 3, 2), "JP11111")
    assert gayo.do(number, partial(miss, now=NOON))
    assert order_of(db, number).needs == NOT_ARRIVED
    send(gayo, number, None, "JP22222")
    order = order_of(db, number)
    assert (order.state, order.needs) == (OrderState.ON_THE_WAY, NOT_ARRIVED)


@pytest.mark.parametrize("by", ["shopper", "shopper later", "operator"])
def test_a_first_parcel_that_was_missed_is_found_before_the_rest_leaves(
    db: Database, gayo: Desk, number: str, by: str
) -> None:
    send(gayo, number, packs(db, number, 3, 2), "JP11111")
    if by != "shopper":
        arrive(gayo, number, None, Actor.SHOP)
    assert gayo.do(number, partial(miss, now=NOON))
    if by == "shopper":
        arrive(gayo, number, None)
    elif by == "operator":
        gayo.do(number, partial(settle, now=NOON, person_id=None))
    else:
        assert gayo.do(number, found_again)
    order = order_of(db, number)
    assert (order.state, order.needs) == (OrderState.READY, None)
    assert broken(db) == {}


@pytest.mark.parametrize("counts", [(6, 0), (0, 3), (-1, 1)])
def test_more_than_is_packed_is_refused_with_its_line_and_nothing_leaves(
    db: Database, gayo: Desk, number: str, counts: tuple[int, int]
) -> None:
    with pytest.raises(WrongCount):
        send(gayo, number, packs(db, number, *counts), "JP11111")
    assert (parcels_of(db, number), counted(db, number)) == ([], [(0, 0, 0), (0, 0, 0)])


def test_what_left_cannot_leave_again_and_an_empty_parcel_never(
    db: Database, gayo: Desk, number: str
) -> None:
    send(gayo, number, packs(db, number, 4, 2), "JP11111")
    with pytest.raises(WrongCount) as refused:
        send(gayo, number, packs(db, number, 2, 0), "JP22222")
    assert (refused.value.counted, refused.value.ordered) == (2, 1)
    with pytest.raises(NothingChosen):
        send(gayo, number, {}, "JP22222")
    with pytest.raises(WrongCount):
        send(gayo, number, {9_999: 1}, "JP22222")
    assert len(parcels_of(db, number)) == 1


def test_one_of_two_parcels_that_nobody_took_comes_back_alone(
    db: Database, kopi: Goods, gayo: Desk, number: str
) -> None:
    send(gayo, number, packs(db, number, 3, 2), "JP11111")
    send(gayo, number, None, "JP22222")
    one, two = parcels_of(db, number)
    reason = Reason.NOBODY_THERE
    gayo.do(
        number,
        lambda s, order: undelivered.could_not_deliver(
            s, order, reason=reason, parcel_id=two.id, now=NOON
        ),
    )
    assert order_of(db, number).state is OrderState.UNDELIVERED
    arrive(gayo, number, one)
    assert order_of(db, number).state is OrderState.UNDELIVERED
    fit = packs(db, number, 2, 0)
    gayo.do(number, lambda s, order: undelivered.take_back(s, order, fit=fit, now=NOON + DAY))
    assert order_of(db, number).state is OrderState.ARRIVED
    assert counted(db, number) == [(5, 3, 2), (2, 2, 0)]
    # Only its goods go back; the delivery was done for the others.
    assert refunds(db) == [(reason, 2 * PRICE)]
    assert shelf(db, kopi).on_hand == 17
    assert broken(db) == {}


def test_when_every_parcel_comes_back_all_of_the_goods_are_paid_back(
    db: Database, gayo: Desk, number: str
) -> None:
    send(gayo, number, packs(db, number, 3, 0), "JP11111")
    send(gayo, number, None, "JP22222")
    gayo.do(
        number,
        lambda s, order: undelivered.could_not_deliver(s, order, reason=Reason.NOT_TAKEN, now=NOON),
    )
    fit = packs(db, number, 5, 2)
    for parcel in parcels_of(db, number):
        back = partial(undelivered.take_back, fit=goods_of(db, parcel), parcel_id=parcel.id)
        gayo.do(number, partial(back, now=NOON + DAY))
    assert order_of(db, number).state is OrderState.RETURNED
    assert sum(amount for _, amount in refunds(db)) == 5 * PRICE + 2 * 20_000
    assert [line.returned for line in lines_of(db, number)] == list(fit.values())
    assert broken(db) == {}


def test_a_parcel_that_comes_back_before_the_rest_left_stands_with_it_again(
    db: Database, kopi: Goods, gayo: Desk, number: str
) -> None:
    send(gayo, number, packs(db, number, 3, 0), "JP11111")
    gayo.do(
        number,
        lambda s, order: undelivered.could_not_deliver(
            s, order, reason=Reason.WRONG_ADDRESS, now=NOON
        ),
    )
    assert order_of(db, number).state is OrderState.READY
    gayo.do(number, lambda s, order: undelivered.take_back(s, order, fit={}, now=NOON))
    assert counted(db, number) == [(0, 0, 0), (0, 0, 0)]
    assert (refunds(db), shelf(db, kopi).on_hand) == ([], 15)
    send(gayo, number, None, "JP22222")
    assert order_of(db, number).state is OrderState.ON_THE_WAY
    assert counted(db, number) == [(5, 0, 0), (2, 0, 0)]
    assert broken(db) == {}


def test_when_the_rest_will_not_come_its_price_goes_back_and_the_part_goes_on(
    db: Database, kopi: Goods, gayo: Desk, number: str
) -> None:
    send(gayo, number, packs(db, number, 3, 2), "JP11111")
    gayo.do(number, lambda s, order: actions.call_off(s, order, reason=Reason.NOT_MADE, now=NOON))
    assert order_of(db, number).state is OrderState.ON_THE_WAY
    assert refunds(db) == [(Reason.NOT_MADE, 2 * PRICE)]
    assert shelf(db, kopi).on_hand == 17
    assert told(db)[-1] == "order_refunded"
    arrive(gayo, number, None)
    assert order_of(db, number).state is OrderState.ARRIVED
    assert counted(db, number) == [(3, 3, 0), (2, 2, 0)]
    assert broken(db) == {}


def test_a_shopper_who_waited_too_long_for_the_rest_gets_its_price_back(
    db: Database, gayo: Desk, number: str
) -> None:
    send(gayo, number, packs(db, number, 5, 0), "JP11111")
    arrive(gayo, number, None)
    late = NOON + 30 * DAY
    assert not gayo.do(number, partial(call_off_unsent, now=late)), "it is not all of it"
    assert order_of(db, number).state is OrderState.ARRIVED
    assert refunds(db) == [(Reason.NOT_SENT, 2 * 20_000)]
    assert broken(db) == {}


def test_a_failed_parcel_shows_once_the_rest_has_left(
    db: Database, gayo: Desk, number: str
) -> None:
    send(gayo, number, packs(db, number, 3, 0), "JP11111")
    gayo.do(
        number,
        lambda s, order: undelivered.could_not_deliver(
            s, order, reason=Reason.NOBODY_THERE, now=NOON
        ),
    )
    send(gayo, number, None, "JP22222")
    assert order_of(db, number).state is OrderState.UNDELIVERED
    gayo.do(number, lambda s, order: undelivered.try_again(s, order, now=NOON))
    assert order_of(db, number).state is OrderState.ON_THE_WAY
    arrive(gayo, number, None)
    assert order_of(db, number).state is OrderState.ARRIVED
    assert broken(db) == {}


def test_a_lost_parcel_is_sent_again_from_the_shelf_and_its_clock_runs_anew(
    db: Database, kopi: Goods, gayo: Desk, number: str
) -> None:
    send(gayo, number, None, "JP11111")
    gayo.do(number, lambda s, order: miss(s, order, NOON))
    assert order_of(db, number).needs == NOT_ARRIVED
    gayo.do(
        number,
        lambda s, order: parcels.send_again(s, order, tracking="JP22222", now=NOON + DAY),
    )
    lost, sent = parcels_of(db, number)
    assert (lost.given_up_at, sent.tracking_number) == (NOON + DAY, "JP22222")
    assert goods_of(db, sent) == goods_of(db, lost)
    assert order_of(db, number).needs is None
    assert shelf(db, kopi).on_hand == 10
    with db.reading() as session:
        reasons = session.scalars(
            select(StockMovement.reason).where(StockMovement.reference == number)
        ).all()
    assert set(reasons) == {MovementReason.LOST}
    arrive(gayo, number, None)
    assert counted(db, number) == [(5, 5, 0), (2, 2, 0)]
    assert broken(db) == {}


def test_a_parcel_is_sent_again_once_and_only_while_the_shelf_has_it(
    db: Database, kopi: Goods, gayo: Desk, number: str
) -> None:
    send(gayo, number, None, "JP11111")
    make_paid(db, {kopi: 11})
    with pytest.raises(ShelfTooLow) as refused:
        gayo.do(number, lambda s, order: parcels.send_again(s, order, tracking="JP22222", now=NOON))
    assert (refused.value.wanted, refused.value.there) == (5, 4)
    assert parcels_of(db, number)[0].given_up_at is None


def test_the_rest_and_an_exchange_go_on_top_and_move_the_end_of_complaints(
    db: Database, kopi: Goods, gayo: Desk, number: str
) -> None:
    send(gayo, number, None, "JP11111")
    arrive(gayo, number, None)
    some = packs(db, number, 2, 0)
    gayo.do(
        number,
        lambda s, order: parcels.send_another(
            s, order, packs=some, reason=Reason.SHORT, tracking="JP22222", now=NOON + 2 * DAY
        ),
    )
    assert order_of(db, number).state is OrderState.ARRIVED
    assert counted(db, number) == [(5, 5, 0), (2, 2, 0)]
    assert shelf(db, kopi).on_hand == 13
    extra = parcels_of(db, number)[1]
    assert (extra.extra, goods_of(db, extra)) == (Reason.SHORT, some)
    gayo.do(
        number,
        lambda s, order: actions.confirm_arrival(
            s, order, actor=Actor.SHOPPER, parcel_id=extra.id, now=NOON + 3 * DAY
        ),
    )
    assert order_of(db, number).arrived_at == NOON + 3 * DAY
    assert counted(db, number) == [(5, 5, 0), (2, 2, 0)]
    assert broken(db) == {}


def test_no_more_goes_on_top_than_was_sent_and_nothing_before_it_arrived(
    db: Database, gayo: Desk, number: str
) -> None:
    def another(some: Mapping[int, int]) -> Callable[[Session, Order], object]:
        return lambda s, order: parcels.send_another(
            s, order, packs=some, reason=Reason.DAMAGED, now=NOON
        )

    with pytest.raises(MoveRefused):
        gayo.do(number, another(packs(db, number, 1, 0)))
    send(gayo, number, None, "JP11111")
    arrive(gayo, number, None)
    with pytest.raises(WrongCount):
        gayo.do(number, another(packs(db, number, 6, 0)))
    with pytest.raises(NothingChosen):
        gayo.do(number, another({}))


def test_each_step_of_a_part_leaves_an_event_from_the_state_to_itself(
    db: Database, gayo: Desk, number: str
) -> None:
    send(gayo, number, packs(db, number, 1, 0), "JP11111")
    arrive(gayo, number, parcels_of(db, number)[0])
    with db.reading() as session:
        steps = session.execute(
            select(OrderEvent.from_state, OrderEvent.to_state, OrderEvent.actor, OrderEvent.reason)
            .where(OrderEvent.order_id == order_of(db, number).id, OrderEvent.reason.is_not(None))
            .order_by(OrderEvent.id)
        ).all()
    assert [tuple(step) for step in steps] == [
        (OrderState.READY, OrderState.READY, Actor.COOPERATIVE, "part_sent"),
        (OrderState.READY, OrderState.READY, Actor.SHOPPER, "part_arrived"),
    ]


def test_what_is_paid_in_cash_leaves_in_one_parcel(
    db: Database, gayo: Desk, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parcels, "is_asked", lambda _session, _order_id: True)
    with pytest.raises(GoesWhole):
        send(gayo, number, packs(db, number, 1, 0), "JP11111")
    send(gayo, number, None, "JP11111")
    assert order_of(db, number).state is OrderState.ON_THE_WAY
