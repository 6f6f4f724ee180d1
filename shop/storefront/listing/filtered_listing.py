"""Lists of the catalogue that the index reads in the order it has: by marks, without an end.

A table would be gone through for goods that are halal, cheap and from Papua at once; the index
leads from one to the next, begins anywhere as quickly, and stops where a page is full.
"""

from functools import lru_cache
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    literal,
    or_,
    select,
    true,
    union_all,
)

from shop.catalog.products.queries import CARDS, select_cards
from shop.core.database.engine import Reader, reads_sqlite
from shop.core.database.pagination import read_cursor
from shop.storefront.listing import listing_filters
from shop.storefront.listing.listing_filters import (
    MAX_SHAPES,
    PRICES,
    TESTS,
    few_at_prices,
    only_if,
    tests_of,
)
from shop.storefront.listing.listing_page import ListStatement
from shop.storefront.listing.province_distance import nearest_provinces, provinces
from shop.storefront.listing.rules import ListingFilters
from shop.storefront.search.queries import by_marks, place_of_card, product_at, questions
from shop.storefront.search_index.facet_terms import PROVINCE, facet_term

_SIGN = "tanda"
"""Of the cursors of these lists."""
_NOWHERE = 2**62
"""Behind every place."""


def marked(session: Reader, filters: ListingFilters, size: int) -> ListStatement:
    """What asks for a page of what sells best; of a chosen province first, then its neighbours."""
    names, values = tests_of(filters)
    rings = _rings(filters)
    narrow = filters.narrow()
    key = read_cursor(filters.after, (str, int, int))
    ring, place = (0, -1)
    if key is not None and key[0] == _SIGN:
        ring, place = int(key[1]), int(key[2])
    for number, ring_of in enumerate(rings):
        near = (tuple(facet_term(PROVINCE, name) for name in ring_of),) if ring_of else ()
        values |= questions(session, f"marks{number}", None, (*narrow, *near))
        values[f"ring{number}"] = ring_of
        # Rings before the last one seen are done; those after it begin at their start.
        values[f"start{number}"] = place if number == ring else -1 if number > ring else _NOWHERE
    values |= {"size": size + 1, "few": listing_filters.FEW, "few_and_one": listing_filters.FEW + 1}
    statement = _marked(reads_sqlite(session), names, len(rings))
    return ListStatement(statement, values, _SIGN, keys=2)


def _rings(filters: ListingFilters) -> list[tuple[str, ...]]:
    """The provinces that stand first, next and last; one ring of all where none was chosen."""
    if not filters.near:
        return [()]
    near = nearest_provinces(filters.near)
    far = tuple(name for name in provinces() if name != filters.near and name not in near)
    return [ring for ring in ((filters.near,), near, far) if ring]


@lru_cache(MAX_SHAPES)
def _marked(is_sqlite: bool, names: tuple[str, ...], rings: int) -> Select[*tuple[Any, ...]]:
    """The statement of such a list, made once."""
    parts = [_ring(is_sqlite, names, number) for number in range(rings)]
    if not PRICES.isdisjoint(names):
        priced, are_few = few_at_prices(names)
        parts = [only_if(~are_few, part, is_sqlite) for part in parts]
        parts.insert(0, only_if(are_few, _of_few(priced, names, rings), is_sqlite))
    parts = [select(part.subquery()) for part in parts]
    # A page that one ring fills asks nothing of the next.
    page = union_all(*parts).limit(bindparam("size", type_=Integer)).subquery("page")
    return (
        select_cards()
        .add_columns(page.c.ring, page.c.place)
        .join(page, product_at(page.c.place) == CARDS.c.product_id)
        .order_by(page.c.ring, page.c.place)
        .limit(bindparam("size", type_=Integer))
    )


def _of_few(priced: CTE, names: tuple[str, ...], rings: int) -> Select[int, int]:
    """The list where few goods cost so much: no index has to be read for them."""
    card = CARDS.c
    place = place_of_card(card.popularity, card.product_id)
    starts = [place > bindparam(f"start{number}", type_=BigInteger) for number in range(rings)]
    if rings == 1:
        ring: ColumnElement[int] = literal(0)
        tests = [*starts, *(TESTS[name] for name in names)]
    else:
        there = [
            card.province.in_(bindparam(f"ring{number}", expanding=True)) for number in range(rings)
        ]
        ring = case(*((is_in, number) for number, is_in in enumerate(there)))
        behind = or_(*(and_(is_in, start) for is_in, start in zip(there, starts, strict=True)))
        tests = [behind, *(TESTS[name] for name in names)]
    return (
        select(ring.label("ring"), place.label("place"))
        .join_from(priced, CARDS, card.product_id == priced.c.product_id)
        .where(*tests)
        .order_by("ring", "place")
    )


def _ring(is_sqlite: bool, names: tuple[str, ...], number: int) -> Select[int, int]:
    start = bindparam(f"start{number}", type_=BigInteger)
    index, place, asks = by_marks(is_sqlite, f"marks{number}", start)
    tests = [TESTS[name] for name in names]
    ring = select(literal(number).label("ring"), place.label("place")).select_from(index)
    is_it = product_at(place) == CARDS.c.product_id
    if is_sqlite:
        ring = ring.join(CARDS, is_it).where(*asks, *tests).order_by(place)
    else:
        # They come in order, and stay so when the card of each is looked up by itself; to sort
        # them would read them all first.
        card = select(CARDS.c.product_id).where(is_it, *tests).limit(1).lateral("card")
        ring = ring.join(card, true())
    return ring.limit(bindparam("size", type_=Integer))
