"""Marks by which goods are narrowed: each stands in the index like a word that nobody can type.

Because they stand there, "coffee from Papua" asks for both at once, however much coffee there is.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator

from shop.core.values.text import fold

PRICE_STEPS = (25_000, 50_000, 100_000, 250_000, 500_000)
"""Rupiah at which a new price band begins; the first begins at nothing."""
# fmt: off
STEPS = (
    5_000, 10_000, 15_000, 20_000, 25_000, 30_000, 40_000, 50_000, 65_000, 80_000, 100_000,
    125_000, 150_000, 175_000, 200_000, 250_000, 300_000, 400_000, 500_000, 750_000, 1_000_000,
    2_000_000,
)
# fmt: on
"""Rupiah at which a new mark of prices begins: every band is some of these steps."""
KEEPS_LONG = 90
"""Days: what the facet "tahan lama" counts."""

CATEGORY, COOPERATIVE, PROVINCE, PRICE = ":kat", ":kop", ":prov", ":harga"
HALAL, READY, KEEPS, ROOM = ":halal", ":siap", ":tahan", ":ruang"

Mark = str
Narrow = tuple[tuple[Mark, ...], ...]
"""One of each group must be there."""

_OTHER = re.compile("[^a-z0-9/]+")


def facet_term(kind: str, value: object) -> Mark:
    """The index term of a facet value, e.g. ``:prov:sulawesi-selatan``; nobody can type it."""
    return f"{kind}:{_OTHER.sub('-', fold(str(value)))[:120].strip('-')}"


def band_of(price: int) -> int:
    """Which price band a price lies in, from 0.

    >>> band_of(24_999), band_of(25_000), band_of(1_000_000)
    (0, 1, 5)
    """
    return bisect_right(PRICE_STEPS, price)


def step_of(price: int) -> int:
    """Which step a price lies in, from 0.

    >>> step_of(4_999), step_of(5_000), step_of(9_000_000)
    (0, 1, 22)
    """
    return bisect_right(STEPS, price)


def prices_of(step: int) -> tuple[int, int | None]:
    """Lowest and highest price of a step, in rupiah; None where there is no end.

    >>> prices_of(0), prices_of(1), prices_of(22)
    ((0, 4999), (5000, 9999), (2000000, None))
    """
    return STEPS[step - 1] if step else 0, STEPS[step] - 1 if step < len(STEPS) else None


def steps_between(minimum: int | None, maximum: int | None) -> range:
    """All steps that hold a price between these."""
    return range(step_of(minimum or 0), (len(STEPS) if maximum is None else step_of(maximum)) + 1)


def price_marks(minimum: int | None, maximum: int | None) -> tuple[Mark, ...]:
    """The marks of all steps that hold a price between these; none when they would be all."""
    steps = steps_between(minimum, maximum)
    return () if len(steps) > len(STEPS) else tuple(facet_term(PRICE, step) for step in steps)


def limits_of(band: int) -> tuple[int | None, int | None]:
    """Lowest and highest price of a band, in rupiah; None where there is no end.

    >>> limits_of(0), limits_of(1), limits_of(5)
    ((None, 24999), (25000, 49999), (500000, None))
    """
    minimum = PRICE_STEPS[band - 1] if band else None
    return minimum, PRICE_STEPS[band] - 1 if band < len(PRICE_STEPS) else None


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
            {COOPERATIVE: cooperative_slug, PROVINCE: province, PRICE: step_of(price)},
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
    yield facet_term(CATEGORY, top)
    if path != top:
        yield facet_term(CATEGORY, path)
    yield from (facet_term(kind, value) for kind, value in values.items())
    yield from (kind for kind, holds in flags.items() if holds)


_SPREAD = ":@"


def spread(words: Iterable[str]) -> Iterator[str]:
    """Each mark of a product once more with the step of its price: to be counted, not found by.

    How many halal goods stand at which prices tells where a list of them has to begin. Of a
    cooperative nobody asks; its goods are few.

    >>> [*spread(["kopi", ":halal", ":harga:7", ":kop:gayo", ":prov:aceh"])]
    [':@:halal@07', ':@:prov:aceh@07']
    """
    marks = [word for word in words if word.startswith(":")]
    prices = [int(word.rpartition(":")[2]) for word in marks if word.startswith(f"{PRICE}:")]
    yield from (
        f"{_SPREAD}{word}@{step:02d}"
        for step in prices
        for word in marks
        if not word.startswith((f"{PRICE}:", f"{COOPERATIVE}:"))
    )


def spread_of(marked: Mark) -> tuple[str, str]:
    """Between which words all that :func:`spread` makes of a mark stand."""
    return f"{_SPREAD}{marked}@", f"{_SPREAD}{marked}A"
