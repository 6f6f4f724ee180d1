"""Parcels that are missed, lost or brought back, and packs that follow or never come."""

from collections.abc import Callable, Mapping
from functools import partial

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.inventory.models import MovementReason, StockMovement
from shop.core.database.engine import Database
from shop.fulfilment.order_steps import actions
from shop.fulfilment.order_steps.customer_cancellation import cancel_unshipped
from shop.fulfilment.orders.errors import NothingChosen, ShelfTooLow, WrongCount
from shop.fulfilment.orders.rules import NOT_ARRIVED, Reason
from shop.fulfilment.parcels import actions as parcels
from shop.fulfilment.parcels import failed_deliveries
from shop.fulfilment.parcels.missing_parcels import mark_found, report_missing, settle
from shop.sales.orders.errors import MoveRefused
from shop.sales.orders.models import Actor, Order, OrderState
from tests.factories import DAY, NOON, Goods, make_cooperative, make_goods, shelf
from tests.fulfilment.paid import Desk, broken, lines_of, make_paid, order_of, refunds, told
from tests.fulfilment.parcelled import arrive, counted, goods_of, packs, parcels_of, send

PRICE = 45_000


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, make_cooperative(db), price=PRICE, on_hand=20)


def test_the_first_parcel_is_missed_while_the_rest_waits_and_stays_so_when_it_leaves(
    db: Database, gayo: Desk, packed: str
) -> None:
    assert not gayo.do(packed, partial(report_missing, now=NOON)), "nothing has left"
    send(gayo, packed, packs(db, packed, 3, 2), "JP11111")
    assert gayo.do(packed, partial(report_missing, now=NOON))
    assert order_of(db, packed).needs == NOT_ARRIVED
    send(gayo, packed, None, "JP22222")
    order = order_of(db, packed)
    assert (order.state, order.needs) == (OrderState.ON_THE_WAY, NOT_ARRIVED)


@pytest.mark.parametrize("by", ["shopper", "shopper later", "operator"])
def test_a_first_parcel_that_was_missed_is_found_before_the_rest_leaves(
    db: Database, gayo: Desk, packed: str, by: str
) -> None:
    send(gayo, packed, packs(db, packed, 3, 2), "JP11111")
    if by != "shopper":
        arrive(gayo, packed, None, Actor.SHOP)
    assert gayo.do(packed, partial(report_missing, now=NOON))
    if by == "shopper":
        arrive(gayo, packed, None)
    elif by == "operator":
        gayo.do(packed, partial(settle, now=NOON, person_id=None))
    else:
        assert gayo.do(packed, mark_found)
    order = order_of(db, packed)
    assert (order.state, order.needs) == (OrderState.READY, None)
    assert broken(db) == {}


def test_one_of_two_parcels_that_nobody_took_comes_back_alone(
    db: Database, kopi: Goods, gayo: Desk, packed: str
) -> None:
    send(gayo, packed, packs(db, packed, 3, 2), "JP11111")
    send(gayo, packed, None, "JP22222")
    one, two = parcels_of(db, packed)
    reason = Reason.NOBODY_THERE
    gayo.do(
        packed,
        lambda s, order: failed_deliveries.record_failed_delivery(
            s, order, reason=reason, parcel_id=two.id, now=NOON
        ),
    )
    assert order_of(db, packed).state is OrderState.UNDELIVERED
    arrive(gayo, packed, one)
    assert order_of(db, packed).state is OrderState.UNDELIVERED
    fit = packs(db, packed, 2, 0)
    gayo.do(
        packed,
        lambda s, order: failed_deliveries.return_to_stock(s, order, fit=fit, now=NOON + DAY),
    )
    assert order_of(db, packed).state is OrderState.ARRIVED
    assert counted(db, packed) == [(5, 3, 2), (2, 2, 0)]
    # Only its goods go back; the delivery was done for the others.
    assert refunds(db) == [(reason, 2 * PRICE)]
    assert shelf(db, kopi).on_hand == 17
    assert broken(db) == {}


