"""What a pack weighs and how large it is, guessed until somebody weighs it.

A guess is drawn from packs that were weighed: the two most alike in wrapping, contents, category
and name, made larger or smaller to the typed contents. It takes the lighter and the smaller of the
two, because a shopper shall not pay for a kilogram that nobody put on a scale; a manager confirms
or corrects it before the goods are shown.
"""

import csv
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from shop.core.values.text import fold_spelling, mark_translatable, words
from shop.core.values.units import Grams, Millimetres

SCALED = ("g", "ml")
"""Contents that can be halved and doubled; pieces, sheets and sets are only counted."""
ALIKE = 2
OTHER_WRAPPING, OTHER_CATEGORY, OTHER_SHELF, OTHER_UNIT, SHARED_WORDS = 0.8, 0.5, 0.4, 0.2, 0.3


class PackTile(StrEnum):
    """What a maker wraps goods in, as six pictures."""

    POUCH = "kantong"
    BAG = "plastik"
    JAR = "stoples"
    BOTTLE = "botol"
    BOX = "kardus"
    LEAF = "daun"

    @property
    def written(self) -> str:
        """As it stands on a label when its maker says no more about it; ours, in Indonesian."""
        return _WRITTEN[self]


_WRITTEN = {
    PackTile.POUCH: mark_translatable("Kantong"),
    PackTile.BAG: mark_translatable("Plastik"),
    PackTile.JAR: mark_translatable("Stoples"),
    PackTile.BOTTLE: mark_translatable("Botol"),
    PackTile.BOX: mark_translatable("Kardus"),
    PackTile.LEAF: mark_translatable("Daun atau bambu"),
}
_BEGINNINGS = {
    PackTile.POUCH: ("standing pouch", "retort", "kantong kertas"),
    PackTile.BAG: ("kantong opp", "kantong pp", "kantong vakum", "plastik"),
    PackTile.JAR: ("jar", "toples", "stoples"),
    PackTile.BOTTLE: ("botol",),
    PackTile.LEAF: ("daun", "bambu", "besek"),
}


def tile_of(pack_type: str | None) -> PackTile | None:
    """Which of the pictures a written pack type is; what is none of the others is a box.

    >>> tile_of("Standing pouch foil, zipper"), tile_of("Kaleng tinplate, tutup rapat")
    (<PackTile.POUCH: 'kantong'>, <PackTile.BOX: 'kardus'>)
    """
    if not pack_type:
        return None
    written = pack_type.lower()
    for tile in PackTile:
        if written == tile or written.startswith(_BEGINNINGS.get(tile, ())):
            return tile
    return PackTile.POUCH if written.startswith("kantong") else PackTile.BOX


@dataclass(frozen=True)
class Weighed:
    """A pack whose weight and sides are known; sides in millimetres."""

    name: str
    category_path: str
    tile: PackTile
    content: int
    unit: str
    grams: int
    length: int
    width: int
    height: int

    @property
    def space(self) -> int:
        """Cubic millimetres."""
        return self.length * self.width * self.height


@dataclass(frozen=True)
class Measures:
    """What a courier has to know of a pack."""

    grams: Grams
    length: Millimetres
    width: Millimetres
    height: Millimetres


@cache
def weighed_packs() -> tuple[Weighed, ...]:
    """The packs that guesses are drawn from, as they were delivered with the shop."""
    with Path(__file__).with_name("weighed.csv").open(encoding="utf-8") as file:
        return tuple(
            Weighed(
                name=row["name"],
                category_path=row["category"],
                tile=PackTile(row["tile"]),
                content=int(row["content"]),
                unit=row["unit"],
                grams=int(row["grams"]),
                length=int(row["length"]),
                width=int(row["width"]),
                height=int(row["height"]),
            )
            for row in csv.DictReader(file)
        )


def folded(name: str) -> list[str]:
    """The words of a name as they are compared."""
    return [fold_spelling(word) for word in words(name)]


def estimate(
    *,
    name: str,
    category_path: str,
    tile: PackTile,
    content: int,
    unit: str,
    known: Sequence[Weighed],
) -> Measures | None:
    """The likely weight and outer size of a pack.

    :param content: net contents in ``unit``, ``> 0``.
    :param known: packs to compare with; None comes back when none is of the same kind of unit.
    """
    is_scaled = unit in SCALED
    same_kind = [pack for pack in known if (pack.unit in SCALED) == is_scaled]
    if not same_kind:
        return None
    asked, shelf = set(folded(name)), category_path.partition("/")[0]
    often = Counter(word for pack in same_kind for word in set(folded(pack.name)))

    def distance(pack: Weighed) -> float:
        shared = asked & set(folded(pack.name))
        far = abs(math.log(content / pack.content)) if is_scaled else 0.0
        far += OTHER_WRAPPING * (pack.tile is not tile)
        far += OTHER_CATEGORY * (pack.category_path != category_path)
        far += OTHER_SHELF * (pack.category_path.partition("/")[0] != shelf)
        far += OTHER_UNIT * (pack.unit != unit)
        return far - SHARED_WORDS * min(1.0, sum(1 / often[word] for word in shared))

    near = sorted(same_kind, key=distance)[:ALIKE]
    return _smaller_of(near, content if is_scaled else None, unit)


def _smaller_of(near: Iterable[Weighed], content: int | None, unit: str) -> Measures:
    def scaled(pack: Weighed, whole: int) -> int:
        return whole if content is None else -(-whole * content // pack.content)

    near = tuple(near)
    grams = min(scaled(pack, pack.grams) for pack in near)
    box = min(near, key=lambda pack: scaled(pack, pack.space))
    grown = 1.0 if content is None else (content / box.content) ** (1 / 3)
    if unit == "g" and content is not None:
        grams = max(grams, content)  # a pack is never lighter than what is in it
    return Measures(
        Grams(grams),
        Millimetres(math.ceil(box.length * grown)),
        Millimetres(math.ceil(box.width * grown)),
        Millimetres(math.ceil(box.height * grown)),
    )
