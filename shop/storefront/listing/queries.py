"""Reading the catalogue: a page of goods in any order."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Integer,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlalchemy.types import TypeEngine

from shop.catalog.products.queries import CARDS, Card, select_cards
from shop.catalog.products.rules import top_of
from shop.core.database.engine import Reader, reads_sqlite
from shop.core.database.pagination import PAGE_ROWS, Key, Page, read_cursor
from shop.core.database.schema import UtcDateTime
from shop.storefront.listing import listing_filters
from shop.storefront.listing.filtered_listing import marked
from shop.storefront.listing.listing_filters import MAX_SHAPES, TESTS, only_if, tests_of
from shop.storefront.listing.listing_page import ListStatement
from shop.storefront.listing.price_histogram import price_range_at
from shop.storefront.listing.province_distance import FAR, NEIGHBOUR, OWN, nearest_provinces
from shop.storefront.listing.rules import ListingFilters, Sort
from shop.storefront.search.queries import Matches, places, product_at, questions


def listing(
    session: Reader, filters: ListingFilters, matches: Matches | None, size: int = PAGE_ROWS
) -> Page[Card]:
    """One page of goods, in one statement, however deep in the catalogue it lies.

    :param matches: what the search found; None lists everything.
    """
    return _list_statement(session, filters, matches, size).page(session, size)


def _list_statement(
    session: Reader, filters: ListingFilters, matches: Matches | None, size: int
) -> ListStatement:
    sort = filters.order
    if matches is None and sort is Sort.RELEVANT:
        sort = Sort.BEST_SOLD
    if matches is None and (sort is Sort.NEAREST or (sort is Sort.BEST_SOLD and filters.narrow())):
        return marked(session, filters, size)
    names, values = tests_of(filters)
    start = _read_after(filters.after, sort)
    searched = None if matches is None else matches.table
    narrow = filters.narrow() if matches is None else ()
    values |= {"size": size + 1, **({} if matches is None else matches.values)}
    if sort is Sort.NEAREST:
        values |= {"near": filters.near, "neighbours": nearest_provinces(filters.near)}
    if start is not None:
        values |= {f"start{place}": value for place, value in enumerate(start)}
    if narrow:
        tops = {top_of(path) for path in filters.categories}
        values |= questions(session, "marks", None, narrow)
        few = listing_filters.FEW
        values |= {
            "few": few,
            "most_matches": few + 1,
            "top": min(tops, default=""),
        }
        led = len(tops) == 1 and sort is not Sort.NEWEST
        before: tuple[str, ...] = ()
        if sort in BY_PRICE:
            price = start[0] if start is not None and isinstance(start[0], int) else None
            part = price_range_at(
                session, filters, is_rising=sort is Sort.CHEAPEST, start=price, few=few
            )
            values |= {"low": part.low, "high": part.high}
            before = part.before
            if before:
                values |= questions(session, "before", None, (*filters.narrow("price"), before))
        is_sqlite = reads_sqlite(session)
        statement = _narrowed(
            is_sqlite, sort, names, led=led, from_start=start is None, parted=bool(before)
        )
    else:
        statement = _prepared(sort, searched, names, from_start=start is None)
    return ListStatement(statement, values, sort.value, len(_ASCENDING[sort]))


_ASCENDING = {
    Sort.BEST_SOLD: (False, True, True),
    Sort.NEWEST: (False, True),
    Sort.CHEAPEST: (True, True),
    Sort.DEAREST: (False, True),
    Sort.RELEVANT: (True, True, True),
    Sort.NEAREST: (True, False, True, True),
}
"""Per order: the direction of each of its keys; the last, the product's id, makes it definite."""


@lru_cache(MAX_SHAPES)
def _prepared(
    sort: Sort, searched: CTE | None, names: tuple[str, ...], *, from_start: bool
) -> Select[*tuple[Any, ...]]:
    """The statement of a list of this kind, made once: what changes is bound by name."""
    keys = _order(sort, searched)
    if searched is None:
        statement = select_cards().add_columns(*keys)
    else:
        statement = select(*keys).select_from(searched)
        if names or sort is not Sort.RELEVANT:
            statement = statement.join(CARDS, CARDS.c.product_id == searched.c.product_id)
    statement = statement.where(*(TESTS[name] for name in names))
    if not from_start:
        statement = statement.where(_behind(sort, keys))
    statement = statement.order_by(*_by(sort, keys)).limit(bindparam("size", type_=Integer))
    return statement if searched is None else _with_cards(statement, sort)


BY_PRICE = frozenset({Sort.CHEAPEST, Sort.DEAREST})