def test_when_every_parcel_comes_back_all_of_the_goods_are_paid_back(
    db: Database, gayo: Desk, packed: str
) -> None:
    send(gayo, packed, packs(db, packed, 3, 0), "JP11111")
    send(gayo, packed, None, "JP22222")
    gayo.do(
        packed,
        lambda s, order: failed_deliveries.record_failed_delivery(
            s, order, reason=Reason.NOT_TAKEN, now=NOON
        ),
    )
    fit = packs(db, packed, 5, 2)
    for parcel in parcels_of(db, packed):
        back = partial(
            failed_deliveries.return_to_stock, fit=goods_of(db, parcel), parcel_id=parcel.id
        )
        gayo.do(packed, partial(back, now=NOON + DAY))
    assert order_of(db, packed).state is OrderState.RETURNED
    assert sum(amount for _, amount in refunds(db)) == 5 * PRICE + 2 * 20_000
    assert [line.returned for line in lines_of(db, packed)] == list(fit.values())
    assert broken(db) == {}


def test_a_parcel_that_comes_back_before_the_rest_left_stands_with_it_again(
    db: Database, kopi: Goods, gayo: Desk, packed: str
) -> None:
    send(gayo, packed, packs(db, packed, 3, 0), "JP11111")
    gayo.do(
        packed,
        lambda s, order: failed_deliveries.record_failed_delivery(
            s, order, reason=Reason.WRONG_ADDRESS, now=NOON
        ),
    )
    assert order_of(db, packed).state is OrderState.READY
    gayo.do(packed, lambda s, order: failed_deliveries.return_to_stock(s, order, fit={}, now=NOON))
    assert counted(db, packed) == [(0, 0, 0), (0, 0, 0)]
    assert (refunds(db), shelf(db, kopi).on_hand) == ([], 15)
    send(gayo, packed, None, "JP22222")
    assert order_of(db, packed).state is OrderState.ON_THE_WAY
    assert counted(db, packed) == [(5, 0, 0), (2, 0, 0)]
    assert broken(db) == {}


def test_when_the_rest_will_not_come_its_price_goes_back_and_the_part_goes_on(
    db: Database, kopi: Goods, gayo: Desk, packed: str
) -> None:
    send(gayo, packed, packs(db, packed, 3, 2), "JP11111")
    gayo.do(packed, lambda s, order: actions.cancel(s, order, reason=Reason.NOT_MADE, now=NOON))
    assert order_of(db, packed).state is OrderState.ON_THE_WAY
    assert refunds(db) == [(Reason.NOT_MADE, 2 * PRICE)]
    assert shelf(db, kopi).on_hand == 17
    assert told(db)[-1] == "order_refunded"
    arrive(gayo, packed, None)
    assert order_of(db, packed).state is OrderState.ARRIVED
    assert counted(db, packed) == [(3, 3, 0), (2, 2, 0)]
    assert broken(db) == {}


def test_a_shopper_who_waited_too_long_for_the_rest_gets_its_price_back(
    db: Database, gayo: Desk, packed: str
) -> None:
    send(gayo, packed, packs(db, packed, 5, 0), "JP11111")
    arrive(gayo, packed, None)
    late = NOON + 30 * DAY
    assert not gayo.do(packed, partial(cancel_unshipped, now=late)), "it is not all of it"
    assert order_of(db, packed).state is OrderState.ARRIVED
    assert refunds(db) == [(Reason.NOT_SENT, 2 * 20_000)]
    assert broken(db) == {}


def test_a_failed_parcel_shows_once_the_rest_has_left(
    db: Database, gayo: Desk, packed: str
) -> None:
    send(gayo, packed, packs(db, packed, 3, 0), "JP11111")
    gayo.do(
        packed,
        lambda s, order: failed_deliveries.record_failed_delivery(
            s, order, reason=Reason.NOBODY_THERE, now=NOON
        ),
    )
    send(gayo, packed, None, "JP22222")
    assert order_of(db, packed).state is OrderState.UNDELIVERED
    gayo.do(packed, lambda s, order: failed_deliveries.try_again(s, order, now=NOON))
    assert order_of(db, packed).state is OrderState.ON_THE_WAY
    arrive(gayo, packed, None)
    assert order_of(db, packed).state is OrderState.ARRIVED
    assert broken(db) == {}


