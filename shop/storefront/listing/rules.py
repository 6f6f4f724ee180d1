"""What a shopper asked the catalogue for, and the address that says the same again."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from shop.core.values.money import Rupiah
from shop.storefront.search_index.facet_terms import (
    CATEGORY,
    COOPERATIVE,
    HALAL,
    KEEPS,
    KEEPS_LONG,
    PRICE_STEPS,
    PROVINCE,
    READY,
    ROOM,
    Narrow,
    facet_term,
    limits_of,
    price_marks,
)


class Sort(StrEnum):
    """In which order goods stand.

    ``RELEVANT`` has a meaning only while somebody searches, ``NEAREST`` once a province is chosen.
    """

    BEST_SOLD = "terlaris"
    NEWEST = "terbaru"
    CHEAPEST = "termurah"
    DEAREST = "termahal"
    RELEVANT = "relevan"
    NEAREST = "terdekat"


@dataclass(frozen=True)
class ListingFilters:
    """Filters and order of a listing; each combination has an address of its own."""

    text: str = ""
    categories: tuple[str, ...] = ()
    """Paths; one without a stroke means everything under it."""
    cooperatives: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    minimum: Rupiah | None = None
    maximum: Rupiah | None = None
    halal: bool = False
    available: bool = False
    ready: bool = False
    """On the shelf, not made after it is ordered."""
    keeps_days: int | None = None
    room_temperature: bool = False
    near: str = ""
    """The province that "nearest" is counted from."""
    exact: bool = False
    """Whether the text means what was typed, whatever the catalogue calls it."""
    sort: Sort | None = None
    after: str | None = None
    """Cursor of the row before this page."""

    @property
    def order(self) -> Sort:
        """The chosen order, where it has a meaning; else the usual one."""
        if self.sort is None or (self.sort is Sort.RELEVANT and not self.text):
            return self.usual_order
        if self.sort is Sort.NEAREST and not self.near:
            return self.usual_order
        return self.sort

    @property
    def usual_order(self) -> Sort:
        """Nearest goods for whoever said where they are, best matches for a text, else what sells
        best.
        """
        if self.near:
            return Sort.NEAREST
        return Sort.RELEVANT if self.text else Sort.BEST_SOLD

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the text leaves goods out."""
        return (
            replace(self, text="", near="", exact=False, sort=None, after=None) != ListingFilters()
        )

    def narrow(self, but: str = "") -> Narrow:
        """The marks that goods must have, as far as marks tell; of a group any.

        :param but: a group to leave out: its own counts ignore its own choice.
        """
        groups: dict[str, tuple[str, ...]] = {
            "category": tuple(facet_term(CATEGORY, path) for path in self.categories),
            "cooperative": tuple(facet_term(COOPERATIVE, slug) for slug in self.cooperatives),
            "province": tuple(facet_term(PROVINCE, name) for name in self.provinces),
            "price": price_marks(self.minimum, self.maximum),
            "halal": (HALAL,) if self.halal else (),
            "ready": (READY,) if self.ready else (),
            "keeps": (KEEPS,) if self.keeps_days and self.keeps_days >= KEEPS_LONG else (),
            "room": (ROOM,) if self.room_temperature else (),
        }
        return tuple(marks for group, marks in groups.items() if marks and group != but)


_NAMES: Mapping[str, str] = {
    "text": "q",
    "categories": "kategori",
    "cooperatives": "koperasi",
    "provinces": "provinsi",
    "minimum": "harga_min",
    "maximum": "harga_max",
    "halal": "halal",
    "available": "tersedia",
    "ready": "siap_kirim",
    "keeps_days": "tahan_min",
    "room_temperature": "suhu_ruang",
    "near": "dekat",
    "exact": "persis",
    "sort": "urut",
    "after": "setelah",
}
ADDRESS_NAMES = frozenset(_NAMES.values())
"""What an address of the catalogue says behind the "?"."""


