"""A year of trade as it is going to be made: who buys what, when, and what becomes of it.

Drawn from the files and a day alone: the same day gives the same year, so that a load that was
interrupted knows what is still to be done.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import accumulate, cycle
from random import Random
from zoneinfo import ZoneInfo

from demo.history.baskets import Basket, Market, Shopper, read_market
from shop.core.formats.indonesia import holidays
from shop.core.values.clock import HOME_ZONE, day_in

YEAR = timedelta(days=365)
SEED = 12_120_150
PAST = 132
"""Purchases of the year whose orders had time to end; those under way come on top."""

REST = timedelta(days=20)
"""The last weeks belong to orders that are under way."""


class Fate(StrEnum):
    """What becomes of one cooperative's order, or how far it has come."""

    DONE = "done"
    SHORT = "short"
    REFUSED = "refused"
    CALLED_OFF = "called_off"
    RETRIED = "retried"
    RETURNED = "returned"
    RETURNED_BROKEN = "returned_broken"
    NEW = "new"
    ASKED = "asked"
    """Packs are missing, and the shopper has not chosen yet."""
    ACCEPTED = "accepted"
    LATE = "late"
    """Accepted, and not packed by the day that was promised."""
    READY = "ready"
    ON_THE_WAY = "on_the_way"
    IN_PARTS = "in_parts"
    """One parcel has arrived, the other is on its way."""
    UNDELIVERED = "undelivered"
    ARRIVED = "arrived"
    MISSED = "missed"
    """Its cooperative says that it arrived, its shopper that it did not."""


class Paying(StrEnum):
    """How the money of a purchase comes, if it comes."""

    AT_ONCE = "at_once"
    IN_CASH = "in_cash"
    """At the door, where its cooperative takes that; else at once."""
    WITHOUT_CODE = "without_code"
    TWICE = "twice"
    LATE = "late"
    NEVER = "never"
    CALLED_OFF = "called_off"
    OPEN = "open"
    SHORT = "short"
    """Open, and so far less came than was asked."""


@dataclass(frozen=True, slots=True)
class Part:
    """One cooperative's part of a purchase."""

    basket: Basket
    fate: Fate


@dataclass(frozen=True, slots=True)
class Planned:
    """One purchase before it is made."""

    shopper: Shopper
    home: int
    """Which of the shopper's addresses."""
    parts: tuple[Part, ...]
    paying: Paying
    by_card: bool
    placed_at: datetime | None
    """None: as late as where its orders stand allows."""


ODD_PAYING: Mapping[Paying, int] = {
    Paying.NEVER: 6,
    Paying.CALLED_OFF: 4,
    Paying.LATE: 4,
    Paying.WITHOUT_CODE: 3,
    Paying.TWICE: 2,
}
ODD_FATES: Mapping[Fate, int] = {
    Fate.SHORT: 6,
    Fate.REFUSED: 5,
    Fate.CALLED_OFF: 4,
    Fate.RETURNED: 3,
    Fate.RETURNED_BROKEN: 2,
    Fate.RETRIED: 3,
}
UNDER_WAY: tuple[tuple[Fate, ...], ...] = (
    *((Fate.ACCEPTED,),) * 3,
    *((Fate.READY,),) * 3,
    *((Fate.ON_THE_WAY,),) * 3,
    *((Fate.UNDELIVERED,),) * 3,
    *((Fate.ARRIVED,),) * 3,
    *((Fate.LATE,),) * 2,
    *((Fate.ACCEPTED, Fate.READY),) * 5,
    *((Fate.ON_THE_WAY, Fate.ARRIVED),) * 4,
)
BROUGHT = frozenset(
    {
        Fate.ON_THE_WAY,
        Fate.IN_PARTS,
        Fate.MISSED,
        Fate.UNDELIVERED,
        Fate.RETRIED,
        Fate.RETURNED,
        Fate.RETURNED_BROKEN,
    }
)
"""What can only happen to a parcel that travels."""

CASH_UNDER_WAY: tuple[Fate, ...] = (
    *(Fate.NEW,) * 5,
    *(Fate.ACCEPTED, Fate.READY, Fate.ON_THE_WAY) * 3,
    *(Fate.RETURNED,) * 4,
    *(Fate.ARRIVED,) * 7,
)
"""Orders of neighbours that are paid at the door."""
IN_QUESTION = (("sari", Fate.IN_PARTS), ("sari", Fate.ASKED), ("budi", Fate.MISSED))
"""Orders of :data:`SHOWN_AT` that people who can sign in find: no day of the year is without."""