def test_a_lost_parcel_is_sent_again_from_the_shelf_and_its_clock_runs_anew(
    db: Database, kopi: Goods, gayo: Desk, packed: str
) -> None:
    send(gayo, packed, None, "JP11111")
    gayo.do(packed, lambda s, order: report_missing(s, order, NOON))
    assert order_of(db, packed).needs == NOT_ARRIVED
    gayo.do(
        packed,
        lambda s, order: parcels.send_again(s, order, tracking="JP22222", now=NOON + DAY),
    )
    lost, sent = parcels_of(db, packed)
    assert (lost.given_up_at, sent.tracking_number) == (NOON + DAY, "JP22222")
    assert goods_of(db, sent) == goods_of(db, lost)
    assert order_of(db, packed).needs is None
    assert shelf(db, kopi).on_hand == 10
    with db.reading() as session:
        reasons = session.scalars(
            select(StockMovement.reason).where(StockMovement.reference == packed)
        ).all()
    assert set(reasons) == {MovementReason.LOST}
    arrive(gayo, packed, None)
    assert counted(db, packed) == [(5, 5, 0), (2, 2, 0)]
    assert broken(db) == {}


def test_a_parcel_is_sent_again_once_and_only_while_the_shelf_has_it(
    db: Database, kopi: Goods, gayo: Desk, packed: str
) -> None:
    send(gayo, packed, None, "JP11111")
    make_paid(db, {kopi: 11})
    with pytest.raises(ShelfTooLow) as refused:
        gayo.do(packed, lambda s, order: parcels.send_again(s, order, tracking="JP22222", now=NOON))
    assert (refused.value.wanted, refused.value.there) == (5, 4)
    assert parcels_of(db, packed)[0].given_up_at is None


def test_the_rest_and_an_exchange_go_on_top_and_move_the_end_of_complaints(
    db: Database, kopi: Goods, gayo: Desk, packed: str
) -> None:
    send(gayo, packed, None, "JP11111")
    arrive(gayo, packed, None)
    some = packs(db, packed, 2, 0)
    gayo.do(
        packed,
        lambda s, order: parcels.send_another(
            s, order, packs=some, reason=Reason.SHORT, tracking="JP22222", now=NOON + 2 * DAY
        ),
    )
    assert order_of(db, packed).state is OrderState.ARRIVED
    assert counted(db, packed) == [(5, 5, 0), (2, 2, 0)]
    assert shelf(db, kopi).on_hand == 13
    extra = parcels_of(db, packed)[1]
    assert (extra.extra, goods_of(db, extra)) == (Reason.SHORT, some)
    gayo.do(
        packed,
        lambda s, order: actions.confirm_arrival(
            s, order, actor=Actor.SHOPPER, parcel_id=extra.id, now=NOON + 3 * DAY
        ),
    )
    assert order_of(db, packed).arrived_at == NOON + 3 * DAY
    assert counted(db, packed) == [(5, 5, 0), (2, 2, 0)]
    assert broken(db) == {}


def test_no_more_goes_on_top_than_was_sent_and_nothing_before_it_arrived(
    db: Database, gayo: Desk, packed: str
) -> None:
    def another(some: Mapping[int, int]) -> Callable[[Session, Order], object]:
        return lambda s, order: parcels.send_another(
            s, order, packs=some, reason=Reason.DAMAGED, now=NOON
        )

    with pytest.raises(MoveRefused):
        gayo.do(packed, another(packs(db, packed, 1, 0)))
    send(gayo, packed, None, "JP11111")
    arrive(gayo, packed, None)
    with pytest.raises(WrongCount):
        gayo.do(packed, another(packs(db, packed, 6, 0)))
    with pytest.raises(NothingChosen):
        gayo.do(packed, another({}))
