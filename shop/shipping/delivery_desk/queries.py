"""What a cooperative's desk sees of its delivery: prices by zone, rounds, places, and the gaps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from shop.core.formats.indonesia import areas_of
from shop.core.values.money import Rupiah
from shop.core.values.units import Grams
from shop.shipping.places.models import Region
from shop.shipping.rates.models import (
    CourierService,
    OwnDelivery,
    OwnDeliveryArea,
    PickupPlace,
    Rate,
    RateCard,
)
from shop.shipping.rates.rules import OpenHours, WeightRule

PROVINCE_LENGTH = 2


@dataclass(frozen=True, slots=True)
class Zone:
    """Areas that cost the same by one service."""

    price_per_kg: Rupiah
    days_least: int
    days_most: int
    by_air: bool
    areas: tuple[tuple[str, str], ...]
    """Code and name."""

    @property
    def first(self) -> str:
        """The area by which a page names the zone."""
        return self.areas[0][0]

    @property
    def listed(self) -> str:
        """The areas as a form keeps them: one a line, code and name."""
        return "\n".join(f"{code} {name}" for code, name in self.areas)


@dataclass(frozen=True, slots=True)
class CardView:
    """One rate card with its zones, and what its manager should look at."""

    card_id: int
    service_code: str
    service: str
    since: date
    ends: date | None
    rule: WeightRule
    free_from: Rupiah | None
    zones: tuple[Zone, ...]
    gaps: tuple[str, ...]
    """Provinces of which no part has a price: nothing is sent there."""
    overlaps: tuple[tuple[str, str], ...]
    """An area and the wider one that also has a price: the narrower wins."""


@dataclass(frozen=True, slots=True)
class PickupView:
    """A pick-up place as its form shows it."""

    place_id: int
    name: str
    address: str
    hours: OpenHours
    is_closed: bool


@dataclass(frozen=True, slots=True)
class RoundView:
    """An own round as its form shows it."""

    round_id: int
    name: str
    fee: Rupiah
    free_from: Rupiah | None
    cash_most: Rupiah | None
    weekdays: str
    cut_off: time
    note: str | None
    areas: tuple[tuple[str, str], ...]
    is_closed: bool

    @property
    def listed(self) -> str:
        """The areas as a form keeps them."""
        return "\n".join(f"{code} {name}" for code, name in self.areas)


@dataclass(frozen=True, slots=True)
class DeliveryDesk:
    """All ways by which a cooperative's goods leave."""

    cards: tuple[CardView, ...]
    """The one that holds now of each service, then those planned, by service and day."""
    rounds: tuple[RoundView, ...]
    pickups: tuple[PickupView, ...]

    @property
    def is_bare(self) -> bool:
        """Whether nothing can leave at all."""
        return not (self.cards or self.rounds or self.pickups)


def services(session: Session) -> tuple[tuple[str, str], ...]:
    """Code and name of every service that parcels can be handed to."""
    rows = session.execute(
        select(CourierService.code, CourierService.name).order_by(CourierService.name)
    )
    return tuple((row.code, row.name) for row in rows)


def delivery_desk(session: Session, cooperative_id: int, on: date) -> DeliveryDesk:
    """Everything about a cooperative's delivery from a day on; six statements at most."""
    cards = session.execute(
        select(RateCard, CourierService.name)
        .join(CourierService, CourierService.code == RateCard.service_code)
        .where(RateCard.cooperative_id == cooperative_id)
        .where(or_(RateCard.ends.is_(None), RateCard.ends > on))
        .order_by(CourierService.name, RateCard.since)
    ).all()
    rates: dict[int, list[tuple[Rate, str]]] = {}
    for rate, name in session.execute(
        select(Rate, func.coalesce(Region.name, ""))
        .outerjoin(Region, Region.code == Rate.area_code)
        .where(Rate.card_id.in_([card.id for card, _name in cards]))
        .order_by(Rate.area_code)
    ):
        rates.setdefault(rate.card_id, []).append((rate, name))
    provinces = [
        (code, name)
        for code, name in session.execute(
            select(Region.code, Region.name)
            .where(func.length(Region.code) == PROVINCE_LENGTH)
            .order_by(Region.code)
        )
    ]
    return DeliveryDesk(
        cards=tuple(_card(card, name, rates.get(card.id, []), provinces) for card, name in cards),
        rounds=rounds_of(session, cooperative_id),
        pickups=pickups_of(session, cooperative_id),
    )


