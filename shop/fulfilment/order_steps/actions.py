"""What a cooperative does with its orders, step by step. Each verb is for one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from shop.fulfilment.collecting.actions import require_fit
from shop.fulfilment.order_steps.shortage_offers import close_offer
from shop.fulfilment.orders.errors import (
    CountsMissing,
    ReasonMissing,
    WrongCode,
    WrongCount,
    WrongWay,
)
from shop.fulfilment.orders.events import on_accepted
from shop.fulfilment.orders.notifications import notify_shopper
from shop.fulfilment.orders.order_refunds import refund_order, refund_packs
from shop.fulfilment.orders.queries import lines_to_work_on, others_with_tracking, ship_by
from shop.fulfilment.orders.restocking import put_back, put_back_all
from shop.fulfilment.orders.rules import Reason, Shortfall, read_tracking
from shop.fulfilment.parcels.actions import arrive, load_at_counter, send
from shop.fulfilment.parcels.partial_cancellation import cancel_remaining, is_partially_shipped
from shop.payments.cash.actions import collect
from shop.payments.cash.errors import CashFirst, NotConfirmed
from shop.payments.cash.queries import cash_of, is_asked
from shop.sales.orders.actions import advance
from shop.sales.orders.errors import MoveRefused
from shop.sales.orders.models import Actor, Order, OrderLine, OrderState, Parcel
from shop.sales.orders.parcels import parcels_under_way
from shop.sales.orders.rules import DeliveryKind


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
    actor: Actor = Actor.COOPERATIVE,
    person_id: int | None = None,
) -> None:
    """Promise to send so many packs of each line (rule R9).

    What cannot be sent is paid back and the shelf is set right. When nothing can be sent, the
    order is refused.

    :param counts: packs that will be sent, by line id; each line has to be counted.
    :param shortfalls: why, for each line with fewer packs than ordered.
    :param actor: who decided it; after an offer (``shortages``), the shopper or the timeout.
    :raises CountsMissing, WrongCount, ReasonMissing: naming the line.
    :raises NotConfirmed: when its cash was promised and nobody asked the shopper yet.
    :raises ShelfBelowHeld: when fewer were counted on a shelf than are kept for others.
    """
    _require_state(order, OrderState.ACCEPTED, OrderState.NEW)
    lines = lines_to_work_on(session, order.id)
    shortfalls = shortfalls or {}
    check_counts(lines, counts, shortfalls)
    if any(counts.values()):
        require_confirmed(session, order)
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
    close_offer(session, order, lines, actor=actor, now=now)
    order.ship_by = ship_by(session, order, lines, now)
    advance(
        session,
        order,
        OrderState.ACCEPTED,
        actor=actor,
        person_id=person_id,
        now=now,
        facts={"refused": {str(line_id): packs for line_id, packs in short.items()}}
        if short
        else {},
    )
    if short:
        put_back(session, order, lines, short, shortfalls, now=now, person_id=person_id)
        refund_packs(session, order, lines, short, now=now, person_id=person_id)
    for listen in on_accepted:
        listen(session, order, now)
    notify_shopper(session, order, "order_accepted", now)


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
    notify_shopper(session, order, "order_refused", now)


def cancel(
    session: Session,
    order: Order,
    *,
    reason: Reason,
    now: datetime,
    person_id: int | None = None,
) -> None:
    """Cancel an accepted order that has not left, and refund all that is still held.

    Where a part of it has left, the rest is given up and the part goes on.
    """
    _require_state(order, OrderState.CANCELLED, OrderState.ACCEPTED, OrderState.READY)
    if is_partially_shipped(session, order):
        cancel_remaining(
            session, order, actor=Actor.COOPERATIVE, reason=reason, now=now, person_id=person_id
        )
        return
    _end(session, order, OrderState.CANCELLED, reason, {}, now, person_id)
    notify_shopper(session, order, "order_refused", now)


def mark_ready(
    session: Session, order: Order, *, now: datetime, person_id: int | None = None
) -> None:
    """Everything is packed; who picks up is told where, until when and with which code.

    :raises UnfitGoods: when some of it is past its last day, or was recalled.
    """
    require_fit(session, order, now)
    advance(
        session,
        order,
        OrderState.READY,
        actor=Actor.COOPERATIVE,
        person_id=person_id,
        now=now,
    )
    if order.delivery_kind is DeliveryKind.PICKUP:
        notify_shopper(session, order, "order_ready_pickup", now)


def hand_over(
    session: Session,
    order: Order,
    *,
    tracking: str,
    now: datetime,
    courier: str | None = None,
    packs: Mapping[int, int] | None = None,
    person_id: int | None = None,
) -> HandedOver:
    """Give a parcel to the courier: all that is packed, or a part of it first.

    :param tracking: the number on the courier's receipt, as it was typed.
    :param courier: who really took it; None: the one that was chosen.
    :param packs: what lies in it, by line id; None: all that is packed and still there.
    :raises NotATrackingNumber: when it cannot be one.
    :raises MoveRefused, WrongCount, NothingChosen, GoesWhole: see ``parcels.send``.
    """
    _require(order, DeliveryKind.COURIER)
    number = read_tracking(tracking)
    same = others_with_tracking(session, order, number)
    send(
        session,
        order,
        packs=packs,
        courier=courier or order.delivery_name,
        number=number,
        now=now,
        person_id=person_id,
    )
    return HandedOver(same)


def own_delivery_out(
    session: Session,
    order: Order,
    *,
    now: datetime,
    packs: Mapping[int, int] | None = None,
    person_id: int | None = None,
) -> None:
    """The cooperative sets out with a parcel itself.

    :param packs: what lies in it, by line id; None: all that is packed and still there.
    :raises MoveRefused, WrongCount, NothingChosen, GoesWhole: see ``parcels.send``.
    """
    _require(order, DeliveryKind.OWN)
    send(session, order, packs=packs, courier=None, number=None, now=now, person_id=person_id)


def own_delivery_done(
    session: Session,
    order: Order,
    *,
    receiver: str,
    now: datetime,
    cash: int | None = None,
    person_id: int | None = None,
) -> None:
    """Somebody took at the door what the cooperative had set out with.

    :param receiver: their name, kept on the parcels only.
    :param cash: rupiah that were taken for it, where it is paid in cash.
    :raises WrongCash: when that is not what was asked.
    """
    _require(order, DeliveryKind.OWN)
    out = parcels_under_way(session, order)
    if not out:
        raise MoveRefused(order.number, order.state, OrderState.ARRIVED)
    collect(session, order, taken=cash, person_id=person_id, now=now)
    for parcel in out:
        parcel.receiver_name = receiver
    _arrive(session, order, out, Actor.COOPERATIVE, now, person_id)


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
    :raises UnfitGoods: see :func:`mark_ready`; some days may have gone by.
    """
    _require(order, DeliveryKind.PICKUP)
    if "".join(code[:40].split()) != order.pickup_code:
        raise WrongCode(order.number)
    _require_state(order, OrderState.ARRIVED, OrderState.READY)
    require_fit(session, order, now)
    collect(session, order, taken=cash, person_id=person_id, now=now)
    advance(
        session,
        order,
        OrderState.ARRIVED,
        actor=Actor.COOPERATIVE,
        person_id=person_id,
        now=now,
    )
    load_at_counter(session, order, now)
    notify_shopper(session, order, "order_arrived", now)


