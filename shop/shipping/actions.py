"""Loading the regions, and setting what delivery costs."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from shop.core import indonesia
from shop.core.indonesia import RegionFact
from shop.core.money import Rupiah
from shop.core.units import Grams
from shop.shipping.errors import WrongRates
from shop.shipping.models import (
    Address,
    CourierService,
    OwnDelivery,
    OwnDeliveryArea,
    PickupPlace,
    Rate,
    RateCard,
    Region,
    RegionEdition,
)
from shop.shipping.queries import Place
from shop.shipping.rules import folded_name
from shop.shipping.sheets import Row, read_delivery, read_services, read_tariff

BATCH = 5_000

Progress = Callable[[int, int], None]
"""Told after each batch how many regions are in, and of how many."""


# ------------------------------------------------------------------------------ regions
def load_regions(session: Session, *, now: datetime, progress: Progress | None = None) -> int:
    """Bring the ministry's regions into our table; the same edition again does nothing.

    Codes that the ministry has given up leave the table; addresses keep their own names.

    :return: how many regions were written.
    """
    edition = indonesia.regions_edition()
    if session.get(RegionEdition, edition) is not None:
        return 0
    facts = {fact.code: fact for fact in indonesia.regions()}
    known = {
        row.code: (row.name, row.folded, row.postcode)
        for row in session.execute(select(Region.code, Region.name, Region.folded, Region.postcode))
    }
    gone = sorted(known.keys() - facts.keys())
    for start in range(0, len(gone), 500):
        session.execute(delete(Region).where(Region.code.in_(gone[start : start + 500])))
    rows = iter([_row(fact) for code, fact in facts.items() if code not in known])
    written, total = 0, len(facts) - len(known.keys() & facts.keys())
    while batch := list(islice(rows, BATCH)):
        session.execute(insert(Region), batch)
        written += len(batch)
        if progress:
            progress(written, total)
    changed = [
        row
        for code in known.keys() & facts.keys()
        if known[code] != ((row := _row(facts[code]))["name"], row["folded"], row["postcode"])
    ]
    if changed:
        session.execute(update(Region), changed)
    session.add(RegionEdition(edition=edition, regions=len(facts), loaded_at=now))
    session.flush()
    return written + len(changed)


def _row(fact: RegionFact) -> dict[str, str | None]:
    parent, _, _ = fact.code.rpartition(".")
    return {
        "code": fact.code,
        "parent_code": parent or None,
        "name": fact.name,
        "folded": folded_name(fact.name, fact.code),
        "postcode": fact.postcode,
    }


# ---------------------------------------------------------------------------- addresses
def add_address(
    session: Session,
    *,
    contact_id: int,
    street: str,
    place: Place,
    courier_note: str | None = None,
    now: datetime,
) -> Address:
    """Write down where a parcel goes, with the names its place has today."""
    address = Address(
        contact_id=contact_id,
        street=street,
        village_code=place.village_code,
        village=place.village,
        district=place.district,
        regency=place.regency,
        province=place.province,
        postcode=place.postcode,
        courier_note=courier_note,
        created_at=now,
    )
    session.add(address)
    session.flush()
    return address


# -------------------------------------------------------------------------------- rates
@dataclass(frozen=True, slots=True)
class RateLine:
    """Price and days of one service to one area."""

    area_code: str
    price_per_kg: Rupiah
    days_least: int
    days_most: int
    by_air: bool


def set_service(
    session: Session,
    *,
    code: str,
    courier: str,
    name: str,
    divisor: int,
    tolerance: Grams,
    least: Grams,
) -> None:
    """Add a courier's service, or correct what is known about it."""
    session.merge(
        CourierService(
            code=code,
            courier=courier,
            name=name,
            divisor=divisor,
            tolerance_grams=tolerance,
            least_grams=least,
        )
    )
    session.flush()


def set_rates(
    session: Session,
    *,
    cooperative_id: int,
    service_code: str,
    since: date,
    lines: Sequence[RateLine],
) -> None:
    """Give a cooperative's service a rate card from a day on; the one before ends that day.

    The same lines again change nothing; other lines for the same day replace that day's card.

    :raises WrongRates: for an area twice, a negative price or days in the wrong order.
    """
    _check(lines)
    service = session.get_one(CourierService, service_code)
    card = session.scalar(
        select(RateCard).where(
            RateCard.cooperative_id == cooperative_id,
            RateCard.service_code == service_code,
            RateCard.ends.is_(None),
        )
    )
    if card is not None and _lines(session, card) == set(lines):
        return
    if card is not None and card.since >= since:
        session.execute(delete(Rate).where(Rate.card_id == card.id))
        session.delete(card)
        session.flush()
    elif card is not None:
        card.ends = since
        session.flush()
    fresh = RateCard(
        cooperative_id=cooperative_id,
        service_code=service_code,
        since=since,
        divisor=service.divisor,
        tolerance_grams=service.tolerance_grams,
        least_grams=service.least_grams,
    )
    session.add(fresh)
    session.flush()
    session.execute(
        insert(Rate),
        [
            {
                "card_id": fresh.id,
                "area_code": line.area_code,
                "price_per_kg": line.price_per_kg,
                "days_least": line.days_least,
                "days_most": line.days_most,
                "by_air": line.by_air,
            }
            for line in lines
        ],
    )


