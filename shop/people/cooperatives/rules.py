"""Who may do what at a cooperative's desk, its days, and how members sign in with a PIN."""

import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from shop.core.formats.indonesia import add_working_days, holidays
from shop.core.values.clock import day_in

USUAL_WEEKEND = "67"
"""Saturday and Sunday; each cooperative may say otherwise."""
TOLD_AHEAD = timedelta(days=14)
"""How long before it closes a cooperative's goods say so."""
LONGEST_CLOSING = timedelta(days=62)
"""Two months: longer than any Lebaran; who rests longer is asked to plan it anew."""


class Role(StrEnum):
    """Who may do what in a cooperative (sekretaris is an office, not a right)."""

    KETUA = "ketua"
    BENDAHARA = "bendahara"
    MANAJER = "manajer"
    PENGEMAS = "pengemas"
    PENGAWAS = "pengawas"
    ANGGOTA = "anggota"


OFFICES = frozenset(set(Role) - {Role.ANGGOTA})
"""Everybody with a desk; a member sells and owns, and has no desk."""

RUNS = (Role.KETUA, Role.MANAJER)
"""Acts for the cooperative: orders, stock, messages, members."""
PACKS = (*RUNS, Role.PENGEMAS)
"""Also packs and hands over."""
KNOWS_MEMBERS = (*RUNS, Role.BENDAHARA)
"""Sees the member register; the treasurer pays them out."""


def may_enter(roles: frozenset[Role], wanted: tuple[Role, ...], *, only_looks: bool) -> bool:
    """Whether somebody with these roles may open a page of the desk.

    :param wanted: the roles a page names; none: every office.
    :param only_looks: the request changes nothing. The supervisor reads all and changes nothing.
    """
    if only_looks and Role.PENGAWAS in roles:
        return True
    return bool(roles & (set(wanted) or OFFICES - {Role.PENGAWAS}))


PIN_LENGTH = 6
MAX_PIN_TRIES = 10
"""Wrong ones in a row; then the PIN is dead until the desk makes a new one (rule R27)."""


def new_pin() -> str:
    """Six digits that nobody chose: a birthday is guessed first."""
    return f"{secrets.randbelow(10**PIN_LENGTH):0{PIN_LENGTH}d}"


def is_pin(typed: str) -> bool:
    """Whether it is six plain digits; nothing else is worth a try."""
    return re.fullmatch(r"[0-9]{6}", typed) is not None


def read_member_code(typed: str) -> str:
    """A member's code as the register writes it, however it was typed.

    >>> read_member_code(" gyo m01 ")
    'GYO-M01'
    """
    signs = re.sub(r"[^A-Z0-9]", "", typed.upper()[:40])
    return f"{signs[:3]}-{signs[3:12]}"


@dataclass(frozen=True, slots=True)
class ClosedTime:
    """Days on which a cooperative sends nothing, planned ahead."""

    last_sending: date
    """The last day before it on which the cooperative works."""
    reopens: date
    """The first day after it."""
    note: str | None = None
    closing_id: int = 0

    def covers(self, day: date) -> bool:
        """Whether nothing is sent on this day."""
        return self.last_sending < day < self.reopens


@dataclass(frozen=True, slots=True)
class Calendar:
    """The days of one cooperative: its own weekend, the nation's holidays, its own closings."""

    zone: str
    weekend: str = USUAL_WEEKEND
    closed_times: tuple[ClosedTime, ...] = ()

    def closed_on(self, day: date) -> ClosedTime | None:
        """The closing that covers a day."""
        return next((time for time in self.closed_times if time.covers(day)), None)

    def closing_near(self, now: datetime) -> ClosedTime | None:
        """The closing that shoppers are told of: the one that is on, or begins before long."""
        today = day_in(self.zone, now)
        near = (
            time
            for time in sorted(self.closed_times, key=lambda time: time.last_sending)
            if time.reopens > today and time.last_sending <= today + TOLD_AHEAD
        )
        return next(near, None)

    def time_open(self, since: datetime, now: datetime) -> timedelta:
        """How much time went by without the days of own closings: they pause every clock (R14)."""
        first, last = day_in(self.zone, since), day_in(self.zone, now)
        days = (first + timedelta(days=count) for count in range((last - first).days + 1))
        closed = sum(self.closed_on(day) is not None for day in days)
        return max(now - since - timedelta(days=closed), timedelta(0))

    def rests_on(self, day: date) -> bool:
        """Whether nobody opens a door on this day: closed, or a holiday."""
        return day in holidays(day.year) or self.closed_on(day) is not None

    def works_on(self, day: date) -> bool:
        """Whether clocks of promises run on this day."""
        return str(day.isoweekday()) not in self.weekend and not self.rests_on(day)

    def add_working_days(self, moment: datetime, days: int) -> datetime:
        """The last second (in UTC) of the ``days``-th working day after ``moment`` (rule R14).

        :param days: ``0`` is today, or the next working day when today is none.
        """
        return add_working_days(self.zone, moment, days, works=self.works_on)

    def working_day(self, moment: datetime, days: int) -> date:
        """The same as a day of the cooperative's zone."""
        return day_in(self.zone, self.add_working_days(moment, days))
