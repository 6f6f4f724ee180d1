"""Marks by which goods are narrowed: each stands in the index like a word that nobody can type.

Because they stand there, "coffee from Papua" asks for both at once, however much coffee there is.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator

from shop.core.text import fold

PRICE_STEPS = (25_000, 50_000, 100_000, 250_000, 500_000)
"""Rupiah at which a new price band begins; the first begins at nothing."""
KEEPS_LONG = 90
"""Days: what the facet "tahan lama" counts."""

CATEGORY, COOPERATIVE, PROVINCE, BAND = ":kat", ":kop", ":prov", ":harga"
HALAL, READY, KEEPS, ROOM = ":halal", ":siap", ":tahan", ":ruang"

Mark = str
Narrow = tuple[tuple[Mark, ...], ...]
"""One of each group must be there."""

_OTHER = re.compile("[^a-z0-9/]+")


def mark(kind: str, value: object) -> Mark:
    """The mark of one value, e.g. ``:prov:sulawesi-selatan``; it starts as no typed word can."""
    return f"{kind}:{_OTHER.sub('-', fold(str(value)))[:120].strip('-')}"


def band_of(price: int) -> int:
    """Which price band a price lies in, from 0.

    >>> band_of(24_999), band_of(25_000), band_of(1_000_000)
    (0, 1, 5)
    """
    return bisect_right(PRICE_STEPS, price)


def bands_between(least: int | None, most: int | None) -> tuple[Mark, ...]:
    """The marks of all bands that hold a price between these; none when they would be all."""
    first = band_of(least or 0)
    last = len(PRICE_STEPS) if most is None else band_of(most)
    if first == 0 and last == len(PRICE_STEPS):
        return ()
    return tuple(mark(BAND, band) for band in range(first, last + 1))


def limits_of(band: int) -> tuple[int | None, int | None]:
    """Lowest and highest price of a band, in rupiah; None where there is no end.

    >>> limits_of(0), limits_of(1), limits_of(5)
    ((None, 24999), (25000, 49999), (500000, None))
    """
    least = PRICE_STEPS[band - 1] if band else None
    return least, PRICE_STEPS[band] - 1 if band < len(PRICE_STEPS) else None


def marks_of(
    *,
    category_path: str,
    cooperative_slug: str,
    province: str,
    price: int,
    halal_checked: bool,
    days_to_make: int,
    shelf_life_days: int | None,
    is_room_temperature: bool,
) -> str:
    """All marks of a product, one space between them."""
    return " ".join(
        _marks(
            category_path,
            {COOPERATIVE: cooperative_slug, PROVINCE: province, BAND: band_of(price)},
            {
                HALAL: halal_checked,
                READY: days_to_make == 0,
                # What does not spoil keeps as long as anybody may ask.
                KEEPS: shelf_life_days is None or shelf_life_days >= KEEPS_LONG,
                ROOM: is_room_temperature,
            },
        )
    )


def _marks(path: str, values: dict[str, object], flags: dict[str, bool]) -> Iterator[Mark]:
    top = path.split("/", 1)[0]
    yield mark(CATEGORY, top)
    if path != top:
        yield mark(CATEGORY, path)
    yield from (mark(kind, value) for kind, value in values.items())
    yield from (kind for kind, holds in flags.items() if holds)
