"""What a pack may claim, how its facts are written, and how complete its label is."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

DAYS_A_MONTH = 30
DAYS_A_YEAR = 365
DAY_BY_DAY = 92
"""Up to three months the label names the day, beyond that the month may do (PerBPOM 31/2018)."""


class PermitKind(StrEnum):
    """Which permit: home industry, national registers, fresh plants."""

    PIRT = "pirt"
    MD = "md"
    ML = "ml"
    NA = "na"
    TR = "tr"
    PSAT = "psat"

    @property
    def label(self) -> str:
        """As it stands on packs: a proper name, the same in every language."""
        return _PERMIT_LABELS[self]


_PERMIT_LABELS = {
    PermitKind.PIRT: "P-IRT",
    PermitKind.MD: "BPOM RI MD",
    PermitKind.ML: "BPOM RI ML",
    PermitKind.NA: "BPOM NA",
    PermitKind.TR: "BPOM TR",
    PermitKind.PSAT: "PSAT",
}


class HalalState(StrEnum):
    """Where a product stands: certified, applied for, not halal, or no duty."""

    CERTIFIED = "bersertifikat"
    APPLIED = "proses"
    NOT_HALAL = "tidak_halal"
    NO_DUTY = "tidak_wajib"


class Claim(StrEnum):
    """Who stands for a number: its maker alone, a manager who saw the paper, nobody any more."""

    CLAIMED = "claimed"
    CHECKED = "checked"
    LAPSED = "lapsed"


class SendLimit(StrEnum):
    """What a parcel does not survive: warmth, distance, a night, an aeroplane."""

    COLD = "dingin"
    FROZEN_LOCAL = "lokal-beku"
    SAME_DAY_LOCAL = "lokal-hari-sama"
    NO_AIR = "darat-laut"


# ------------------------------------------------------------------ numbers of permits

_PLAIN = {
    PermitKind.MD: re.compile(r"\d{12}|\d{15}"),
    PermitKind.ML: re.compile(r"\d{12}|\d{15}"),
    PermitKind.NA: re.compile(r"\d{11}"),
    PermitKind.TR: re.compile(r"\d{9}"),
    PermitKind.PSAT: re.compile(r"\d{8,20}"),
}
_PREFIXES = {
    PermitKind.PIRT: re.compile(r"P[ -]?IRT"),
    PermitKind.MD: re.compile(r"(BPOM)?(RI)?MD"),
    PermitKind.ML: re.compile(r"(BPOM)?(RI)?ML"),
    PermitKind.NA: re.compile(r"(BPOM)?N[A-E]"),
    PermitKind.TR: re.compile(r"(BPOM)?TR"),
    PermitKind.PSAT: re.compile(r"PSAT(PDUK|PDIN|PL|PD)?"),
}


def _bare(number: str) -> str:
    return re.sub(r"[\s.\-/]", "", number.upper())[:60]


def pirt_number(text: str) -> str | None:
    """A P-IRT number as labels write it, ``2063205010072-29``; None if it is none.

    15 digits: pack (1-8), food group, province and regency, product, producer, year it ends.
    A food group that nobody knows is no error: the public lists differ.
    """
    digits = _PREFIXES[PermitKind.PIRT].sub("", _bare(text), count=1)
    if not re.fullmatch(r"[1-8]\d{14}", digits, re.ASCII):
        return None
    return f"{digits[:13]}-{digits[13:]}"


def pirt_ends(number: str) -> date | None:
    """Last day of the year in which a P-IRT number ends, from its last two digits."""
    written = pirt_number(number)
    return date(2000 + int(written[-2:]), 12, 31) if written else None


def permit_number(kind: PermitKind, text: str) -> str | None:
    """The number as it is shown, without its prefix; None if its form is wrong for this kind."""
    if kind is PermitKind.PIRT:
        return pirt_number(text)
    digits = _PREFIXES[kind].sub("", _bare(text), count=1)
    return digits if digits.isascii() and _PLAIN[kind].fullmatch(digits) else None


def halal_number(text: str) -> str | None:
    """``ID`` and 17 digits, as the register writes it; None if it is none."""
    bare = _bare(text)
    return bare if re.fullmatch(r"ID\d{17}", bare, re.ASCII) else None


def has_lapsed(valid_until: date | None, today: date) -> bool:
    """Whether a permit's last day is over; one without a last day never lapses."""
    return valid_until is not None and valid_until < today


def claim_on(claim: Claim, valid_until: date | None, today: date) -> Claim:
    """The claim as it stands today: a date that passed outweighs every tick."""
    return Claim.LAPSED if has_lapsed(valid_until, today) else claim


_PORK = re.compile(r"\b(babi|porcine|lard|bacon|ham)\b", re.IGNORECASE)


def contains_pork(ingredients: str | None) -> bool:
    """Whether the ingredients name pork: then the label must say so, in red."""
    return bool(ingredients and _PORK.search(ingredients))


# ------------------------------------------------------------------ how facts are written


