"""A shopper misses a parcel: its clock stands until people have settled it (rule R13)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import and_, exists, or_, update
from sqlalchemy.orm import Session

from shop.fulfilment.orders.rules import NOT_ARRIVED
from shop.payments.bills.models import Refund
from shop.people.cooperatives.queries import managers_to_tell
from shop.sales.orders.errors import MoveRefused
from shop.sales.orders.models import Actor, Order, OrderState, Parcel
from shop.sales.orders.parcels import note
from shop.services.outbox.actions import notify

_HAS_PARCEL = exists().where(
    Parcel.order_id == Order.id,
    Parcel.handed_over_at.is_not(None),
    Parcel.returned_at.is_(None),
    Parcel.given_up_at.is_(None),
)
_MAY_MISS = or_(
    Order.state.in_((OrderState.ON_THE_WAY, OrderState.ARRIVED)),
    and_(Order.state == OrderState.READY, _HAS_PARCEL),
)
"""All of it left, or a part of it while the rest waits."""
_MAY_BE_FOUND = or_(
    Order.state == OrderState.ARRIVED,
    and_(
        Order.state == OrderState.READY,
        exists().where(Parcel.order_id == Order.id, Parcel.arrived_at.is_not(None)),
    ),
)
"""It counts as arrived, or a part of it does while the rest waits."""
CLAIM_SETTLED = "claim_settled"


def report_missing(session: Session, order: Order, now: datetime) -> bool:
    """Report a parcel as not received; its deadline pauses until this is resolved.

    Also of one that counts as arrived: the seller's word alone ends no claim.

    :return: False when it has not left or is done, or was missed before.
    """
    marked = session.scalar(
        update(Order)
        .where(Order.id == order.id, _MAY_MISS, Order.needs.is_(None))
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


@contextmanager
def still_missed(order: Order) -> Iterator[None]:
    """What moves the rest of an order settles nothing of a parcel that its shopper misses."""
    was_missed = order.needs == NOT_ARRIVED
    yield
    if was_missed:
        order.needs = NOT_ARRIVED


def mark_found(session: Session, order: Order) -> bool:
    """A missed parcel was found and counts as arrived.

    :return: False when it was not missed.
    """
    cleared = session.scalar(
        update(Order)
        .where(Order.id == order.id, _MAY_BE_FOUND, Order.needs == NOT_ARRIVED)
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
    if not mark_found(session, order):
        raise MoveRefused(order.number, order.state, OrderState.DONE)
    note(session, order, CLAIM_SETTLED, actor=Actor.OPERATOR, now=now, person_id=person_id)


def paid_back(
    _session: Session, _refund: Refund, order: Order, _amount: int, _now: datetime
) -> None:
    """A parcel that was missed and whose money went back whole is missed no more."""
    if order.needs == NOT_ARRIVED and order.refunded >= order.total:
        order.needs = None
