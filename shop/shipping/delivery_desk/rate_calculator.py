"""The box in which a manager tries what a parcel costs: "ke Bandung, 1,3 kg → …"."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from shop.core.values.errors import InvalidInput
from shop.core.values.money import Rupiah
from shop.core.values.text import parse_count
from shop.core.values.units import Grams, Millimetres, parse_grams
from shop.shipping.places.queries import City, find_cities
from shop.shipping.quotes.queries import quote_all
from shop.shipping.rates.rules import CM, Quote, Unit, courier_fee, lower_box

SIDES = ("panjang", "lebar", "tinggi")
MAX_CM = 300


@dataclass(frozen=True, slots=True)
class Saving:
    """A lower box, and what it saves."""

    height_cm: int
    billable: Grams
    fee_less: Rupiah


@dataclass(frozen=True, slots=True)
class RatePreview:
    """What was asked and what it costs."""

    typed: Mapping[str, str]
    wrong: frozenset[str] = frozenset()
    """Names of the fields that could not be read."""
    cities: tuple[City, ...] = ()
    """Several when the name is not clear; the first one is quoted."""
    quotes: tuple[Quote, ...] = ()
    savings: Mapping[str, Saving] = field(default_factory=dict)
    """By ``Quote.choice``."""

    @property
    def was_asked(self) -> bool:
        """Whether anything was typed."""
        return bool(self.typed)

    @property
    def is_sized(self) -> bool:
        """Whether a box was described."""
        return any(name in self.typed for name in SIDES)


def try_parcel(
    session: Session, cooperative_id: int, asked: Mapping[str, str], on: date
) -> RatePreview:
    """Every way a parcel of this weight and size goes there, on a day's rate cards."""
    typed = {
        name: text.strip()[:120]
        for name in ("ke", "berat", *SIDES)
        if (text := asked.get(name, "")).strip()
    }
    if not typed:
        return RatePreview({})
    grams, sides, wrong = _read(typed)
    cities = find_cities(session, typed.get("ke", ""))
    if not cities:
        wrong = wrong | {"ke"}
    if wrong:
        return RatePreview(typed, wrong, cities)
    unit = Unit(1, grams, *sides)
    quotes = quote_all(session, {cooperative_id: [unit]}, cities[0].code, on=on)[cooperative_id]
    savings = {quote.choice: saving for quote in quotes if (saving := _saving(unit, quote))}
    return RatePreview(typed, wrong, cities, quotes, savings)


def _read(
    typed: Mapping[str, str],
) -> tuple[Grams, tuple[Millimetres, Millimetres, Millimetres], frozenset[str]]:
    wrong = set()
    grams = Grams(1_000)
    try:
        grams = parse_grams(typed.get("berat", ""))
    except InvalidInput:
        wrong.add("berat")
    sides = []
    is_sized = any(name in typed for name in SIDES)
    for name in SIDES:
        try:
            cm = parse_count(typed.get(name, ""), maximum=MAX_CM) if is_sized else 0
        except InvalidInput:
            wrong.add(name)
            cm = 0
        sides.append(Millimetres(cm * CM))
    return grams, (sides[0], sides[1], sides[2]), frozenset(wrong)


def _saving(unit: Unit, quote: Quote) -> Saving | None:
    """The highest box of the same ground that costs less."""
    if quote.rule is None or quote.price_per_kg is None:
        return None
    lower = lower_box(unit, quote.rule)
    if lower is None:
        return None
    less = courier_fee(quote.price_per_kg, Grams(quote.billable_grams - lower.billable))
    return Saving(lower.height // CM, lower.billable, less)
