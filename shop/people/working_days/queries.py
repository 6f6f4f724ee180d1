"""On which days cooperatives work: what clocks and arrival dates are counted by (rule R14)."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    exists,
    select,
)
from sqlalchemy.orm import Session

from shop.core.database.schema import columns_of, table_of
from shop.core.values.clock import HOME_ZONE
from shop.people.cooperatives.models import Closing, Cooperative
from shop.people.cooperatives.rules import Calendar, ClosedTime

LOOKS_BACK = timedelta(days=120)
"""How long an old closing can still move a clock: one that began before it, and waits."""


def calendars(session: Session, cooperative_ids: Collection[int], on: date) -> dict[int, Calendar]:
    """Each cooperative's calendar, with closings since a while before ``on``. One statement."""
    values = {"since": looked_back(on), "cooperatives": list(cooperative_ids)}
    return read_calendars(session.execute(_calendars(), values))


_CLOSINGS, _COOPERATIVES = table_of(Closing), table_of(Cooperative)
CALENDAR = columns_of(
    Cooperative.id,
    Cooperative.zone,
    Cooperative.weekend,
    Closing.id,
    Closing.last_sending,
    Closing.reopens,
    Closing.note,
)
"""The columns that calendars are read from: a row for each closing."""


@cache
def _calendars() -> Select[*tuple[Any, ...]]:
    return with_closings(select(*CALENDAR), bindparam("since", type_=Date)).where(
        _COOPERATIVES.c.id.in_(bindparam("cooperatives", expanding=True))
    )


def looked_back(on: date) -> date:
    """The day since when closings still matter on ``on``."""
    return on - LOOKS_BACK


def with_closings(
    wanted: Select[*tuple[Any, ...]], since: date | ColumnElement[date]
) -> Select[*tuple[Any, ...]]:
    """A statement over cooperatives with their closings since a day (:func:`looked_back`)."""
    return (
        wanted.select_from(_COOPERATIVES)
        .outerjoin(
            _CLOSINGS,
            and_(
                _CLOSINGS.c.cooperative_id == _COOPERATIVES.c.id,
                _CLOSINGS.c.withdrawn_at.is_(None),
                _CLOSINGS.c.reopens > since,
            ),
        )
        .order_by(_CLOSINGS.c.last_sending, _CLOSINGS.c.id)
    )


def read_calendars(rows: Iterable[Sequence[Any]]) -> dict[int, Calendar]:
    """Calendars from rows of the columns ``CALENDAR``."""
    found: dict[int, tuple[str, str, list[ClosedTime]]] = {}
    for cooperative_id, zone, weekend, closing_id, last_sending, reopens, note in rows:
        times = found.setdefault(cooperative_id, (zone, weekend, []))[2]
        if closing_id is not None:
            times.append(ClosedTime(last_sending, reopens, note, closing_id))
    return {
        cooperative_id: Calendar(zone, weekend, tuple(times))
        for cooperative_id, (zone, weekend, times) in found.items()
    }


def is_closed(
    cooperative_id: SQLColumnExpression[int], on: ColumnElement[date]
) -> ColumnElement[bool]:
    """Whether a row's cooperative sends nothing on a day; part of a larger question.

    :param on: a day; or an expression, when each cooperative has its own.
    """
    return (
        exists()
        .where(
            _COOPERATIVES.c.id == cooperative_id,
            _CLOSINGS.c.cooperative_id == _COOPERATIVES.c.id,
            _CLOSINGS.c.withdrawn_at.is_(None),
            _CLOSINGS.c.last_sending < on,
            _CLOSINGS.c.reopens > on,
        )
        .correlate_except(_CLOSINGS, _COOPERATIVES)
    )


def calendar_of(session: Session, cooperative_id: int, on: date) -> Calendar:
    """One cooperative's calendar; that of Jakarta's offices where nobody is known."""
    return calendars(session, [cooperative_id], on).get(cooperative_id) or Calendar(HOME_ZONE)
