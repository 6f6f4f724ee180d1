"""A parcel that nobody took: try again, or take it back; shelf and money follow what really is."""

import pytest
from sqlalchemy import select

from shop.catalog.inventory.models import MovementReason, StockMovement
from shop.catalog.inventory.queries import Shelf
from shop.core.database.engine import Database
from shop.fulfilment.order_steps import actions
from shop.fulfilment.orders.errors import CountsMissing, WrongCount, WrongWay
from shop.fulfilment.orders.rules import Reason, Shortfall
from shop.fulfilment.parcels import failed_deliveries
from shop.payments.ledger.queries import held_for_order
from shop.sales.orders.errors import MoveRefused
from shop.sales.orders.models import Actor, OrderState
from shop.sales.orders.rules import DeliveryKind
from tests.factories import DAY, NOON, Goods, make_cooperative, make_goods, shelf
from tests.fulfilment.paid import (
    Desk,
    books,
    broken,
    lines_of,
    make_paid,
    order_of,
    paid_by,
    refunds,
    state_of,
    told,
)

PRICE, DELIVERY = 45_000, 9_000


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, make_cooperative(db), price=PRICE, on_hand=10)


def fail(desk: Desk, number: str, reason: Reason = Reason.NOBODY_THERE) -> None:
    desk.do(
        number,
        lambda s, order: failed_deliveries.record_failed_delivery(
            s, order, reason=reason, now=NOON
        ),
    )


def take_back(desk: Desk, number: str, fit: int) -> None:
    counts = {line.id: fit for line in lines_of(desk.db, number)}
    desk.do(
        number,
        lambda s, order: failed_deliveries.return_to_stock(s, order, fit=counts, now=NOON + DAY),
    )


@pytest.fixture
def failed(db: Database, kopi: Goods, gayo: Desk) -> str:
    """Two packs by courier that nobody took."""
    number = paid_by(db, kopi, DeliveryKind.COURIER)
    gayo.ship(number)
    fail(gayo, number)
    return number


def test_a_parcel_nobody_took_may_be_brought_again(db: Database, gayo: Desk, failed: str) -> None:
    assert state_of(db, failed) is OrderState.UNDELIVERED
    gayo.do(failed, lambda s, order: failed_deliveries.try_again(s, order, now=NOON + DAY))
    assert state_of(db, failed) is OrderState.ON_THE_WAY
    gayo.do(
        failed,
        lambda s, order: actions.confirm_arrival(s, order, actor=Actor.SHOPPER, now=NOON + 2 * DAY),
    )
    assert state_of(db, failed) is OrderState.ARRIVED
    assert refunds(db) == []
    assert told(db) == ["order_accepted", "order_shipped", "order_undelivered"]
    assert broken(db) == {}


def test_each_time_that_nobody_takes_it_is_told(db: Database, gayo: Desk, failed: str) -> None:
    gayo.do(failed, lambda s, order: failed_deliveries.try_again(s, order, now=NOON + DAY))
    fail(gayo, failed, Reason.WRONG_ADDRESS)
    assert told(db)[-2:] == ["order_undelivered", "order_undelivered"]


def test_what_comes_back_fit_to_sell_lies_on_the_shelf_again(
    db: Database, kopi: Goods, gayo: Desk, failed: str
) -> None:
    assert shelf(db, kopi) == Shelf(on_hand=8, reserved=0)
    take_back(gayo, failed, fit=2)
    assert state_of(db, failed) is OrderState.RETURNED
    assert shelf(db, kopi) == Shelf(on_hand=10, reserved=0)
    assert [(line.returned, line.refunded) for line in lines_of(db, failed)] == [(2, 2)]
    assert told(db)[-1] == "order_returned"
    assert broken(db) == {}


