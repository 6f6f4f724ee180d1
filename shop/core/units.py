"""Units in types, so that nobody has to remember them."""

import re
from typing import NewType

from shop.core.errors import InvalidInput

Grams = NewType("Grams", int)
"""Whole grams."""

Millimetres = NewType("Millimetres", int)
"""Whole millimetres."""

MOST_GRAMS = 1_000_000
"""A ton: above every honest parcel."""
_WEIGHT = re.compile(r"([0-9]{1,6})(?:[.,]([0-9]{1,3}))?\s*(kg|kilo|g|gr|gram)?", re.IGNORECASE)


class UnclearWeight(InvalidInput):
    """A text that is no weight, or none that a parcel can have."""


def read_grams(text: str) -> Grams:
    """A weight the way people write it: ``1,3 kg``, ``850 g``; a bare number is kilograms.

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
    if not 0 < grams <= MOST_GRAMS:
        raise UnclearWeight(text[:40])
    return Grams(grams)
