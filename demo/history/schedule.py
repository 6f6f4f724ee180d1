"""When each step of the demo's year happens: by the calendar, the opening hours and the clocks.

Orders of the year run forward from the moment they were placed. Orders under way are told from
today backwards, so that on any day of any year nothing lies in the future and no clock of theirs
has run out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from random import Random

from demo.history.plan import SEED, Fate, Part, Paying, Planned
from shop.core.database.settings_by_date import DEFAULTS
from shop.core.formats.indonesia import add_working_days, is_working_day
from shop.core.values.clock import HOME_ZONE, in_zone

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
OPENS, CLOSES = 8, 16
OVERDUE = timedelta(days=5)
"""Longer than two working days, over any weekend."""

QUIET = 40 * MINUTE
"""Nothing happens in the last minutes before today: the market opens with the past behind it."""


class Verb(StrEnum):
    """What somebody does."""

    PLACE = "place"
    PAY = "pay"
    PAY_PART = "pay_part"
    PAY_AGAIN = "pay_again"
    LAPSE = "lapse"
    CANCEL = "cancel"
    ASK = "ask"
    ACCEPT = "accept"
    REFUSE = "refuse"
    CALL_OFF = "call_off"
    PACK = "pack"
    HAND_OVER = "hand_over"
    SEND_REST = "send_rest"
    FAIL = "fail"
    TRY_AGAIN = "try_again"
    TAKE_BACK = "take_back"
    ARRIVE = "arrive"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens to a purchase, or to one cooperative's part of it."""

    at: datetime
    verb: Verb
    purchase: int
    """Which one of the plan."""
    part: int | None = None


def steps(planned: Sequence[Planned], today: datetime) -> tuple[Step, ...]:
    """All that happens until today, in the order it happens, no two at the same moment."""
    draw = Random(SEED + 1)
    found: list[Step] = []
    for number, one in enumerate(planned):
        if one.placed_at is None:
            found += _backward(number, one, draw, today - QUIET)
        else:
            found += _until(list(_forward(number, one, one.placed_at, draw)), today - QUIET)
    return tuple(_one_after_the_other(sorted(found, key=lambda step: (step.at, step.purchase))))


def _until(life: Sequence[Step], end: datetime) -> Iterator[Step]:
    """What of a life has happened by now; what comes after the first step to come has not."""
    late: set[int | None] = set()
    for step in life:
        if step.at >= end:
            late.add(step.part)
        elif step.part not in late and None not in late:
            yield step


def _one_after_the_other(ordered: Sequence[Step]) -> Iterator[Step]:
    last: datetime | None = None
    for step in ordered:
        at = step.at if last is None else max(step.at, last + timedelta(milliseconds=1))
        last = at
        yield replace(step, at=at)


# ------------------------------------------------------------------------- forward
def _forward(number: int, one: Planned, placed: datetime, draw: Random) -> Iterator[Step]:
    yield Step(placed, Verb.PLACE, number)
    one_piece = any(part.basket.has_one_piece for part in one.parts)
    hold = DEFAULTS["hold_one_piece_minutes" if one_piece else "hold_transfer_minutes"] * MINUTE
    lapsed = placed + hold + draw.randrange(1, 25) * timedelta(seconds=1)
    if one.paying in (Paying.NEVER, Paying.LATE):
        yield Step(lapsed, Verb.LAPSE, number)
    if one.paying is Paying.CALLED_OFF:
        yield Step(placed + draw.randrange(5, 50) * MINUTE, Verb.CANCEL, number)
    if one.paying in (Paying.NEVER, Paying.CALLED_OFF):
        return
    if one.paying is Paying.LATE:
        paid = lapsed + draw.randrange(40, 400) * MINUTE
    elif one.by_card:
        paid = placed + draw.randrange(70, 240) * timedelta(seconds=1)
    else:
        paid = _awake(placed + draw.randrange(12, 80) * MINUTE, placed + hold)
    yield Step(paid, Verb.PAY, number)
    if one.paying is Paying.TWICE:
        yield Step(paid + draw.randrange(2, 30) * HOUR, Verb.PAY_AGAIN, number)
    for place, part in enumerate(one.parts):
        for verb, at in _order(part, paid, draw):
            yield Step(at, verb, number, place)


def _order(part: Part, paid: datetime, draw: Random) -> Iterator[tuple[Verb, datetime]]:
    zone, fate = part.basket.zone, part.fate
    answered = _at_work(zone, paid + draw.randrange(1, 18) * HOUR, draw)
    if fate is Fate.REFUSED:
        yield Verb.REFUSE, answered
        return
    yield Verb.ACCEPT, answered
    packed = answered + part.basket.days_to_make * timedelta(days=1)
    packed = _at_work(zone, packed + draw.randrange(2, 22) * HOUR, draw)
    if fate is Fate.CALLED_OFF:
        yield Verb.CALL_OFF, packed
        return
    yield Verb.PACK, packed
    if part.basket.is_fetched:
        there = _at_work(zone, packed + draw.randrange(3, 60) * HOUR, draw)
        yield Verb.HAND_OVER, there
    else:
        left = _at_work(zone, packed + draw.randrange(1, 5) * HOUR, draw)
        yield Verb.HAND_OVER, left
        there = left + _travel(part, draw)
        if fate in (Fate.RETRIED, Fate.RETURNED, Fate.RETURNED_BROKEN):
            yield Verb.FAIL, there
            there = _at_work(zone, there + draw.randrange(20, 50) * HOUR, draw)
            if fate is not Fate.RETRIED:
                yield Verb.TAKE_BACK, there
                return
            yield Verb.TRY_AGAIN, there
            there += _travel(part, draw)
        yield Verb.ARRIVE, there
    yield Verb.CLOSE, _complaints_over(zone, there) + draw.randrange(1, 9) * MINUTE


