"""Which provinces lie near one: ``provinces.csv`` holds where their capitals stand."""

import csv
from functools import cache
from math import asin, cos, pi, sin, sqrt
from pathlib import Path

NEAR_KM = 600
"""Kilometres between two capitals up to which provinces are neighbours."""
MIN_NEIGHBOURS = 3
"""Across wide seas nobody is so near; the nearest few count all the same."""
_EARTH_KM = 6_371
_RADIANS = pi / 18_000
"""Of a hundredth of a degree."""

OWN, NEIGHBOUR, FAR = 0, 1, 2


@cache
def _capitals() -> dict[str, tuple[float, float]]:
    with Path(__file__).with_name("provinces.csv").open(encoding="utf-8") as file:
        return {
            row["name"]: (
                int(row["hundredths_north"]) * _RADIANS,
                int(row["hundredths_east"]) * _RADIANS,
            )
            for row in csv.DictReader(file)
        }


def provinces() -> tuple[str, ...]:
    """All provinces, from the west to the east."""
    return tuple(_capitals())


def read_province(typed: str) -> str:
    """The province that an address names; none for whatever is no province."""
    return typed if typed in _capitals() else ""


@cache
def nearest_provinces(province: str) -> tuple[str, ...]:
    """Provinces near one, the nearest first; none for a name that is no province.

    >>> neighbours("Bali")[:2]
    ('Nusa Tenggara Barat', 'Jawa Timur')
    """
    here = _capitals().get(province)
    if here is None:
        return ()
    away = sorted(
        (_kilometres(here, there), name) for name, there in _capitals().items() if name != province
    )
    return tuple(
        name
        for place, (distance, name) in enumerate(away)
        if distance <= NEAR_KM or place < MIN_NEIGHBOURS
    )


def _kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The great circle between two places in radians (haversine)."""
    up, along = sin((other[0] - one[0]) / 2) ** 2, sin((other[1] - one[1]) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(up + cos(one[0]) * cos(other[0]) * along))
