"""Papers that labels are printed on: sheets of stickers and rolls. A new one is one more row."""

from dataclasses import dataclass
from typing import Final

from shop.core.values.text import mark_translatable
from shop.core.values.units import Millimetres

EDGE: Final = Millimetres(4)
"""White all around: printers do not reach the edge, and a roll of 58 mm prints 48."""


@dataclass(frozen=True)
class Format:
    """One paper: how large a label is, and how many stand on a sheet."""

    code: str
    name: str
    width: Millimetres
    height: Millimetres | None
    """None: a roll without gaps, which is cut where the text ends."""
    columns: int = 1
    rows: int = 1
    edge: Millimetres = EDGE


def _mm(number: int) -> Millimetres:
    return Millimetres(number)


FORMATS: Final = (
    Format(
        "a4-8", mark_translatable("Lembar A4, 8 label 105 × 74 mm"), _mm(105), _mm(74), 2, 4, _mm(6)
    ),
    Format(
        "a4-4",
        mark_translatable("Lembar A4, 4 label 105 × 148 mm"),
        _mm(105),
        _mm(148),
        2,
        2,
        _mm(6),
    ),
    Format("a4-14", mark_translatable("Lembar A4, 14 label 105 × 42 mm"), _mm(105), _mm(42), 2, 7),
    Format(
        "a4-24", mark_translatable("Lembar A4, 24 label 70 × 37 mm"), _mm(70), _mm(37), 3, 8, _mm(3)
    ),
    Format(
        "rol-58",
        mark_translatable("Gulungan 58 mm, dipotong sepanjang isinya"),
        _mm(58),
        None,
        edge=_mm(5),
    ),
    Format("rol-58-60", mark_translatable("Gulungan 58 × 60 mm"), _mm(58), _mm(60)),
    Format("rol-80", mark_translatable("Gulungan 80 mm, dipotong sepanjang isinya"), _mm(80), None),
    Format("rol-80-60", mark_translatable("Gulungan 80 × 60 mm"), _mm(80), _mm(60)),
    Format("rol-100", mark_translatable("Gulungan 100 × 100 mm"), _mm(100), _mm(100)),
)
BY_CODE: Final = {one.code: one for one in FORMATS}
