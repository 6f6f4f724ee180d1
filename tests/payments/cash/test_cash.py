"""Cash at the door and at pick-up: from the order to the drawer and the fee owed (R2, R18)."""

import pytest
from sqlalchemy import select

from shop.core.database.engine import Database
from shop.fulfilment.order_steps import actions
from shop.fulfilment.orders.rules import Reason, Shortfall
from shop.fulfilment.parcels.failed_deliveries import record_failed_delivery, return_to_stock
from shop.payments.bills.models import Payment, PaymentState
from shop.payments.cash.actions import hand_over
from shop.payments.cash.errors import CashFirst, CashMoved, NotConfirmed, WrongCash
from shop.payments.cash.models import CashState
from shop.payments.cash.queries import sums_of
from shop.sales.orders.models import Actor, OrderState
from tests.checkout.conftest import Market
from tests.factories import NOON, shelf
from tests.fulfilment.paid import Desk, books, broken, lines_of, order_of, refunds, state_of, told
from tests.payments.cash.door import bring, due_of, finish, make_door, order_for_cash, say_yes, take


@pytest.fixture
def door(db: Database) -> Market:
    return make_door(db)


@pytest.fixture
def desk(db: Database, door: Market) -> Desk:
    return Desk(db, door.kintamani.cooperative.id)


@pytest.fixture
def number(db: Database, door: Market) -> str:
    """Two packs at Rp65.000, brought home for Rp5.000."""
    return order_for_cash(db, {door.kintamani: 2})[0]


def treasurer_takes(db: Database, desk: Desk, number: str) -> None:
    db.write(
        lambda session: hand_over(
            session, cooperative_id=desk.cooperative_id, number=number, person_id=7, now=NOON
        )
    )


def test_an_order_in_cash_is_new_and_not_paid(db: Database, door: Market, number: str) -> None:
    order = order_of(db, number)
    assert (order.state, order.paid_at) == (OrderState.NEW, None)
    assert order.accept_by is not None
    assert shelf(db, door.kintamani).on_hand == 18
    assert shelf(db, door.kintamani).reserved == 0
    assert due_of(db, number).asked == 135_000
    assert books(db) == {}
    assert broken(db) == {}


def test_each_order_has_a_bill_of_its_own(db: Database, door: Market) -> None:
    numbers = order_for_cash(db, {door.gayo: 1, door.kintamani: 1, door.sari_bumi: 1})
    with db.reading() as session:
        bills = session.scalars(select(Payment).order_by(Payment.id)).all()
    assert [(bill.method, bill.state) for bill in bills] == [
        ("at_pickup", PaymentState.PROMISED),
        ("cod", PaymentState.PROMISED),
        ("at_pickup", PaymentState.PROMISED),
    ]
    assert [due_of(db, one).asked for one in numbers] == [45_000, 70_000, 30_000]
    assert broken(db) == {}


def test_nobody_packs_before_the_shopper_has_said_yes(
    db: Database, desk: Desk, number: str
) -> None:
    with pytest.raises(NotConfirmed):
        desk.accept_all(number)
    say_yes(db, desk, number)
    with pytest.raises(CashMoved):
        say_yes(db, desk, number)
    desk.accept_all(number)
    assert state_of(db, number) is OrderState.ACCEPTED


def test_cash_goes_from_the_door_to_the_drawer_and_leaves_the_fee_owed(
    db: Database, desk: Desk, number: str
) -> None:
    bring(db, desk, number)
    take(db, desk, number)
    assert state_of(db, number) is OrderState.ARRIVED
    assert books(db) == {"cash_drawer": 135_000, "escrow": -135_000}
    # The order is over only once the treasurer has the money.
    assert finish(db, number) is OrderState.ARRIVED
    treasurer_takes(db, desk, number)
    assert broken(db) == {}
    assert finish(db, number) is OrderState.DONE
    member = lines_of(db, number)[0].member_id
    # 8 % contribution and 3 % fee of Rp130.000: the member gets 119.600, the platform 3.900.
    assert books(db) == {
        "cash_drawer": 119_600,
        f"member_due:{member}": -119_600,
        "cooperative_due": 3_900,
        "fee_income": -3_900,
    }
    with db.reading() as session:
        assert sums_of(session, desk.cooperative_id).fee_owed == 3_900
    assert broken(db) == {}


def test_the_parcel_stays_where_another_amount_is_counted(
    db: Database, desk: Desk, number: str
) -> None:
    bring(db, desk, number)
    for cash in (0, 134_999, 135_001):
        with pytest.raises(WrongCash):
            take(db, desk, number, cash)
    assert state_of(db, number) is OrderState.ON_THE_WAY
    assert books(db) == {}


def test_each_step_of_the_cash_is_taken_once(db: Database, desk: Desk, number: str) -> None:
    bring(db, desk, number)
    take(db, desk, number)
    treasurer_takes(db, desk, number)
    with pytest.raises(CashMoved):
        treasurer_takes(db, desk, number)
    assert due_of(db, number).state is CashState.HANDED_OVER
    assert broken(db) == {}


def test_a_shopper_cannot_say_that_a_parcel_came_before_it_is_paid(
    db: Database, desk: Desk, number: str
) -> None:
    bring(db, desk, number)
    with pytest.raises(CashFirst):
        desk.do(
            number,
            lambda session, order: actions.confirm_arrival(
                session, order, actor=Actor.SHOPPER, now=NOON
            ),
        )


def test_packs_that_cannot_be_sent_are_not_asked_for(db: Database, desk: Desk, number: str) -> None:
    say_yes(db, desk, number)
    line = lines_of(db, number)[0]
    desk.do(
        number,
        lambda session, order: actions.accept(
            session,
            order,
            counts={line.id: 1},
            shortfalls={line.id: Shortfall(Reason.SHORT)},
            now=NOON,
        ),
    )
    assert due_of(db, number).asked == 70_000
    assert refunds(db) == []
    desk.do(number, lambda session, order: actions.mark_ready(session, order, now=NOON))
    desk.do(number, lambda session, order: actions.own_delivery_out(session, order, now=NOON))
    take(db, desk, number)
    treasurer_takes(db, desk, number)
    assert broken(db) == {}
    assert finish(db, number) is OrderState.DONE
    assert books(db)["cooperative_due"] == 1_950
    assert broken(db) == {}


def test_a_parcel_that_nobody_takes_costs_no_fee_and_counts_against_the_phone(
    db: Database, door: Market, desk: Desk, number: str
) -> None:
    bring(db, desk, number)
    line = lines_of(db, number)[0]
    desk.do(
        number,
        lambda session, order: record_failed_delivery(
            session, order, reason=Reason.NOT_TAKEN, now=NOON
        ),
    )
    desk.do(
        number,
        lambda session, order: return_to_stock(session, order, fit={line.id: 1}, now=NOON),
    )
    assert state_of(db, number) is OrderState.RETURNED
    assert due_of(db, number).state is CashState.REFUSED
    # One pack on the shelf again, one written off.
    assert shelf(db, door.kintamani).on_hand == 19
    assert books(db) == {}
    assert refunds(db) == []
    assert "order_returned" in told(db)
    assert broken(db) == {}


@pytest.mark.parametrize("reason", [Reason.NOT_CONFIRMED, Reason.SHORT])
def test_an_order_that_is_refused_asks_for_no_cash(
    db: Database, desk: Desk, number: str, reason: Reason
) -> None:
    desk.do(number, lambda session, order: actions.refuse(session, order, reason=reason, now=NOON))
    assert due_of(db, number).state is CashState.DROPPED
    assert refunds(db) == []
    assert broken(db) == {}
