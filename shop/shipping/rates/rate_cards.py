"""What posting costs: rate cards, each holding from its day on, and their prices."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from shop.core.values.money import Rupiah
from shop.core.values.units import Grams
from shop.people.cooperatives.models import Cooperative
from shop.shipping.places.models import Region
from shop.shipping.rates.errors import WrongRates
from shop.shipping.rates.models import CourierService, Rate, RateCard
from shop.shipping.rates.rate_import import Complaint, RateRow, RowFault


@dataclass(frozen=True, slots=True)
class RateLine:
    """Price and days of one service to one area."""

    area_code: str
    price_per_kg: Rupiah
    days_least: int
    days_most: int
    by_air: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """What a sheet of prices did."""

    rows: int
    """Rows that could be used."""
    changed: int
    """Those that were new, or said something else than before."""
    faults: tuple[RowFault, ...]
    """Rows that could not."""


def set_service(
    session: Session,
    *,
    code: str,
    courier: str,
    name: str,
    divisor: int,
    tolerance: Grams,
    minimum: Grams,
) -> None:
    """Add a courier's service, or correct what is known about it."""
    session.merge(
        CourierService(
            code=code,
            courier=courier,
            name=name,
            divisor=divisor,
            tolerance_grams=tolerance,
            least_grams=minimum,
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
    free_from: Rupiah | None = None,
) -> bool:
    """Give a cooperative's service a rate card from a day on, until the next one planned.

    The same lines again change nothing; other lines for the same day replace that day's prices.

    :return: whether anything changed.
    :raises WrongRates: for an area twice, a negative price or days in the wrong order.
    """
    _check(lines)
    service = session.get_one(CourierService, service_code)
    cards = _cards(session, cooperative_id, service_code)
    held = next((card for card in reversed(cards) if card.since <= since), None)
    if held and held.free_from == free_from and _lines(session, held) == set(lines):
        return False
    if held is None or held.since < since:
        later = next((card for card in cards if card.since > since), None)
        if held is not None:
            held.ends = since
            session.flush()
        held = RateCard(
            cooperative_id=cooperative_id,
            service_code=service_code,
            since=since,
            ends=later.since if later else None,
        )
        session.add(held)
    held.divisor, held.least_grams = service.divisor, service.least_grams
    held.tolerance_grams, held.free_from = service.tolerance_grams, free_from
    session.flush()
    session.execute(delete(Rate).where(Rate.card_id == held.id))
    if lines:
        session.execute(
            insert(Rate),
            [
                {
                    "card_id": held.id,
                    "area_code": line.area_code,
                    "price_per_kg": line.price_per_kg,
                    "days_least": line.days_least,
                    "days_most": line.days_most,
                    "by_air": line.by_air,
                }
                for line in lines
            ],
        )
    return True


def change_rates(
    session: Session,
    *,
    cooperative_id: int,
    service_code: str,
    since: date,
    lines: Sequence[RateLine],
    dropped: Collection[str] = (),
) -> int:
    """Correct some areas of what holds on a day; the others keep their price.

    :param dropped: areas that this service does not go to any more.
    :return: how many areas are new, gone or say something else.
    """
    _check(lines)
    held = _held(session, cooperative_id, service_code, since)
    before = {line.area_code: line for line in _lines(session, held)} if held else {}
    after = {**before, **{line.area_code: line for line in lines}}
    for area_code in dropped:
        after.pop(area_code, None)
    set_rates(
        session,
        cooperative_id=cooperative_id,
        service_code=service_code,
        since=since,
        lines=list(after.values()),
        free_from=Rupiah(held.free_from) if held and held.free_from is not None else None,
    )
    return sum(before.get(area) != after.get(area) for area in before.keys() | after.keys())


def set_free_from(
    session: Session,
    *,
    cooperative_id: int,
    service_code: str,
    since: date,
    free_from: Rupiah | None,
) -> bool:
    """From which sum of goods on a service costs nothing; False when it has no prices yet."""
    held = _held(session, cooperative_id, service_code, since)
    if held is None:
        return False
    lines = list(_lines(session, held))
    set_rates(
        session,
        cooperative_id=cooperative_id,
        service_code=service_code,
        since=since,
        lines=lines,
        free_from=free_from,
    )
    return True


def take_tariff(
    session: Session,
    *,
    cooperative_id: int,
    rows: Mapping[int, RateRow],
    since: date,
) -> Taken:
    """Take over the rows of a sheet that can be used; the others are told, each with its reason.

    :param rows: what could be read, by its number in the sheet.
    :param since: the day on which the prices begin to hold.
    """
    code = session.scalar(select(Cooperative.code).where(Cooperative.id == cooperative_id))
    services = set(session.scalars(select(CourierService.code)))
    areas = known_areas(session, {row.area_code for row in rows.values()})
    faults: list[RowFault] = []
    good: dict[str, dict[str, RateLine]] = {}
    first: dict[tuple[str, str], int] = {}
    for number, row in sorted(rows.items()):
        place = (row.service, row.area_code)
        if row.cooperative != code:
            faults.append(
                RowFault(number, "kode_koperasi", row.cooperative, Complaint.OTHER_COOPERATIVE)
            )
        elif row.service not in services:
            faults.append(RowFault(number, "layanan", row.service, Complaint.UNKNOWN_SERVICE))
        elif row.area_code not in areas:
            faults.append(RowFault(number, "tujuan", row.area_code, Complaint.UNKNOWN_AREA))
        elif place in first:
            faults.append(RowFault(number, "tujuan", row.area_code, Complaint.TWICE, first[place]))
        else:
            first[place] = number
            good.setdefault(row.service, {})[row.area_code] = RateLine(
                row.area_code, row.price_per_kg, row.days_least, row.days_most, row.by_air
            )
    changed = sum(
        change_rates(
            session,
            cooperative_id=cooperative_id,
            service_code=service,
            since=since,
            lines=list(lines.values()),
        )
        for service, lines in sorted(good.items())
    )
    return Taken(len(first), changed, tuple(faults))


def known_areas(session: Session, codes: Collection[str]) -> dict[str, str]:
    """Names of the provinces, regencies and districts among these codes."""
    found: dict[str, str] = {}
    wanted = sorted(codes)
    for start in range(0, len(wanted), 500):
        rows = session.execute(
            select(Region.code, Region.name).where(Region.code.in_(wanted[start : start + 500]))
        )
        found.update({row.code: row.name for row in rows})
    return found


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


def _cards(session: Session, cooperative_id: int, service_code: str) -> Sequence[RateCard]:
    # Whoever changes the cards of a cooperative waits for whoever does: two new cards of one day
    # would otherwise both end the same old one.
    session.execute(
        select(Cooperative.id).where(Cooperative.id == cooperative_id).with_for_update()
    )
    return session.scalars(
        select(RateCard)
        .where(RateCard.cooperative_id == cooperative_id, RateCard.service_code == service_code)
        .order_by(RateCard.since)
    ).all()


def _held(session: Session, cooperative_id: int, service_code: str, on: date) -> RateCard | None:
    cards = _cards(session, cooperative_id, service_code)
    return next((card for card in reversed(cards) if card.since <= on), None)


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
