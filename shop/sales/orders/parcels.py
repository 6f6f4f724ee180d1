"""Packs leave and arrive parcel by parcel; the order's state follows from what is counted (R7)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from shop.sales.orders.actions import advance
from shop.sales.orders.errors import TooManyPacks
from shop.sales.orders.models import (
    Actor,
    Order,
    OrderEvent,
    OrderLine,
    OrderState,
    Parcel,
    ParcelLine,
)
from shop.sales.orders.rules import NOT_FROM_QUANTITIES, state_of, way_to


def ship_packs(session: Session, order: Order, packs: Mapping[int, int]) -> None:
    """Count packs of an order as gone, each line by one conditional update.

    :param packs: by line id, ``> 0``.
    :raises TooManyPacks: when fewer of a line are packed and still there, whoever took them.
    """
    _count(session, order, packs, OrderLine.shipped, OrderLine.packed)


def unship_packs(session: Session, order: Order, packs: Mapping[int, int]) -> None:
    """A parcel came back before the rest left: its packs stand packed at the cooperative again."""
    back = {line_id: -some for line_id, some in packs.items()}
    _count(session, order, back, OrderLine.shipped, OrderLine.packed)


def deliver_packs(session: Session, order: Order, packs: Mapping[int, int]) -> None:
    """Count packs that left as arrived."""
    _count(session, order, packs, OrderLine.delivered, OrderLine.shipped)


def return_packs(session: Session, order: Order, packs: Mapping[int, int]) -> None:
    """Count packs that left as returned to the cooperative."""
    _count(session, order, packs, OrderLine.returned, OrderLine.shipped)


def update_order_state(
    session: Session,
    order: Order,
    *,
    actor: Actor,
    now: datetime,
    person_id: int | None = None,
    part: str,
    reason: str | None = None,
) -> None:
    """Set an order to the state that its quantities and parcels imply.

    Where that is the state it has, the step leaves an event too: from it to itself.

    :param part: what happened to a part of it, as a code, where the order stays where it is.
    :param reason: why the order moves, as a code.
    """
    session.flush()
    lines = session.scalars(select(OrderLine).where(OrderLine.order_id == order.id)).all()
    beside = OrderState.UNDELIVERED if _has_failed(session, order) else None
    if order.state in NOT_FROM_QUANTITIES and order.state is not OrderState.UNDELIVERED:
        beside = order.state
    told = state_of(lines, confirmed=True, beside=beside)
    if told is order.state:
        note(session, order, part, actor=actor, now=now, person_id=person_id)
    for to in way_to(order.state, told):
        advance(
            session,
            order,
            to,
            actor=actor,
            now=now,
            person_id=person_id,
            reason=reason,
            bound_for=told,
        )


def note(
    session: Session,
    order: Order,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
    person_id: int | None = None,
) -> None:
    """Write down a step that leaves the order where it is."""
    session.add(
        OrderEvent(
            order_id=order.id,
            at=now,
            actor=actor,
            person_id=person_id,
            from_state=order.state,
            to_state=order.state,
            reason=reason,
            facts={},
        )
    )
    session.flush()


def packs_in(session: Session, parcel: Parcel) -> dict[int, int]:
    """What lies in a parcel: packs by line id."""
    rows = session.execute(
        select(ParcelLine.line_id, ParcelLine.packs)
        .where(ParcelLine.parcel_id == parcel.id)
        .order_by(ParcelLine.line_id)
    )
    return dict(rows.all())


def parcels_under_way(session: Session, order: Order) -> Sequence[Parcel]:
    """Parcels of an order that left and of which nothing has been heard since."""
    return session.scalars(
        select(Parcel)
        .where(Parcel.order_id == order.id, Parcel.handed_over_at.is_not(None))
        .where(Parcel.arrived_at.is_(None), Parcel.failed_at.is_(None))
        .where(Parcel.returned_at.is_(None), Parcel.given_up_at.is_(None))
        .order_by(Parcel.id)
    ).all()


def failed_parcels(session: Session, order: Order) -> Sequence[Parcel]:
    """Parcels of an order that were not handed over, and are neither back nor given up."""
    return session.scalars(
        select(Parcel)
        .where(Parcel.order_id == order.id, Parcel.failed_at.is_not(None))
        .where(Parcel.returned_at.is_(None), Parcel.given_up_at.is_(None))
        .order_by(Parcel.id)
    ).all()


def _has_failed(session: Session, order: Order) -> bool:
    return any(parcel.extra is None for parcel in failed_parcels(session, order))


def _count(
    session: Session,
    order: Order,
    packs: Mapping[int, int],
    counted: InstrumentedAttribute[int],
    maximum: InstrumentedAttribute[int],
) -> None:
    for line_id, some in sorted(packs.items()):
        # The test sits inside the UPDATE, so nobody can send the same packs twice.
        done = session.scalar(
            update(OrderLine)
            .where(OrderLine.id == line_id, OrderLine.order_id == order.id)
            .where(counted + some <= maximum, counted + some >= 0)
            .values({counted: counted + some})
            .returning(OrderLine.id)
            .execution_options(synchronize_session=False)
        )
        line = session.get(OrderLine, line_id)
        if line is not None:
            session.refresh(line)
        if done is None:
            left = 0 if line is None else getattr(line, maximum.key) - getattr(line, counted.key)
            raise TooManyPacks(line_id, some, left)
