"""Finding places, and quoting every way a parcel can go."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Subquery, and_, func, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from shop.cooperatives.calendar import is_closed
from shop.cooperatives.models import Closing, Cooperative
from shop.cooperatives.rules import ClosedTime
from shop.core.checks import Check, none_of
from shop.core.clock import HOME_ZONE, day_in, now
from shop.core.money import Rupiah
from shop.core.units import Grams
from shop.shipping.models import (
    CourierService,
    OwnDelivery,
    OwnDeliveryArea,
    PickupPlace,
    Rate,
    RateCard,
    Region,
)
from shop.shipping.rules import (
    GRAMS_PER_KG,
    Load,
    Quote,
    Unit,
    WeightRule,
    areas_of,
    billable_weight,
    courier_fee,
    fee_for,
    folded_name,
    in_order,
    load_of,
    may_travel,
    search_words,
    volumetric_weight,
    without_kinds,
)

_CODE = re.compile(r"[0-9.]{2,13}")
VILLAGE_LENGTH = 13
DISTRICT_LENGTH = 8
LENGTHS = (2, 5, DISTRICT_LENGTH, VILLAGE_LENGTH)
"""Of the codes of province, regency, district and village."""
PLACES = 12
TOLD_AHEAD = timedelta(days=14)
"""How long before it closes a cooperative's goods say so."""


@dataclass(frozen=True, slots=True)
class Place:
    """A village with all that stands above it."""

    village_code: str
    village: str
    district: str
    regency: str
    province: str
    postcode: str

    @property
    def label(self) -> str:
        """One line to choose by: ``Jatiwaringin, Pondok Gede, Kota Bekasi 17411``."""
        return f"{self.village}, {self.district}, {self.regency} {self.postcode}"

    @property
    def folded(self) -> str:
        """All its names as typed words are looked for in them."""
        names = (self.province, self.regency, self.district, self.village)
        return " ".join(
            folded_name(name, self.village_code[:length])
            for name, length in zip(names, LENGTHS, strict=True)
        )


# ------------------------------------------------------------------------------ places
# Tables, not entities: to alias an entity prepares every mapping of the shop while importing.
_village = Region.__table__.alias("village")
_district = Region.__table__.alias("district")
_regency = Region.__table__.alias("regency")
_province = Region.__table__.alias("province")


def place(session: Session, village_code: str) -> Place | None:
    """The village with this code, or None."""
    found = _places(session, _village.c.code == village_code[: VILLAGE_LENGTH + 1], limit=1)
    return found[0] if found else None


def find_places(session: Session, text: str, limit: int = PLACES) -> tuple[Place, ...]:
    """Villages that a typed text can mean, best first.

    The first word (or the postcode) picks a range of an index; further words narrow it by
    district, regency and province. Where no village begins like that, districts are tried.

    :param text: ``jatiwaringin``, ``jatiwaringin pondok gede``, ``17411`` or a whole label.
    """
    names, postcode = search_words(text)
    if postcode is not None:
        within = _village.c.postcode == postcode
        narrowed = _places(session, and_(within, *_all_named(without_kinds(names))), limit=limit)
        return narrowed or _places(session, within, limit=limit)
    tries = dict.fromkeys((names, without_kinds(names)))
    for wanted in tries:
        if wanted and (found := _named(session, wanted, limit)):
            return found
    return ()


def find_village(session: Session, text: str) -> tuple[Place | None, tuple[Place, ...]]:
    """The one village that a typed text means, or all that could be meant.

    Where name and postcode contradict each other neither is believed: the villages of both are
    there to choose from.
    """
    found = find_places(session, text)
    if contradicts(text, found):
        by_name = find_places(session, " ".join(search_words(text)[0]))
        return None, tuple(dict.fromkeys((*by_name, *found)))[:PLACES]
    return (found[0], ()) if len(found) == 1 else (None, found)


def contradicts(text: str, places: Sequence[Place]) -> bool:
    """Whether a postcode was typed beside names that none of the places found bears."""
    names, postcode = search_words(text)
    wanted = without_kinds(names)
    if postcode is None or not wanted or not places:
        return False
    return not any(
        found.postcode == postcode and all(name in found.folded for name in wanted)
        for found in places
    )


