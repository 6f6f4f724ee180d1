"""Reading the catalogue: a page of goods in any order, and the counts of its facets."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from shop.catalog.models import ProductCard
from shop.catalog.queries import STOCK, Card, card_of, select_cards
from shop.catalog.rules import CATEGORY_NAMES
from shop.core.paging import PAGE_ROWS, Key, Page, read_cursor, write_cursor
from shop.search.queries import Matches
from shop.storefront.rules import Facets, Option, Sort, Wish, category_options

FLAGS = ("halal", "available", "ready", "keeps", "room")
KEEPS_LONG = 90
"""Days: what the facet "tahan lama" counts."""


def listing(
    session: Session, wish: Wish, matches: Matches | None, size: int = PAGE_ROWS
) -> Page[Card]:
    """One page of goods, in one statement, however deep in the catalogue it lies.

    :param matches: what the search found; None lists everything.
    """
    sort = wish.order
    if matches is None and sort is Sort.NEAREST:
        sort = Sort.BEST_SOLD  # nothing is near when nobody searched
    keys = _order(sort, matches)
    statement = _matching(select_cards().add_columns(*keys), matches).where(*_all_of(wish))
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
    Sort.NEAREST: (True, False, True, True),
}
"""Per order: the direction of each of its keys; the last, the product's id, makes it definite."""


def _order(sort: Sort, matches: Matches | None) -> tuple[SQLColumnExpression[Any], ...]:
    card = ProductCard
    if sort is Sort.NEAREST and matches is not None:
        return matches.table.c.tier, card.popularity, card.turn, card.product_id
    if sort is Sort.BEST_SOLD or sort is Sort.NEAREST:
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


def _all_of(wish: Wish) -> list[ColumnElement[bool]]:
    return [*_rest(wish), *(test for test in _groups(wish).values() if test is not None)]


def _groups(wish: Wish) -> dict[str, ColumnElement[bool] | None]:
    """Facets of which several values may be chosen; each is counted as if it were not."""
    card = ProductCard
    return {
        "category": or_(
            card.category_path.in_(wish.categories), card.category_top.in_(wish.categories)
        )
        if wish.categories
        else None,
        "cooperative": card.cooperative_slug.in_(wish.cooperatives) if wish.cooperatives else None,
        "province": card.province.in_(wish.provinces) if wish.provinces else None,
    }


def _rest(wish: Wish) -> list[ColumnElement[bool]]:
    card = ProductCard
    tests: list[tuple[bool, ColumnElement[bool]]] = [
        (wish.least is not None, card.price >= (wish.least or 0)),
        (wish.most is not None, card.price <= (wish.most or 0)),
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


def facets(session: Session, wish: Wish, matches: Matches | None) -> Facets:
    """Counts of everything the catalogue can be narrowed by, in one statement."""
    card = ProductCard
    tests = _groups(wish)
    inside = {name: literal(True) if test is None else test for name, test in tests.items()}
    base = (
        _matching(
            select(
                card.category_path,
                card.cooperative_slug,
                card.cooperative,
                card.province,
                *(test.label(f"in_{name}") for name, test in inside.items()),
                card.halal_checked.label("halal"),
                (STOCK > 0).label("available"),
                (card.days_to_make == 0).label("ready"),
                or_(card.shelf_life_days.is_(None), card.shelf_life_days >= KEEPS_LONG).label(
                    "keeps"
                ),
                card.is_room_temperature.label("room"),
            ),
            matches,
        )
        .where(*_rest(wish))
        .cte("shown")
    )
    none = [literal(0) for _ in FLAGS]

    def group(name: str, value: ColumnElement[str], label: ColumnElement[str]) -> Any:
        others = [base.c[f"in_{other}"] for other in tests if other != name]
        return (
            select(literal(name), value, label, func.count(), *none)
            .where(*others)
            .group_by(value, label)
        )

    flags = [func.coalesce(func.sum(case((base.c[flag], 1), else_=0)), 0) for flag in FLAGS]
    rows = session.execute(
        union_all(
            select(literal("all"), literal(""), literal(""), func.count(), *flags)
            .select_from(base)
            .where(*(base.c[f"in_{name}"] for name in tests)),
            group("category", base.c.category_path, base.c.category_path),
            group("cooperative", base.c.cooperative_slug, base.c.cooperative),
            group("province", base.c.province, base.c.province),
        )
    ).all()
    total = next(row for row in rows if row[0] == "all")
    return Facets(
        total=total[3],
        categories=category_options(
            [(row[1], row[3]) for row in rows if row[0] == "category"],
            wish.categories,
            dict(CATEGORY_NAMES),
        ),
        cooperatives=_options(rows, "cooperative", wish.cooperatives),
        provinces=_options(rows, "province", wish.provinces),
        flags=dict(zip(FLAGS, total[4:], strict=True)),
    )


def _options(rows: Sequence[Any], name: str, chosen: Sequence[str]) -> tuple[Option, ...]:
    """Values that are there, by name; a chosen one that is not stays, to be taken away."""
    found = [Option(row[1], row[2], row[3], row[1] in chosen) for row in rows if row[0] == name]
    known = {option.value for option in found}
    found += [Option(value, value, 0, True) for value in chosen if value not in known]
    return tuple(sorted(found, key=lambda option: option.label.casefold()))
