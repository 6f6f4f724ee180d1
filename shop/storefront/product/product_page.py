"""The page of one product in the reader's words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from shop.catalog.packaging.rules import contains_pork
from shop.catalog.products.product_detail import Offer
from shop.catalog.products.queries import Card
from shop.catalog.products.rules import PriceSplit, net_of_pack, price_per_hundred
from shop.core.values.clock import HOME_ZONE, day_in
from shop.core.values.money import Rupiah
from shop.people.cooperatives.rules import ClosedTime
from shop.storefront.listing import words
from shop.storefront.product import words as pack_words
from shop.storefront.product.price_breakdown import price_breakdown
from shop.storefront.product.queries import Goods
from shop.storefront.sitemap.structured_data import preview_of_goods, product_facts
from shop.web.rendering.page_metadata import Preview, written_facts


@dataclass(frozen=True, slots=True)
class Step:
    """A wholesale step: from so many packs on, the price of one, and what 100 g of it cost."""

    minimum: int
    price: Rupiah
    per_hundred: Rupiah | None


@dataclass(frozen=True)
class ProductPage:
    """What ``storefront/home/product.html`` shows of goods, but for a quote to somebody's city."""

    chosen: Offer
    packs: tuple[Offer, ...]
    steps: tuple[Step, ...]
    firsts: list[pack_words.FirstChoice]
    choices: list[dict[str, Any]]
    available: int
    has_prices: bool
    per_hundred: Rupiah | None
    unit: str | None
    """What the price of a hundred is of: g or ml."""
    facts: list[pack_words.Fact]
    more: list[tuple[str, str]]
    tear: list[tuple[str, str]]
    badges: list[tuple[str, str]]
    has_pork: bool
    sending: list[tuple[str, str]]
    fee: Rupiah | None
    closed: ClosedTime | None
    split: PriceSplit
    split_parts: list[tuple[str, int, str]]
    companions: tuple[Card, ...]
    preview: Preview | None
    machine_facts: Markup


def product_page(goods: Goods, chosen: Offer, now: datetime, *, takes_cards: bool) -> ProductPage:
    """The page of goods with one pack chosen, as it stands at a moment."""
    today = day_in(HOME_ZONE, now)
    sheet, packs = goods.sheet, goods.packs
    net = net_of_pack(chosen, packs, sheet.net_content, sheet.net_unit)
    firsts = pack_words.first_choices(packs, chosen)
    split = price_breakdown(
        chosen.price, sheet, goods.reach.settings, sheet.category_path, takes_cards=takes_cards
    )
    return ProductPage(
        chosen=chosen,
        packs=packs,
        steps=tuple(
            Step(minimum, price, price_per_hundred(price, *net))
            for minimum, price in sheet.steps
            # A step above the price of the pack that is looked at changes nothing for it.
            if price < chosen.price
        ),
        firsts=firsts,
        choices=pack_words.choice_words(
            [pack for pack in packs if not firsts or pack.option == chosen.option]
        ),
        available=sum(pack.available for pack in packs),
        has_prices=len({pack.price for pack in packs}) > 1,
        per_hundred=price_per_hundred(chosen.price, *net),
        unit=net[1],
        facts=pack_words.pack_facts(sheet, chosen, net, sheet.permits, today),
        more=pack_words.pack_more(sheet),
        tear=pack_words.pack_tear(sheet),
        badges=pack_words.badges(sheet, sheet.permits, today),
        has_pork=contains_pork(sheet.ingredients),
        sending=pack_words.sending_words(sheet),
        fee=goods.reach.fee,
        closed=goods.reach.calendar.closing_near(now),
        split=split,
        split_parts=words.split_parts(split),
        companions=goods.companions,
        preview=preview_of_goods(sheet),
        machine_facts=written_facts(product_facts(sheet, packs, chosen)),
    )