def regions(session: Session, parent_code: str | None) -> tuple[tuple[str, str], ...]:
    """Code and name of the parts of a region, by name; the provinces for None."""
    return tuple(
        (code, name)
        for code, name in session.execute(
            select(Region.code, Region.name)
            .where(Region.parent_code == parent_code)
            .order_by(Region.name)
        )
    )


def path_to(session: Session, code: str) -> tuple[tuple[str, str], ...]:
    """Code and name of a region and all above it, the province first; empty when unknown."""
    if not _CODE.fullmatch(code):
        return ()
    parts = code.split(".")
    codes = [".".join(parts[:depth]) for depth in range(1, min(len(parts), 4) + 1)]
    found = session.execute(
        select(Region.code, Region.name).where(Region.code.in_(codes)).order_by(Region.code)
    ).all()
    return tuple((row.code, row.name) for row in found) if len(found) == len(codes) else ()


def _named(session: Session, wanted: Sequence[str], limit: int) -> tuple[Place, ...]:
    rest = _all_named(wanted)
    # "kota baru" whole before "kota" alone: the narrower range is also the better answer.
    starts = tuple(dict.fromkeys(("".join(wanted), *wanted)))
    for start in starts:
        if found := _places(session, and_(_begins(_village.c.folded, start), *rest), limit=limit):
            return found
    for start in starts:
        districts = session.scalars(
            select(Region.code)
            .where(
                _begins(Region.__table__.c.folded, start),
                func.length(Region.code) == DISTRICT_LENGTH,
            )
            .limit(limit)
        ).all()
        inside = and_(_village.c.parent_code.in_(districts), *rest)
        if districts and (found := _places(session, inside, limit=limit)):
            return found
    return ()


def _begins(folded: ColumnElement[str], start: str) -> ColumnElement[bool]:
    # Folded names hold letters and digits only; "~" stands behind all of them.
    return and_(folded >= start, folded < start + "~")


def _all_named(names: Sequence[str]) -> list[ColumnElement[bool]]:
    # Looked at only for the rows of the range above, never for all villages.
    path = _village.c.folded + " " + _district.c.folded + " " + _regency.c.folded
    path = path + " " + _province.c.folded
    return [path.contains(name) for name in names]


def _places(session: Session, where: ColumnElement[bool], *, limit: int) -> tuple[Place, ...]:
    rows = session.execute(
        select(
            _village.c.code,
            _village.c.name,
            _district.c.name,
            _regency.c.name,
            _province.c.name,
            _village.c.postcode,
        )
        .select_from(_village)
        .join(_district, _district.c.code == _village.c.parent_code)
        .join(_regency, _regency.c.code == _district.c.parent_code)
        .join(_province, _province.c.code == _regency.c.parent_code)
        .where(where, func.length(_village.c.code) == VILLAGE_LENGTH)
        .order_by(_village.c.folded, _village.c.code)
        .limit(limit)
    )
    # Each village has a postcode; only the column, shared with larger regions, may be empty.
    return tuple(Place(a, b, c, d, e, postcode or "") for a, b, c, d, e, postcode in rows)


# ------------------------------------------------------------------------------ quotes
def quote_all(
    session: Session,
    parcels: Mapping[int, Sequence[Unit]],
    village_code: str | None,
    *,
    goods: Mapping[int, int] | None = None,
    on: date | None = None,
) -> dict[int, tuple[Quote, ...]]:
    """Every way each cooperative's parcel can go, cheapest first; in three statements at most.

    :param parcels: units by cooperative id.
    :param village_code: where to; without it only pick-up is offered.
    :param goods: rupiah of goods by cooperative id, for rounds that are free above a sum.
    :param on: the day whose rate cards count; today unless told.
    :return: every cooperative asked for; an empty tuple says "not delivered there", and also
        that the cooperative is closed on that day.
    """
    loads = {cooperative: load_of(units) for cooperative, units in parcels.items()}
    quotes: dict[int, list[Quote]] = {cooperative: [] for cooperative in loads}
    if not loads:
        return {}
    on = on or _today()
    found = _pickups(session, loads, on)
    if village_code is not None:
        areas = areas_of(village_code)
        found += _rounds(session, loads, areas, goods or {}, on)
        found += _couriers(session, loads, areas, goods or {}, on)
    for quote in found:
        quotes[quote.cooperative_id].append(quote)
    return {cooperative: in_order(ways) for cooperative, ways in quotes.items()}


