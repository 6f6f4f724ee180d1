"""The operator suspends a cooperative, lets it sell again, and ends what it leaves (rule R28)."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.catalog.products.product_cards import refresh_cooperative
from shop.fulfilment.order_steps.shortage_offers import close_offer
from shop.fulfilment.orders.errors import NotSuspended
from shop.fulfilment.orders.notifications import notify_shopper
from shop.fulfilment.orders.order_refunds import refund_order
from shop.fulfilment.orders.queries import lines_to_work_on
from shop.fulfilment.orders.restocking import put_back_all
from shop.fulfilment.orders.rules import NOT_SENT, Reason
from shop.fulfilment.parcels.partial_cancellation import cancel_remaining, is_partially_shipped
from shop.people.cooperatives.models import Cooperative
from shop.people.cooperatives.queries import managers_to_tell
from shop.sales.orders.actions import advance
from shop.sales.orders.errors import MoveRefused
from shop.sales.orders.models import Actor, Order, OrderState
from shop.services.audit.actions import record
from shop.services.outbox.actions import notify


def suspend(
    session: Session, cooperative_id: int, *, reason: str, now: datetime, person_id: int
) -> bool:
    """Let a cooperative sell nothing from now on; what was placed before goes on.

    Its goods leave the shop and its lines in carts are marked. Who is placing a purchase of its
    goods at this moment comes first; who comes after sees the mark. Unpaid purchases keep their
    packs until their time is over, and no longer.

    :param reason: as its managers read it, up to 300 signs.
    :return: False when it is suspended already.
    """
    if not _turn(session, cooperative_id, now, reason):
        return False
    _changed(session, "suspended", cooperative_id, now=now, person_id=person_id)
    return True


def lift(session: Session, cooperative_id: int, *, now: datetime, person_id: int) -> bool:
    """Let a suspended cooperative sell again; its goods come back as they are now.

    :return: False when it is not suspended.
    """
    if not _turn(session, cooperative_id, None, None):
        return False
    _changed(session, "resumed", cooperative_id, now=now, person_id=person_id)
    return True


def cancel_left_over(session: Session, order: Order, *, now: datetime, person_id: int) -> None:
    """Call off a paid order that a suspended cooperative has not sent; all its money goes back.

    Where a part has left, the price of the rest.

    :raises NotSuspended: when its cooperative may work on it itself.
    :raises MoveRefused: when it left already, or is over.
    """
    require_suspended(session, order.cooperative_id)
    if order.state not in NOT_SENT:
        raise MoveRefused(order.number, order.state, OrderState.CANCELLED)
    lines, reason = lines_to_work_on(session, order.id), Reason.SUSPENDED
    if is_partially_shipped(session, order):
        cancel_remaining(
            session, order, actor=Actor.OPERATOR, reason=reason, now=now, person_id=person_id
        )
        return
    counted = close_offer(session, order, lines, actor=Actor.OPERATOR, now=now)
    advance(
        session,
        order,
        OrderState.CANCELLED,
        actor=Actor.OPERATOR,
        person_id=person_id,
        now=now,
        reason=reason,
    )
    put_back_all(session, order, lines, reason, counted, now=now, person_id=person_id)
    refund_order(session, order, lines, reason, now=now, person_id=person_id)
    notify_shopper(session, order, "order_refused", now)


def require_suspended(session: Session, cooperative_id: int) -> None:
    """Refuse to act in the place of a cooperative that works by itself.

    :raises NotSuspended: for one that is not suspended.
    """
    suspended_at = session.scalar(
        select(Cooperative.suspended_at).where(Cooperative.id == cooperative_id)
    )
    if suspended_at is None:
        raise NotSuspended(str(cooperative_id))


def _turn(
    session: Session, cooperative_id: int, suspended_at: datetime | None, reason: str | None
) -> bool:
    is_other = (
        Cooperative.suspended_at.is_(None)
        if suspended_at
        else Cooperative.suspended_at.is_not(None)
    )
    turned = session.scalar(
        update(Cooperative)
        .where(Cooperative.id == cooperative_id, is_other)
        .values(suspended_at=suspended_at, suspension=reason)
        .returning(Cooperative.id)
        .execution_options(synchronize_session=False)
    )
    return turned is not None


def _changed(
    session: Session, what: str, cooperative_id: int, *, now: datetime, person_id: int
) -> None:
    refresh_cooperative(session, cooperative_id)
    record(
        session,
        action=f"cooperative.{what}",
        subject=f"cooperative:{cooperative_id}",
        actor_id=person_id,
        cooperative_id=cooperative_id,
        now=now,
    )
    for _cooperative_id, contact_id in managers_to_tell(session, [cooperative_id]):
        notify(
            session,
            key=f"cooperative-{what}:{cooperative_id}:{int(now.timestamp())}:{contact_id}",
            kind=f"cooperative_{what}",
            contact_id=contact_id,
            now=now,
        )