def _card(
    card: RateCard,
    service: str,
    rates: Sequence[tuple[Rate, str]],
    provinces: Sequence[tuple[str, str]],
) -> CardView:
    zones: dict[tuple[int, int, int, bool], list[tuple[str, str]]] = {}
    names = {rate.area_code: name for rate, name in rates}
    for rate, name in rates:
        terms = (rate.price_per_kg, rate.days_least, rate.days_most, rate.by_air)
        zones.setdefault(terms, []).append((rate.area_code, name))
    reached = {areas_of(code)[0] for code in names}
    return CardView(
        card_id=card.id,
        service_code=card.service_code,
        service=service,
        since=card.since,
        ends=card.ends,
        rule=WeightRule(card.divisor, Grams(card.tolerance_grams), Grams(card.least_grams)),
        free_from=None if card.free_from is None else Rupiah(card.free_from),
        zones=tuple(
            Zone(Rupiah(price), minimum, maximum, by_air, tuple(areas))
            for (price, minimum, maximum, by_air), areas in sorted(zones.items())
        ),
        gaps=tuple(name for code, name in provinces if code not in reached),
        overlaps=tuple(
            (names[code], names[wider])
            for code in names
            for wider in areas_of(code)[:-1][-1:]
            if wider in names
        ),
    )


def rounds_of(session: Session, cooperative_id: int) -> tuple[RoundView, ...]:
    """A cooperative's own rounds with the areas they reach, open ones first."""
    rounds = session.scalars(
        select(OwnDelivery)
        .where(OwnDelivery.cooperative_id == cooperative_id)
        .order_by(OwnDelivery.closed_at.is_not(None), OwnDelivery.name, OwnDelivery.id)
    ).all()
    areas: dict[int, list[tuple[str, str]]] = {}
    for round_id, code, name in session.execute(
        select(
            OwnDeliveryArea.own_delivery_id,
            OwnDeliveryArea.area_code,
            func.coalesce(Region.name, ""),
        )
        .outerjoin(Region, Region.code == OwnDeliveryArea.area_code)
        .where(OwnDeliveryArea.own_delivery_id.in_([one.id for one in rounds]))
        .order_by(OwnDeliveryArea.area_code)
    ):
        areas.setdefault(round_id, []).append((code, name))
    return tuple(
        RoundView(
            round_id=one.id,
            name=one.name,
            fee=Rupiah(one.fee),
            free_from=None if one.free_from is None else Rupiah(one.free_from),
            cash_most=None if one.cash_most is None else Rupiah(one.cash_most),
            weekdays=one.weekdays,
            cut_off=one.cut_off,
            note=one.note,
            areas=tuple(areas.get(one.id, ())),
            is_closed=one.closed_at is not None,
        )
        for one in rounds
    )


def pickups_of(session: Session, cooperative_id: int) -> tuple[PickupView, ...]:
    """A cooperative's pick-up places, open ones first."""
    places = session.scalars(
        select(PickupPlace)
        .where(PickupPlace.cooperative_id == cooperative_id)
        .order_by(PickupPlace.closed_at.is_not(None), PickupPlace.name, PickupPlace.id)
    )
    return tuple(
        PickupView(
            one.id,
            one.name,
            one.address,
            OpenHours(one.weekdays, one.opens, one.closes, one.cut_off),
            one.closed_at is not None,
        )
        for one in places
    )