def from_fee(
    session: Session, cooperative_ids: Collection[int], *, on: date | None = None
) -> dict[int, Rupiah]:
    """The least anybody pays to have something brought: "mulai Rp9.000". One statement.

    A cooperative that only hands over at its own door, or is closed, is absent.
    """
    on = on or _today()
    lowest = _lowest(cooperative_ids, on)
    rows = session.execute(
        select(lowest.c.cooperative_id, func.min(lowest.c.fee)).group_by(lowest.c.cooperative_id)
    )
    return {cooperative: Rupiah(fee) for cooperative, fee in rows}


def reach(
    session: Session, cooperative_id: int, on: date
) -> tuple[Rupiah | None, ClosedTime | None]:
    """The same for one cooperative, and when it is closed, now or before long. One statement."""
    lowest = _lowest([cooperative_id], on)
    row = session.execute(
        select(
            select(func.min(lowest.c.fee)).scalar_subquery(),
            Closing.last_sending,
            Closing.reopens,
            Closing.note,
        )
        .select_from(Cooperative)
        .outerjoin(
            Closing,
            and_(
                Closing.cooperative_id == Cooperative.id,
                Closing.withdrawn_at.is_(None),
                Closing.reopens > on,
                Closing.last_sending <= on + TOLD_AHEAD,
            ),
        )
        .where(Cooperative.id == cooperative_id)
        .order_by(Closing.last_sending)
        .limit(1)
    ).one()
    fee, last_sending, reopens, note = row
    closed = None if reopens is None else ClosedTime(last_sending, reopens, note)
    return None if fee is None else Rupiah(fee), closed


def _lowest(cooperative_ids: Collection[int], on: date) -> Subquery:
    couriers = (
        select(
            RateCard.cooperative_id.label("cooperative_id"),
            func.min(Rate.price_per_kg * (RateCard.least_grams // GRAMS_PER_KG)).label("fee"),
        )
        .join(Rate, Rate.card_id == RateCard.id)
        .where(RateCard.cooperative_id.in_(cooperative_ids), *_holds(on))
        .where(~is_closed(RateCard.cooperative_id, on))
        .group_by(RateCard.cooperative_id)
    )
    rounds = (
        select(OwnDelivery.cooperative_id, func.min(OwnDelivery.fee))
        .where(OwnDelivery.cooperative_id.in_(cooperative_ids), OwnDelivery.closed_at.is_(None))
        .where(~is_closed(OwnDelivery.cooperative_id, on))
        .group_by(OwnDelivery.cooperative_id)
    )
    return union_all(couriers, rounds).subquery()


def _today() -> date:
    return day_in(HOME_ZONE, now())


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
        .where(RateCard.cooperative_id == cooperative_id, *_holds(on))
        .order_by(CourierService.name)
    )
    return tuple(
        (name, WeightRule(divisor, Grams(tolerance), Grams(least)))
        for name, divisor, tolerance, least in rows
    )


def _holds(on: date) -> tuple[ColumnElement[bool], ...]:
    return RateCard.since <= on, or_(RateCard.ends.is_(None), RateCard.ends > on)


def _pickups(session: Session, loads: Mapping[int, Load], on: date) -> list[Quote]:
    places = session.execute(
        select(
            PickupPlace.id,
            PickupPlace.cooperative_id,
            PickupPlace.name,
            PickupPlace.address,
            PickupPlace.hours,
            PickupPlace.weekdays,
            PickupPlace.cut_off,
        ).where(
            PickupPlace.cooperative_id.in_(loads),
            PickupPlace.closed_at.is_(None),
            ~is_closed(PickupPlace.cooperative_id, on),
        )
    )
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
            place=f"{row.address} · {row.hours}",
            weekdays=tuple(int(day) for day in row.weekdays),
            cut_off=row.cut_off,
        )
        for row in places
    ]


