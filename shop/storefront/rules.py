"""What a shopper asked the catalogue for, and the address that says the same again."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from shop.core.money import Rupiah


class Sort(StrEnum):
    """In which order goods stand. ``NEAREST`` has a meaning only while somebody searches."""

    BEST_SOLD = "terlaris"
    NEWEST = "terbaru"
    CHEAPEST = "termurah"
    DEAREST = "termahal"
    NEAREST = "relevan"


@dataclass(frozen=True)
class Wish:
    """One state of the catalogue page; every one of them has an address that can be shared."""

    text: str = ""
    categories: tuple[str, ...] = ()
    """Paths; one without a stroke means everything under it."""
    cooperatives: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    least: Rupiah | None = None
    most: Rupiah | None = None
    halal: bool = False
    available: bool = False
    ready: bool = False
    """On the shelf, not made after it is ordered."""
    keeps_days: int | None = None
    room_temperature: bool = False
    sort: Sort | None = None
    after: str | None = None
    """Cursor of the row before this page."""

    @property
    def order(self) -> Sort:
        """The chosen order; else nearest first while searching, and what sells best otherwise."""
        usual = Sort.NEAREST if self.text else Sort.BEST_SOLD
        chosen = self.sort or usual
        return usual if chosen is Sort.NEAREST and not self.text else chosen


_NAMES = {
    "text": "q",
    "categories": "kategori",
    "cooperatives": "koperasi",
    "provinces": "provinsi",
    "least": "harga_min",
    "most": "harga_max",
    "halal": "halal",
    "available": "tersedia",
    "ready": "siap_kirim",
    "keeps_days": "tahan_min",
    "room_temperature": "suhu_ruang",
    "sort": "urut",
    "after": "setelah",
}


def address(wish: Wish, **changes: Any) -> str:
    """The one address of a wish: fixed order of names, nothing that goes without saying.

    :param changes: fields of the wish that differ; the page always begins anew unless ``after``
        is among them.
    """
    wanted = replace(wish, **{"after": None, **changes})
    pairs = list(_pairs(wanted))
    return "/produk" + (f"?{urlencode(pairs)}" if pairs else "")


def lasting_address(wish: Wish) -> str:
    """The address under which a list is known outside.

    Text, category, cooperative and province make a list of its own; order, place in the list and
    narrowing by price or stock show the same goods again.
    """
    return address(
        Wish(
            text=wish.text,
            categories=wish.categories,
            cooperatives=wish.cooperatives,
            provinces=wish.provinces,
        )
    )


def _pairs(wish: Wish) -> Iterator[tuple[str, str]]:
    for one in fields(wish):
        value = getattr(wish, one.name)
        values: Iterable[object] = value if isinstance(value, tuple) else (value,)
        for single in values:
            if single in (None, "", False):
                continue
            yield _NAMES[one.name], "1" if single is True else str(single)


@dataclass(frozen=True)
class Option:
    """One value of a facet and how many goods it would leave."""

    value: str
    label: str
    count: int
    chosen: bool
    under: str = ""
    """The value it stands under."""


@dataclass(frozen=True)
class Facets:
    """What the catalogue can be narrowed by, counted, and how many goods are left now."""

    total: int = 0
    categories: tuple[Option, ...] = ()
    cooperatives: tuple[Option, ...] = ()
    provinces: tuple[Option, ...] = ()
    flags: dict[str, int] = field(default_factory=dict)


def category_options(
    counts: Sequence[tuple[str, int]], chosen: Sequence[str], names: dict[str, str]
) -> tuple[Option, ...]:
    """The category tree as far as it is open: all tops, and what stands under the chosen ones.

    :param counts: goods by full path.
    :param names: words of a category, by path.
    """
    by_top: dict[str, list[tuple[str, int]]] = {}
    for path, count in counts:
        by_top.setdefault(path.split("/", 1)[0], []).append((path, count))
    found = []
    for path, name in names.items():
        top, _, below = path.partition("/")
        is_open = any(one == top or one.startswith(f"{top}/") for one in chosen)
        if not below:
            count = sum(number for _, number in by_top.get(path, ()))
        elif is_open:
            count = dict(by_top.get(top, ())).get(path, 0)
        else:
            continue
        if count or path in chosen:
            found.append(Option(path, name, count, path in chosen, top if below else ""))
    return tuple(found)


def first_sentence(text: str, most: int = 160) -> str:
    """The beginning of a story: its first sentence, or as many whole words as fit.

    >>> first_sentence("Digoreng dua kali. Lalu disegel.")
    'Digoreng dua kali.'
    """
    sentence = text.split(". ", 1)[0].strip()
    if len(sentence) > most:
        return sentence[:most].rsplit(" ", 1)[0].rstrip(",;:") + "…"
    return sentence if sentence.endswith((".", "?", "!", "…")) or not sentence else f"{sentence}."
