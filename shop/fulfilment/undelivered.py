"""Parcels that left and were not handed over: try again, or take them back (rule R18)."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.fulfilment.actions import latest_parcel, promised_on, tell
from shop.fulfilment.errors import CountsMissing, WrongCount, WrongWay
from shop.fulfilment.money import give_back_returned
from shop.fulfilment.queries import lines_to_work_on
from shop.fulfilment.rules import Reason
from shop.fulfilment.shelves import take_in
from shop.orders.actions import advance
from shop.orders.errors import MoveRefused
from shop.orders.models import Actor, Order, OrderEvent, OrderState
from shop.orders.rules import DeliveryKind


def could_not_deliver(
    session: Session,
    order: Order,
    *,
    reason: Reason,
    now: datetime,
    person_id: int | None = None,
) -> None:
    """A parcel on its way was not handed over; the shopper is told and asked.

    :param reason: one of ``rules.FOR_FAILING``.
    """
    if order.delivery_kind is DeliveryKind.PICKUP:
        raise WrongWay(order.number, order.delivery_kind)
    advance(
        session,
        order,
        OrderState.UNDELIVERED,
        actor=Actor.COOPERATIVE,
        person_id=person_id,
        now=now,
        reason=reason,
    )
    turns = session.scalar(
        select(func.count()).where(
            OrderEvent.order_id == order.id, OrderEvent.to_state == OrderState.UNDELIVERED
        )
    )
    tell(session, order, "order_undelivered", now, turn=turns or 1)


def try_again(
    session: Session, order: Order, *, now: datetime, person_id: int | None = None
) -> None:
    """Bring the same parcel once more."""
    advance(
        session,
        order,
        OrderState.ON_THE_WAY,
        actor=Actor.COOPERATIVE,
        person_id=person_id,
        now=now,
    )
    latest_parcel(session, order).promised_on = promised_on(session, order, now)
    session.flush()


def take_back(
    session: Session,
    order: Order,
    *,
    fit: Mapping[int, int],
    now: datetime,
    person_id: int | None = None,
) -> None:
    """The parcel is at the cooperative again: the shelf is set right, the money goes back.

    :param fit: packs that can be sold again, by line id; each line that was sent is counted, and
        the rest of its packs is written off.
    :raises CountsMissing, WrongCount: naming the line.
    """
    if order.state is not OrderState.UNDELIVERED:
        # Before any count is looked at: a late form must not touch the shelf.
        raise MoveRefused(order.number, order.state, OrderState.RETURNED)
    lines = [line for line in lines_to_work_on(session, order.id) if line.shipped]
    missing = tuple(line.id for line in lines if line.id not in fit)
    if missing:
        raise CountsMissing(missing)
    for line in lines:
        if not 0 <= fit[line.id] <= line.shipped:
            raise WrongCount(line.id, fit[line.id], line.shipped)
    reason = _why(session, order)
    advance(
        session,
        order,
        OrderState.RETURNED,
        actor=Actor.COOPERATIVE,
        person_id=person_id,
        now=now,
        reason=reason,
    )
    take_in(session, order, lines, fit, now=now, person_id=person_id)
    give_back_returned(
        session,
        order,
        lines_to_work_on(session, order.id),
        reason,
        now=now,
        person_id=person_id,
    )
    tell(session, order, "order_returned", now)


def _why(session: Session, order: Order) -> Reason:
    """Why it was not handed over, the last time somebody tried."""
    code = session.scalars(
        select(OrderEvent.reason)
        .where(OrderEvent.order_id == order.id, OrderEvent.to_state == OrderState.UNDELIVERED)
        .order_by(OrderEvent.id.desc())
        .limit(1)
    ).one()
    return Reason(code or "")
