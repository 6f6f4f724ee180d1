"""Planning when a cooperative rests: its weekend, and times in which it sends nothing."""

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.people.cooperatives import events
from shop.people.cooperatives.errors import ClosingOverlaps, NoSuchClosing
from shop.people.cooperatives.models import Closing, Cooperative
from shop.services.audit.actions import record


def plan_closing(
    session: Session,
    *,
    cooperative_id: int,
    last_sending: date,
    reopens: date,
    note: str | None,
    person_id: int,
    now: datetime,
) -> Closing:
    """Close for a while; clocks of open orders pause for those days.

    :raises ClosingOverlaps: when some of the days are closed already.
    """
    # Two plans at once would not see each other's days.
    session.execute(
        select(Cooperative.id).where(Cooperative.id == cooperative_id).with_for_update()
    )
    other = session.scalars(
        select(Closing)
        .where(Closing.cooperative_id == cooperative_id, Closing.withdrawn_at.is_(None))
        .where(Closing.last_sending < reopens, Closing.reopens > last_sending)
        .order_by(Closing.last_sending)
        .limit(1)
    ).one_or_none()
    if other is not None:
        raise ClosingOverlaps(other.last_sending, other.reopens)
    closing = Closing(
        cooperative_id=cooperative_id,
        last_sending=last_sending,
        reopens=reopens,
        note=note,
        planned_at=now,
    )
    session.add(closing)
    session.flush()
    _changed(session, "closing.planned", cooperative_id, person_id, now)
    return closing


def withdraw_closing(
    session: Session, *, cooperative_id: int, closing_id: int, person_id: int, now: datetime
) -> None:
    """Take a closing back, before or while it lasts; the same again changes nothing.

    :raises NoSuchClosing: when it is not this cooperative's.
    """
    closing = session.scalars(
        select(Closing)
        .where(Closing.id == closing_id, Closing.cooperative_id == cooperative_id)
        .with_for_update()
    ).one_or_none()
    if closing is None:
        raise NoSuchClosing(str(closing_id))
    if closing.withdrawn_at is None:
        closing.withdrawn_at = now
        session.flush()
        _changed(session, "closing.withdrawn", cooperative_id, person_id, now)


def set_weekend(
    session: Session, *, cooperative_id: int, weekend: str, person_id: int, now: datetime
) -> None:
    """Say on which days of the week a cooperative rests, ``67``: never on all of them."""
    session.execute(
        update(Cooperative).where(Cooperative.id == cooperative_id).values(weekend=weekend)
    )
    _changed(session, "weekend.changed", cooperative_id, person_id, now)


def _changed(
    session: Session, action: str, cooperative_id: int, person_id: int, now: datetime
) -> None:
    record(
        session,
        action=action,
        subject=f"cooperative:{cooperative_id}",
        actor_id=person_id,
        cooperative_id=cooperative_id,
        now=now,
    )
    for listen in events.on_calendar_change:
        listen(session, cooperative_id, now)
