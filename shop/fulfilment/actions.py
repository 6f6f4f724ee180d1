"""What a cooperative does with its orders, step by step. Each verb is for one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.cash.actions import collect
from shop.cash.errors import CashFirst, NotConfirmed
from shop.cash.queries import cash_of, is_asked
from shop.catalog.models import Product
from shop.core import clock, policy
from shop.fulfilment.errors import CountsMissing, ReasonMissing, WrongCode, WrongCount, WrongWay
from shop.fulfilment.events import on_accepted
from shop.fulfilment.money import give_back_all, give_back_packs
from shop.fulfilment.queries import (
    lines_to_work_on,
    others_with_tracking,
    working_days_on,
    zone_of,
)
from shop.fulfilment.rules import NOT_ARRIVED, Reason, Shortfall, read_tracking
from shop.fulfilment.shelves import put_back, put_back_all
from shop.orders.actions import advance
from shop.orders.errors import MoveRefused
from shop.orders.models import Actor, Order, OrderLine, OrderState, Parcel, Purchase
from shop.orders.rules import DeliveryKind
from shop.outbox.actions import notify


@dataclass(frozen=True, slots=True)
class HandedOver:
    """A parcel that left."""

    same_number: tuple[str, ...]
    """Other orders of this cooperative that carry the same tracking number: worth a look."""


def accept(
    session: Session,
    order: Order,
    *,
    counts: Mapping[int, int],
    now: datetime,
    shortfalls: Mapping[int, Shortfall] | None = None,
    person_id: int | None = None,
) -> None:
    """Promise to send so many packs of each line (rule R9).

    What cannot be sent is paid back and the shelf is set right. When nothing can be sent, the
    order is refused.

    :param counts: packs that will be sent, by line id; each line has to be counted.
    :param shortfalls: why, for each line with fewer packs than ordered.
    :raises CountsMissing, WrongCount, ReasonMissing: naming the line.
    :raises NotConfirmed: when its cash was promised and nobody asked the shopper yet.
    :raises ShelfBelowHeld: when fewer were counted on a shelf than are kept for others.
    """
    _require_state(order, OrderState.ACCEPTED, OrderState.NEW)
    lines = lines_to_work_on(session, order.id)
    shortfalls = shortfalls or {}
    _check_counts(lines, counts, shortfalls)
    if any(counts.values()):
        _require_confirmed(session, order)
    short = {
        line.id: line.packs - counts[line.id] for line in lines if counts[line.id] < line.packs
    }
    for line in lines:
        line.accepted = counts[line.id]
        line.refusal = shortfalls[line.id].reason if line.id in short else None
    if not any(counts.values()):
        refuse(
            session,
            order,
            reason=next(iter(shortfalls.values())).reason,
            now=now,
            person_id=person_id,
            shortfalls=shortfalls,
        )
        return
    order.ship_by = ship_by(session, order, lines, now)
    advance(
        session,
        order,
        OrderState.ACCEPTED,
        actor=Actor.COOPERATIVE,
        person_id=person_id,
        now=now,
        facts={"refused": {str(line_id): packs for line_id, packs in short.items()}}
        if short
        else {},
    )
    if short:
        put_back(session, order, lines, short, shortfalls, now=now, person_id=person_id)
        give_back_packs(session, order, lines, short, now=now, person_id=person_id)
    for listen in on_accepted:
        listen(session, order, now)
    tell(session, order, "order_accepted", now)


def refuse(
    session: Session,
    order: Order,
    *,
    reason: Reason,
    now: datetime,
    shortfalls: Mapping[int, Shortfall] | None = None,
    person_id: int | None = None,
) -> None:
    """Send nothing of a new order: all of its money goes back, the other orders go on."""
    _end(session, order, OrderState.REFUSED, reason, shortfalls or {}, now, person_id)
    tell(session, order, "order_refused", now)


def call_off(
    session: Session,
    order: Order,
    *,
    reason: Reason,
    now: datetime,
    person_id: int | None = None,
) -> None:
    """Give up an order that was accepted and has not left: all that is still held goes back."""
    _require_state(order, OrderState.CANCELLED, OrderState.ACCEPTED, OrderState.READY)
    _end(session, order, OrderState.CANCELLED, reason, {}, now, person_id)
    tell(session, order, "order_refused", now)


def mark_ready(
    session: Session, order: Order, *, now: datetime, person_id: int | None = None
) -> None:
    """Everything is packed; who picks up is told where, until when and with which code."""
    advance(
        session,
        order,
        OrderState.READY,
        actor=Actor.COOPERATIVE,
        person_id=person_id,
        now=now,
    )
    if order.delivery_kind is DeliveryKind.PICKUP:
        tell(session, order, "order_ready_pickup", now)


def hand_over(
    session: Session,
    order: Order,
    *,
    tracking: str,
    now: datetime,
    courier: str | None = None,
    person_id: int | None = None,
) -> HandedOver:
    """Give a parcel to the courier.

    :param tracking: the number on the courier's receipt, as it was typed.
    :param courier: who really took it; None: the one that was chosen.
    :raises NotATrackingNumber: when it cannot be one.
    """
    _require(order, DeliveryKind.COURIER)
    number = read_tracking(tracking)
    same = others_with_tracking(session, order, number)
    _leave(session, order, now, person_id)
    session.add(
        Parcel(
            order_id=order.id,
            courier=courier or order.delivery_name,
            tracking_number=number,
            handed_over_at=now,
            promised_on=promised_on(session, order, now),
        )
    )
    tell(session, order, "order_shipped", now)
    return HandedOver(same)


def own_delivery_out(
    session: Session, order: Order, *, now: datetime, person_id: int | None = None
) -> None:
    """The cooperative sets out with the parcel itself."""
    _require(order, DeliveryKind.OWN)
    _leave(session, order, now, person_id)
    session.add(
        Parcel(order_id=order.id, handed_over_at=now, promised_on=promised_on(session, order, now))
    )
    tell(session, order, "order_shipped", now)


def own_delivery_done(
    session: Session,
    order: Order,
    *,
    receiver: str,
    now: datetime,
    cash: int | None = None,
    person_id: int | None = None,
) -> None:
    """Somebody took the parcel at the door.

    :param receiver: their name, kept on the parcel only.
    :param cash: rupiah that were taken for it, where it is paid in cash.
    :raises WrongCash: when that is not what was asked.
    """
    _require(order, DeliveryKind.OWN)
    _require_state(order, OrderState.ARRIVED, OrderState.ON_THE_WAY)
    collect(session, order, taken=cash, person_id=person_id, now=now)
    _arrive(session, order, Actor.COOPERATIVE, now, person_id)
    parcel = latest_parcel(session, order)
    parcel.receiver_name = receiver
    parcel.arrived_at = now
    session.flush()


def hand_over_pickup(
    session: Session,
    order: Order,
    *,
    code: str,
    now: datetime,
    cash: int | None = None,
    person_id: int | None = None,
) -> None:
    """Give a parcel to whoever says the code: that is the proof that it arrived.

    How often a code may be tried is for the page to count.

    :param cash: rupiah that were taken for it, where it is paid in cash.
    :raises WrongCode: when it is another one.
    :raises WrongCash: when that is not what was asked.
    """
    _require(order, DeliveryKind.PICKUP)
    if "".join(code[:40].split()) != order.pickup_code:
        raise WrongCode(order.number)
    _require_state(order, OrderState.ARRIVED, OrderState.READY)
    collect(session, order, taken=cash, person_id=person_id, now=now)
    _arrive(session, order, Actor.COOPERATIVE, now, person_id)
    session.add(Parcel(order_id=order.id, handed_over_at=now, arrived_at=now))
    session.flush()


def confirm_arrival(
    session: Session,
    order: Order,
    *,
    actor: Actor,
    now: datetime,
    person_id: int | None = None,
) -> None:
    """A parcel on its way is there: the shopper says so, or the cooperative knows (rule R13).

    :raises CashFirst: when its cash is still asked: whoever takes it says so.
    """
    if order.delivery_kind is DeliveryKind.PICKUP:
        raise WrongWay(order.number, order.delivery_kind)
    if is_asked(session, order.id):
        raise CashFirst(order.number)
    is_missed = order.needs == NOT_ARRIVED and actor is not Actor.SHOPPER
    _arrive(session, order, actor, now, person_id)
    if is_missed:
        order.needs = NOT_ARRIVED  # only who missed it says that it is there
    latest_parcel(session, order).arrived_at = now
    session.flush()


def _check_counts(
    lines: Sequence[OrderLine], counts: Mapping[int, int], shortfalls: Mapping[int, Shortfall]
) -> None:
    missing = tuple(line.id for line in lines if line.id not in counts)
    if missing:
        raise CountsMissing(missing)
    for line in lines:
        if not 0 <= counts[line.id] <= line.packs:
            raise WrongCount(line.id, counts[line.id], line.packs)
        if counts[line.id] < line.packs and line.id not in shortfalls:
            raise ReasonMissing(line.id)


def _end(
    session: Session,
    order: Order,
    to: OrderState,
    reason: Reason,
    shortfalls: Mapping[int, Shortfall],
    now: datetime,
    person_id: int | None,
) -> None:
    lines = lines_to_work_on(session, order.id)
    advance(
        session,
        order,
        to,
        actor=Actor.COOPERATIVE,
        person_id=person_id,
        now=now,
        reason=reason,
    )
    put_back_all(session, order, lines, reason, shortfalls, now=now, person_id=person_id)
    give_back_all(session, order, lines, reason, now=now, person_id=person_id)


def _require_state(order: Order, to: OrderState, *allowed: OrderState) -> None:
    """Refuse before any count is written: a late form must not touch the lines."""
    if order.state not in allowed:
        raise MoveRefused(order.number, order.state, to)


def _require_confirmed(session: Session, order: Order) -> None:
    cash = cash_of(session, [order.id]).get(order.id)
    if cash is not None and cash.waits_for_yes:
        raise NotConfirmed(order.number)


def _require(order: Order, kind: DeliveryKind) -> None:
    if order.delivery_kind is not kind:
        raise WrongWay(order.number, order.delivery_kind)


def _leave(session: Session, order: Order, now: datetime, person_id: int | None) -> None:
    advance(
        session,
        order,
        OrderState.ON_THE_WAY,
        actor=Actor.COOPERATIVE,
        person_id=person_id,
        now=now,
    )


def _arrive(
    session: Session, order: Order, actor: Actor, now: datetime, person_id: int | None
) -> None:
    advance(session, order, OrderState.ARRIVED, actor=actor, person_id=person_id, now=now)
    if actor is not Actor.SHOPPER:  # who says so knows it already
        tell(session, order, "order_arrived", now)


def latest_parcel(session: Session, order: Order) -> Parcel:
    """The box of an order that left."""
    return session.scalars(
        select(Parcel).where(Parcel.order_id == order.id).order_by(Parcel.id.desc()).limit(1)
    ).one()


def ship_by(session: Session, order: Order, lines: Sequence[OrderLine], now: datetime) -> datetime:
    """The shipping promise: the longest making of what is sent, and two working days (R8)."""
    sent = [line.product_id for line in lines if line.accepted]
    longest = session.scalar(select(func.max(Product.days_to_make)).where(Product.id.in_(sent)))
    extra = policy.figures(session, clock.day_in(clock.HOME_ZONE, now))["ship_extra_working_days"]
    return working_days_on(session, order.cooperative_id, now, (longest or 0) + extra)


def promised_on(session: Session, order: Order, now: datetime) -> date | None:
    """The last day that the chosen way named, counted from the hand-over."""
    if order.days_most is None:
        return None
    return clock.day_in(zone_of(session, order.cooperative_id), now) + timedelta(
        days=order.days_most
    )


def tell(session: Session, order: Order, kind: str, now: datetime, *, turn: int = 1) -> None:
    """Tell the shopper, once for each step.

    :param turn: how often the order has come to this step: each time is told.
    """
    contact_id = session.scalar(select(Purchase.contact_id).where(Purchase.id == order.purchase_id))
    assert contact_id is not None
    notify(
        session,
        key=f"{kind}:{order.id}" + (f":{turn}" if turn > 1 else ""),
        kind=kind,
        contact_id=contact_id,
        cooperative_id=order.cooperative_id,
        order_id=order.id,
        purchase_id=order.purchase_id,
        now=now,
    )
