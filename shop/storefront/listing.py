"""Reading the catalogue: a page of goods in any order."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    case,
    or_,
)
from sqlalchemy.orm import Session

from shop.catalog.models import ProductCard
from shop.catalog.queries import STOCK, Card, card_of, select_cards
from shop.core.paging import PAGE_ROWS, Key, Page, read_cursor, write_cursor
from shop.search.queries import Matches
from shop.storefront.nearness import FAR, NEIGHBOUR, OWN, neighbours
from shop.storefront.rules import Sort, Wish

MOST_PRICE = 2**53
"""Rupiah above every price."""


def listing(
    session: Session, wish: Wish, matches: Matches | None, size: int = PAGE_ROWS
) -> Page[Card]:
    """One page of goods, in one statement, however deep in the catalogue it lies.

    :param matches: what the search found; None lists everything.
    """
    sort = wish.order
    if matches is None and sort is Sort.RELEVANT:
        sort = Sort.BEST_SOLD
    keys = _order(sort, wish, matches)
    statement = _matching(select_cards().add_columns(*keys), matches).where(*all_of(wish))
    start = _read_after(wish.after, sort)
    if start is not None:
        statement = statement.where(_behind(sort, keys, start))
    rows = session.execute(
        statement.order_by(
            *(key if ascending else key.desc() for key, ascending in _directed(sort, keys))
        ).limit(size + 1)
    ).all()
    shown = rows[:size]
    cursor = None
    if len(rows) > size:
        cursor = write_cursor((sort.value, *map(_written, shown[-1][-len(keys) :])))
    return Page(tuple(card_of(row) for row in shown), cursor)


_ASCENDING = {
    Sort.BEST_SOLD: (False, True, True),
    Sort.NEWEST: (False, True),
    Sort.CHEAPEST: (True, True),
    Sort.DEAREST: (False, True),
    Sort.RELEVANT: (True, True, True),
    Sort.NEAREST: (True, False, True, True),
}
"""Per order: the direction of each of its keys; the last, the product's id, makes it definite."""


def _order(sort: Sort, wish: Wish, matches: Matches | None) -> tuple[SQLColumnExpression[Any], ...]:
    card = ProductCard
    if sort is Sort.RELEVANT and matches is not None:
        # How well the words fit, then what can be bought, then what sold most and came last.
        return matches.table.c.tier, case((STOCK > 0, 0), else_=1), matches.table.c.place
    if sort is Sort.NEAREST:
        ring = case(
            (card.province == wish.near, OWN),
            (card.province.in_(neighbours(wish.near)), NEIGHBOUR),
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


def _directed(
    sort: Sort, keys: Sequence[SQLColumnExpression[Any]]
) -> list[tuple[SQLColumnExpression[Any], bool]]:
    return list(zip(keys, _ASCENDING[sort], strict=True))


def _behind(
    sort: Sort, keys: Sequence[SQLColumnExpression[Any]], start: Sequence[object]
) -> ColumnElement[bool]:
    """Rows that come after ``start``: equal so far, and then past it in the key's direction."""
    ways = []
    for place, (key, ascending) in enumerate(_directed(sort, keys)):
        equal = [keys[before] == start[before] for before in range(place)]
        ways.append(and_(*equal, key > start[place] if ascending else key < start[place]))
    return or_(*ways)


def _written(value: object) -> int:
    """A sort key as a whole number; a moment counts microseconds."""
    if isinstance(value, datetime):
        whole = value.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
        return (whole.days * 86_400 + whole.seconds) * 1_000_000 + whole.microseconds
    assert isinstance(value, int)
    return value


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


def _matching(
    statement: Select[*tuple[Any, ...]], matches: Matches | None
) -> Select[*tuple[Any, ...]]:
    if matches is None:
        return statement
    return statement.join(matches.table, matches.table.c.product_id == ProductCard.product_id)


def all_of(wish: Wish, but: str = "") -> list[ColumnElement[bool]]:
    """What a card must be to stand in the list.

    :param but: a group of the wish to leave out: its own counts ignore its own choice.
    """
    card = ProductCard
    groups = {
        "category": (bool(wish.categories), _in_categories(wish.categories)),
        "cooperative": (
            bool(wish.cooperatives),
            card.cooperative_slug.in_(wish.cooperatives),
        ),
        "province": (bool(wish.provinces), card.province.in_(wish.provinces)),
        "price": (
            wish.least is not None or wish.most is not None,
            card.price.between(wish.least or 0, MOST_PRICE if wish.most is None else wish.most),
        ),
    }
    inside = [test for name, (is_wanted, test) in groups.items() if is_wanted and name != but]
    return [*inside, *_flags(wish)]


def _in_categories(paths: Sequence[str]) -> ColumnElement[bool]:
    """Under any of these paths; of one sort of paths alone a single index can answer."""
    tops = [path for path in paths if "/" not in path]
    parts = [path for path in paths if "/" in path]
    under = ProductCard.category_top.in_(tops)
    at = ProductCard.category_path.in_(parts)
    return or_(under, at) if tops and parts else at if parts else under


def _flags(wish: Wish) -> list[ColumnElement[bool]]:
    card = ProductCard
    tests: list[tuple[bool, ColumnElement[bool]]] = [
        (wish.halal, card.halal_checked.is_(True)),
        (wish.available, STOCK > 0),
        (wish.ready, card.days_to_make == 0),
        (
            wish.keeps_days is not None,
            # What does not spoil keeps as long as anybody may ask.
            or_(card.shelf_life_days.is_(None), card.shelf_life_days >= (wish.keeps_days or 0)),
        ),
        (wish.room_temperature, card.is_room_temperature.is_(True)),
    ]
    return [test for is_wanted, test in tests if is_wanted]
