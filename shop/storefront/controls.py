"""What the catalogue can be narrowed and sorted by, in words, each with its address."""

from flask_babel import gettext as _

from shop.catalog.rules import CATEGORY_NAMES
from shop.catalog.words import category_word
from shop.core.money import Rupiah, write_rupiah
from shop.search.narrowing import KEEPS_LONG
from shop.storefront.rules import Band, Facets, Sort, Wish, address
from shop.storefront.words import keeps_words
from shop.web.language import as_written


def heading(wish: Wish) -> str:
    """What the page shows, in a few words."""
    if wish.text:
        return str(_("Hasil untuk “%(text)s”", text=wish.text))
    if len(wish.categories) == 1 and wish.categories[0] in CATEGORY_NAMES:
        return category_word(wish.categories[0])
    return str(_("Semua produk"))


def chips(wish: Wish, found: Facets) -> list[tuple[str, str]]:
    """What narrows the list now, each with the address of the list without it."""
    names = {option.value: option.label for option in (*found.cooperatives, *found.provinces)}
    chips = [
        (
            as_written(names[value]) if value in names else category_word(value),
            _without(wish, group, value),
        )
        for group in ("categories", "cooperatives", "provinces")
        for value in getattr(wish, group)
    ]
    if wish.least is not None:
        chips.append(
            (_("dari %(price)s", price=write_rupiah(wish.least)), address(wish, least=None))
        )
    if wish.most is not None:
        chips.append(
            (_("sampai %(price)s", price=write_rupiah(wish.most)), address(wish, most=None))
        )
    if wish.near:
        chips.append((_("dekat %(place)s", place=wish.near), address(wish, near="")))
    chips += [
        (word, address(wish, **{field: off}))
        for _name, _value, word, _count, chosen, field, off in switches(wish, found)
        if chosen
    ]
    return chips


def _without(wish: Wish, group: str, value: str) -> str:
    return address(wish, **{group: tuple(one for one in getattr(wish, group) if one != value)})


Switch = tuple[str, str, str, int, bool, str, bool | None]


def switches(wish: Wish, found: Facets) -> list[Switch]:
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


def sorts(wish: Wish) -> list[tuple[str, str, bool]]:
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


def bands(wish: Wish, found: Facets) -> list[tuple[str, str, int, bool]]:
    """The price bands: words, the address with or without it, count, whether chosen."""
    return [
        (
            _band_words(band),
            address(wish, least=None, most=None)
            if band.chosen
            else address(wish, least=band.least, most=band.most),
            band.count,
            band.chosen,
        )
        for band in found.bands
    ]


def _band_words(band: Band) -> str:
    if band.least is None:
        return str(_("Di bawah %(price)s", price=write_rupiah(Rupiah((band.most or 0) + 1))))
    if band.most is None:
        return str(_("%(price)s ke atas", price=write_rupiah(band.least)))
    return str(_("%(low)s–%(high)s", low=write_rupiah(band.least), high=write_rupiah(band.most)))
