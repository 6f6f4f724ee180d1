"""Loading the regions, and setting what delivery costs."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import TypeVar

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from shop.core.database.upserts import insert_row
from shop.core.values.money import Rupiah
from shop.shipping.places.models import Address
from shop.shipping.places.queries import Place
from shop.shipping.rates.errors import WayNotFound
from shop.shipping.rates.models import OwnDelivery, OwnDeliveryArea, PickupPlace
from shop.shipping.rates.rate_cards import RateLine, set_rates, set_service
from shop.shipping.rates.rate_import import Row, read_delivery, read_services, read_tariff
from shop.shipping.rates.rules import OpenHours

Way = TypeVar("Way", PickupPlace, OwnDelivery)


# ---------------------------------------------------------------------------- addresses
def add_address(
    session: Session,
    *,
    contact_id: int,
    street: str,
    place: Place,
    courier_note: str | None = None,
    now: datetime,
) -> int:
    """Write down where a parcel goes, with the names its place has today; the address's id."""
    values = {
        "contact_id": contact_id,
        "street": street,
        "village_code": place.village_code,
        "village": place.village,
        "district": place.district,
        "regency": place.regency,
        "province": place.province,
        "postcode": place.postcode,
        "courier_note": courier_note,
        "created_at": now,
    }
    return insert_row(session, Address, values)


# -------------------------------------------------------------- handing over, driving
def add_pickup_place(
    session: Session, *, cooperative_id: int, name: str, address: str, hours: OpenHours
) -> PickupPlace:
    """Say where goods can be fetched; saying it again corrects address and hours."""
    place = session.scalar(
        select(PickupPlace).where(
            PickupPlace.cooperative_id == cooperative_id, PickupPlace.name == name
        )
    )
    return change_pickup_place(
        session,
        cooperative_id=cooperative_id,
        place_id=place.id if place else None,
        name=name,
        address=address,
        hours=hours,
    )


def change_pickup_place(
    session: Session,
    *,
    cooperative_id: int,
    place_id: int | None,
    name: str,
    address: str,
    hours: OpenHours,
) -> PickupPlace:
    """Open a place for handing over, or correct one; orders keep what they were told.

    :raises WayNotFound: when the place is not this cooperative's.
    """
    place = (
        PickupPlace(cooperative_id=cooperative_id)
        if place_id is None
        else own_way(session, PickupPlace, cooperative_id, place_id)
    )
    place.name, place.address, place.hours = name, address, hours.written
    place.weekdays, place.cut_off = hours.weekdays, hours.cut_off
    place.opens, place.closes = hours.opens, hours.closes
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
    cash_most: Rupiah | None = None,
    note: str | None = None,
) -> OwnDelivery:
    """Say which areas a cooperative drives to itself; saying it again corrects the round."""
    known = session.scalar(
        select(OwnDelivery.id).where(
            OwnDelivery.cooperative_id == cooperative_id, OwnDelivery.name == name
        )
    )
    return change_round(
        session,
        cooperative_id=cooperative_id,
        round_id=known,
        name=name,
        areas=areas,
        fee=fee,
        free_from=free_from,
        weekdays=weekdays,
        cut_off=cut_off,
        days=days,
        cash_most=cash_most,
        note=note,
    )


def change_round(
    session: Session,
    *,
    cooperative_id: int,
    round_id: int | None,
    name: str,
    areas: Sequence[str],
    fee: Rupiah,
    free_from: Rupiah | None,
    weekdays: str,
    cut_off: time,
    days: tuple[int, int],
    cash_most: Rupiah | None,
    note: str | None,
) -> OwnDelivery:
    """Add a round, or correct one.

    :raises WayNotFound: when the round is not this cooperative's.
    """
    delivery = (
        OwnDelivery(cooperative_id=cooperative_id)
        if round_id is None
        else own_way(session, OwnDelivery, cooperative_id, round_id)
    )
    delivery.name, delivery.fee, delivery.free_from = name, fee, free_from
    delivery.weekdays, delivery.cut_off = weekdays, cut_off
    delivery.days_least, delivery.days_most = days
    delivery.cash_most, delivery.note = cash_most, note
    session.add(delivery)
    session.flush()
    session.execute(delete(OwnDeliveryArea).where(OwnDeliveryArea.own_delivery_id == delivery.id))
    session.execute(
        insert(OwnDeliveryArea),
        [{"own_delivery_id": delivery.id, "area_code": area} for area in dict.fromkeys(areas)],
    )
    return delivery


def own_way(session: Session, kind: type[Way], cooperative_id: int, way_id: int) -> Way:
    """A place or a round of this cooperative.

    :raises WayNotFound: when it is another's, or nobody's.
    """
    found = session.scalar(
        select(kind).where(kind.id == way_id, kind.cooperative_id == cooperative_id)
    )
    if found is None:
        raise WayNotFound(str(way_id))
    return found


def set_open(way: PickupPlace | OwnDelivery, *, is_open: bool, now: datetime) -> None:
    """Take a place or a round out of new orders, or back into them; old ones still name it."""
    way.closed_at = None if is_open else (way.closed_at or now)


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
            minimum=service.minimum,
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
            cash_most=own.cash_most,
            note=own.note,
        )
