"""Quoting every way a parcel can go."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Boolean,
    ColumnElement,
    CompoundSelect,
    Date,
    Integer,
    Row,
    Select,
    String,
    Time,
    bindparam,
    case,
    cast,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeEngine

from shop.core.database.schema import table_of
from shop.core.formats.indonesia import areas_of
from shop.core.values import clock
from shop.core.values.clock import HOME_ZONE, ZONE_NAMES, day_in
from shop.core.values.money import Rupiah
from shop.core.values.units import Grams
from shop.people.cooperatives.models import Cooperative
from shop.people.working_days.queries import is_closed
from shop.shipping.quotes.arrival_estimates import Road
from shop.shipping.rates.models import (
    CourierService,
    OwnDelivery,
    OwnDeliveryArea,
    PickupPlace,
    Rate,
    RateCard,
)
from shop.shipping.rates.rules import (
    Kind,
    Load,
    Quote,
    Unit,
    WeightRule,
    billable_weight,
    courier_fee,
    in_order,
    load_of,
    may_travel,
    shipping_fee,
    volumetric_weight,
)


def quote_all(
    session: Session,
    parcels: Mapping[int, Sequence[Unit]],
    village_code: str | None,
    *,
    goods: Mapping[int, int] | None = None,
    on: date | None = None,
) -> dict[int, tuple[Quote, ...]]:
    """Every way each cooperative's parcel can go, cheapest first. One statement.

    :param parcels: units by cooperative id.
    :param village_code: where to; without it only pick-up is offered.
    :param goods: rupiah of goods by cooperative id, for rounds that are free above a sum.
    :param on: the day that counts; today unless told, where each cooperative is.
    :return: every cooperative asked for; an empty tuple says "not delivered there", and also
        that the cooperative is closed on that day.
    """
    loads = {cooperative: load_of(units) for cooperative, units in parcels.items()}
    quotes: dict[int, list[Quote]] = {cooperative: [] for cooperative in loads}
    if not loads:
        return {}
    values = {**days_of(on), "asked": list(loads), "areas": areas_of(village_code or "")}
    ways: dict[str, list[Row[*tuple[Any, ...]]]] = {"pickup": [], "own": [], "courier": []}
    for row in session.execute(_ways(to_address=village_code is not None), values):
        ways[row.kind].append(row)
    for quote in (
        *_fetched(ways["pickup"], loads),
        *_brought(ways["own"], loads, goods or {}),
        *_sent(ways["courier"], loads, goods or {}),
    ):
        quotes[quote.cooperative_id].append(quote)
    return {cooperative: in_order(ways) for cooperative, ways in quotes.items()}


# What follows is built once and asked with other values each time: building it costs more.
_ON = bindparam("on", type_=Date)
_ASKED: BindParameter[int] = bindparam("asked", expanding=True)
_AREAS: BindParameter[str] = bindparam("areas", expanding=True)


def own_day() -> ColumnElement[date]:
    """Which day it is where a cooperative is: days turn at its own midnight (rule R14).

    A statement that holds it is built once; :func:`own_days` says each time what to bind.
    """
    return case(
        *(
            (table_of(Cooperative).c.zone == zone, bindparam(f"day_{name}", type_=Date))
            for zone, name in ZONE_NAMES.items()
            if zone != HOME_ZONE
        ),
        else_=bindparam(f"day_{ZONE_NAMES[HOME_ZONE]}", type_=Date),
    )


def own_days(at: datetime) -> dict[str, date]:
    """What to bind for :func:`own_day` at a moment."""
    return {f"day_{name}": day_in(zone, at) for zone, name in ZONE_NAMES.items()}


def days_of(on: date | None) -> dict[str, date]:
    """The day whose rate cards count, and the days on which cooperatives are open or closed."""
    if on is not None:
        return {"on": on, **dict.fromkeys(own_days(clock.now()), on)}
    at = clock.now()
    return {"on": day_in(HOME_ZONE, at), **own_days(at)}


def weight_rules(
    session: Session, cooperative_id: int, on: date
) -> tuple[tuple[str, WeightRule], ...]:
    """How each courier of a cooperative counts weight on a day, by the service's name."""
    rows = session.execute(
        select(
            CourierService.name,
            RateCard.divisor,
            RateCard.tolerance_grams,
            RateCard.least_grams,
        )
        .join(CourierService, CourierService.code == RateCard.service_code)
        .where(RateCard.cooperative_id == cooperative_id, *holds(on))
        .order_by(CourierService.name)
    )
    return tuple(
        (name, WeightRule(divisor, Grams(tolerance), Grams(minimum)))
        for name, divisor, tolerance, minimum in rows
    )


