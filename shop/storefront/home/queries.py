"""Reads for the front page: what is bought most, what is new, and whose goods they are.

Each looks at the first goods of an order that an index has, however large the market is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Integer, Row, Select, Subquery, bindparam, func, literal, select

from shop.catalog.products.queries import CARDS, Card, card_of, pictures_of, select_cards
from shop.catalog.products.rules import CATEGORY_NAMES
from shop.core.database.engine import Reader
from shop.core.database.schema import inline, table_of
from shop.people.cooperatives.models import Cooperative
from shop.services.media.queries import Picture
from shop.storefront.search_index.facet_terms import CATEGORY, facet_term
from shop.storefront.search_index.models import SearchWord
from shop.storefront.sellers.seller_list import IS_LISTED, Seller, select_sellers, seller_of

HOME_GOODS = 8
HOME_NEW = 4
HOME_COOPERATIVES = 24
LOOKED_AT = 100
"""Goods, the first in their order, among which a front page looks for one of each cooperative."""


def best_sold(session: Reader, maximum: int = HOME_GOODS) -> tuple[Card, ...]:
    """What each cooperative sells best, most bought first; while nothing was, what came first."""
    return _cards(session.execute(_best_sold(), {"maximum": maximum}))


def newest(session: Reader, maximum: int = HOME_NEW) -> tuple[Card, ...]:
    """What came last from each cooperative, newest first."""
    return _cards(session.execute(_newest(), {"maximum": maximum}))


def _cards(rows: Iterable[Row[*tuple[Any, ...]]]) -> tuple[Card, ...]:
    return tuple(map(card_of, rows))


def _by_sale(card: Any) -> list[Any]:
    """Keys to sort by, of anything that has the columns of a card."""
    return [card.popularity.desc(), card.turn, card.product_id]


def _by_day(card: Any) -> list[Any]:
    return [card.published_at.desc(), card.product_id.desc()]


# Each reads an index alone: what it selects stands in there.
_FIRST_BY_SALE = (
    select(CARDS.c.product_id, CARDS.c.cooperative_id, CARDS.c.popularity, CARDS.c.turn)
    .order_by(*_by_sale(CARDS.c))
    .limit(LOOKED_AT)
    .subquery()
)
_FIRST_BY_DAY = (
    select(CARDS.c.product_id, CARDS.c.cooperative_id, CARDS.c.published_at)
    .order_by(*_by_day(CARDS.c))
    .limit(LOOKED_AT)
    .subquery()
)


@cache
def _best_sold() -> Select[*tuple[Any, ...]]:
    best = _one_of_each(_FIRST_BY_SALE, _by_sale(_FIRST_BY_SALE.c), "popularity")
    return best.order_by(CARDS.c.popularity.desc(), CARDS.c.product_id)


@cache
def _newest() -> Select[*tuple[Any, ...]]:
    latest = _one_of_each(_FIRST_BY_DAY, _by_day(_FIRST_BY_DAY.c), "published_at")
    return latest.order_by(CARDS.c.published_at.desc(), CARDS.c.product_id)


def _one_of_each(first: Subquery, order: list[Any], liked: str) -> Select[*tuple[Any, ...]]:
    """The first card of every cooperative, among the first of all in this order: enough for a
    page, and no look at the rest of the market. Only those that are shown are read whole.

    :param liked: the column by which they stand on the page, most first.
    """
    turn = func.row_number().over(partition_by=first.c.cooperative_id, order_by=order)
    places = select(first.c.product_id, first.c[liked], turn.label("place")).subquery()
    shown = (
        select(places.c.product_id)
        .where(places.c.place == 1)
        .order_by(places.c[liked].desc(), places.c.product_id)
        .limit(bindparam("maximum", type_=Integer))
    )
    return select_cards().where(CARDS.c.product_id.in_(shown))


def _goods_by_category(rows: Iterable[Row[*tuple[Any, ...]]]) -> tuple[tuple[str, str, int], ...]:
    """Path, name and number of goods of each branch of the tree's first level that has some."""
    counts: dict[str, int] = {row[0]: row[1] for row in rows}
    tops = ((path, name) for path, name in CATEGORY_NAMES.items() if "/" not in path)
    found = ((path, name, counts.get(facet_term(CATEGORY, path), 0)) for path, name in tops)
    return tuple(one for one in found if one[-1])


