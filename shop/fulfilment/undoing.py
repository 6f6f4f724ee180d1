"""Taking back a step while nothing has left the house, a word included (record 0321)."""

from datetime import datetime

from sqlalchemy.orm import Session

from shop.fulfilment.queries import lines_to_work_on
from shop.orders.actions import advance
from shop.orders.errors import MoveRefused
from shop.orders.models import Actor, Order, OrderState
from shop.orders.rules import DeliveryKind


def unpack(session: Session, order: Order, *, now: datetime, person_id: int | None = None) -> None:
    """An order was marked as packed by mistake: it goes back among those to pack.

    Acceptance is not taken back: it issued an invoice, and that ends by calling the order off,
    with a credit note (rule R25).

    :raises MoveRefused: when a parcel of it has left, or its shopper was told to come for it.
    """
    is_told = order.delivery_kind is DeliveryKind.PICKUP
    has_left = any(line.shipped for line in lines_to_work_on(session, order.id))
    if order.state is not OrderState.READY or is_told or has_left:
        raise MoveRefused(order.number, order.state, OrderState.ACCEPTED)
    advance(
        session,
        order,
        OrderState.ACCEPTED,
        actor=Actor.COOPERATIVE,
        person_id=person_id,
        now=now,
    )
    order.ready_at = None
    session.flush()
