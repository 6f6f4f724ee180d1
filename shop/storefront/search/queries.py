"""Full-text search: one interface over SQLite's and PostgreSQL's index."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    bindparam,
    case,
    func,
    literal,
    select,
    union_all,
)

from shop.catalog.products.models import ProductCard
from shop.core.database.engine import Reader, reads_sqlite
from shop.core.database.schema import BigId, table_of
from shop.storefront.search import postgresql, sqlite
from shop.storefront.search.query_parser import ParsedQuery, begun, parse_query
from shop.storefront.search.query_syntax import ANYWHERE, FULL_NAME, IN_NAME
from shop.storefront.search_index.facet_terms import Narrow
from shop.storefront.search_index.models import SearchDocument
from shop.storefront.search_index.rules import MAX_DOUBLINGS, MAX_PRODUCTS, name_number

MAX_MATCHES = 300
"""Matches looked at, the best-liked first: no word is so broad that a page has to rank them all."""


@dataclass(frozen=True)
class Matches:
    """Products that answer to a text.

    ``table`` has ``product_id``, ``tier`` and ``place``, and is made once for all texts: whoever
    joins it passes ``values`` along. The tier says how near: 0 its whole name was typed, 1 all
    words stand in its name, 2 elsewhere; the place is that of the stored order. There are never
    more than two times ``MAX_MATCHES``.
    """

    asked: ParsedQuery
    table: CTE
    values: dict[str, Any]


def find(
    session: Reader, text: str, narrow: Narrow = (), *, exact: bool = False, deeply: bool = False
) -> Matches | None:
    """What a typed text asks for, as a table to join; None when it holds no word at all.

    Asks only what the words mean; the matches are read by whoever joins them.
    """
    asked = parse_query(session, text, exact=exact, deeply=deeply)
    return None if asked is None else matches(session, asked, narrow)


def matches(session: Reader, asked: ParsedQuery, narrow: Narrow = ()) -> Matches:
    """The products that have what was asked for, and one mark of each group; reads nothing."""
    is_sqlite = reads_sqlite(session)
    return Matches(
        asked,
        _ranked(is_sqlite),
        {
            "whole_name": name_number(asked.name_key),
            **questions(session, "in_name", asked, narrow, IN_NAME),
            **questions(session, "anywhere", asked, narrow),
            "most_matches": MAX_MATCHES,
            "enough": MAX_MATCHES,
        },
    )


@cache
def _ranked(is_sqlite: bool) -> CTE:
    whole = select(SearchDocument.id.label("place"), literal(FULL_NAME).label("tier")).where(
        SearchDocument.whole_name == bindparam("whole_name")
    )
    named = places(is_sqlite, "in_name").cte("named").prefix_with("MATERIALIZED")
    # Whoever has enough with the words in the name looks no further.
    maximum: ColumnElement[int] = bindparam("enough", type_=Integer)
    room = (
        select(case((func.count() < maximum, maximum), else_=0))
        .select_from(named)
        .scalar_subquery()
    )
    rest = places(is_sqlite, "anywhere", maximum=room).subquery("rest")
    found = union_all(
        whole,
        select(named.c.place, literal(IN_NAME)),
        select(rest.c.place, literal(ANYWHERE)),
    ).subquery("found")
    return (
        select(
            product_at(found.c.place).label("product_id"),
            found.c.place,
            func.min(found.c.tier).label("tier"),
        )
        .group_by(found.c.place)
        .cte("matches")
    )


def questions(
    session: Reader, name: str, asked: ParsedQuery | None, narrow: Narrow, tier: int = ANYWHERE
) -> dict[str, Any]:
    """What to bind for the :func:`places` of this name."""
    if reads_sqlite(session):
        return sqlite.questions(name, asked, narrow, tier)
    return postgresql.questions(name, asked, narrow, tier)


def places(is_sqlite: bool, name: str, *, maximum: ColumnElement[int] | None = None) -> Select[int]:
    """Places of the first products that answer to the question bound by this name, in order."""
    limit = bindparam("most_matches", type_=Integer) if maximum is None else maximum
    return sqlite.places(name, limit) if is_sqlite else postgresql.places(name, limit)


def by_marks(
    is_sqlite: bool, name: str, start: ColumnElement[int]
) -> tuple[FromClause, ColumnElement[int], tuple[ColumnElement[bool], ...]]:
    """A table of products behind a place that answer to a bound question, the place of each, and
    tests to ask of it.

    For a list in the stored order that has no end: it is read in that order, stops where a page
    is full, and begins anywhere as quickly.
    """
    return sqlite.by_marks(name, start) if is_sqlite else postgresql.by_marks(name, start)


def first_places() -> Select[int]:
    """Places of the first products of all."""
    limit = bindparam("most_matches", type_=Integer)
    return select(SearchDocument.id.label("place")).order_by(SearchDocument.id).limit(limit)


def is_anywhere(session: Reader, asked: ParsedQuery) -> bool:
    """Whether any product answers."""
    is_sqlite = reads_sqlite(session)
    values = {**questions(session, "anywhere", asked, ()), "most_matches": 1}
    return session.execute(_anywhere(is_sqlite), values).first() is not None


@cache
def _anywhere(is_sqlite: bool) -> Select[int]:
    return places(is_sqlite, "anywhere")


def product_at(place: ColumnElement[int]) -> ColumnElement[int]:
    """The product at a place of the stored order (``rules.place_of``), without looking it up."""
    last = literal(MAX_PRODUCTS - 1, BigId)
    return last - place % literal(MAX_PRODUCTS, BigId)


def place_of_card(
    popularity: ColumnElement[int], product: ColumnElement[int]
) -> ColumnElement[int]:
    """Where a product stands in the stored order (``rules.place_of``), by its card."""
    classes = [
        (popularity < literal(2**n), literal(MAX_DOUBLINGS - n)) for n in range(MAX_DOUBLINGS)
    ]
    of_class = case(*classes, else_=0) * literal(MAX_PRODUCTS, BigId)
    return of_class + literal(MAX_PRODUCTS - 1, BigId) - product


def beginnings(
    session: Reader, text: str, maximum: int, *, only_names: bool = True
) -> list[tuple[str, str, str | None]]:
    """Slug, name and English name of the best-liked goods whose words begin like those typed.

    For a list that grows while somebody types: no synonyms, nothing put right.
    """
    asked = begun(session, text)
    if asked is None:
        return []
    tier = IN_NAME if only_names else ANYWHERE
    is_sqlite = reads_sqlite(session)
    values = {**questions(session, "begun", asked, (), tier), "most_matches": maximum}
    rows = session.execute(_beginnings(is_sqlite), values)
    return [(slug, name, name_en) for slug, name, name_en in rows]


@cache
def _beginnings(is_sqlite: bool) -> Select[str, str, str | None]:
    hits = places(is_sqlite, "begun").subquery("hits")
    card = table_of(ProductCard)
    return (
        select(card.c.slug, card.c.name, card.c.name_en)
        .join(hits, product_at(hits.c.place) == card.c.product_id)
        .order_by(hits.c.place)
    )


def relaxed(asked: ParsedQuery) -> ParsedQuery | None:
    """The query with any one of its terms left out; None when there is only one."""
    return None if len(asked.wanted) < 2 else replace(asked, is_loose=True)
