"""Calendar months, and sums by month in one statement that every engine understands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, case, func
from sqlalchemy.orm import InstrumentedAttribute

from shop.core.values.clock import day_in

YEAR = 12


@dataclass(frozen=True, slots=True)
class Month:
    """One month of a zone's calendar."""

    first: date
    begins: datetime
    ends: datetime
    """The first moment that is no longer in it."""


def last_months(zone: str, now: datetime, count: int = YEAR) -> tuple[Month, ...]:
    """The month that ``now`` falls in there, and those before it, oldest first."""
    today = day_in(zone, now)
    firsts = [_back(today, back) for back in range(count - 1, -2, -1)]
    moments = [datetime.combine(first, time(), ZoneInfo(zone)) for first in firsts]
    return tuple(
        Month(first, begins, ends)
        for first, begins, ends in zip(firsts, moments, moments[1:], strict=False)
    )


def sums_by_month(
    value: ColumnElement[int] | InstrumentedAttribute[int],
    at: InstrumentedAttribute[datetime] | InstrumentedAttribute[datetime | None],
    months: Sequence[Month],
) -> list[ColumnElement[int]]:
    """One column a month: the sum of ``value`` over the rows whose moment falls in it."""
    return [
        func.coalesce(
            func.sum(case((and_(at >= month.begins, at < month.ends), value), else_=0)), 0
        )
        for month in months
    ]


def _back(day: date, months: int) -> date:
    """The first day of the month so many months before that of ``day``."""
    count = day.year * YEAR + day.month - 1 - months
    return date(count // YEAR, count % YEAR + 1, 1)
