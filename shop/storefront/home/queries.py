"""Reads for the front page: what is bought most, what is new, and whose goods they are.

Each looks at the first goods of an order that an index has, however large the market is.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Dialect, Integer, Select, Subquery, bindparam, func, literal, select

from shop.catalog.products.queries import CARDS, Card, card_of, pictures_of, select_cards
from shop.catalog.products.rules import CATEGORY_NAMES
from shop.core.database import settings_by_date
from shop.core.database.schema import table_of
from shop.people.cooperatives.models import Cooperative
from shop.services.media.queries import Picture
from shop.storefront.search_index.facet_terms import CATEGORY, facet_term
from shop.storefront.search_index.models import SearchWord
from shop.storefront.sellers.seller_list import IS_LISTED, Seller, select_sellers, seller_of
from shop.web.page_cache.prepared_queries import Question, Raw, Reader, dialect_of

HOME_GOODS = 8
HOME_NEW = 4
HOME_COOPERATIVES = 24
LOOKED_AT = 100
"""Goods, the first in their order, among which a front page looks for one of each cooperative."""


def best_sold(session: Reader, maximum: int = HOME_GOODS) -> tuple[Card, ...]:
    """What each cooperative sells best, most bought first; while nothing was, what came first."""
    return _cards(_best_sold().rows(session, {"maximum": maximum}), dialect_of(session))


def newest(session: Reader, maximum: int = HOME_NEW) -> tuple[Card, ...]:
    """What came last from each cooperative, newest first."""
    return _cards(_newest().rows(session, {"maximum": maximum}), dialect_of(session))


def _cards(rows: Iterable[Raw], dialect: Dialect) -> tuple[Card, ...]:
    return tuple(card_of(row, dialect) for row in rows)


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
def _best_sold() -> Question:
    best = _one_of_each(_FIRST_BY_SALE, _by_sale(_FIRST_BY_SALE.c), "popularity")
    return Question(best.order_by(CARDS.c.popularity.desc(), CARDS.c.product_id))


@cache
def _newest() -> Question:
    latest = _one_of_each(_FIRST_BY_DAY, _by_day(_FIRST_BY_DAY.c), "published_at")
    return Question(latest.order_by(CARDS.c.published_at.desc(), CARDS.c.product_id))


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


def _goods_by_category(rows: Iterable[Raw]) -> tuple[tuple[str, str, int], ...]:
    """Path, name and number of goods of each branch of the tree's first level that has some."""
    counts: dict[str, int] = dict(rows)
    tops = ((path, name) for path, name in CATEGORY_NAMES.items() if "/" not in path)
    found = ((path, name, counts.get(facet_term(CATEGORY, path), 0)) for path, name in tops)
    return tuple(one for one in found if one[-1])


@cache
def _counts() -> Question:
    words = table_of(SearchWord).c
    marks = [facet_term(CATEGORY, path) for path in CATEGORY_NAMES if "/" not in path]
    return Question(select(words.word, words.goods).where(words.word.in_(marks)))


@cache
def _known_by_goods() -> Question:
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
    known = select_sellers().add_columns(there).where(table_of(Cooperative).c.id.in_(best))
    return Question(known)


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


def _featured(row: Raw, dialect: Dialect) -> Featured:
    """Its story and terms, and its best picture."""
    *facts, lines = _of_month().values(row, dialect)
    found = pictures_of(lines or "", maximum=1)
    return Featured(*facts, found[0][1] if found else None)  # type: ignore[call-arg]


@cache
def _of_month() -> Question:
    one = table_of(Cooperative).c
    pictures = (
        select(CARDS.c.pictures)
        .where(CARDS.c.cooperative_id == bindparam("cooperative_id"), CARDS.c.pictures != "")
        .order_by(CARDS.c.popularity.desc(), CARDS.c.turn, CARDS.c.product_id)
        .limit(1)
        .scalar_subquery()
    )
    facts = select(one.id, one.story, one.description_en, one.contribution_bp, one.is_pkp, pictures)
    return Question(facts.where(one.id == bindparam("cooperative_id")))


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
    """The market of this month. Five statements; the same answers give the same page."""
    known = _known_by_goods().rows(session, {})
    month = (today.year * 12 + today.month) % len(known) if known else None
    told = () if month is None else _of_month().rows(session, {"cooperative_id": known[month][0]})
    return _page(
        tuple(_counts().rows(session, {})),
        tuple(_best_sold().rows(session, {"maximum": HOME_GOODS})),
        tuple(_newest().rows(session, {"maximum": HOME_NEW})),
        tuple(known),
        month,
        tuple(told),
        dialect_of(session),
    )


@lru_cache(maxsize=4)
def _page(
    counts: tuple[Raw, ...],
    popular: tuple[Raw, ...],
    fresh: tuple[Raw, ...],
    known: tuple[Raw, ...],
    month: int | None,
    told: tuple[Raw, ...],
    dialect: Dialect,
) -> FrontPage:
    sellers = tuple(seller_of(row[:-1]) for row in known)
    return FrontPage(
        categories=_goods_by_category(counts),
        popular=_cards(popular, dialect),
        fresh=_cards(fresh, dialect),
        sellers=sellers,
        cooperatives=known[0][-1] if known else 0,
        month=sellers[month] if month is not None and told else None,
        told=_featured(told[0], dialect) if told else None,
    )


def figures(session: Reader, today: date) -> dict[str, int]:
    """Figures of trade and law as they hold on a day."""
    return settings_by_date.read_figures(_figures().rows(session, {"on": today}))


@cache
def _figures() -> Question:
    return Question(settings_by_date.HOLDING)
