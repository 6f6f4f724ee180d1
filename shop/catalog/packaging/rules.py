"""What a pack may claim, and how its facts are written."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

BETWEEN_OPTIONS = " · "
"""Stands between what a pack is of one choice and of another: ``halus · 250 g``."""

DAYS_A_MONTH = 30
DAYS_A_YEAR = 365
DAY_BY_DAY = 92
"""Up to three months the label names the day, beyond that the month may do (PerBPOM 31/2018)."""


class PermitKind(StrEnum):
    """Which permit: home industry, national registers, fresh plants.

    NA stands for the whole register of cosmetics, whose numbers begin with NA to NE.
    """

    PIRT = "pirt"
    MD = "md"
    ML = "ml"
    NA = "na"
    TR = "tr"
    SD = "sd"
    PSAT = "psat"

    @property
    def label(self) -> str:
        """As it stands on packs: a proper name, the same in every language."""
        return _PERMIT_LABELS[self]


_PERMIT_LABELS = {
    PermitKind.PIRT: "P-IRT",
    PermitKind.MD: "BPOM RI MD",
    PermitKind.ML: "BPOM RI ML",
    PermitKind.NA: "BPOM",
    PermitKind.TR: "BPOM TR",
    PermitKind.SD: "BPOM SD",
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
    REFUSED = "refused"
    LAPSED = "lapsed"


class PaperFault(StrEnum):
    """Why a manager could not stand for a number: chosen, so that no name is written down."""

    OTHER_NUMBER = "nomor-lain"
    OTHER_GOODS = "barang-lain"
    OTHER_NAME = "nama-lain"
    OVER = "sudah-lewat"
    UNREADABLE = "tidak-terbaca"
    NO_PAPER = "tidak-ada"


class Seal(StrEnum):
    """What closes a pack."""

    HEAT = "seal-panas"
    INDUCTION = "segel-induksi"
    CAP = "tutup-segel"
    ZIPPER = "zipper"
    STAPLE = "staples"
    RETORT = "retort"
    TIED = "ikat"
    NONE = "tanpa"


class Technique(StrEnum):
    """How a batik came to its motif; printed cloth is no batik and says so."""

    WRITTEN = "tulis"
    STAMPED = "cap"
    BOTH = "kombinasi"
    PRINTED = "printing"


class SendLimit(StrEnum):
    """What a parcel does not survive: warmth, distance, a night, an aeroplane."""

    COLD = "dingin"
    FROZEN_LOCAL = "lokal-beku"
    SAME_DAY_LOCAL = "lokal-hari-sama"
    NO_AIR = "darat-laut"


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


def is_cold(storage: str | None) -> bool:
    """Whether it must be kept in a fridge or freezer."""
    return bool(storage and re.match(r"(dingin|beku|kulkas)", storage, re.IGNORECASE))


def is_frozen(storage: str | None) -> bool:
    """Whether it must be kept in a freezer."""
    return bool(storage and re.match(r"beku", storage, re.IGNORECASE))


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