@lru_cache(MAX_SHAPES)
def _narrowed(
    is_sqlite: bool,
    sort: Sort,
    names: tuple[str, ...],
    *,
    led: bool,
    from_start: bool,
    parted: bool,
) -> Select[*tuple[Any, ...]]:
    """The statement of a narrowed list by price or day, made once.

    A few goods are gathered by their marks and sorted; of many the table is read in its order,
    which soon comes by a page of them. Either way it is a small part of the catalogue.

    :param led: whether all are of one main category, of which there is an order by price.
    :param parted: whether a few stand before the prices at which the table is read.
    """
    keys = _order(sort, None)
    tests = [TESTS[name] for name in names]
    if not from_start:
        tests.append(_behind(sort, keys))
    first = places(is_sqlite, "marks").cte("first_goods").prefix_with("MATERIALIZED")
    found = select(func.count()).select_from(first).scalar_subquery()
    by, size = _by(sort, keys), bindparam("size", type_=Integer)
    many = found > bindparam("few", type_=Integer)

    # Asked as a whole, so that no index of theirs leads away from the goods, or from the order.
    def whole(tests: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
        return case((and_(*tests), 1), else_=0) == 1

    def gathered(goods: CTE) -> Select[*tuple[Any, ...]]:
        is_it = product_at(goods.c.place) == CARDS.c.product_id
        return select(*keys).select_from(goods).join(CARDS, is_it).where(whole(tests))

    unled = [whole(tests[: len(names)]), *tests[len(names) :]]
    if led:
        unled.append(CARDS.c.category_top == bindparam("top"))
    if sort in BY_PRICE:
        # PostgreSQL's plan for all prices thinks of few goods between two, and sorts all of them.
        low, high = (
            bindparam(end, type_=BigInteger, literal_execute=not is_sqlite)
            for end in ("low", "high")
        )
        unled.append(CARDS.c.price.between(low, high))
    ways = [(gathered(first), ~many)]
    if parted:
        apart = places(is_sqlite, "before").cte("goods_before").prefix_with("MATERIALIZED")
        ways.append((gathered(apart), many))
    ways.append((select(*keys).where(*unled), many))
    parts = [only_if(holds, way.order_by(*by), is_sqlite).subquery() for way, holds in ways]
    # What comes before fills the page first: then nothing is read behind it.
    page = union_all(*map(select, parts)).limit(size).subquery("page")
    # An outer join keeps its order: a plan that thinks of many pages would go through all cards.
    whole_page = page.outerjoin(CARDS, page.c.product_id == CARDS.c.product_id)
    cards = select_cards().add_columns(*page.c).select_from(whole_page)
    return cards.order_by(*_by(sort, list(page.c)))


def _order(sort: Sort, searched: CTE | None) -> tuple[SQLColumnExpression[Any], ...]:
    card = CARDS.c
    if sort is Sort.RELEVANT and searched is not None:
        # How well the words fit, then what can be bought, then what sold most and came last.
        return searched.c.tier, func.coalesce(_sold_out(searched), 0), searched.c.place
    if sort is Sort.NEAREST:
        ring = case(
            (card.province == bindparam("near"), OWN),
            (card.province.in_(bindparam("neighbours", expanding=True)), NEIGHBOUR),
            else_=FAR,
        )
        return ring, card.popularity, card.turn, card.product_id
    if sort is Sort.BEST_SOLD:
        return card.popularity, card.turn, card.product_id
    first = {
        Sort.NEWEST: card.published_at,
        Sort.CHEAPEST: card.price,
        Sort.DEAREST: card.price,
    }[sort]
    return first, card.product_id


def _sold_out(searched: CTE) -> ScalarSelect[int]:
    """1 for what is sold out: looked up in the index of these few, whose cards are not read."""
    card = CARDS.alias("sold_out").c
    return (
        select(literal(1))
        # "Between", or SQLite reads the card: it looks up by the row's own number what equals it.
        .where(
            card.product_id.between(searched.c.product_id, searched.c.product_id),
            card.open_packs == literal_column("0"),
        )
        .limit(1)
        .correlate(searched)
        .scalar_subquery()
    )


def _by(sort: Sort, keys: Sequence[SQLColumnExpression[Any]]) -> list[SQLColumnExpression[Any]]:
    return [key if ascending else key.desc() for key, ascending in _directed(sort, keys)]


def _with_cards(keys: Select[*tuple[Any, ...]], sort: Sort) -> Select[*tuple[Any, ...]]:
    """The cards of a page from its sort keys, whose last tells the product: of all that matched,
    only what is shown is read whole.
    """
    page = keys.subquery("page")
    columns = list(page.c)
    last = columns[-1]
    product = product_at(last) if sort is Sort.RELEVANT else last
    return (
        select_cards()
        .add_columns(*columns)
        .join(page, product == CARDS.c.product_id)
        .order_by(*_by(sort, columns))
    )


def _directed(
    sort: Sort, keys: Sequence[SQLColumnExpression[Any]]
) -> list[tuple[SQLColumnExpression[Any], bool]]:
    return list(zip(keys, _ASCENDING[sort], strict=True))


def _behind(sort: Sort, keys: Sequence[SQLColumnExpression[Any]]) -> ColumnElement[bool]:
    """Rows that come after the start: equal so far, and then past it in the key's direction."""
    kinds: list[TypeEngine[Any]] = [BigInteger() for _ in keys]
    if sort is Sort.NEWEST:
        kinds[0] = UtcDateTime()
    start = [bindparam(f"start{place}", type_=kind) for place, kind in enumerate(kinds)]
    ways = []
    for place, (key, ascending) in enumerate(_directed(sort, keys)):
        equal = [keys[before] == start[before] for before in range(place)]
        ways.append(and_(*equal, key > start[place] if ascending else key < start[place]))
    # Said of the first key alone, it lets an index begin there.
    (first, ascending), *_ = _directed(sort, keys)
    return and_(first >= start[0] if ascending else first <= start[0], or_(*ways))


def _read_after(after: str | None, sort: Sort) -> tuple[object, ...] | None:
    """Where the page starts; a cursor of another order, or of nothing, starts at the top."""
    key: Key | None = read_cursor(after, (str, *(int for _ in _ASCENDING[sort])))
    if key is None or key[0] != sort.value:
        return None
    start: list[object] = list(key[1:])
    if sort is Sort.NEWEST:
        try:
            start[0] = datetime.fromtimestamp(int(key[1]) // 1_000_000, UTC).replace(
                microsecond=int(key[1]) % 1_000_000
            )
        except (ValueError, OverflowError, OSError):
            return None
    return tuple(start)