def confirm_arrival(
    session: Session,
    order: Order,
    *,
    actor: Actor,
    now: datetime,
    parcel_id: int | None = None,
    person_id: int | None = None,
) -> None:
    """What is on its way is there: the shopper says so, or the cooperative knows (rule R13).

    :param parcel_id: one parcel of several; None: all that are on their way.
    :raises MoveRefused: when none is.
    :raises CashFirst: when its cash is still asked: whoever takes it says so.
    """
    out = [one for one in parcels_under_way(session, order) if parcel_id in (None, one.id)]
    if order.delivery_kind is DeliveryKind.PICKUP and not any(one.extra for one in out):
        raise WrongWay(order.number, order.delivery_kind)
    if is_asked(session, order.id):
        raise CashFirst(order.number)
    _arrive(session, order, out, actor, now, person_id)


def check_counts(
    lines: Sequence[OrderLine], counts: Mapping[int, int], shortfalls: Mapping[int, Shortfall]
) -> None:
    """Each line is counted, with no more than was ordered, and says why where it is fewer.

    :raises CountsMissing, WrongCount, ReasonMissing: naming the line.
    """
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
    counted = close_offer(session, order, lines, actor=Actor.COOPERATIVE, now=now)
    advance(
        session,
        order,
        to,
        actor=Actor.COOPERATIVE,
        person_id=person_id,
        now=now,
        reason=reason,
    )
    # Who counts now knows more than who counted for the question.
    known = {
        line_id: one
        for line_id, one in shortfalls.items()
        if one.left_on_shelf is not None or one.reason.packs_are_gone
    }
    told = {**shortfalls, **counted, **known}
    put_back_all(session, order, lines, reason, told, now=now, person_id=person_id)
    refund_order(session, order, lines, reason, now=now, person_id=person_id)


def _require_state(order: Order, to: OrderState, *allowed: OrderState) -> None:
    """Refuse before any count is written: a late form must not touch the lines."""
    if order.state not in allowed:
        raise MoveRefused(order.number, order.state, to)


def require_confirmed(session: Session, order: Order) -> None:
    """Nobody packs for cash before the shopper has said that the order stands.

    :raises NotConfirmed: when nobody asked them yet.
    """
    cash = cash_of(session, [order.id]).get(order.id)
    if cash is not None and cash.waits_for_yes:
        raise NotConfirmed(order.number)


def _require(order: Order, kind: DeliveryKind) -> None:
    if order.delivery_kind is not kind:
        raise WrongWay(order.number, order.delivery_kind)


def _arrive(
    session: Session,
    order: Order,
    out: Sequence[Parcel],
    actor: Actor,
    now: datetime,
    person_id: int | None,
) -> None:
    before = order.state
    arrive(session, order, out, actor=actor, now=now, person_id=person_id)
    if actor is not Actor.SHOPPER and order.state is not before:
        notify_shopper(
            session, order, "order_arrived", now
        )  # a shopper who says so knows it already
