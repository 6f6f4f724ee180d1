"""Money of an order in cash goes back to where its shopper says, from the cooperative (R23)."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.aftersales.refund_transfers.actions import send
from shop.aftersales.refund_transfers.destinations import name_destination
from shop.aftersales.refund_transfers.queries import payable
from shop.aftersales.refunds.actions import give_back
from shop.aftersales.refunds.queries import contact_of
from shop.core.database.engine import Database
from shop.payments.bills.models import Refund, RefundState
from shop.payments.cash.actions import hand_over
from shop.payments.cash.queries import sums_of
from shop.sales.orders.models import Order, OrderState
from tests.aftersales.giving import refund_selection
from tests.checkout.conftest import Market
from tests.factories import NOON
from tests.fulfilment.paid import Desk, books, broken, order_of
from tests.payments.cash.door import bring, finish, make_door, order_for_cash, take


@pytest.fixture
def door(db: Database) -> Market:
    return make_door(db)


@pytest.fixture
def desk(db: Database, door: Market) -> Desk:
    return Desk(db, door.kintamani.cooperative.id)


@pytest.fixture
def number(db: Database, door: Market, desk: Desk) -> str:
    """Two packs at Rp65.000 that were brought, paid at the door and lie in the drawer."""
    (found,) = order_for_cash(db, {door.kintamani: 2})
    bring(db, desk, found)
    take(db, desk, found)
    with db.writing() as session:
        mine = desk.cooperative_id
        hand_over(session, cooperative_id=mine, number=found, person_id=7, now=NOON)
    return found


def give_one(db: Database, desk: Desk, number: str) -> None:
    def work(session: Session, order: Order) -> None:
        give_back(session, order, refund_selection(db, number, 1), seen=0, person_id=7, now=NOON)

    desk.do(number, work)


def send_it(db: Database, desk: Desk, number: str) -> None:
    """The shopper names an account, and the cooperative sends."""
    purchase_id = order_of(db, number).purchase_id
    with db.writing() as session:
        name_destination(
            session,
            purchase_id=purchase_id,
            contact_id=contact_of(session, purchase_id),
            provider="GoPay",
            number="081234567890",
            holder="Sari Dewi",
            now=NOON,
        )
        assert payable(session, None).rows == ()
        (waiting,) = payable(session, desk.cooperative_id).rows
        send(
            session,
            cooperative_id=desk.cooperative_id,
            destination_id=waiting.destination_id,
            seen=waiting.amount,
            reference="TUNAI-1",
            person_id=7,
            now=NOON,
        )


@pytest.mark.parametrize("is_late", [False, True])
def test_a_pack_that_goes_back_is_paid_by_the_cooperative_and_owes_no_fee(
    db: Database, desk: Desk, number: str, *, is_late: bool
) -> None:
    if is_late:
        assert finish(db, number) is OrderState.DONE
    give_one(db, desk, number)
    send_it(db, desk, number)
    if not is_late:
        assert finish(db, number) is OrderState.DONE
    with db.reading() as session:
        assert session.scalars(select(Refund.state)).one() is RefundState.DONE
        # 3 % of the pack that stays sold.
        owed = sums_of(session, desk.cooperative_id).fee_owed
    stands = books(db)
    assert "refund_due" not in stands
    assert stands["fee_income"] == -1_950
    assert owed == 1_950
    assert broken(db) == {}
