"""A shopper calls off what nobody has begun to pack, or what was promised and did not leave."""

from datetime import datetime

from sqlalchemy.orm import Session

from shop.fulfilment.order_steps.shortages import choose
from shop.fulfilment.orders.notifications import tell_called_off
from shop.fulfilment.orders.order_refunds import refund_order
from shop.fulfilment.orders.queries import lines_to_work_on
from shop.fulfilment.orders.restocking import put_back_all
from shop.fulfilment.orders.rules import Reason
from shop.fulfilment.parcels.partial_cancellation import cancel_remaining, is_partially_shipped
from shop.payments.bills.refunds import COOPERATIVE, PLATFORM
from shop.sales.orders.actions import advance
from shop.sales.orders.errors import MoveRefused
from shop.sales.orders.models import Actor, Order, OrderState
from shop.sales.orders.rules import SHORT_ASKED, ShortageChoice, is_cancellable


def cancel_unshipped(
    session: Session, order: Order, *, now: datetime, person_id: int | None = None
) -> bool:
    """Cancel an order that has not left: at once while new, later when long overdue (R8).

    Its packs go back on the shelf and all of its money to the shopper; where a part has left,
    the rest of them and its price.

    :return: whether all of it ended; False: a part is gone and the rest was given up.
    :raises MoveRefused: when it is being packed in time, has left, or is over.
    """
    if not is_cancellable(order.state, order.delivery_kind, order.ship_by, now):
        raise MoveRefused(order.number, order.state, OrderState.CANCELLED)
    if order.needs == SHORT_ASKED:
        choose(
            session, order, ShortageChoice.CANCEL, actor=Actor.SHOPPER, now=now, person_id=person_id
        )
        return True
    lines = lines_to_work_on(session, order.id)
    is_late = order.state is not OrderState.NEW
    reason = Reason.NOT_SENT if is_late else Reason.CHANGED_MIND
    if is_partially_shipped(session, order):
        cancel_remaining(
            session, order, actor=Actor.SHOPPER, reason=reason, now=now, person_id=person_id
        )
        tell_called_off(session, order, now)
        return False
    advance(
        session,
        order,
        OrderState.CANCELLED,
        actor=Actor.SHOPPER,
        person_id=person_id,
        now=now,
        reason=reason,
    )
    put_back_all(session, order, lines, reason, {}, now=now, person_id=person_id)
    # Where no cooperative is at fault, none pays what the card cost.
    bearer = COOPERATIVE if is_late else PLATFORM
    refund_order(session, order, lines, reason, now=now, person_id=person_id, bearer=bearer)
    tell_called_off(session, order, now)
    return True
