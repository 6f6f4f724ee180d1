"""Facts of goods in the reader's words, in the shape that the components take."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import ngettext

from shop.catalog.packaging.rules import keeping
from shop.catalog.packaging.words import fact_words
from shop.catalog.products.queries import Card
from shop.catalog.products.rules import PriceSplit
from shop.core.values.money import Rupiah
from shop.services.media.queries import Picture
from shop.web.i18n.language import ENGLISH, language, localized_url, named
from shop.web.i18n.language import word as _
from shop.web.rendering.template_filters import written_net

DOT = " · "


def keeps_words(shelf_life_days: int | None) -> str:
    """How long goods keep: ``5 bulan``; empty for what does not spoil."""
    span = keeping(shelf_life_days)
    if span is None:
        return ""
    count = span.count
    words: dict[str, str] = {
        "day": ngettext("%(n)s hari", "%(n)s hari", count, n=count),
        "month": ngettext("%(n)s bulan", "%(n)s bulan", count, n=count),
        "year": ngettext("%(n)s tahun", "%(n)s tahun", count, n=count),
    }
    return words[span.unit]


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card as ``components/card.html`` takes it."""

    name: str
    speaks: str
    """The language of the name where it is another one than the page's."""
    url: str
    cooperative: str
    place: str
    motif: str
    dye: str
    picture: Picture | None
    net: str
    keeps: str
    size: str
    storage: str
    permits: str
    warning: str
    price: Rupiah
    has_prices: bool
    sold: int
    variant_id: int | None
    available: int
    kept: dict[tuple[object, ...], Any]
    """Its finished parts, for :func:`shop.web.page_cache.fragment_cache.kept`."""


def shown(cards: Iterable[Card]) -> list[ShownCard]:
    """Cards in words. Only what a manager checked stands there as a badge (rule R30)."""
    key, found = ("shown", language()), []
    for card in cards:
        words: ShownCard | None = card.kept.get(key)
        if words is None:
            words = card.kept[key] = _shown(card)
        found.append(words)
    return found


def _shown(card: Card) -> ShownCard:
    return ShownCard(
        name=named(card.name, card.name_en),
        speaks="id" if language() == ENGLISH and not card.name_en else "",
        url=localized_url(f"/produk/{card.slug}"),
        cooperative=card.cooperative,
        place=card.place,
        motif=card.motif,
        dye=card.dye,
        picture=card.picture,
        net=written_net(card.net),
        keeps=keeps_words(card.shelf_life_days),
        size=card.size,
        storage=fact_words(card.storage),
        permits=DOT.join(
            word for word in (card.halal_checked and "Halal", card.permit_checked) if word
        ),
        warning=_("Mengandung babi") if card.has_pork else "",
        price=card.price,
        has_prices=card.has_prices,
        sold=card.sold,
        variant_id=card.variant_id,
        available=card.available,
        kept={},
    )


def split_parts(split: PriceSplit) -> list[tuple[str, int, str]]:
    """Who receives the price: the unnamed member, the cooperative, and the state's PPN."""
    parts: list[tuple[str, int, str]] = [
        (_("Anggota pembuat"), split.member, "c4"),
        (_("Kas koperasi"), split.treasury, "c2"),
    ]
    if split.ppn:
        parts.append((_("Pajak (PPN)"), split.ppn, "c1"))
    return parts
