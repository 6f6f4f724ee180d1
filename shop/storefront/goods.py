"""What stands around one product, read in two statements.

The first finds the product, the second all that its page says beside it. Rows that say the same
as before give the same goods again, with what was made of them for pages.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, or_, true
from sqlalchemy.orm import Session

from shop.catalog.models import ProductCard
from shop.catalog.queries import Card, card_of, select_cards
from shop.catalog.sheet import (
    MOST_SHEETS,
    OFFERS,
    PERMITS,
    Found,
    Offer,
    PermitFact,
    Sheet,
    find_product,
    read_offers,
    read_permits,
)
from shop.cooperatives.rules import Calendar
from shop.core.database import OneTrip
from shop.core.money import Rupiah
from shop.core.policy import HOLDING, read_figures
from shop.packaging.models import PackFacts
from shop.packaging.rules import SendLimit
from shop.shipping.reaching import reach_values, reached, read_reach, sends
from shop.shipping.rules import MANNERS, Manner, lost_beside

RELATED = 4


@dataclass(frozen=True, eq=False)
class Goods:
    """One product with its packs, and what its seller offers beside it."""

    sheet: Sheet
    packs: tuple[Offer, ...]
    permits: tuple[PermitFact, ...]
    companions: tuple[Card, ...]
    """What can leave in the same parcel, best sold first."""
    fee: Rupiah | None
    """The least that sending costs; None where nothing is sent."""
    calendar: Calendar
    figures: dict[str, int]


def find_goods(session: Session, slug: str, now: datetime) -> tuple[Found | None, Goods | None]:
    """What an address leads to, and the goods that stand there now. Two statements."""
    found = find_product(session, slug)
    if found is None or found.sheet is None or found.slug != slug:
        return found, None
    sheet = found.sheet
    values = {
        **reach_values(now),
        "product_id": sheet.product_id,
        "cooperative_id": sheet.cooperative_id,
        "most": RELATED,
    }
    parts = _beside(sheet.send_limit).read(session, values)
    return found, _goods(sheet, tuple(map(tuple, parts)))


@lru_cache(MOST_SHEETS)
def _goods(sheet: Sheet, parts: tuple[tuple[Any, ...], ...]) -> Goods:
    offers, permits, companions, reach, figures = parts
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
    """What the seller's other goods can add to the parcel without keeping it from any way."""
    return (
        select_cards()
        .add_columns(ProductCard.turn)
        .outerjoin(PackFacts, PackFacts.product_id == ProductCard.product_id)
        .where(
            ProductCard.cooperative_id == bindparam("cooperative_id"),
            ProductCard.product_id != bindparam("product_id"),
            ProductCard.open_packs > 0,
            *(_keeps_open(way, limit) for way in MANNERS),
        )
        .order_by(ProductCard.popularity.desc(), ProductCard.turn)
        .limit(bindparam("most", type_=Integer))
    )


def _keeps_open(way: Manner, limit: SendLimit | None) -> ColumnElement[bool]:
    """Whether other goods leave a way open, where any courier goes it."""
    closing = [other for other in SendLimit if way in lost_beside(limit, other)]
    if not closing:
        return true()
    theirs = PackFacts.send_limit
    return or_(theirs.is_(None), and_(*(theirs != one for one in closing)), ~sends(way))
