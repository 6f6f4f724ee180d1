"""What the catalogue can be narrowed and sorted by, in words, each with its address."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from shop.catalog.products.rules import CATEGORY_NAMES
from shop.catalog.products.words import category_word
from shop.core.values.money import Rupiah, format_rupiah
from shop.storefront.listing.rules import Band, Facets, ListingFilters, Sort, address
from shop.storefront.listing.words import keeps_words
from shop.storefront.search_index.facet_terms import KEEPS_LONG
from shop.web.i18n.language import as_written

MAX_CHIPS = 8
"""Shown of what narrows a list: each carries all the others in its address. The rest is taken away
in the form, where it is ticked."""


def heading(wish: ListingFilters) -> str:
    """What the page shows, in a few words."""
    if wish.text:
        return str(_("Hasil untuk “%(text)s”", text=wish.text))
    if len(wish.categories) == 1 and wish.categories[0] in CATEGORY_NAMES:
        return category_word(wish.categories[0])
    return str(_("Semua produk"))


@dataclass(frozen=True)
class Chips:
    """What narrows a list now: words, each with the address of the list without it."""

    shown: list[tuple[str, str]]
    total: int


def chips(wish: ListingFilters, found: Facets) -> Chips:
    """The first few things that narrow the list, and how many do."""
    chosen = list(_chosen(wish, found))
    return Chips(
        [(word, address(wish, **without)) for word, without in chosen[:MAX_CHIPS]], len(chosen)
    )


def _chosen(wish: ListingFilters, found: Facets) -> Iterator[tuple[str, dict[str, Any]]]:
    """The word of each thing that narrows the list, and what the wish without it has instead."""
    names = {option.value: option.label for option in (*found.cooperatives, *found.provinces)}
    for group in ("categories", "cooperatives", "provinces"):
        values = getattr(wish, group)
        for value in values:
            word = as_written(names[value]) if value in names else category_word(value)
            yield word, {group: tuple(one for one in values if one != value)}
    if wish.minimum is not None:
        yield _("dari %(price)s", price=format_rupiah(wish.minimum)), {"minimum": None}
    if wish.maximum is not None:
        yield _("sampai %(price)s", price=format_rupiah(wish.maximum)), {"maximum": None}
    if wish.near:
        yield _("dekat %(place)s", place=wish.near), {"near": ""}
    for _name, _value, word, _count, chosen, field, off in switches(wish, found):
        if chosen:
            yield word, {field: off}


Switch = tuple[str, str, str, int, bool, str, bool | None]


def switches(wish: ListingFilters, found: Facets) -> list[Switch]:
    """The yes-or-no facets: name, value, word, count, whether chosen, and how to take it away."""
    count = found.flags.get
    keeps = wish.keeps_days or KEEPS_LONG
    return [
        ("tersedia", "1", _("Ada stok"), count("available", 0), wish.available, "available", False),
        ("siap_kirim", "1", _("Siap kirim"), count("ready", 0), wish.ready, "ready", False),
        ("halal", "1", _("Halal, diperiksa"), count("halal", 0), wish.halal, "halal", False),
        (
            "tahan_min",
            str(keeps),
            _("Tahan %(time)s ke atas", time=keeps_words(keeps)),
            count("keeps", 0),
            wish.keeps_days is not None,
            "keeps_days",
            None,
        ),
        (
            "suhu_ruang",
            "1",
            _("Aman di suhu ruang"),
            count("room", 0),
            wish.room_temperature,
            "room_temperature",
            False,
        ),
    ]


def sorts(wish: ListingFilters) -> list[tuple[str, str, bool]]:
    """The orders to choose from, each with its address and whether it holds now."""
    names = {
        Sort.RELEVANT: _("Paling cocok"),
        Sort.NEAREST: _("Terdekat"),
        Sort.BEST_SOLD: _("Terlaris"),
        Sort.NEWEST: _("Terbaru"),
        Sort.CHEAPEST: _("Termurah"),
        Sort.DEAREST: _("Termahal"),
    }
    meaning = {Sort.RELEVANT: bool(wish.text), Sort.NEAREST: bool(wish.near)}
    return [
        (
            name,
            address(wish, sort=None if sort is wish.usual_order else sort),
            sort is wish.order,
        )
        for sort, name in names.items()
        if meaning.get(sort, True)
    ]


def bands(wish: ListingFilters, found: Facets) -> list[tuple[str, str, int, bool]]:
    """The price bands: words, the address with or without it, count, whether chosen."""
    return [
        (
            _band_words(band),
            address(wish, minimum=None, maximum=None)
            if band.chosen
            else address(wish, minimum=band.minimum, maximum=band.maximum),
            band.count,
            band.chosen,
        )
        for band in found.bands
    ]


def _band_words(band: Band) -> str:
    if band.minimum is None:
        return str(_("Di bawah %(price)s", price=format_rupiah(Rupiah((band.maximum or 0) + 1))))
    if band.maximum is None:
        return str(_("%(price)s ke atas", price=format_rupiah(band.minimum)))
    return str(
        _("%(low)s–%(high)s", low=format_rupiah(band.minimum), high=format_rupiah(band.maximum))
    )
