"""How parcels weigh, what they cost, and which goods may travel how."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Literal

from shop.core.values.money import Rupiah
from shop.core.values.units import Grams, Millimetres

GRAMS_PER_KG = 1000
CM = 10
"""Millimetres of a centimetre."""
CHILLED_DAYS = 2
"""A cool box keeps for two days; what must stay cold goes no slower than that."""

Kind = Literal["pickup", "own", "courier"]


class SendLimit(StrEnum):
    """What a product's *batas kirim* allows; the strictest of a parcel decides."""

    LAND_OR_SEA = "darat-laut"
    CHILLED = "dingin"
    LOCAL_FROZEN = "lokal-beku"
    LOCAL_SAME_DAY = "lokal-hari-sama"


@dataclass(frozen=True, slots=True)
class Unit:
    """So many equal packs of a parcel, with the weight and outer size of one."""

    packs: int
    grams: Grams
    length: Millimetres
    width: Millimetres
    height: Millimetres
    limit: str | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """A parcel as a courier sees it: what it weighs, the space it takes (cubic millimetres)."""

    grams: Grams
    volume: int
    limits: frozenset[str]


@dataclass(frozen=True, slots=True)
class WeightRule:
    """How a service counts weight.

    :param divisor: cubic centimetres that count as a kilogram.
    :param tolerance: grams over a whole kilogram that are free.
    :param minimum: grams that are charged at least.
    """

    divisor: int
    tolerance: Grams
    minimum: Grams


DAY_NAMES = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")


@dataclass(frozen=True, slots=True)
class OpenHours:
    """When a place hands over: days as ``123456``, hours, and until when it is ready today."""

    weekdays: str
    opens: time
    closes: time
    cut_off: time

    @property
    def written(self) -> str:
        """As the cooperative's people would put it: ``Senin–Sabtu 08.00–16.00``."""
        days = [int(day) for day in self.weekdays]
        in_a_row = len(days) > 2 and days[-1] - days[0] == len(days) - 1
        names = [DAY_NAMES[day - 1] for day in days]
        said = f"{names[0]}–{names[-1]}" if in_a_row else ", ".join(names)
        if len(days) == len(DAY_NAMES):
            said = "Setiap hari"
        return f"{said} {self.opens:%H.%M}–{self.closes:%H.%M}"


@dataclass(frozen=True, slots=True)
class Quote:
    """One way for one cooperative's parcel to reach the shopper, and its price."""

    cooperative_id: int
    kind: Kind
    rate_code: str
    """Which line it was read from; ``choice`` is the part that outlives a new rate card."""
    name: str
    fee: Rupiah
    days_least: int | None
    days_most: int | None
    scale_grams: Grams
    billable_grams: Grams
    place: str | None = None
    note: str | None = None
    free_from: Rupiah | None = None
    weekdays: tuple[int, ...] = ()
    cut_off: time | None = None
    volumetric_grams: Grams | None = None
    """What the volume counts as; above ``scale_grams`` it explains the fee."""
    rule: WeightRule | None = None
    """How a courier counted; None for what is handed over at home."""
    price_per_kg: Rupiah | None = None
    """Of a courier, before anything makes it free."""
    cash_most: Rupiah | None = None
    """Up to this total the driver takes cash (rule R18)."""
    arrives: tuple[date, date] | None = None
    """First and last day on which it can be in the shopper's hands."""

    @property
    def choice(self) -> str:
        """What a form posts for this way: ``pickup:3``, ``own:5``, ``courier:jne-reg``."""
        return ":".join(self.rate_code.split(":")[:2])


def load_of(units: Iterable[Unit]) -> Load:
    """Units put together: weights and volumes are summed, the packing may only be smaller."""
    grams = volume = 0
    limits = set()
    for unit in units:
        grams += unit.packs * unit.grams
        volume += unit.packs * unit.length * unit.width * unit.height
        if unit.limit:
            limits.add(unit.limit)
    return Load(Grams(grams), volume, frozenset(limits))