@cache
def _counts() -> Select[*tuple[Any, ...]]:
    words = table_of(SearchWord).c
    marks = [facet_term(CATEGORY, path) for path in CATEGORY_NAMES if "/" not in path]
    return select(words.word, words.goods).where(words.word.in_(marks))


@cache
def _known_by_goods() -> Select[*tuple[Any, ...]]:
    """Cooperatives whose goods are liked best, as many as a front page has room for, by name; and
    how many there are, counted no further than one beyond that room.
    """
    first = _FIRST_BY_SALE
    best = (
        select(first.c.cooperative_id)
        .group_by(first.c.cooperative_id)
        .order_by(func.max(first.c.popularity).desc(), first.c.cooperative_id)
        .limit(HOME_COOPERATIVES)
    )
    listed = select(literal(1)).where(IS_LISTED).limit(HOME_COOPERATIVES + 1).subquery()
    there = select(func.count()).select_from(listed).scalar_subquery()
    return select_sellers().add_columns(there).where(table_of(Cooperative).c.id.in_(best))


@dataclass(frozen=True, slots=True)
class Featured:
    """What the front page tells of the cooperative of the month beside its name."""

    cooperative_id: int
    story: str
    description_en: str
    contribution_bp: int
    is_pkp: bool
    picture: Picture | None
    """Of what it sells best."""


@cache
def _of_month() -> Select[*tuple[Any, ...]]:
    one = table_of(Cooperative).c
    pictures = (
        select(CARDS.c.pictures)
        .where(
            CARDS.c.cooperative_id == bindparam("cooperative_id"), CARDS.c.pictures != inline("")
        )
        .order_by(CARDS.c.popularity.desc(), CARDS.c.turn, CARDS.c.product_id)
        .limit(1)
        .scalar_subquery()
    )
    facts = select(one.id, one.story, one.description_en, one.contribution_bp, one.is_pkp, pictures)
    return facts.where(one.id == bindparam("cooperative_id"))


@dataclass(frozen=True, slots=True)
class FrontPage:
    """All that the front page shows of the market."""

    categories: tuple[tuple[str, str, int], ...]
    popular: tuple[Card, ...]
    fresh: tuple[Card, ...]
    sellers: tuple[Seller, ...]
    cooperatives: int
    """In the list of cooperatives; one more than this page has room for stands for all above."""
    month: Seller | None
    """The cooperative of the month: every one has its own, in turn."""
    told: Featured | None


def front_page(session: Reader, today: date) -> FrontPage:
    """The market of this month. Five statements."""
    known = session.execute(_known_by_goods()).all()
    sellers = tuple(seller_of(row[:-1]) for row in known)
    month = sellers[(today.year * 12 + today.month) % len(sellers)] if sellers else None
    told = None if month is None else _featured(session, month.cooperative_id)
    return FrontPage(
        categories=_goods_by_category(session.execute(_counts())),
        popular=best_sold(session),
        fresh=newest(session),
        sellers=sellers,
        cooperatives=known[0][-1] if known else 0,
        month=month if told else None,
        told=told,
    )


def _featured(session: Reader, cooperative_id: int) -> Featured | None:
    """Its story and terms, and its best picture."""
    row = session.execute(_of_month(), {"cooperative_id": cooperative_id}).first()
    if row is None:
        return None
    *facts, lines = row
    found = pictures_of(lines or "", maximum=1)
    return Featured(*facts, found[0][1] if found else None)  # type: ignore[call-arg]