def address(filters: ListingFilters, **changes: Any) -> str:
    """The one address of a listing: fixed order of names, nothing that goes without saying.

    :param changes: filters that differ; the page always begins anew unless ``after``
        is among them.
    """
    values = {name: getattr(filters, name) for name in _NAMES} | {"after": None} | changes
    pairs = list(_pairs(values))
    return "/produk" + (f"?{urlencode(pairs)}" if pairs else "")


def canonical_path(filters: ListingFilters) -> str:
    """The canonical address of a listing.

    Text, category, cooperative and province make a list of its own; order, place in the list and
    narrowing by price or stock show the same goods again.
    """
    return address(
        ListingFilters(
            text=filters.text,
            categories=filters.categories,
            cooperatives=filters.cooperatives,
            provinces=filters.provinces,
        )
    )


def _pairs(values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        for single in value if isinstance(value, tuple) else (value,):
            if single is None or single is False or single == "":  # 0 is a price
                continue
            yield _NAMES[name], "1" if single is True else str(single)


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
class Band:
    """A price band and how many goods it would leave; the ends are rupiah."""

    minimum: Rupiah | None
    maximum: Rupiah | None
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facets:
    """What the catalogue can be narrowed by, counted, and how many goods are left now.

    A wide search is counted over its first goods only: numbers are then "at least".
    """

    total: int = 0
    is_capped: bool = False
    is_stock_capped: bool = False
    """The same for what can be bought now."""
    categories: tuple[Option, ...] = ()
    cooperatives: tuple[Option, ...] = ()
    provinces: tuple[Option, ...] = ()
    bands: tuple[Band, ...] = ()
    flags: dict[str, int] = field(default_factory=dict)


def category_options(
    counts: Mapping[str, int], chosen: Sequence[str], names: Mapping[str, str]
) -> tuple[Option, ...]:
    """The category tree as far as it is open: all tops, and what stands under the chosen ones.

    :param counts: goods by path, those of a top with all under it.
    :param names: words of a category, by path.
    """
    open_tops = {path.partition("/")[0] for path in chosen}
    found = []
    for path, name in names.items():
        top, _, below = path.partition("/")
        count = counts.get(path, 0)
        if (not below or top in open_tops) and (count or path in chosen):
            found.append(Option(path, name, count, path in chosen, top if below else ""))
    return tuple(found)


_OWN_NAMES: Mapping[str, str] = {}
"""Of values that are shown as they are."""


def value_options(
    counts: Mapping[str, int], chosen: Sequence[str], labels: Mapping[str, str] = _OWN_NAMES
) -> tuple[Option, ...]:
    """Values that have goods and values that are chosen, sorted by label.

    :param counts: goods by value.
    :param labels: words of a value; a value without any is shown as it is.
    """
    options = (
        Option(value, labels.get(value, value), count, value in chosen)
        for value, count in {**dict.fromkeys(chosen, 0), **counts}.items()
    )
    return tuple(sorted(options, key=lambda option: option.label.casefold()))


def band_options(
    counts: Mapping[int, int], minimum: int | None, maximum: int | None
) -> tuple[Band, ...]:
    """The price bands that hold something, and the chosen one.

    :param counts: goods by number of the band.
    """
    found = []
    for number in range(len(PRICE_STEPS) + 1):
        limits = limits_of(number)
        is_chosen = limits == (minimum, maximum)
        if counts.get(number) or is_chosen:
            low, high = (None if end is None else Rupiah(end) for end in limits)
            found.append(Band(low, high, counts.get(number, 0), is_chosen))
    return tuple(found)


def first_sentence(text: str, maximum: int = 160) -> str:
    """The beginning of a story: its first sentence, or as many whole words as fit.

    >>> first_sentence("Digoreng dua kali. Lalu disegel.")
    'Digoreng dua kali.'
    """
    sentence = text.split(". ", 1)[0].strip()
    if len(sentence) > maximum:
        return sentence[:maximum].rsplit(" ", 1)[0].rstrip(",;:") + "…"
    return sentence if sentence.endswith((".", "?", "!", "…")) or not sentence else f"{sentence}."
