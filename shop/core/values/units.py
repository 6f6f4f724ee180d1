"""Weights, lengths and percentages, as people write them."""

import re
from typing import NewType

from shop.core.values.errors import InvalidInput


class NotAPercentage(InvalidInput):
    """Not a share of a whole with two decimals at most."""


def read_percent(text: str, *, maximum: int = 10_000) -> int:
    """A percentage as people write it (``7,5``, ``10%``), in basis points.

    :raises NotAPercentage: below 0, above ``maximum`` basis points, or with a third decimal.

    >>> read_percent("7,5 %"), read_percent("10")
    (750, 1000)
    """
    typed = text.strip().removesuffix("%").rstrip()
    found = _PERCENT.fullmatch(typed) if len(typed) <= LONGEST_PERCENT and typed.isascii() else None
    if found is None:
        raise NotAPercentage(typed[:LONGEST_PERCENT])
    basis_points = int(found["whole"]) * 100 + int((found["rest"] or "").ljust(2, "0"))
    if basis_points > maximum:
        raise NotAPercentage(typed)
    return basis_points


def write_percent(basis_points: int) -> str:
    """Basis points as people write them.

    >>> write_percent(750), write_percent(1000)
    ('7,5', '10')
    """
    whole, rest = divmod(basis_points, 100)
    return f"{whole},{rest:02d}".rstrip("0") if rest else str(whole)


LONGEST_PERCENT = 8
_PERCENT = re.compile(r"(?P<whole>[0-9]{1,3})(?:[.,](?P<rest>[0-9]{1,2}))?")


Grams = NewType("Grams", int)
"""Whole grams."""


Millimetres = NewType("Millimetres", int)
"""Whole millimetres."""


MAX_GRAMS = 1_000_000
"""A ton: above every honest parcel."""


_WEIGHT = re.compile(r"([0-9]{1,6})(?:[.,]([0-9]{1,3}))?\s*(kg|kilo|g|gr|gram)?", re.IGNORECASE)


class UnclearWeight(InvalidInput):
    """A text that is no weight, or none that a parcel can have."""


def parse_grams(text: str) -> Grams:
    """Parse a weight the way people write it: ``1,3 kg``, ``850 g``; a bare number is kilograms.

    :raises UnclearWeight: for anything else, nothing, fractions of a gram, or more than a ton.
    """
    found = _WEIGHT.fullmatch(text.strip()[:40])
    if found is None:
        raise UnclearWeight(text[:40])
    whole, fraction, unit = found[1], found[2] or "", (found[3] or "kg").casefold()
    if unit.startswith("k"):
        grams = int(whole) * 1_000 + int(fraction.ljust(3, "0"))
    elif fraction:
        raise UnclearWeight(text[:40])
    else:
        grams = int(whole)
    if not 0 < grams <= MAX_GRAMS:
        raise UnclearWeight(text[:40])
    return Grams(grams)
