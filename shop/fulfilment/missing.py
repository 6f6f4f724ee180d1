"""A shopper misses a parcel: its clock stands until people have settled it (rule R13)."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from shop.cooperatives.queries import managers_to_tell
from shop.fulfilment.rules import NOT_ARRIVED
from shop.orders.errors import MoveRefused
from shop.orders.models import Actor, Order, OrderState
from shop.orders.parcels import note
from shop.outbox.actions import notify
from shop.payments.models import Refund

MISSED_FROM = (OrderState.ON_THE_WAY, OrderState.ARRIVED)
CLAIM_SETTLED = "claim_settled"


def miss(session: Session, order: Order, now: datetime) -> bool:
    """A shopper says that a parcel did not come: its clock stands until people have settled it.

    Also of one that counts as arrived: the seller's word alone ends no claim.

    :return: False when it has not left or is done, or was missed before.
    """
    marked = session.scalar(
        update(Order)
        .where(Order.id == order.id, Order.state.in_(MISSED_FROM), Order.needs.is_(None))
        .values(needs=NOT_ARRIVED)
        .returning(Order.id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(order, ["needs"])
    if marked is None:
        return False
    for _cooperative_id, contact_id in managers_to_tell(session, [order.cooperative_id]):
        notify(
            session,
            key=f"order_missed:{order.id}:{contact_id}",
            kind="order_missed",
            contact_id=contact_id,
            cooperative_id=order.cooperative_id,
            order_id=order.id,
            now=now,
        )
    return True


def found_again(session: Session, order: Order) -> bool:
    """The shopper has a parcel after all that was missed and counts as arrived.

    :return: False when it was not missed.
    """
    cleared = session.scalar(
        update(Order)
        .where(Order.id == order.id, Order.state == OrderState.ARRIVED, Order.needs == NOT_ARRIVED)
        .values(needs=None)
        .returning(Order.id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(order, ["needs"])
    return cleared is not None


def settle(session: Session, order: Order, *, now: datetime, person_id: int | None) -> None:
    """The operator has looked into it: the parcel counts as arrived after all (rule R13).

    :raises MoveRefused: when it is not missed, or was never there.
    """
    cleared = session.scalar(
        update(Order)
        .where(Order.id == order.id, Order.state == OrderState.ARRIVED, Order.needs == NOT_ARRIVED)
        .values(needs=None)
        .returning(Order.id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(order, ["needs"])
    if cleared is None:
        raise MoveRefused(order.number, order.state, OrderState.DONE)
    note(session, order, CLAIM_SETTLED, actor=Actor.OPERATOR, now=now, person_id=person_id)


def paid_back(
    _session: Session, _refund: Refund, order: Order, _amount: int, _now: datetime
) -> None:
    """A parcel that was missed and whose money went back whole is missed no more."""
    if order.needs == NOT_ARRIVED and order.refunded >= order.total:
        order.needs = None