def test_what_comes_back_broken_is_written_off_with_its_reason(
    db: Database, kopi: Goods, gayo: Desk, failed: str
) -> None:
    take_back(gayo, failed, fit=1)
    assert shelf(db, kopi) == Shelf(on_hand=9, reserved=0)
    with db.reading() as session:
        moves = session.execute(
            select(StockMovement.reason, StockMovement.change)
            .where(StockMovement.reference == failed)
            .order_by(StockMovement.id)
        ).all()
    assert [tuple(move) for move in moves] == [
        (MovementReason.RETURNED, 2),
        (MovementReason.DAMAGED, -1),
    ]
    # How the packs fare is between cooperative and courier; the shopper has none of them.
    assert refunds(db) == [(Reason.NOBODY_THERE, 2 * PRICE)]
    assert broken(db) == {}


def test_where_nobody_took_it_the_goods_are_paid_back_and_the_delivery_was_done(
    db: Database, gayo: Desk, failed: str
) -> None:
    take_back(gayo, failed, fit=2)
    assert refunds(db) == [(Reason.NOBODY_THERE, 2 * PRICE)]
    with db.reading() as session:
        assert held_for_order(session, order_of(db, failed).id) == 0
    found = books(db)
    assert found["refund_due"] == -2 * PRICE
    assert found["cooperative_due"] == -DELIVERY
    assert "fee_income" not in found


@pytest.mark.parametrize("reason", [Reason.BROKEN_ON_THE_WAY, Reason.LOST_ON_THE_WAY])
def test_where_the_way_was_at_fault_everything_is_paid_back(
    db: Database, kopi: Goods, gayo: Desk, reason: Reason
) -> None:
    number = paid_by(db, kopi, DeliveryKind.COURIER)
    gayo.ship(number)
    fail(gayo, number, reason)
    take_back(gayo, number, fit=0)
    assert refunds(db) == [(reason, 2 * PRICE + DELIVERY)]
    assert shelf(db, kopi) == Shelf(on_hand=8, reserved=0)
    assert "cooperative_due" not in books(db)
    assert broken(db) == {}


def test_packs_that_were_paid_back_before_are_not_paid_back_again(
    db: Database, kopi: Goods, gayo: Desk
) -> None:
    number = make_paid(db, {kopi: 3}).numbers[0]
    line = lines_of(db, number)[0].id
    gayo.do(
        number,
        lambda s, order: actions.accept(
            s,
            order,
            counts={line: 1},
            shortfalls={line: Shortfall(Reason.NOT_MADE)},
            now=NOON,
        ),
    )
    gayo.do(number, lambda s, order: actions.mark_ready(s, order, now=NOON))
    gayo.do(number, lambda s, order: actions.hand_over(s, order, tracking="JP12345678", now=NOON))
    fail(gayo, number, Reason.NOT_TAKEN)
    with pytest.raises(WrongCount):
        take_back(gayo, number, fit=2)
    take_back(gayo, number, fit=1)
    assert refunds(db) == [(Reason.SHORT, 2 * PRICE), (Reason.NOT_TAKEN, PRICE)]
    assert shelf(db, kopi) == Shelf(on_hand=10, reserved=0)
    assert broken(db) == {}


def test_each_line_that_was_sent_is_counted_when_it_comes_back(
    db: Database, gayo: Desk, failed: str
) -> None:
    with pytest.raises(CountsMissing):
        gayo.do(
            failed, lambda s, order: failed_deliveries.return_to_stock(s, order, fit={}, now=NOON)
        )
    assert state_of(db, failed) is OrderState.UNDELIVERED


def test_a_second_click_gives_no_money_and_no_packs_back(
    db: Database, kopi: Goods, gayo: Desk, failed: str
) -> None:
    take_back(gayo, failed, fit=2)
    with pytest.raises(MoveRefused):
        take_back(gayo, failed, fit=2)
    assert shelf(db, kopi) == Shelf(on_hand=10, reserved=0)
    assert len(refunds(db)) == 1


def test_what_is_fetched_at_the_counter_is_never_undelivered(
    db: Database, kopi: Goods, gayo: Desk
) -> None:
    number = paid_by(db, kopi, DeliveryKind.PICKUP)
    gayo.make_ready(number)
    with pytest.raises(WrongWay):
        fail(gayo, number)
    assert state_of(db, number) is OrderState.READY
