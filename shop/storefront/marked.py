"""Lists of the catalogue that the index reads in the order it has: by marks, without an end.

A table would be gone through for goods that are halal, cheap and from Papua at once; the index
leads from one to the next, begins anywhere as quickly, and stops where a page is full.
"""

from functools import lru_cache

from sqlalchemy import BigInteger, Integer, Select, bindparam, literal, select, true, union_all
from sqlalchemy.orm import Session

from shop.catalog.queries import CARDS, Card, card_of, select_cards
from shop.core.paging import Page, read_cursor, write_cursor
from shop.core.reading import Question, dialect_of
from shop.search.narrowing import PROVINCE, Narrow, mark
from shop.search.queries import by_marks, product_at, questions
from shop.storefront.conditions import MOST_SHAPES, TESTS, tests_of
from shop.storefront.nearness import neighbours, provinces
from shop.storefront.rules import Wish

_SIGN = "tanda"
"""Of the cursors of these lists."""
_NOWHERE = 2**62
"""Behind every place."""


def marked(session: Session, wish: Wish, size: int) -> Page[Card]:
    """One page of what sells best; of a chosen province first, then of its neighbours."""
    names, values = tests_of(wish)
    rings = _rings(wish)
    key = read_cursor(wish.after, (str, int, int))
    ring, place = (0, -1)
    if key is not None and key[0] == _SIGN:
        ring, place = int(key[1]), int(key[2])
    for number, narrow in enumerate(rings):
        values |= questions(session, f"marks{number}", None, narrow)
        # Rings before the last one seen are done; those after it begin at their start.
        values[f"start{number}"] = place if number == ring else -1 if number > ring else _NOWHERE
    values["size"] = size + 1
    dialect = dialect_of(session)
    rows = _prepared(dialect.name == "sqlite", names, len(rings)).rows(session, values)
    more = len(rows) > size
    cursor = write_cursor((_SIGN, *rows[size - 1][-2:])) if more else None
    return Page(tuple(card_of(row, dialect) for row in rows[:size]), cursor)


def _rings(wish: Wish) -> list[Narrow]:
    """The marks of what stands first, next and last; all at once where no place was chosen."""
    narrow = wish.narrow()
    if not wish.near:
        return [narrow]
    near = neighbours(wish.near)
    far = [name for name in provinces() if name != wish.near and name not in near]
    return [
        (*narrow, tuple(mark(PROVINCE, name) for name in ring))
        for ring in ((wish.near,), near, far)
        if ring
    ]


@lru_cache(MOST_SHAPES)
def _prepared(is_sqlite: bool, names: tuple[str, ...], rings: int) -> Question:
    """The statement of such a list, made once."""
    parts = [select(_ring(is_sqlite, names, number).subquery()) for number in range(rings)]
    # A page that one ring fills asks nothing of the next.
    page = union_all(*parts).limit(bindparam("size", type_=Integer)).subquery("page")
    return Question(
        select_cards()
        .add_columns(page.c.ring, page.c.place)
        .join(page, product_at(page.c.place) == CARDS.c.product_id)
        .order_by(page.c.ring, page.c.place)
        .limit(bindparam("size", type_=Integer))
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
