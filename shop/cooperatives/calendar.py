"""On which days cooperatives work: what clocks and arrival dates are counted by (rule R14)."""

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from shop.cooperatives.models import Closing, Cooperative
from shop.cooperatives.rules import Calendar, ClosedTime
from shop.core.clock import HOME_ZONE

LOOKS_BACK = timedelta(days=120)
"""How long an old closing can still move a clock: one that began before it, and waits."""


def calendars(session: Session, cooperative_ids: Collection[int], on: date) -> dict[int, Calendar]:
    """Each cooperative's calendar, with closings since a while before ``on``. One statement."""
    rows = session.execute(
        select(
            Cooperative.id,
            Cooperative.zone,
            Cooperative.weekend,
            Closing.id,
            Closing.last_sending,
            Closing.reopens,
            Closing.note,
        )
        .outerjoin(
            Closing,
            and_(
                Closing.cooperative_id == Cooperative.id,
                Closing.withdrawn_at.is_(None),
                Closing.reopens > on - LOOKS_BACK,
            ),
        )
        .where(Cooperative.id.in_(cooperative_ids))
        .order_by(Closing.last_sending, Closing.id)
    )
    found: dict[int, tuple[str, str, list[ClosedTime]]] = {}
    for cooperative_id, zone, weekend, closing_id, last_sending, reopens, note in rows:
        times = found.setdefault(cooperative_id, (zone, weekend, []))[2]
        if closing_id is not None:
            times.append(ClosedTime(last_sending, reopens, note, closing_id))
    return {
        cooperative_id: Calendar(zone, weekend, tuple(times))
        for cooperative_id, (zone, weekend, times) in found.items()
    }


def is_closed(cooperative_id: InstrumentedAttribute[int], on: date) -> ColumnElement[bool]:
    """Whether a row's cooperative sends nothing on this day; part of a larger question."""
    return exists().where(
        Closing.cooperative_id == cooperative_id,
        Closing.withdrawn_at.is_(None),
        Closing.last_sending < on,
        Closing.reopens > on,
    )


def calendar_of(session: Session, cooperative_id: int, on: date) -> Calendar:
    """One cooperative's calendar; that of Jakarta's offices where nobody is known."""
    return calendars(session, [cooperative_id], on).get(cooperative_id) or Calendar(HOME_ZONE)