def holds(on: date | ColumnElement[date]) -> tuple[ColumnElement[bool], ...]:
    """Whether a rate card counts on a day."""
    card = table_of(RateCard).c
    return card.since <= on, or_(card.ends.is_(None), card.ends > on)


_WAY_COLUMNS: Mapping[str, TypeEngine[Any]] = {
    "id": BigInteger(),
    "cooperative_id": BigInteger(),
    "name": String(),
    "days_least": Integer(),
    "days_most": Integer(),
    "free_from": BigInteger(),
    # What is fetched, and what the cooperative brings itself.
    "weekdays": String(),
    "cut_off": Time(),
    "place": String(),
    "note": String(),
    "fee": BigInteger(),
    "cash_most": BigInteger(),
    # Couriers.
    "service_code": String(),
    "area_code": String(),
    "by_air": Boolean(),
    "price_per_kg": BigInteger(),
    "divisor": Integer(),
    "tolerance": Integer(),
    "least_grams": Integer(),
}
"""The columns of every way; those that a kind of way does not have are empty."""


def _way(kind: Kind, **columns: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    return select(
        literal(kind, String()).label("kind"),
        *(columns.get(name, cast(null(), of)).label(name) for name, of in _WAY_COLUMNS.items()),
    )


@cache
def _ways(*, to_address: bool) -> Select[*tuple[Any, ...]] | CompoundSelect[*tuple[Any, ...]]:
    """Every way there is, in one statement; without an address only what is fetched."""
    return union_all(_pickups(), _rounds(), _couriers()) if to_address else _pickups()


def _pickups() -> Select[*tuple[Any, ...]]:
    place = table_of(PickupPlace).c
    return _way(
        "pickup",
        id=place.id,
        cooperative_id=place.cooperative_id,
        name=place.name,
        place=place.address + " · " + place.hours,
        weekdays=place.weekdays,
        cut_off=place.cut_off,
    ).where(
        place.cooperative_id.in_(_ASKED),
        place.closed_at.is_(None),
        ~is_closed(place.cooperative_id, own_day()),
    )


def _fetched(places: Iterable[Any], loads: Mapping[int, Load]) -> list[Quote]:
    return [
        Quote(
            cooperative_id=row.cooperative_id,
            kind="pickup",
            rate_code=f"pickup:{row.id}",
            name=row.name,
            fee=Rupiah(0),
            days_least=None,
            days_most=None,
            scale_grams=loads[row.cooperative_id].grams,
            billable_grams=loads[row.cooperative_id].grams,
            place=row.place,
            weekdays=tuple(int(day) for day in row.weekdays),
            cut_off=row.cut_off,
        )
        for row in places
    ]


def _rounds() -> Select[*tuple[Any, ...]]:
    own, area = table_of(OwnDelivery).c, table_of(OwnDeliveryArea).c
    return _way(
        "own",
        id=own.id,
        cooperative_id=own.cooperative_id,
        name=own.name,
        days_least=own.days_least,
        days_most=own.days_most,
        free_from=own.free_from,
        weekdays=own.weekdays,
        cut_off=own.cut_off,
        note=own.note,
        fee=own.fee,
        cash_most=own.cash_most,
    ).where(
        own.cooperative_id.in_(_ASKED),
        own.closed_at.is_(None),
        own.id.in_(select(area.own_delivery_id).where(area.area_code.in_(_AREAS))),
        ~is_closed(own.cooperative_id, own_day()),
    )


def _brought(
    rounds: Iterable[Any], loads: Mapping[int, Load], goods: Mapping[int, int]
) -> list[Quote]:
    return [
        Quote(
            cooperative_id=row.cooperative_id,
            kind="own",
            rate_code=f"own:{row.id}",
            name=row.name,
            fee=shipping_fee(row.fee, row.free_from, goods.get(row.cooperative_id)),
            days_least=row.days_least,
            days_most=row.days_most,
            scale_grams=loads[row.cooperative_id].grams,
            billable_grams=loads[row.cooperative_id].grams,
            note=row.note,
            free_from=None if row.free_from is None else Rupiah(row.free_from),
            weekdays=tuple(int(day) for day in row.weekdays),
            cut_off=row.cut_off,
            cash_most=None if row.cash_most is None else Rupiah(row.cash_most),
        )
        for row in rounds
    ]


def _couriers() -> Select[*tuple[Any, ...]]:
    card, rate, service = table_of(RateCard), table_of(Rate), table_of(CourierService)
    return (
        _way(
            "courier",
            id=card.c.id,
            cooperative_id=card.c.cooperative_id,
            name=service.c.name,
            days_least=rate.c.days_least,
            days_most=rate.c.days_most,
            free_from=card.c.free_from,
            service_code=card.c.service_code,
            area_code=rate.c.area_code,
            by_air=rate.c.by_air,
            price_per_kg=rate.c.price_per_kg,
            divisor=card.c.divisor,
            tolerance=card.c.tolerance_grams,
            least_grams=card.c.least_grams,
        )
        .join_from(card, service, service.c.code == card.c.service_code)
        .join(rate, rate.c.card_id == card.c.id)
        .where(card.c.cooperative_id.in_(_ASKED), *holds(_ON), rate.c.area_code.in_(_AREAS))
        .where(~is_closed(card.c.cooperative_id, own_day()))
    )


def _sent(lines: Iterable[Any], loads: Mapping[int, Load], goods: Mapping[int, int]) -> list[Quote]:
    # Narrow areas come last and so replace the wide ones.
    narrowest = {line.id: line for line in sorted(lines, key=lambda line: len(line.area_code))}
    quotes = []
    for line in narrowest.values():
        load = loads[line.cooperative_id]
        if not may_travel(load.limits, "courier", days_most=line.days_most, by_air=line.by_air):
            continue
        rule = WeightRule(line.divisor, Grams(line.tolerance), Grams(line.least_grams))
        billable = billable_weight(load, rule)
        quotes.append(
            Quote(
                cooperative_id=line.cooperative_id,
                kind="courier",
                rate_code=f"courier:{line.service_code}:{line.id}:{line.area_code}",
                name=line.name,
                fee=shipping_fee(
                    courier_fee(line.price_per_kg, billable),
                    line.free_from,
                    goods.get(line.cooperative_id),
                ),
                days_least=line.days_least,
                days_most=line.days_most,
                scale_grams=load.grams,
                billable_grams=billable,
                volumetric_grams=volumetric_weight(load.volume, line.divisor),
                free_from=None if line.free_from is None else Rupiah(line.free_from),
                rule=rule,
                price_per_kg=Rupiah(line.price_per_kg),
            )
        )
    return quotes


def rate_behind(session: Session, rate_code: str) -> tuple[WeightRule, Rupiah] | None:
    """How the courier of a sold quote counts weight, and its price for a kilogram.

    :param rate_code: of a quote; None for what is no courier's, or is gone.
    """
    kind, *line = rate_code.split(":")
    if kind != "courier" or len(line) != 3 or not line[1].isdecimal():
        return None
    row = session.execute(
        select(RateCard.divisor, RateCard.tolerance_grams, RateCard.least_grams, Rate.price_per_kg)
        .join(Rate, Rate.card_id == RateCard.id)
        .where(RateCard.id == int(line[1]), Rate.area_code == line[2])
    ).one_or_none()
    if row is None:
        return None
    divisor, tolerance, minimum, price_per_kg = row
    return WeightRule(divisor, Grams(tolerance), Grams(minimum)), Rupiah(price_per_kg)


def roads(session: Session, rate_codes: Collection[str]) -> dict[str, Road]:
    """Days and cut-off, as they are now, of ways that the cooperatives hand over themselves.

    :param rate_codes: of pick-ups and rounds; others are left out. One statement.
    """
    ids_by_kind: dict[str, list[int]] = {"pickup": [], "own": []}
    for code in rate_codes:
        kind, _, number = code.partition(":")
        for known, ids in ids_by_kind.items():
            if kind == known and number.isdecimal():
                ids.append(int(number))
    rows = session.execute(_roads(), ids_by_kind)
    return {
        f"{kind}:{number}": Road(
            "pickup" if kind == "pickup" else "own",
            weekdays=tuple(int(day) for day in weekdays),
            cut_off=cut_off,
        )
        for kind, number, weekdays, cut_off in rows
    }


@cache
def _roads() -> CompoundSelect[*tuple[Any, ...]]:
    return union_all(
        *(
            select(literal(kind, String()), way.id, way.weekdays, way.cut_off).where(
                way.id.in_(bindparam(kind, expanding=True))
            )
            for kind, way in (
                ("pickup", table_of(PickupPlace).c),
                ("own", table_of(OwnDelivery).c),
            )
        )
    )