def volumetric_weight(volume: int, divisor: int) -> Grams:
    """Grams that a space counts as: 400 x 300 x 200 mm at 6000 weighs 4000 g.

    :param volume: cubic millimetres; cm3 per kg equals mm3 per g, so no factor is needed.
    :return: rounded up, which never changes the kilogram that the tolerance leads to.
    """
    return Grams(-(-volume // divisor))


def billable_weight(load: Load, rule: WeightRule) -> Grams:
    """Whole kilograms (as grams) a courier charges: the scale's or the space's, the larger.

    1.300 g is 1 kg and 1.301 g is 2 kg where 300 g over are free; never less than the minimum.
    """
    space = volumetric_weight(load.volume, rule.divisor)
    return max(
        _round_kg(load.grams, rule.tolerance), _round_kg(space, rule.tolerance), rule.minimum
    )


class WeighedBy(StrEnum):
    """What decided the weight that a courier charges."""

    SCALE = "scale"
    SPACE = "space"
    MINIMUM = "minimum"


def weighed_by(load: Load, rule: WeightRule) -> WeighedBy:
    """Whether the scale, the space or the service's minimum decides."""
    space = _round_kg(volumetric_weight(load.volume, rule.divisor), rule.tolerance)
    scale = _round_kg(load.grams, rule.tolerance)
    if max(scale, space) < rule.minimum:
        return WeighedBy.MINIMUM
    return WeighedBy.SPACE if space > scale else WeighedBy.SCALE


@dataclass(frozen=True, slots=True)
class SmallerBox:
    """How small a box must be so that the courier charges less."""

    volume: int
    """The largest space (cubic millimetres) that does."""
    billable: Grams
    """What is charged for it."""


def smaller_box(load: Load, rule: WeightRule) -> SmallerBox | None:
    """The next box that saves a kilogram or more; None where its size is not what costs."""
    if weighed_by(load, rule) is not WeighedBy.SPACE:
        return None
    billable = Grams(billable_weight(load, rule) - GRAMS_PER_KG)
    if billable < rule.minimum:
        return None  # nobody is charged less than the service's minimum
    return SmallerBox((billable + rule.tolerance) * rule.divisor, billable)


@dataclass(frozen=True, slots=True)
class LowerBox:
    """A box of the same ground that costs less."""

    height: Millimetres
    """In whole centimetres: the highest that does."""
    billable: Grams
    """What is charged for it."""


def lower_box(unit: Unit, rule: WeightRule) -> LowerBox | None:
    """How low a parcel of one sort must be to save a kilogram; None where that saves nothing.

    :param unit: with its outer sides; its ground stays as it is.
    """
    smaller, ground = smaller_box(load_of([unit]), rule), unit.length * unit.width
    if smaller is None or not ground:
        return None
    height = smaller.volume // (ground * unit.packs) // CM * CM
    return LowerBox(Millimetres(height), smaller.billable) if height else None


def courier_fee(price_per_kg: int, billable: Grams) -> Rupiah:
    """Price of a parcel whose billable weight is in whole kilograms."""
    return Rupiah(price_per_kg * (billable // GRAMS_PER_KG))


def shipping_fee(fee: int, free_from: int | None, goods: int | None) -> Rupiah:
    """The fee, or nothing once the goods reach what makes it free."""
    free = free_from is not None and goods is not None and goods >= free_from
    return Rupiah(0 if free else fee)


def may_travel(
    limits: Iterable[str], kind: Kind, *, days_most: int | None = None, by_air: bool = False
) -> bool:
    """Whether goods with these limits may go this way.

    Whatever is handed over at home is always allowed. A courier takes land-or-sea goods by
    those ways only, chilled goods for two days at most, and nothing that must stay local; a
    limit nobody here knows stays local too.
    """
    if kind != "courier":
        return True
    for limit in limits:
        if limit == SendLimit.LAND_OR_SEA and not by_air:
            continue
        if limit == SendLimit.CHILLED and days_most is not None and days_most <= CHILLED_DAYS:
            continue
        return False
    return True


@dataclass(frozen=True, slots=True)
class ShippingMethodKind:
    """How a courier goes: through the air or not, longer than a cool box keeps or not."""

    by_air: bool
    is_long: bool

    def takes(self, limit: str | None) -> bool:
        """Whether goods with this limit may go so."""
        days = CHILLED_DAYS + 1 if self.is_long else CHILLED_DAYS
        limits = () if limit is None else (limit,)
        return may_travel(limits, "courier", days_most=days, by_air=self.by_air)


COURIER_KINDS = tuple(
    ShippingMethodKind(by_air, is_long) for by_air in (False, True) for is_long in (False, True)
)


def methods_lost_in_shared_parcel(
    limit: str | None, other: str | None
) -> tuple[ShippingMethodKind, ...]:
    """Ways by courier that goods with a limit have, and lose when others lie in their parcel.

    None: the others can share it wherever it goes. What a cooperative hands over itself is never
    lost (:func:`may_travel`).
    """
    return tuple(way for way in COURIER_KINDS if way.takes(limit) and not way.takes(other))


def longest_wait(weekdays: str) -> int:
    """Days that somebody waits at most for a round that drives on these days: ``246`` is 3."""
    days = [int(day) for day in weekdays]
    return max(after - day for day, after in zip(days, [*days[1:], days[0] + 7], strict=True))


def in_order(quotes: Iterable[Quote]) -> tuple[Quote, ...]:
    """Cheapest first; what costs the same by the sooner, then by what is handed over at home."""
    home = {"pickup": 0, "own": 1, "courier": 2}
    return tuple(sorted(quotes, key=lambda q: (q.fee, home[q.kind], q.days_most or 0, q.rate_code)))


def _round_kg(grams: int, tolerance: int) -> Grams:
    whole, over = divmod(grams, GRAMS_PER_KG)
    return Grams(max(whole + (over > tolerance), 1) * GRAMS_PER_KG)


TRACKING_PAGES = {
    "jne": "https://www.jne.co.id/tracking-package",
    "j&t": "https://jet.co.id/track",
    "jnt": "https://jet.co.id/track",
    "sicepat": "https://www.sicepat.com/checkAwb",
    "pos": "https://www.posindonesia.co.id/id/tracking",
    "anteraja": "https://anteraja.id/tracking",
    "tiki": "https://www.tiki.id/id/track",
    "ninja": "https://www.ninjaxpress.co/id-id/tracking",
    "id express": "https://idexpress.com/lacak-paket",
    "lion": "https://lionparcel.com/track/stt",
    "wahana": "https://www.wahana.com",
}
"""By how the courier's name begins; the number is typed there, none takes it in an address."""


def tracking_page(courier: str | None) -> str | None:
    """The page of a courier that a desk named, however it wrote the name; None: not known."""
    name = " ".join((courier or "").lower().split())
    return next((page for start, page in TRACKING_PAGES.items() if name.startswith(start)), None)
