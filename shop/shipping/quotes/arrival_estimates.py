"""When a parcel can be in the shopper's hands: the way's days on the cooperative's own calendar."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Protocol

from shop.core.values.clock import in_zone
from shop.people.cooperatives.rules import Calendar
from shop.shipping.rates.rules import Kind, Quote

COURIER_CUT_OFF = time(12)
"""A courier fetches once a day: what is ordered in the afternoon leaves the next working day."""

_DAY = timedelta(days=1)


class Way(Protocol):
    """What of a way decides when something comes by it; a quote, or what an order kept of one."""

    @property
    def kind(self) -> Kind:
        """How it goes."""

    @property
    def days_least(self) -> int | None:
        """Days on the road, at least."""

    @property
    def days_most(self) -> int | None:
        """Days on the road, at most."""

    @property
    def weekdays(self) -> tuple[int, ...]:
        """On which days it is handed over, Monday is 1; none named: on every working day."""

    @property
    def cut_off(self) -> time | None:
        """Until when it still goes the same day."""


@dataclass(frozen=True, slots=True)
class Road:
    """A way by itself, where no quote is at hand."""

    kind: Kind
    days_least: int | None = None
    days_most: int | None = None
    weekdays: tuple[int, ...] = ()
    cut_off: time | None = None


def arrival(
    way: Way, calendar: Calendar, *, at: datetime, make_days: int = 0, spare: int = 0
) -> tuple[date, date]:
    """First and last day on which an order paid at a moment can be in the shopper's hands.

    Goods leave when they are made; a courier takes the rate card's days from there on. What the
    cooperative hands over itself goes on the next of its days that no holiday and no closing
    takes away.

    :param make_days: working days that making takes, ``0`` for what lies on the shelf.
    :param spare: working days that the shipping promise leaves beyond that (rule R8).
    :return: days of the cooperative's zone, the first never before today.
    """
    first = _hand_over(way, calendar, at, make_days)
    if way.kind != "courier":
        return first, first
    last = calendar.working_day(at, make_days + spare)
    # After the courier came, the first day is tomorrow's even where none is to spare.
    minimum, maximum = way.days_least or 0, way.days_most or 0
    return first + minimum * _DAY, max(first, last) + max(minimum, maximum) * _DAY


def with_arrivals(
    quotes: Iterable[Quote], calendar: Calendar, *, at: datetime, make_days: int, spare: int
) -> tuple[Quote, ...]:
    """The quotes of one cooperative, each saying when it arrives."""
    return tuple(
        replace(quote, arrives=arrival(quote, calendar, at=at, make_days=make_days, spare=spare))
        for quote in quotes
    )


def _hand_over(way: Way, calendar: Calendar, at: datetime, make_days: int) -> date:
    """The day on which it leaves the cooperative, at the soonest."""
    local = in_zone(at, calendar.zone)
    cut_off = COURIER_CUT_OFF if way.kind == "courier" else way.cut_off
    day = calendar.working_day(at, make_days) if make_days else local.date()
    if day == local.date() and cut_off is not None and local.time() > cut_off:
        day += _DAY
    while not _is_served(way, calendar, day):
        day += _DAY
    return day


def _is_served(way: Way, calendar: Calendar, day: date) -> bool:
    if not way.weekdays:
        return calendar.works_on(day)
    return day.isoweekday() in way.weekdays and not calendar.rests_on(day)
