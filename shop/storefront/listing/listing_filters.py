"""What a card must be to stand in a list: the conditions of a wish, their values bound by name."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
)

from shop.catalog.products.queries import CARDS
from shop.storefront.listing.rules import ListingFilters

_TOP = CARDS.c.category_top.in_(bindparam("tops", expanding=True))
_PATH = CARDS.c.category_path.in_(bindparam("paths", expanding=True))
TESTS: Mapping[str, ColumnElement[bool]] = {
    "tops": _TOP,
    "paths": _PATH,
    "tops_and_paths": or_(_TOP, _PATH),
    "cooperatives": CARDS.c.cooperative_slug.in_(bindparam("cooperatives", expanding=True)),
    "provinces": CARDS.c.province.in_(bindparam("provinces", expanding=True)),
    "minimum": CARDS.c.price >= bindparam("minimum", type_=BigInteger),
    "maximum": CARDS.c.price <= bindparam("maximum", type_=BigInteger),
    "halal": CARDS.c.halal_checked.is_(True),
    # By the letter: a bound 0 is planned anew each time, as it may fit an index or not.
    "available": CARDS.c.open_packs > literal_column("0"),
    "ready": CARDS.c.days_to_make == 0,
    # What does not spoil keeps as long as anybody may ask.
    "keeps_days": or_(
        CARDS.c.shelf_life_days.is_(None),
        CARDS.c.shelf_life_days >= bindparam("keeps_days", type_=Integer),
    ),
    "room_temperature": CARDS.c.is_room_temperature.is_(True),
}
"""What a card must be to stand in a list, by the name of what is bound."""

MAX_SHAPES = 128
"""Statements of a kind that a process keeps. An address may ask for any choice of these tests in
any order: thousands, of which shoppers use a few dozen."""

PRICES = frozenset({"minimum", "maximum"})
FEW = 2_000
"""Goods that are looked at one by one for a page; of more, one in so many fits, and an order or
the index finds them soon."""


def few_at_prices(names: tuple[str, ...]) -> tuple[CTE, ColumnElement[bool]]:
    """The first goods at the wanted prices, and whether they are all, ``few`` of them at most."""
    prices = [TESTS[name] for name in names if name in PRICES]
    by_price = select(CARDS.c.product_id).where(*prices).order_by(CARDS.c.price)
    first = by_price.limit(bindparam("few_and_one", type_=Integer)).cte("at_these_prices")
    first = first.prefix_with("MATERIALIZED")
    found = select(func.count()).select_from(first).scalar_subquery()
    return first, found <= bindparam("few", type_=Integer)


def only_if(
    holds: ColumnElement[bool], part: Select[*tuple[Any, ...]], is_sqlite: bool
) -> Select[*tuple[Any, ...]]:
    """A part of a list, ``size`` rows of it, that is read only where something holds of the whole.

    SQLite asks a condition that holds a question anew for each row, and goes through all of them
    to find none; a limit it knows before it begins. PostgreSQL plans by the limit, and asks first
    what concerns no row.
    """
    size = bindparam("size", type_=Integer)
    if not is_sqlite:
        return part.where(holds).limit(size)
    return part.limit(select(case((holds, size), else_=0)).scalar_subquery())


OF_GROUP: Mapping[str, tuple[str, ...]] = {
    "category": ("tops", "paths", "tops_and_paths"),
    "cooperative": ("cooperatives",),
    "province": ("provinces",),
    "price": ("minimum", "maximum"),
}
"""The tests of each group whose own counts ignore its own choice."""


def tests_of(filters: ListingFilters) -> tuple[tuple[str, ...], dict[str, Any]]:
    """The names of the tests that a wish asks for, and what to bind."""
    tops = [path for path in filters.categories if "/" not in path]
    paths = [path for path in filters.categories if "/" in path]
    chosen: dict[str, bool] = {
        # Of one sort of paths alone a single index can answer.
        "tops": bool(tops) and not paths,
        "paths": bool(paths) and not tops,
        "tops_and_paths": bool(tops) and bool(paths),
        "cooperatives": bool(filters.cooperatives),
        "provinces": bool(filters.provinces),
        "minimum": filters.minimum is not None,
        "maximum": filters.maximum is not None,
        "halal": filters.halal,
        "available": filters.available,
        "ready": filters.ready,
        "keeps_days": filters.keeps_days is not None,
        "room_temperature": filters.room_temperature,
    }
    return tuple(name for name, is_chosen in chosen.items() if is_chosen), {
        "tops": tops,
        "paths": paths,
        "cooperatives": filters.cooperatives,
        "provinces": filters.provinces,
        "minimum": filters.minimum,
        "maximum": filters.maximum,
        "keeps_days": filters.keeps_days,
    }