def _check(lines: Sequence[RateLine]) -> None:
    seen = set()
    for number, line in enumerate(lines, start=1):
        if line.area_code in seen:
            raise WrongRates(number, "area_code", line.area_code)
        if line.price_per_kg < 0:
            raise WrongRates(number, "price_per_kg", str(line.price_per_kg))
        if not 0 <= line.days_least <= line.days_most:
            raise WrongRates(number, "days", f"{line.days_least}-{line.days_most}")
        seen.add(line.area_code)


def _lines(session: Session, card: RateCard) -> set[RateLine]:
    return {
        RateLine(
            rate.area_code,
            Rupiah(rate.price_per_kg),
            rate.days_least,
            rate.days_most,
            rate.by_air,
        )
        for rate in session.scalars(select(Rate).where(Rate.card_id == card.id))
    }


def add_pickup_place(
    session: Session, *, cooperative_id: int, name: str, address: str, hours: str
) -> PickupPlace:
    """Say where goods can be fetched; saying it again corrects address and hours."""
    place = session.scalar(
        select(PickupPlace).where(
            PickupPlace.cooperative_id == cooperative_id, PickupPlace.name == name
        )
    ) or PickupPlace(cooperative_id=cooperative_id, name=name)
    place.address, place.hours = address, hours
    session.add(place)
    session.flush()
    return place


def add_own_delivery(
    session: Session,
    *,
    cooperative_id: int,
    name: str,
    areas: Sequence[str],
    fee: Rupiah,
    free_from: Rupiah | None,
    weekdays: str,
    cut_off: time,
    days: tuple[int, int],
    note: str | None = None,
) -> OwnDelivery:
    """Say which areas a cooperative drives to itself; saying it again corrects the round."""
    delivery = session.scalar(
        select(OwnDelivery).where(
            OwnDelivery.cooperative_id == cooperative_id, OwnDelivery.name == name
        )
    ) or OwnDelivery(cooperative_id=cooperative_id, name=name)
    delivery.fee, delivery.free_from = fee, free_from
    delivery.weekdays, delivery.cut_off = weekdays, cut_off
    delivery.days_least, delivery.days_most = days
    delivery.note = note
    session.add(delivery)
    session.flush()
    session.execute(delete(OwnDeliveryArea).where(OwnDeliveryArea.own_delivery_id == delivery.id))
    session.execute(
        insert(OwnDeliveryArea),
        [{"own_delivery_id": delivery.id, "area_code": area} for area in dict.fromkeys(areas)],
    )
    return delivery


def load_rates(
    session: Session,
    *,
    cooperatives: Mapping[str, int],
    services: Iterable[Row],
    tariff: Iterable[Row],
    delivery: Iterable[Row],
    since: date,
) -> None:
    """Take whole lists over: services, prices, pick-up places and rounds; again changes nothing.

    :param cooperatives: ids by three-letter code.
    :param since: the day the prices begin to hold.
    :raises WrongRates: naming the row and the column; nothing of the lists is then kept.
    """
    for service in read_services(services):
        set_service(
            session,
            code=service.code,
            courier=service.courier,
            name=service.name,
            divisor=service.divisor,
            tolerance=service.tolerance,
            least=service.least,
        )
    cards: dict[tuple[str, str], list[RateLine]] = {}
    for row in read_tariff(tariff):
        cards.setdefault((row.cooperative, row.service), []).append(
            RateLine(row.area_code, row.price_per_kg, row.days_least, row.days_most, row.by_air)
        )
    for (code, service_code), lines in cards.items():
        set_rates(
            session,
            cooperative_id=cooperatives[code],
            service_code=service_code,
            since=since,
            lines=lines,
        )
    pickups, rounds = read_delivery(delivery)
    for pickup in pickups:
        add_pickup_place(
            session,
            cooperative_id=cooperatives[pickup.cooperative],
            name=pickup.name,
            address=pickup.address,
            hours=pickup.hours,
        )
    for own in rounds:
        add_own_delivery(
            session,
            cooperative_id=cooperatives[own.cooperative],
            name=own.name,
            areas=own.areas,
            fee=own.fee,
            free_from=own.free_from,
            weekdays=own.weekdays,
            cut_off=own.cut_off,
            days=(own.days_least, own.days_most),
            note=own.note,
        )
