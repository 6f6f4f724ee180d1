"""The rest of an order that left in parts will not come: its price goes back, the others go on."""

from datetime import datetime

from sqlalchemy.orm import Session

from shop.fulfilment.orders.notifications import notify_shopper
from shop.fulfilment.orders.order_refunds import refund_packs
from shop.fulfilment.orders.queries import lines_to_work_on
from shop.fulfilment.orders.restocking import put_back
from shop.fulfilment.orders.rules import Reason, Shortfall
from shop.fulfilment.parcels.missing_parcels import still_missed
from shop.sales.orders import parcels
from shop.sales.orders.models import Actor, Order

GIVEN_UP = "rest_given_up"
"""What its event says, where the order stays where it is."""


def is_partially_shipped(session: Session, order: Order) -> bool:
    """Whether a part of an order has left, so that it cannot be cancelled as a whole."""
    return any(line.shipped for line in lines_to_work_on(session, order.id))


def cancel_remaining(
    session: Session,
    order: Order,
    *,
    actor: Actor,
    reason: Reason,
    now: datetime,
    person_id: int | None,
) -> None:
    """Cancel the packs that have not left; the parcels then decide the order's state.

    Their price goes back to the shopper and they go back on the shelf, as when an order is
    accepted short.
    """
    lines = lines_to_work_on(session, order.id)
    rest = {line.id: line.accepted - line.shipped for line in lines if line.accepted > line.shipped}
    for line in lines:
        line.accepted = line.packed = line.shipped
    session.flush()
    given = order.refunded
    # What was given back by hand before is neither paid again nor on a shelf twice.
    rest = {
        line.id: min(rest[line.id], line.packs - line.refunded)
        for line in lines
        if line.id in rest and line.refunded < line.packs
    }
    shortfalls = {line_id: Shortfall(reason) for line_id in rest}
    put_back(session, order, lines, rest, shortfalls, now=now, person_id=person_id)
    refund_packs(
        session,
        order,
        lines,
        rest,
        now=now,
        person_id=person_id,
        reason=reason,
        cause=f"rest:{order.number}",
    )
    with still_missed(order):
        parcels.update_order_state(
            session, order, actor=actor, now=now, person_id=person_id, part=GIVEN_UP
        )
    if order.refunded > given:
        notify_shopper(session, order, "order_refunded", now, turn=given + 1)