def best_before_text(last_day: date, shelf_life_days: int) -> str:
    """Best before as the label rule wants it: with the day up to three months, else the month.

    >>> best_before_text(date(2027, 1, 31), 90)
    '31-01-2027'
    >>> best_before_text(date(2027, 11, 2), 365)
    '11-2027'
    """
    return last_day.strftime("%d-%m-%Y" if shelf_life_days <= DAY_BY_DAY else "%m-%Y")


@dataclass(frozen=True)
class Span:
    """A length of time in the largest unit that says it without lying."""

    count: int
    unit: str
    """``day``, ``month`` or ``year``."""


def keeping(shelf_life_days: int | None) -> Span | None:
    """How long goods keep, as makers say it: months of 30 days from two on, whole years from two.

    >>> keeping(365), keeping(75), keeping(14)
    (Span(count=12, unit='month'), Span(count=2, unit='month'), Span(count=14, unit='day'))
    """
    if not shelf_life_days:
        return None
    if shelf_life_days < 2 * DAYS_A_MONTH:
        return Span(shelf_life_days, "day")
    years, rest = divmod(shelf_life_days, DAYS_A_YEAR)
    if years >= 2 and rest == 0:
        return Span(years, "year")
    return Span(shelf_life_days // DAYS_A_MONTH, "month")


_COUNT_UNITS = {"pcs": "buah"}


def net_text(content: int | None, unit: str | None) -> str:
    """Net contents in SI units, ``250 g``, ``1 kg``, ``500 ml``; pieces as people count them.

    >>> net_text(1000, "g"), net_text(1250, "g"), net_text(1, "pcs"), net_text(None, "g")
    ('1 kg', '1,25 kg', '1 buah', '')
    """
    if not content or not unit:
        return ""
    if unit in ("g", "ml") and content >= 1000:
        whole, rest = divmod(content, 1000)
        fraction = f"{rest:03d}".rstrip("0")
        return f"{whole}{',' + fraction if fraction else ''} {'kg' if unit == 'g' else 'liter'}"
    return f"{content} {_COUNT_UNITS.get(unit, unit)}"


def is_cold(storage: str | None) -> bool:
    """Whether it must be kept in a fridge or freezer."""
    return bool(storage and re.match(r"(dingin|beku|kulkas)", storage, re.IGNORECASE))


def short_storage(storage: str | None) -> str:
    """The first words of a storage line, as long as a card has room for them.

    >>> short_storage("Suhu ruang, tempat kering, tutup rapat")
    'Suhu ruang'
    """
    head = (storage or "").split(",")[0].strip()
    return head if len(head) <= 24 else ""


def size_text(length_mm: int, width_mm: int, height_mm: int) -> str:
    """Outer measures in whole centimetres, rounded up: a parcel must not be larger than said."""
    return " × ".join(str(-(-side // 10)) for side in (length_mm, width_mm, height_mm)) + " cm"


# ------------------------------------------------------------------ the score (0–100)

_WEIGHTS = {
    "front_photo": 20,
    "label_photo": 15,
    "contents_photo": 12,
    "net_content": 12,
    "shelf_life": 10,
    "storage": 5,
    "pack_type": 5,
    "ingredients": 6,
    "halal": 5,
    "permit": 10,
}
_FOOD_ONLY = ("contents_photo", "shelf_life", "storage", "ingredients", "halal", "permit")
COMPLETE_FROM = 90


@dataclass(frozen=True)
class Label:
    """Which facts of a label are there."""

    is_food: bool
    front_photo: bool = False
    label_photo: bool = False
    contents_photo: bool = False
    net_content: bool = False
    shelf_life: bool = False
    storage: bool = False
    pack_type: bool = False
    ingredients: bool = False
    """With allergens: none is also an answer once the ingredients are known."""
    halal: bool = False
    permit: bool = False


@dataclass(frozen=True)
class Gain:
    """A missing fact and the points it would bring."""

    fact: str
    points: int


@dataclass(frozen=True)
class Score:
    """How complete a label is. It guides and never blocks."""

    points: int
    gains: tuple[Gain, ...]
    """The next three, biggest first."""

    @property
    def is_complete(self) -> bool:
        """Whether the panel says "Lengkap"."""
        return self.points >= COMPLETE_FROM


def score(label: Label) -> Score:
    """Points of a label, by the weights above; goods that are not food: the rest scaled to 100.

    The parts of non-food weigh 52 of 100, so each counts ``weight * 100 // 52``; the last point
    that flooring would lose is given back only when nothing is missing.
    """
    counted = {
        fact: weight for fact, weight in _WEIGHTS.items() if label.is_food or fact not in _FOOD_ONLY
    }
    most = sum(counted.values())
    missing = [fact for fact in counted if not getattr(label, fact)]
    reached = most - sum(counted[fact] for fact in missing)
    gains = sorted(
        (Gain(fact, counted[fact] * 100 // most) for fact in missing),
        key=lambda gain: -gain.points,
    )
    return Score(reached * 100 // most, tuple(gains[:3]))
