"""What stands around one product, read in two statements.

The first finds the product, the second all that its page says beside it. Rows that say the same
as before give the same goods again, with what was made of them for pages.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Dialect, Select, bindparam, case, literal_column, or_, select

from shop.catalog.packaging.models import PackFacts
from shop.catalog.packaging.rules import SendLimit
from shop.catalog.products.product_detail import (
    MAX_SHEETS,
    OFFERS,
    PERMITS,
    Found,
    Offer,
    PermitFact,
    ProductDetail,
    find_product,
    read_offers,
    read_permits,
)
from shop.catalog.products.queries import CARDS, Card, card_of, select_cards
from shop.core.database.schema import table_of
from shop.core.database.settings_by_date import HOLDING, read_figures
from shop.core.values.money import Rupiah
from shop.people.cooperatives.rules import Calendar
from shop.shipping.quotes.reachability import reach_values, reached, read_reach, ways_gone
from shop.shipping.rates.rules import (
    COURIER_KINDS,
    ShippingMethodKind,
    methods_lost_in_shared_parcel,
)
from shop.web.page_cache.prepared_queries import OneTrip, Parts, Reader, dialect_of

RELATED = 4
LOOKED_AT = 24
"""Goods of a cooperative, the best liked, among which those for the same parcel are looked for."""
_FACTS = table_of(PackFacts)


@dataclass(frozen=True, eq=False)
class Goods:
    """One product with its packs, and what its seller offers beside it."""

    sheet: ProductDetail
    packs: tuple[Offer, ...]
    permits: tuple[PermitFact, ...]
    companions: tuple[Card, ...]
    """What can leave in the same parcel, best sold first."""
    fee: Rupiah | None
    """The least that sending costs; None where nothing is sent."""
    calendar: Calendar
    figures: dict[str, int]


def find_goods(session: Reader, slug: str, now: datetime) -> tuple[Found | None, Goods | None]:
    """What an address leads to, and the goods that stand there now. Two statements."""
    found = find_product(session, slug)
    if found is None or found.sheet is None or found.slug != slug:
        return found, None
    sheet = found.sheet
    values = {
        **reach_values(now),
        "product_id": sheet.product_id,
        "cooperative_id": sheet.cooperative_id,
    }
    rows = _beside(sheet.send_limit).rows(session, values)
    goods = _goods(sheet, rows, dialect_of(session))
    return (replace(found, sheet=None) if goods is None else found), goods


@lru_cache(MAX_SHEETS)
def _goods(sheet: ProductDetail, rows: Parts, dialect: Dialect) -> Goods | None:
    offers, permits, companions, reach, figures = _beside(sheet.send_limit).parted(rows, dialect)
    if not offers:  # its last pack was hidden between the two questions: it has left the shop
        return None
    fee, calendar = read_reach(reach)
    best_sold = sorted(companions, key=lambda row: (-row.popularity, row.turn))
    return Goods(
        sheet=sheet,
        packs=read_offers(offers),
        permits=read_permits(permits),
        companions=tuple(map(card_of, best_sold)),
        fee=fee,
        calendar=calendar,
        figures=read_figures(figures),
    )


@cache
def _beside(limit: SendLimit | None) -> OneTrip:
    """All that stands beside goods with this limit, made once for each."""
    return OneTrip(OFFERS, PERMITS, _companions(limit), reached(), HOLDING)


def _companions(limit: SendLimit | None) -> Select[*tuple[Any, ...]]:
    """What the seller's best-liked other goods can add to the parcel without keeping it from any
    way.
    """
    liked = (
        select(CARDS.c.product_id, CARDS.c.popularity, CARDS.c.turn)
        .where(
            CARDS.c.cooperative_id == bindparam("cooperative_id"),
            CARDS.c.product_id != bindparam("product_id"),
            # By the letter: an index stands on it, and SQLite would plan anew for each bound value.
            literal_column("open_packs > 0"),
        )
        .order_by(CARDS.c.popularity.desc(), CARDS.c.turn)
        .limit(LOOKED_AT)
        .subquery("liked")
    )
    theirs = _FACTS.c.send_limit
    lost = case(
        {other: _bits(methods_lost_in_shared_parcel(limit, other)) for other in SendLimit},
        value=theirs,
        else_=0,
    )
    fitting = (
        select(liked)
        .outerjoin(_FACTS, _FACTS.c.product_id == liked.c.product_id)
        .where(or_(theirs.is_(None), lost.bitwise_and(ways_gone()) == 0))
        .order_by(liked.c.popularity.desc(), liked.c.turn)
        .limit(RELATED)
        .subquery("fitting")
    )
    return (
        select_cards()
        .add_columns(fitting.c.turn)
        .join(fitting, fitting.c.product_id == CARDS.c.product_id)
    )


def _bits(ways: Iterable[ShippingMethodKind]) -> int:
    return sum(1 << COURIER_KINDS.index(way) for way in ways)
