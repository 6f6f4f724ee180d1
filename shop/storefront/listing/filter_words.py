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


def heading(filters: ListingFilters) -> str:
    """What the page shows, in a few words."""
    if filters.text:
        return str(_("Hasil untuk “%(text)s”", text=filters.text))
    if len(filters.categories) == 1 and filters.categories[0] in CATEGORY_NAMES:
        return category_word(filters.categories[0])
    return str(_("Semua produk"))


@dataclass(frozen=True)
class Chips:
    """What narrows a list now: words, each with the address of the list without it."""

    shown: list[tuple[str, str]]
    total: int


def chips(filters: ListingFilters, found: Facets) -> Chips:
    """The first few things that narrow the list, and how many do."""
    chosen = list(_chosen(filters, found))
    return Chips(
        [(word, address(filters, **without)) for word, without in chosen[:MAX_CHIPS]], len(chosen)
    )


def _chosen(filters: ListingFilters, found: Facets) -> Iterator[tuple[str, dict[str, Any]]]:
    """The word of each thing that narrows the list, and what the wish without it has instead."""
    names = {option.value: option.label for option in (*found.cooperatives, *found.provinces)}
    for group in ("categories", "cooperatives", "provinces"):
        values = getattr(filters, group)
        for value in values:
            word = as_written(names[value]) if value in names else category_word(value)
            yield word, {group: tuple(one for one in values if one != value)}
    if filters.minimum is not None:
        yield _("dari %(price)s", price=format_rupiah(filters.minimum)), {"minimum": None}
    if filters.maximum is not None:
        yield _("sampai %(price)s", price=format_rupiah(filters.maximum)), {"maximum": None}
    if filters.near:
        yield _("dekat %(place)s", place=filters.near), {"near": ""}
    for _name, _value, word, _count, chosen, field, off in switches(filters, found):
        if chosen:
            yield word, {field: off}


Switch = tuple[str, str, str, int, bool, str, bool | None]


def switches(filters: ListingFilters, found: Facets) -> list[Switch]:
    """The yes-or-no facets: name, value, word, count, whether chosen, and how to take it away."""
    count = found.flags.get
    keeps = filters.keeps_days or KEEPS_LONG
    return [
        (
            "tersedia",
            "1",
            _("Ada stok"),
            count("available", 0),
            filters.available,
            "available",
            False,
        ),
        ("siap_kirim", "1", _("Siap kirim"), count("ready", 0), filters.ready, "ready", False),
        ("halal", "1", _("Halal, diperiksa"), count("halal", 0), filters.halal, "halal", False),
        (
            "tahan_min",
            str(keeps),
            _("Tahan %(time)s ke atas", time=keeps_words(keeps)),
            count("keeps", 0),
            filters.keeps_days is not None,
            "keeps_days",
            None,
        ),
        (
            "suhu_ruang",
            "1",
            _("Aman di suhu ruang"),
            count("room", 0),
            filters.room_temperature,
            "room_temperature",
            False,
        ),
    ]


def sorts(filters: ListingFilters) -> list[tuple[str, str, bool]]:
    """The orders to choose from, each with its address and whether it holds now."""
    names = {
        Sort.RELEVANT: _("Paling cocok"),
        Sort.NEAREST: _("Terdekat"),
        Sort.BEST_SOLD: _("Terlaris"),
        Sort.NEWEST: _("Terbaru"),
        Sort.CHEAPEST: _("Termurah"),
        Sort.DEAREST: _("Termahal"),
    }
    meaning = {Sort.RELEVANT: bool(filters.text), Sort.NEAREST: bool(filters.near)}
    return [
        (
            name,
            address(filters, sort=None if sort is filters.usual_order else sort),
            sort is filters.order,
        )
        for sort, name in names.items()
        if meaning.get(sort, True)
    ]


def bands(filters: ListingFilters, found: Facets) -> list[tuple[str, str, int, bool]]:
    """The price bands: words, the address with or without it, count, whether chosen."""
    return [
        (
            _band_words(band),
            address(filters, minimum=None, maximum=None)
            if band.chosen
            else address(filters, minimum=band.minimum, maximum=band.maximum),
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