SHOWN_AT = "GYO"
OPEN_BILLS = 5
NEIGHBOURLY = 0.6
CARD_EACH = (1, 3)
"""Of three purchases that are paid at once, one is paid by card."""

CERTAIN_DAY = 9
"""Of a month."""

REGULARS = {"sari": 8, "budi": 7}
"""Past purchases of the two who can sign in; everybody else comes as a guest."""


def plan(today: datetime) -> tuple[Planned, ...]:
    """The purchases of the year that ends at this moment."""
    market = read_market()
    draw = Random(SEED)
    past = list(_past(market, draw, today))
    now = list(_present(market, draw))
    return tuple(_with_cards(past)) + tuple(_with_cards(now))


def _past(market: Market, draw: Random, today: datetime) -> Iterator[Planned]:
    moments = sorted(_moment(draw, day) for day in _days(draw, today))
    shoppers = _visits(market, draw, len(moments))
    payings = _spread(draw, ODD_PAYING, Paying.AT_ONCE, len(moments))
    baskets = [
        market.baskets(shopper.homes[home], draw, _how_many(draw)) for shopper, home in shoppers
    ]
    paid = [
        (place, number)
        for place, found in enumerate(baskets)
        if payings[place] not in (Paying.NEVER, Paying.CALLED_OFF)
        for number in range(len(found))
    ]
    fates = dict.fromkeys(paid, Fate.DONE)
    travelling = [key for key in paid if not baskets[key[0]][key[1]].is_fetched]
    for fate, count in ODD_FATES.items():
        free = [key for key in (travelling if fate in BROUGHT else paid) if fates[key] is Fate.DONE]
        fates.update(dict.fromkeys(draw.sample(free, count), fate))
    for place, moment in enumerate(moments):
        shopper, home = shoppers[place]
        parts = tuple(
            Part(basket, fates.get((place, number), Fate.DONE))
            for number, basket in enumerate(baskets[place])
        )
        yield Planned(shopper, home, parts, payings[place], False, moment)


def _present(market: Market, draw: Random) -> Iterator[Planned]:
    """Orders under way: every cooperative has new ones, and every stage has several."""
    codes = list(market.codes)
    draw.shuffle(codes)
    # Some of the new ones are two or three parts of one purchase.
    for mine in _in_parts(codes, (3, 2, 2, 1, 1, 1, 1, 1)) + _in_parts(codes[::-1], (2,) * 6):
        shopper = _next_shopper(market, draw, near=mine[0])
        found = [market.basket(shopper.homes[0], code, draw, quick=True) for code in mine]
        yield Planned(shopper, 0, _at(found, Fate.NEW), Paying.AT_ONCE, False, None)
    for turn, fates in enumerate(UNDER_WAY):
        mine = [codes[(turn * 2 + number) % len(codes)] for number in range(len(fates))]
        travels = any(fate in BROUGHT for fate in fates)
        shopper = market.known("sari") if turn in (7, 18) else _next_shopper(market, draw, mine[0])
        shopper = market.known("budi") if turn in (4, 13) else shopper
        home = shopper.homes[0]
        found = [market.basket(home, code, draw, travels=travels, quick=True) for code in mine]
        parts = tuple(Part(one, fate) for one, fate in zip(found, fates, strict=True))
        yield Planned(shopper, 0, parts, Paying.AT_ONCE, False, None)
    for number in range(OPEN_BILLS):
        shopper = _next_shopper(market, draw)
        if number < len(REGULARS):
            shopper = market.known(list(REGULARS)[number])
        bill = market.baskets(shopper.homes[0], draw, 1 + number % 2, quick=True)
        paying = Paying.OPEN if number < OPEN_BILLS - 1 else Paying.SHORT
        yield Planned(shopper, 0, _at(bill, Fate.NEW), paying, False, None)
    neighbours = [
        (code, one)
        for code in market.codes
        for one in market.guests
        if market.is_near(one.homes[0], code)
    ]
    # Nobody has more than a few parcels on their way that are not paid.
    draw.shuffle(neighbours)
    for (code, shopper), fate in zip(cycle(neighbours), CASH_UNDER_WAY, strict=False):
        bought = market.basket(shopper.homes[0], code, draw, travels=True, quick=True)
        yield Planned(shopper, 0, _at([bought], fate), Paying.IN_CASH, False, None)
    for key, fate in IN_QUESTION:
        shopper = market.known(key)
        several = _several(market, shopper, draw)
        yield Planned(shopper, 0, _at([several], fate), Paying.AT_ONCE, False, None)


