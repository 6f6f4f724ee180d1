"""Parcels that left and were not handed over: try again, or take them back (rule R18)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from shop.fulfilment.orders.errors import CountsMissing, WrongCount, WrongWay
from shop.fulfilment.orders.notifications import notify_shopper
from shop.fulfilment.orders.order_refunds import give_back_parcel, give_back_returned
from shop.fulfilment.orders.queries import lines_to_work_on, promised_on
from shop.fulfilment.orders.restocking import take_in
from shop.fulfilment.orders.rules import FOR_FAILING, Reason
from shop.sales.orders import parcels
from shop.sales.orders.errors import MoveRefused
from shop.sales.orders.models import Actor, Order, OrderEvent, OrderState, Parcel
from shop.sales.orders.rules import DeliveryKind

NOT_TAKEN, BROUGHT_AGAIN, CAME_BACK = "part_not_taken", "part_brought_again", "part_came_back"
"""What events say of one parcel of several, where the order stays where it is."""


def record_failed_delivery(
    session: Session,
    order: Order,
    *,
    reason: Reason,
    now: datetime,
    parcel_id: int | None = None,
    person_id: int | None = None,
) -> None:
    """Record that a parcel was not handed over, and ask the shopper what to do.

    :param reason: one of ``rules.FOR_FAILING``.
    :param parcel_id: one parcel of several; None: all that are on their way.
    :raises MoveRefused: when none is.
    """
    if order.delivery_kind is DeliveryKind.PICKUP:
        raise WrongWay(order.number, order.delivery_kind)
    out = _some(parcels.parcels_under_way(session, order), parcel_id)
    if not out or order.state not in MAY_FAIL:
        raise MoveRefused(order.number, order.state, OrderState.UNDELIVERED)
    for parcel in out:
        parcel.failed_at = now
    turns = _times_failed(session, order)
    parcels.update_order_state(
        session,
        order,
        actor=Actor.COOPERATIVE,
        person_id=person_id,
        now=now,
        part=f"{NOT_TAKEN}:{reason}"[:40],
        reason=reason,
    )
    notify_shopper(session, order, "order_undelivered", now, turn=turns + 1)


def try_again(
    session: Session,
    order: Order,
    *,
    now: datetime,
    parcel_id: int | None = None,
    person_id: int | None = None,
) -> None:
    """Bring the same parcel once more.

    :param parcel_id: one parcel of several; None: all that were not handed over.
    :raises MoveRefused: when there is none.
    """
    failed = _some(parcels.failed_parcels(session, order), parcel_id)
    if not failed:
        raise MoveRefused(order.number, order.state, OrderState.ON_THE_WAY)
    for parcel in failed:
        parcel.failed_at, parcel.promised_on = None, promised_on(session, order, now)
    parcels.update_order_state(
        session,
        order,
        actor=Actor.COOPERATIVE,
        person_id=person_id,
        now=now,
        part=BROUGHT_AGAIN,
    )


def return_to_stock(
    session: Session,
    order: Order,
    *,
    fit: Mapping[int, int],
    now: datetime,
    parcel_id: int | None = None,
    person_id: int | None = None,
) -> None:
    """The parcel is back at the cooperative: restock it and refund the shopper.

    Before the rest of its order left, its packs stand packed with the rest again, and no money
    moves: they leave once more or are given up with it.

    :param fit: packs that can be sold again, by line id; each line that lies in it is counted,
        and the rest of its packs is written off.
    :param parcel_id: one parcel of several; None: all that were not handed over.
    :raises CountsMissing, WrongCount: naming the line.
    """
    failed = _some(parcels.failed_parcels(session, order), parcel_id)
    if not failed:
        # Before any count is looked at: a late form must not touch the shelf.
        raise MoveRefused(order.number, order.state, OrderState.RETURNED)
    back: dict[int, int] = {}
    for parcel in failed:
        for line_id, packs in parcels.packs_in(session, parcel).items():
            back[line_id] = back.get(line_id, 0) + packs
    reason = _why(session, order)
    if order.state is OrderState.READY:
        _stand_again(session, order, failed, back, now, person_id)
        return
    _check(back, fit)
    for parcel in failed:
        parcel.returned_at = now
    lines = [line for line in lines_to_work_on(session, order.id) if line.id in back]
    _count_back(session, order, back, now, person_id, reason)
    take_in(session, order, lines, back, fit, now=now, person_id=person_id)
    mine = lines_to_work_on(session, order.id)
    if order.state is OrderState.RETURNED:
        give_back_returned(session, order, mine, reason, now=now, person_id=person_id)
    else:
        cause = f"parcel:{failed[0].id}:{order.number}"
        give_back_parcel(session, order, mine, back, reason, cause, now=now, person_id=person_id)
    notify_shopper(session, order, "order_returned", now, turn=_times_back(session, order))


MAY_FAIL = (OrderState.READY, OrderState.ON_THE_WAY, OrderState.UNDELIVERED)


def _some(found: Sequence[Parcel], parcel_id: int | None) -> list[Parcel]:
    return [one for one in found if one.extra is None and parcel_id in (None, one.id)]


def _check(back: Mapping[int, int], fit: Mapping[int, int]) -> None:
    missing = tuple(line_id for line_id in back if line_id not in fit)
    if missing:
        raise CountsMissing(missing)
    for line_id, packs in back.items():
        if not 0 <= fit[line_id] <= packs:
            raise WrongCount(line_id, fit[line_id], packs)


def _stand_again(
    session: Session,
    order: Order,
    failed: Sequence[Parcel],
    back: Mapping[int, int],
    now: datetime,
    person_id: int | None,
) -> None:
    for parcel in failed:
        parcel.returned_at = now
    parcels.unship_packs(session, order, back)
    parcels.update_order_state(
        session, order, actor=Actor.COOPERATIVE, person_id=person_id, now=now, part=CAME_BACK
    )


def _count_back(
    session: Session,
    order: Order,
    back: Mapping[int, int],
    now: datetime,
    person_id: int | None,
    reason: Reason,
) -> None:
    parcels.return_packs(session, order, back)
    parcels.update_order_state(
        session,
        order,
        actor=Actor.COOPERATIVE,
        person_id=person_id,
        now=now,
        part=CAME_BACK,
        reason=reason,
    )


def _failings(order: Order) -> Select[int]:
    return select(func.count()).select_from(OrderEvent).where(OrderEvent.order_id == order.id)


def _times_failed(session: Session, order: Order) -> int:
    """How often a parcel of it was not handed over before."""
    entered = (OrderEvent.to_state == OrderState.UNDELIVERED) & (
        OrderEvent.from_state != OrderState.UNDELIVERED
    )
    part = OrderEvent.reason.startswith(NOT_TAKEN)
    return session.scalar(_failings(order).where(entered | part)) or 0


def _times_back(session: Session, order: Order) -> int:
    counted = select(func.count()).select_from(Parcel)
    return (
        session.scalar(counted.where(Parcel.order_id == order.id, Parcel.returned_at.is_not(None)))
        or 1
    )


def _why(session: Session, order: Order) -> Reason:
    """Why it was not handed over, the last time somebody tried."""
    code = session.scalars(
        select(OrderEvent.reason)
        .where(OrderEvent.order_id == order.id)
        .where(
            OrderEvent.reason.in_(FOR_FAILING)
            | OrderEvent.reason.startswith(f"{NOT_TAKEN}:", autoescape=True)
        )
        .order_by(OrderEvent.id.desc())
        .limit(1)
    ).one()
    return Reason((code or "").removeprefix(f"{NOT_TAKEN}:"))
