"""Facts of goods in the reader's words, in the shape that the components take."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from flask import current_app
from flask_babel import ngettext
from markupsafe import Markup

from shop.catalog.packaging.rules import keeping
from shop.catalog.packaging.words import fact_words
from shop.catalog.products.queries import Card
from shop.catalog.products.rules import PriceSplit
from shop.core.values.money import Rupiah
from shop.services.media.queries import Picture
from shop.web.http.data_saver import is_data_saver_on
from shop.web.i18n.language import ENGLISH, language, localized_url, named
from shop.web.i18n.language import word as _
from shop.web.rendering.template_filters import written_net

DOT = " · "
MAX_CARDS: Final = 1_000
"""Cards of which a process remembers the markup; one takes some 3 kB."""


def keeps_words(shelf_life_days: int | None) -> str:
    """How long goods keep: ``5 bulan``; empty for what does not spoil."""
    span = keeping(shelf_life_days)
    if span is None:
        return ""
    match span.unit:
        case "day":
            words = ngettext("%(n)s hari", "%(n)s hari", span.count, n=span.count)
        case "month":
            words = ngettext("%(n)s bulan", "%(n)s bulan", span.count, n=span.count)
        case "year" | _:
            words = ngettext("%(n)s tahun", "%(n)s tahun", span.count, n=span.count)
    return str(words)


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


def card_markup(card: Card, is_eager: bool, level: int) -> Markup:
    """A card as a list shows it, for ``cards(…, item=card_markup)``.

    Twenty-four cards are two thirds of the work of a catalogue page, and of a page that is
    rendered again most have not changed: so the last thousand are remembered (record 0376).

    :param is_eager: whether its picture loads at once.
    :param level: of its heading, 2 to 4.
    """
    return _markup(card, is_eager, level, language(), is_data_saver_on())


@lru_cache(MAX_CARDS)
def _markup(card: Card, is_eager: bool, level: int, _language: str, _saves_data: bool) -> Markup:
    macros: Any = current_app.jinja_env.get_template("components/card.html").module
    return Markup(macros.card(shown(card), is_eager, level))  # noqa: S704 - a template wrote it


def shown(card: Card) -> ShownCard:
    """A card in words. Only what a manager checked stands there as a badge (rule R30)."""
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
