"""A line on its way from its maker to the cooperative (rule R16), and what must not be sold."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from enum import StrEnum

from shop.core.values.clock import day_in
from shop.core.values.codes import read_order_number
from shop.people.cooperatives.rules import Calendar
from shop.sales.orders.rules import OrderState

WANTED = (OrderState.NEW, OrderState.ACCEPTED)
"""States of an order whose goods are still made and brought."""
FARTHEST = 62
"""Days that are looked ahead for a collection day; a cooperative closes no longer."""


class LineState(StrEnum):
    """How far a line is: *diminta → siap → diterima di koperasi*."""

    ASKED = "asked"
    READY = "ready"
    RECEIVED = "received"


class Fault(StrEnum):
    """Why packs are turned away: a list, because free text has no place in a fact."""

    DAMAGED = "damaged"
    WET = "wet"
    NOT_SEALED = "not_sealed"
    WRONG_LABEL = "wrong_label"
    WRONG_GOODS = "wrong_goods"
    TOO_OLD = "too_old"


class RecallReason(StrEnum):
    """Why a batch is called back."""

    SPOILED = "spoiled"
    FOREIGN = "foreign"
    ALLERGEN = "allergen"
    WRONG_LABEL = "wrong_label"
    AUTHORITY = "authority"


def line_state(asked: int, received: int, *, is_ready: bool) -> LineState:
    """How far a line is.

    >>> line_state(3, 2, is_ready=True).value
    'ready'
    """
    if received >= asked:
        return LineState.RECEIVED
    return LineState.READY if is_ready else LineState.ASKED


def next_collection(calendar: Calendar, weekdays: Collection[int], day: date) -> date | None:
    """The first day from ``day`` on when somebody comes by: no holiday, no closing.

    :param weekdays: Monday is 1; none: nobody comes by.
    """
    if not weekdays:
        return None
    for ahead in range(FARTHEST):
        one = day + timedelta(days=ahead)
        if one.isoweekday() in weekdays and not calendar.rests_on(one):
            return one
    return None


def brought_on(
    calendar: Calendar, weekdays: Collection[int], since: datetime, days_to_make: int
) -> date | None:
    """The collection day that goods asked for at ``since`` are in time for."""
    if days_to_make:
        made = calendar.working_day(since, days_to_make)
    else:
        made = day_in(calendar.zone, since) + timedelta(days=1)  # whoever came by today is gone
    return next_collection(calendar, weekdays, made)


def read_key(key: str) -> tuple[str, int] | None:
    """Order and position of a line's key, ``GYO-26-000123.2``; None for anything else.

    >>> read_key("GYO-26-000123.2")
    ('GYO-26-000123', 2)
    """
    number, _dot, place = key.rpartition(".")
    if read_order_number(number) != number:
        return None
    is_place = place.isascii() and place.isdecimal() and len(place) < 5
    return (number, int(place)) if is_place else None


def read_weekdays(written: str) -> frozenset[int]:
    """The days of ``"25"``."""
    return frozenset(int(one) for one in written)
