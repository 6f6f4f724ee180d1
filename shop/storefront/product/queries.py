"""What the page of one product shows, read in four statements."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, case, literal_column, or_, select

from shop.catalog.packaging.models import PackFacts
from shop.catalog.packaging.rules import SendLimit
from shop.catalog.products.product_detail import (
    OFFERS,
    Found,
    Offer,
    ProductDetail,
    find_product,
    read_offers,
)
from shop.catalog.products.queries import CARDS, Card, card_of, select_cards
from shop.core.database.engine import Reader
from shop.core.database.schema import table_of
from shop.shipping.quotes.reachability import Reach, reach_of, reach_values, ways_gone
from shop.shipping.rates.rules import (
    COURIER_KINDS,
    ShippingMethodKind,
    methods_lost_in_shared_parcel,
)

RELATED = 4
LOOKED_AT = 24
"""Goods of a cooperative, the best liked, among which those for the same parcel are looked for."""
_FACTS = table_of(PackFacts)


@dataclass(frozen=True, slots=True)
class Goods:
    """One product with its packs, and what its seller offers beside it."""

    sheet: ProductDetail
    packs: tuple[Offer, ...]
    companions: tuple[Card, ...]
    """What can leave in the same parcel, best sold first."""
    reach: Reach


def find_goods(session: Reader, slug: str, now: datetime) -> tuple[Found | None, Goods | None]:
    """What an address leads to, and the goods that stand there now. Four statements."""
    found = find_product(session, slug)
    if found is None or found.sheet is None or found.slug != slug:
        return found, None
    sheet = found.sheet
    packs = read_offers(session.execute(OFFERS, {"product_id": sheet.product_id}))
    if not packs:  # its last pack was hidden between the two: it has left the shop
        return replace(found, sheet=None), None
    values = {
        **reach_values(now),
        "product_id": sheet.product_id,
        "cooperative_id": sheet.cooperative_id,
    }
    companions = session.execute(_companions(sheet.send_limit), values).all()
    return found, Goods(
        sheet=sheet,
        packs=packs,
        companions=tuple(map(card_of, companions)),
        reach=reach_of(session, sheet.cooperative_id, now),
    )


@cache
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
        .join(fitting, fitting.c.product_id == CARDS.c.product_id)
        .order_by(CARDS.c.popularity.desc(), fitting.c.turn)
    )


def _bits(ways: Iterable[ShippingMethodKind]) -> int:
    return sum(1 << COURIER_KINDS.index(way) for way in ways)