def _travel(part: Part, draw: Random) -> timedelta:
    if part.basket.way == "own":
        return draw.randrange(60, 240) * MINUTE
    return draw.randrange(44, 100) * HOUR


def _complaints_over(zone: str, arrived: datetime) -> datetime:
    return add_working_days(zone, arrived, DEFAULTS["complaint_working_days"])


def _awake(moment: datetime, before: datetime) -> datetime:
    """Who confirms money reads the bank between six and ten."""
    local = in_zone(moment, HOME_ZONE)
    if 6 <= local.hour < 22:
        return moment
    morning = local.replace(hour=6, minute=20 + local.minute // 2)
    morning += timedelta(days=local.hour >= 22)
    return morning if morning < before else moment


def _at_work(zone: str, moment: datetime, draw: Random) -> datetime:
    """The moment, or the next at which the cooperative is open."""
    local = in_zone(moment, zone)
    if is_working_day(local.date()) and OPENS <= local.hour < CLOSES:
        return moment
    if local.hour >= CLOSES:
        local += timedelta(days=1)
    while not is_working_day(local.date()):
        local += timedelta(days=1)
    return local.replace(hour=OPENS, minute=draw.randrange(5, 59))


# ------------------------------------------------------------------------ backward
_STAGES = {
    Fate.NEW: (),
    Fate.ASKED: (Verb.ASK,),
    Fate.ACCEPTED: (Verb.ACCEPT,),
    Fate.LATE: (Verb.ACCEPT,),
    Fate.READY: (Verb.ACCEPT, Verb.PACK),
    Fate.ON_THE_WAY: (Verb.ACCEPT, Verb.PACK, Verb.HAND_OVER),
    Fate.IN_PARTS: (Verb.ACCEPT, Verb.PACK, Verb.HAND_OVER, Verb.SEND_REST),
    Fate.UNDELIVERED: (Verb.ACCEPT, Verb.PACK, Verb.HAND_OVER, Verb.FAIL),
    Fate.ARRIVED: (Verb.ACCEPT, Verb.PACK, Verb.HAND_OVER, Verb.ARRIVE),
    Fate.MISSED: (Verb.ACCEPT, Verb.PACK, Verb.HAND_OVER, Verb.ARRIVE),
    Fate.RETURNED: (Verb.ACCEPT, Verb.PACK, Verb.HAND_OVER, Verb.FAIL, Verb.TAKE_BACK),
}


def _backward(number: int, one: Planned, draw: Random, end: datetime) -> list[Step]:
    """The life of a purchase that is under way, so that it stands where it should at ``end``."""
    if one.paying in (Paying.OPEN, Paying.SHORT):
        placed = end - draw.randrange(15, 90) * MINUTE
        bill = [Step(placed, Verb.PLACE, number)]
        if one.paying is Paying.SHORT:
            bill.append(Step(placed + draw.randrange(5, 14) * MINUTE, Verb.PAY_PART, number))
        return bill
    found: list[Step] = []
    starts: list[datetime] = []
    for place, part in enumerate(one.parts):
        verbs = _STAGES[part.fate]
        if part.basket.is_fetched and part.fate is Fate.ARRIVED:
            verbs = verbs[:-1]  # handed over at the counter is there
        at = end - draw.randrange(20, 300) * MINUTE - (part.fate is Fate.LATE) * OVERDUE
        for verb in reversed(verbs):
            if verb not in (Verb.ARRIVE, Verb.FAIL):
                at = _worked_before(part.basket.zone, at, draw)
            found.append(Step(at, verb, number, place))
            at -= _before(verb, part, draw)
        starts.append(at)
    paid = min(starts) - draw.randrange(30, 200) * MINUTE
    waited = draw.randrange(2, 4) if one.by_card else draw.randrange(15, 60)
    found.append(Step(paid, Verb.PAY, number))
    found.append(Step(paid - waited * MINUTE, Verb.PLACE, number))
    return found


def _before(verb: Verb, part: Part, draw: Random) -> timedelta:
    """How long before a step the one before it was."""
    if verb in (Verb.ARRIVE, Verb.SEND_REST, Verb.FAIL):
        return _travel(part, draw)
    return draw.randrange(60, 400) * MINUTE


def _worked_before(zone: str, moment: datetime, draw: Random) -> datetime:
    """The moment, or the last before it at which the cooperative was open."""
    local = in_zone(moment, zone)
    if is_working_day(local.date()) and OPENS <= local.hour < CLOSES:
        return moment
    if local.hour < OPENS:
        local -= timedelta(days=1)
    while not is_working_day(local.date()):
        local -= timedelta(days=1)
    return local.replace(hour=CLOSES - 1, minute=draw.randrange(5, 59))
