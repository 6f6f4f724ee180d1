"""What sending costs at least, from which days on, and how a cooperative's couriers go."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from operator import itemgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Date,
    Select,
    SQLColumnExpression,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    literal,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from shop.core.database.engine import Reader
from shop.core.database.schema import table_of
from shop.core.database.settings_by_date import SETTINGS, parse_settings
from shop.core.values.clock import HOME_ZONE, day_in
from shop.core.values.money import Rupiah
from shop.people.cooperatives.models import Cooperative
from shop.people.cooperatives.rules import Calendar
from shop.people.working_days.queries import (
    CALENDAR,
    is_closed,
    looked_back,
    read_calendars,
    with_closings,
)
from shop.shipping.quotes.queries import days_of, holds, own_day, own_days
from shop.shipping.rates.models import OwnDelivery, Rate, RateCard
from shop.shipping.rates.rules import CHILLED_DAYS, COURIER_KINDS, GRAMS_PER_KG

_RATES = table_of(Rate).c
_ON = bindparam("on", type_=Date)
_ONE: BindParameter[int] = bindparam("cooperative_id", type_=BigInteger)


def from_fee(
    session: Session, cooperative_ids: Collection[int], *, on: date | None = None
) -> dict[int, Rupiah]:
    """The least anybody pays to have something brought: "mulai Rp9.000". One statement.

    A cooperative that only hands over at its own door, or is closed, is absent.
    """
    rows = session.execute(_lowest_fees(), {**days_of(on), "asked": list(cooperative_ids)})
    return {cooperative: Rupiah(fee) for cooperative, fee in rows}


@cache
def _lowest_fees() -> Select[int, int]:
    asked: BindParameter[int] = bindparam("asked", expanding=True)
    lowest = _lowest(lambda column: column.in_(asked))
    return select(lowest.c.cooperative_id, func.min(lowest.c.fee)).group_by(lowest.c.cooperative_id)


def reach_values(at: datetime) -> dict[str, date]:
    """What to bind for :func:`ways_gone` at a moment, beside ``cooperative_id``."""
    today = day_in(HOME_ZONE, at)
    return {**own_days(at), "on": today, "since": looked_back(today)}


@dataclass(frozen=True, slots=True)
class Reach:
    """When and for how much a cooperative sends, and the settings of that day."""

    calendar: Calendar
    fee: Rupiah | None
    """The least that sending costs; None where nothing is sent."""
    settings: Mapping[str, int]


def reach_of(session: Reader, cooperative_id: int, at: datetime) -> Reach:
    """What a page of goods says of sending them, in one statement."""
    values = {**reach_values(at), "cooperative_id": cooperative_id}
    rows = session.execute(_reached(), values).all()
    in_order = sorted(rows, key=itemgetter(4, 3))  # closings, earliest first
    (calendar,) = read_calendars(row[:-2] for row in in_order).values()
    fee, settings = rows[0][-2:]
    return Reach(calendar, None if fee is None else Rupiah(fee), parse_settings(settings))


@cache
def _reached() -> Select[*tuple[Any, ...]]:
    """A row for each closing of a cooperative, each with the fee and the settings."""
    lowest = select(func.min(_lowest(lambda column: column == _ONE).c.fee)).scalar_subquery()
    since = bindparam("since", type_=Date)
    return with_closings(select(*CALENDAR, lowest.label("fee"), SETTINGS), since).where(
        table_of(Cooperative).c.id == _ONE
    )


def _lowest(asked: Callable[[SQLColumnExpression[int]], ColumnElement[bool]]) -> Subquery:
    card, own = table_of(RateCard).c, table_of(OwnDelivery).c
    couriers = (
        select(
            card.cooperative_id.label("cooperative_id"),
            func.min(_RATES.price_per_kg * (card.least_grams // GRAMS_PER_KG)).label("fee"),
        )
        .join_from(table_of(RateCard), table_of(Rate), _RATES.card_id == card.id)
        .where(asked(card.cooperative_id), *holds(_ON))
        .where(~is_closed(card.cooperative_id, own_day()))
        .group_by(card.cooperative_id)
    )
    rounds = (
        select(own.cooperative_id, func.min(own.fee))
        .where(asked(own.cooperative_id), own.closed_at.is_(None))
        .where(~is_closed(own.cooperative_id, own_day()))
        .group_by(own.cooperative_id)
    )
    return union_all(couriers, rounds).subquery()


def ways_gone() -> ColumnElement[int]:
    """The ways that a cooperative's couriers go, one bit for each of ``COURIER_KINDS``.

    Part of a larger question: the cooperative is bound as ``cooperative_id``, the day as ``on``.
    """
    bits: ColumnElement[int] = literal(0)
    for place, way in enumerate(COURIER_KINDS):
        days = _RATES.days_most > CHILLED_DAYS if way.is_long else _RATES.days_most <= CHILLED_DAYS
        is_gone = and_(_RATES.by_air.is_(way.by_air), days)
        bits = bits + func.coalesce(func.max(case((is_gone, 1 << place), else_=0)), 0)
    cards = table_of(RateCard)
    return (
        select(bits)
        .select_from(cards)
        .join(table_of(Rate), _RATES.card_id == cards.c.id)
        .where(cards.c.cooperative_id == _ONE, *holds(_ON))
        .scalar_subquery()
    )