def _several(market: Market, shopper: Shopper, draw: Random) -> Basket:
    """Goods of which some can leave before the others."""
    while True:
        found = market.basket(shopper.homes[0], SHOWN_AT, draw, travels=True, quick=True)
        if found.items[-1].packs > 1:
            return found


def _in_parts(codes: Sequence[str], sizes: Sequence[int]) -> list[Sequence[str]]:
    """The codes one after the other, so many at a time."""
    ends = list(accumulate(sizes))
    return [codes[end - size : end] for end, size in zip(ends, sizes, strict=True)]


def _at(baskets: Sequence[Basket], fate: Fate) -> tuple[Part, ...]:
    return tuple(Part(basket, fate) for basket in baskets)


def _with_cards(planned: Sequence[Planned]) -> Iterator[Planned]:
    some, of = CARD_EACH
    turn = 0
    for one in planned:
        by_card = False
        if one.paying is Paying.AT_ONCE:
            by_card, turn = turn % of < some, turn + 1
        yield Planned(one.shopper, one.home, one.parts, one.paying, by_card, one.placed_at)


def _days(draw: Random, today: datetime) -> list[date]:
    """Days on which somebody buys: more towards now, most before Lebaran, few during it."""
    last = day_in(HOME_ZONE, today - REST)
    days = [last - timedelta(days=back) for back in range((YEAR - REST).days - 2)]
    feasts = _feasts(days)
    weights = [_rush(day, last, feasts) for day in days]
    # On one day of each month somebody buys for certain: no month of the chart stands empty.
    certain = [day for day in days if day.day == CERTAIN_DAY]
    return certain + draw.choices(days, weights, k=PAST - len(certain))


def _rush(day: date, last: date, feasts: Sequence[date]) -> int:
    weight = 400 - (last - day).days
    for feast in feasts:
        ahead = (feast - day).days
        if 5 <= ahead <= 32:
            weight = weight * 5 // 2
        elif -7 <= ahead < 5:
            weight = weight // 6
    return max(weight, 1)


def _feasts(days: Sequence[date]) -> list[date]:
    """First days of Idul Fitri near these days, as far as the calendar is known."""
    years = sorted({day.year for day in days} | {max(days).year + 1})
    named = [
        min(found)
        for year in years
        if (found := [day for day, name in holidays(year).items() if "Idul Fitri" in name])
    ]
    return sorted(named)


def _moment(draw: Random, day: date) -> datetime:
    """When somebody orders: in the evening mostly, hardly ever at night."""
    hour = draw.choices(range(6, 23), (1, 2, 3, 4, 4, 4, 5, 4, 3, 3, 3, 4, 5, 7, 8, 6, 3))[0]
    local = time(hour, draw.randrange(60), draw.randrange(60))
    return datetime.combine(day, local, ZoneInfo(HOME_ZONE))


def _visits(market: Market, draw: Random, count: int) -> list[tuple[Shopper, int]]:
    """Who buys each time; some come again and again, the two with accounts all through the year."""
    visits = [(_next_shopper(market, draw), 0) for _ in range(count)]
    first = 3
    for key, times in REGULARS.items():
        shopper = market.known(key)
        for turn in range(times):
            visits[first + turn * (count - 6) // times] = (shopper, int(turn % 3 == 1))
        first += 2
    return visits


def _next_shopper(market: Market, draw: Random, near: str = "") -> Shopper:
    """A guest; the earlier ones of the file come more often.

    :param near: a cooperative whose neighbours come oftener than others.
    """
    guests = market.guests
    neighbours = [one for one in guests if market.is_near(one.homes[0], near)] if near else []
    if neighbours and draw.random() < NEIGHBOURLY:
        return draw.choice(neighbours)
    return draw.choices(guests, [2 + 60 // (place + 6) for place in range(len(guests))])[0]


def _how_many(draw: Random) -> int:
    return draw.choices((1, 2, 3), (64, 25, 11))[0]


def _spread(draw: Random, odd: Mapping[Paying, int], usual: Paying, count: int) -> list[Paying]:
    """So many of each odd case, at drawn places among the usual ones."""
    found = [usual] * count
    places = iter(draw.sample(range(count), sum(odd.values())))
    for paying, times in odd.items():
        for _ in range(times):
            found[next(places)] = paying
    return found
