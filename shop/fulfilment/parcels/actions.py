"""Parcels of one order: several that each carry a part, and one that goes on top of it.

Verbs for other rooms: ``actions.hand_over(…, packs=…)`` and ``actions.own_delivery_out(…,
packs=…)`` send a part of what is packed; :func:`send_another` sends packs once more after the
order arrived (an exchange, the rest, in place of what was lost); :func:`send_again` sends a lost
parcel of an order on its way anew. ``events.on_parcel_arrived`` tells who waits for one.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from shop.catalog.inventory import actions as inventory
from shop.catalog.inventory.errors import BelowHeld
from shop.catalog.inventory.models import MovementReason
from shop.core.values import clock
from shop.fulfilment.collecting.actions import require_fit
from shop.fulfilment.orders.errors import GoesWhole, NothingChosen, ShelfTooLow, WrongCount
from shop.fulfilment.orders.events import on_parcel_arrived
from shop.fulfilment.orders.notifications import notify_shopper
from shop.fulfilment.orders.queries import (
    lines_to_work_on,
    others_with_tracking,
    promised_on,
    zone_of,
)
from shop.fulfilment.orders.rules import NOT_ARRIVED, Reason, read_tracking
from shop.fulfilment.parcels.missing_parcels import still_missed
from shop.payments.cash.queries import is_asked
from shop.sales.orders import parcels
from shop.sales.orders.errors import AlreadyMoved, MoveRefused
from shop.sales.orders.models import Actor, Order, OrderLine, OrderState, Parcel, ParcelLine
from shop.sales.orders.rules import DeliveryKind

PART_SENT, PART_ARRIVED = "part_sent", "part_arrived"
SENT_AGAIN, EXTRA_SENT, EXTRA_ARRIVED = "sent_again", "extra_sent", "extra_arrived"
"""What events say of steps that leave an order where it is."""


def send(
    session: Session,
    order: Order,
    *,
    packs: Mapping[int, int] | None,
    courier: str | None,
    number: str | None,
    now: datetime,
    person_id: int | None,
) -> Parcel:
    """Let a parcel leave with what is packed, or with a part of it.

    :param packs: by line id; None: all that is packed and still there.
    :raises MoveRefused: when the order does not stand ready.
    :raises WrongCount: naming the line, when more is sent than is there.
    :raises NothingChosen: when no pack is.
    :raises GoesWhole: when cash is taken for it: once, for all of it.
    :raises UnfitGoods: when some of it is past its last day, or was recalled.
    """
    if order.state is not OrderState.READY:
        raise MoveRefused(order.number, order.state, OrderState.ON_THE_WAY)
    require_fit(session, order, now)
    left = {
        line.id: line.packed - line.shipped
        for line in lines_to_work_on(session, order.id)
        if line.packed > line.shipped
    }
    chosen = left if packs is None else _chosen(packs, left)
    if chosen != left and is_asked(session, order.id):
        raise GoesWhole(order.number)
    parcels.ship_packs(session, order, chosen)
    parcel = _load(session, order, chosen, courier=courier, number=number, now=now)
    with still_missed(order):
        parcels.update_order_state(
            session, order, actor=Actor.COOPERATIVE, now=now, person_id=person_id, part=PART_SENT
        )
    notify_shopper(session, order, "order_shipped", now, turn=how_many(session, order))
    return parcel


def send_again(
    session: Session,
    order: Order,
    *,
    tracking: str | None,
    now: datetime,
    parcel_id: int | None = None,
    courier: str | None = None,
    person_id: int | None = None,
) -> tuple[str, ...]:
    """Send another parcel in place of one that is lost or broken (R13); its cooperative bears it.

    The same packs are taken from the shelf once more; those that were sold are gone.

    :param tracking: as it was typed; None where the cooperative brings it itself.
    :param parcel_id: which one; None: the only one that is under way or failed.
    :return: other orders that carry the same tracking number.
    :raises MoveRefused: when no parcel of the order is on its way.
    :raises ShelfTooLow: naming the line of which too few lie there.
    """
    lost = _lost(session, order, parcel_id)
    packs = parcels.packs_in(session, lost)
    number, same = _number(session, order, tracking)
    gone = session.scalar(
        update(Parcel)
        .where(Parcel.id == lost.id, Parcel.given_up_at.is_(None), Parcel.arrived_at.is_(None))
        .values(given_up_at=now)
        .returning(Parcel.id)
        .execution_options(synchronize_session=False)
    )
    if gone is None:
        raise AlreadyMoved(order.number, order.state)
    session.refresh(lost)
    _take(session, order, packs, Reason.LOST_ON_THE_WAY, now, person_id)
    courier = courier or lost.courier
    _load(session, order, packs, courier=courier, number=number, now=now)
    order.needs = None if order.needs == NOT_ARRIVED else order.needs
    parcels.update_order_state(
        session, order, actor=Actor.COOPERATIVE, now=now, person_id=person_id, part=SENT_AGAIN
    )
    notify_shopper(session, order, "order_shipped", now, turn=how_many(session, order))
    return same


def send_another(
    session: Session,
    order: Order,
    *,
    packs: Mapping[int, int],
    reason: Reason,
    now: datetime,
    tracking: str | None = None,
    courier: str | None = None,
    person_id: int | None = None,
) -> tuple[Parcel, tuple[str, ...]]:
    """Send packs of an order that arrived once more: an exchange, the rest, what was lost.

    They come from the shelf and count on no line: what was sold was sold once. The order stays
    *tiba*; with the parcel's own arrival its time for complaints begins anew.

    :param packs: by line id, no more of a line than was sent of it.
    :param reason: why, for the parcel, the event and the shelf: ``SHORT`` the rest, ``DAMAGED``,
        ``WRONG_GOODS`` or ``BROKEN_ON_THE_WAY`` an exchange, ``LOST_ON_THE_WAY`` in its place.
    :param tracking: as it was typed; None where no courier takes it.
    :return: the parcel, and other orders that carry the same tracking number.
    :raises MoveRefused: when the order has not arrived, or is over.
    :raises WrongCount, NothingChosen, ShelfTooLow: naming the line.
    """
    if order.state is not OrderState.ARRIVED:
        raise MoveRefused(order.number, order.state, OrderState.ON_THE_WAY)
    maximum = {line.id: line.shipped for line in lines_to_work_on(session, order.id)}
    chosen = _chosen(packs, maximum)
    number, same = _number(session, order, tracking)
    _take(session, order, chosen, reason, now, person_id)
    parcel = _load(session, order, chosen, courier=courier, number=number, now=now, extra=reason)
    parcels.note(session, order, EXTRA_SENT, actor=Actor.COOPERATIVE, now=now, person_id=person_id)
    notify_shopper(session, order, "order_shipped", now, turn=how_many(session, order))
    return parcel, same


def arrive(
    session: Session,
    order: Order,
    arrived: Sequence[Parcel],
    *,
    actor: Actor,
    now: datetime,
    person_id: int | None,
) -> None:
    """Some parcels of an order are there; with the last of them the order is.

    :raises MoveRefused: when none of it is on its way.
    :raises AlreadyMoved: when somebody else said so before.
    """
    if not arrived:
        raise MoveRefused(order.number, order.state, OrderState.ARRIVED)
    was_missed = order.needs == NOT_ARRIVED
    for parcel in arrived:
        _mark_arrived(session, order, parcel, now)
        if parcel.extra is None:
            parcels.deliver_packs(session, order, parcels.packs_in(session, parcel))
    if was_missed and actor is Actor.SHOPPER and not parcels.parcels_under_way(session, order):
        order.needs = None  # also where the rest waits and the order stays where it is
    extra = [parcel for parcel in arrived if parcel.extra is not None]
    parcels.update_order_state(
        session,
        order,
        actor=actor,
        now=now,
        person_id=person_id,
        part=EXTRA_ARRIVED if len(extra) == len(arrived) else PART_ARRIVED,
    )
    if extra:
        order.arrived_at = now  # time for complaints runs from what came last
        was_missed = was_missed and actor is Actor.COOPERATIVE
        order.needs = None if order.needs == NOT_ARRIVED else order.needs
    if was_missed and actor is not Actor.SHOPPER:
        order.needs = NOT_ARRIVED  # only who missed it says that it is there
    session.flush()
    for parcel in extra:
        for listen in on_parcel_arrived:
            listen(session, order, parcel, now)


def load_at_counter(session: Session, order: Order, now: datetime) -> None:
    """What was fetched: handed over and there at once."""
    packs = {line.id: line.shipped for line in lines_to_work_on(session, order.id) if line.shipped}
    _load(session, order, packs, courier=None, number=None, now=now).arrived_at = now
    session.flush()


def _mark_arrived(session: Session, order: Order, parcel: Parcel, now: datetime) -> None:
    marked = session.scalar(
        update(Parcel)
        .where(Parcel.id == parcel.id, Parcel.arrived_at.is_(None))
        .where(Parcel.returned_at.is_(None), Parcel.given_up_at.is_(None))
        .values(arrived_at=now)
        .returning(Parcel.id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(parcel)
    if marked is None:
        raise AlreadyMoved(order.number, order.state)


def _chosen(packs: Mapping[int, int], maximum: Mapping[int, int]) -> dict[int, int]:
    for line_id, some in packs.items():
        if not 0 <= some <= maximum.get(line_id, 0):
            raise WrongCount(line_id, some, maximum.get(line_id, 0))
    chosen = {line_id: some for line_id, some in sorted(packs.items()) if some}
    if not chosen:
        raise NothingChosen
    return chosen


def _lost(session: Session, order: Order, parcel_id: int | None) -> Parcel:
    open_ones = [
        *parcels.parcels_under_way(session, order),
        *parcels.failed_parcels(session, order),
    ]
    mine = [one for one in open_ones if one.extra is None and parcel_id in (None, one.id)]
    if len(mine) != 1:
        raise MoveRefused(order.number, order.state, OrderState.ON_THE_WAY)
    return mine[0]


def _number(
    session: Session, order: Order, tracking: str | None
) -> tuple[str | None, tuple[str, ...]]:
    if tracking is None:
        return None, ()
    number = read_tracking(tracking)
    return number, others_with_tracking(session, order, number)


def _load(
    session: Session,
    order: Order,
    packs: Mapping[int, int],
    *,
    courier: str | None,
    number: str | None,
    now: datetime,
    extra: Reason | None = None,
) -> Parcel:
    parcel = Parcel(
        order_id=order.id,
        courier=courier,
        tracking_number=number,
        handed_over_at=now,
        promised_on=_promised(session, order, extra, now),
        extra=extra,
    )
    session.add(parcel)
    session.flush()
    session.add_all(
        ParcelLine(parcel_id=parcel.id, line_id=line_id, packs=some)
        for line_id, some in sorted(packs.items())
    )
    session.flush()
    return parcel


def _promised(session: Session, order: Order, extra: Reason | None, now: datetime) -> date | None:
    """What nobody promised a day of, and went on top, is waited for from today on."""
    day = None if order.delivery_kind is DeliveryKind.PICKUP else promised_on(session, order, now)
    if extra is None or day is not None:
        return day
    return clock.day_in(zone_of(session, order.cooperative_id), now)


def _take(
    session: Session,
    order: Order,
    packs: Mapping[int, int],
    reason: Reason,
    now: datetime,
    person_id: int | None,
) -> None:
    """Take packs from the shelf in the order of their shelves, so that two never wait crosswise."""
    lines = [session.get_one(OrderLine, line_id) for line_id in packs]
    for line in sorted(lines, key=lambda line: (line.variant_id, line.id)):
        try:
            inventory.change_by(
                session,
                variant_id=line.variant_id,
                cooperative_id=order.cooperative_id,
                change=-packs[line.id],
                reason=_movement(reason),
                person_id=person_id,
                reference=order.number,
                now=now,
            )
        except BelowHeld as refusal:
            there = max(packs[line.id] + refusal.counted - refusal.held, 0)
            raise ShelfTooLow(line.id, packs[line.id], there) from refusal


def _movement(reason: Reason) -> MovementReason:
    """The packs that were sold are missed for this; others take their place."""
    if reason is Reason.LOST_ON_THE_WAY:
        return MovementReason.LOST
    return MovementReason.SHORT if reason is Reason.SHORT else MovementReason.DAMAGED


def how_many(session: Session, order: Order) -> int:
    """Parcels of an order that left so far."""
    counted = select(func.count()).select_from(Parcel).where(Parcel.order_id == order.id)
    return session.scalar(counted) or 0