def _rounds(
    session: Session,
    loads: Mapping[int, Load],
    areas: Sequence[str],
    goods: Mapping[int, int],
    on: date,
) -> list[Quote]:
    reached = select(OwnDeliveryArea.own_delivery_id).where(OwnDeliveryArea.area_code.in_(areas))
    rounds = session.execute(
        select(*OwnDelivery.__table__.columns).where(
            OwnDelivery.cooperative_id.in_(loads),
            OwnDelivery.closed_at.is_(None),
            OwnDelivery.id.in_(reached),
            ~is_closed(OwnDelivery.cooperative_id, on),
        )
    )
    return [
        Quote(
            cooperative_id=row.cooperative_id,
            kind="own",
            rate_code=f"own:{row.id}",
            name=row.name,
            fee=fee_for(row.fee, row.free_from, goods.get(row.cooperative_id)),
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


def _couriers(
    session: Session,
    loads: Mapping[int, Load],
    areas: Sequence[str],
    goods: Mapping[int, int],
    on: date,
) -> list[Quote]:
    lines = session.execute(
        select(
            RateCard.id,
            RateCard.cooperative_id,
            RateCard.service_code,
            RateCard.divisor,
            RateCard.tolerance_grams,
            RateCard.least_grams,
            RateCard.free_from,
            CourierService.name,
            Rate.area_code,
            Rate.price_per_kg,
            Rate.days_least,
            Rate.days_most,
            Rate.by_air,
        )
        .join(CourierService, CourierService.code == RateCard.service_code)
        .join(Rate, Rate.card_id == RateCard.id)
        .where(RateCard.cooperative_id.in_(loads), *_holds(on), Rate.area_code.in_(areas))
        .where(~is_closed(RateCard.cooperative_id, on))
        # Narrow areas come last and so replace the wide ones below.
        .order_by(func.length(Rate.area_code))
    )
    narrowest = {line.id: line for line in lines}
    quotes = []
    for line in narrowest.values():
        load = loads[line.cooperative_id]
        if not may_travel(load.limits, "courier", days_most=line.days_most, by_air=line.by_air):
            continue
        rule = WeightRule(line.divisor, Grams(line.tolerance_grams), Grams(line.least_grams))
        billable = billable_weight(load, rule)
        quotes.append(
            Quote(
                cooperative_id=line.cooperative_id,
                kind="courier",
                rate_code=f"courier:{line.service_code}:{line.id}:{line.area_code}",
                name=line.name,
                fee=fee_for(
                    courier_fee(line.price_per_kg, billable),
                    line.free_from,
                    goods.get(line.cooperative_id),
                ),
                days_least=line.days_least,
                days_most=line.days_most,
                scale_grams=load.grams,
                billable_grams=billable,
                space_grams=volumetric_weight(load.volume, line.divisor),
                free_from=None if line.free_from is None else Rupiah(line.free_from),
                rule=rule,
                price_per_kg=Rupiah(line.price_per_kg),
            )
        )
    return quotes


# ------------------------------------------------------------------------------ verify
def verify(session: Session) -> dict[str, Check]:
    """No rate is below nothing, no two cards hold on one day, no region stands alone."""
    later = aliased(RateCard)
    parent = aliased(Region)
    return {
        "shipping_rates_are_not_negative": none_of(
            session.execute(
                select(Rate.card_id, Rate.area_code, Rate.price_per_kg).where(
                    or_(Rate.price_per_kg < 0, Rate.days_most < Rate.days_least)
                )
            ),
            "rate card {}, area {}: {} a kg",
        ),
        "shipping_cards_follow_one_another": none_of(
            session.execute(
                select(RateCard.cooperative_id, RateCard.service_code, later.since).join(
                    later,
                    and_(
                        later.cooperative_id == RateCard.cooperative_id,
                        later.service_code == RateCard.service_code,
                        later.since > RateCard.since,
                        or_(RateCard.ends.is_(None), RateCard.ends > later.since),
                    ),
                )
            ),
            "cooperative {}, {}: two rate cards on {}",
        ),
        "shipping_regions_have_their_parents": none_of(
            session.execute(
                select(Region.code)
                .outerjoin(parent, parent.code == Region.parent_code)
                .where(Region.parent_code.is_not(None), parent.code.is_(None))
            ),
            "region {} stands under nothing",
        ),
    }
