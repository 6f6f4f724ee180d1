"""The statements that count what a list can be narrowed by; :func:`read` makes counts of rows.

Counts of the whole catalogue are kept beside the index. Others are made of the best-liked goods
that answer, no more of them than a search looks at. All counts of a kind come as one text: a
hundred small rows cost more than counting, and a text that was read before needs no reading.
"""

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache, reduce
from operator import add
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
    union_all,
)

from shop.catalog.queries import CARDS
from shop.cooperatives.models import Cooperative
from shop.core.reading import Question, Raw
from shop.core.schema import table_of
from shop.search.models import OF_SELLERS, SearchWord
from shop.search.narrowing import (
    CATEGORY,
    COOPERATIVE,
    HALAL,
    KEEPS,
    KEEPS_LONG,
    PRICE,
    PRICE_STEPS,
    PROVINCE,
    READY,
    ROOM,
)
from shop.search.queries import first_places, places, product_at
from shop.storefront.conditions import MOST_SHAPES, OF_GROUP, TESTS

MOST_SELLERS: Final = 30
"""Cooperatives offered for narrowing: those with most goods."""

EVERYTHING: Final = ""
"""Whose counts: of all that answer. Otherwise a group, whose own choice is left out."""
KEPT: Final = "kept"
"""Or of the whole catalogue: marks of the index by their words, sellers, what is in stock."""

KINDS: Final = {"category": CATEGORY, "province": PROVINCE, "price": PRICE}
FLAGS: Final = {"halal": HALAL, "ready": READY, "keeps": KEEPS, "room": ROOM}
"""Of the whole catalogue by their marks; ``available`` has none, it changes with every sale."""
BITS: Final = {"halal": 1, "ready": 2, "keeps": 4, "room": 8, "available": 16}
"""Of a narrowed list all flags of goods are one number."""

_WORDS = table_of(SearchWord).c
_SIGN, _END = "\x1f", "\x1e"
"""Between the parts of a count, and behind it; no name has them."""


class Count(NamedTuple):
    """So many goods have this value."""

    of: str
    kind: str
    value: str
    label: str
    goods: int


def read(rows: Iterable[Raw]) -> Iterator[Count]:
    """The counts in the rows of these statements."""
    for of, kind, text in rows:
        for line in (text or "").split(_END):
            goods, is_one, rest = line.partition(_SIGN)
            value, _, label = rest.partition(_SIGN)
            if is_one:
                yield Count(of, kind, value, label, int(goods))


def _told(of: str, kind: str, counted: Select[*tuple[Any, ...]]) -> Select[str, str, str]:
    """All counts of a kind as one text.

    :param counted: rows of goods, value and perhaps label.
    """
    goods, *names = counted.subquery().c
    parts: list[ColumnElement[str]] = [cast(name, String) for name in names] or [literal("")]
    line: ColumnElement[str] = cast(goods, String)
    for part in parts:
        line = line + _SIGN + part
    return select(literal(of), literal(kind), func.aggregate_strings(line, _END))


def tests_beside(names: tuple[str, ...], group: str) -> list[str]:
    """What is still asked of goods while the choice of a group is left out."""
    return [name for name in names if name not in OF_GROUP.get(group, ())]


@cache
def whole() -> Question:
    """The statement for the whole catalogue."""
    in_stock = (
        select(literal(1).label("one"))
        .select_from(CARDS)
        .where(literal_column("open_packs > 0"))  # by the letter: an index stands on it
        .limit(bindparam("most_matches", type_=Integer))
        .subquery()
    )
    stock = _told(KEPT, "stock", select(func.count()).select_from(in_stock))
    return Question(union_all(_sellers(), *_marks(KINDS.values()), _flags(), stock))


@lru_cache(MOST_SHAPES)
def narrowed(
    is_sqlite: bool,
    sets: tuple[tuple[str, bool], ...],
    kept: tuple[str, ...],
    names: tuple[str, ...],
) -> Question:
    """The statement that counts these sets, made once: what changes is bound by name.

    :param sets: groups whose choice is left out, or ``EVERYTHING``; and whether anything is asked
        of the index then.
    :param kept: groups of which the counts of the whole catalogue are read.
    :param names: of the tests that goods have to stand.
    """
    parts = [
        part
        for of, is_asked in sets
        for part in _counts(_first(is_sqlite, of, is_asked, names), of, names)
    ]
    if "cooperative" in kept:
        parts.append(_sellers())
    kinds = [KINDS[group] for group in kept if group in KINDS]
    return Question(union_all(*parts, *_marks(kinds)))


def _first(is_sqlite: bool, of: str, is_asked: bool, names: tuple[str, ...]) -> CTE:
    """The first goods that answer, each with what it counts for and whether it truly answers."""
    card = CARDS.c
    hits = (places(is_sqlite, f"places_{of}") if is_asked else first_places()).subquery()
    holds = {
        "halal": card.halal_checked.is_(True),
        "ready": card.days_to_make == 0,
        "keeps": or_(card.shelf_life_days.is_(None), card.shelf_life_days >= KEEPS_LONG),
        "room": card.is_room_temperature.is_(True),
        "available": card.open_packs > 0,
    }
    bits: list[ColumnElement[int]] = [
        case((holds[flag], bit), else_=0) for flag, bit in BITS.items()
    ]
    bands = [(card.price < step, band) for band, step in enumerate(PRICE_STEPS)]
    return (
        select(
            and_(true(), *(TESTS[name] for name in tests_beside(names, of))).label("answers"),
            card.category_path,
            card.cooperative_slug,
            card.cooperative,
            card.province,
            case(*bands, else_=len(PRICE_STEPS)).label("band"),
            reduce(add, bits).label("bits"),
        )
        .join(hits, product_at(hits.c.place) == card.product_id)
        .cte(f"first_{of}")
        .prefix_with("MATERIALIZED")  # it is counted several times
    )


def _counts(first: CTE, of: str, names: tuple[str, ...]) -> list[Select[str, str, str]]:
    one = first.c
    by_group = {
        "category": _by(of, "category", one.category_path),
        "province": _by(of, "province", one.province),
        "price": _by(of, "price", one.band),
        "cooperative": _by_seller(of, first, is_chosen="cooperatives" in names),
    }
    if of != EVERYTHING:
        wanted = [by_group[of]]
    else:
        wanted = [*by_group.values(), _by(of, "bits", one.bits)]
    return [*wanted, _told(of, "looked at", select(func.count()).select_from(first))]


def _by(of: str, kind: str, value: ColumnElement[Any]) -> Select[str, str, str]:
    answering = select(func.count(), value).where(literal_column("answers"))
    return _told(of, kind, answering.group_by(value))


def _by_seller(of: str, first: CTE, *, is_chosen: bool) -> Select[str, str, str]:
    """Those with most goods, and those that are chosen."""
    one = first.c
    order: list[ColumnElement[Any]] = [func.count().desc(), one.cooperative_slug]
    if is_chosen:
        chosen = one.cooperative_slug.in_(bindparam("cooperatives", expanding=True))
        order.insert(0, case((chosen, 0), else_=1))
    most = (
        select(func.count(), one.cooperative_slug, one.cooperative)
        .where(one.answers)
        .group_by(one.cooperative_slug, one.cooperative)
        .order_by(*order)
        .limit(MOST_SELLERS)
    )
    return _told(of, "cooperative", most)


def _sellers() -> Select[str, str, str]:
    """The cooperatives with most goods in the whole catalogue."""
    most = (
        select(_WORDS.word, _WORDS.goods)
        # By the letter: an index stands on it.
        .where(literal_column(OF_SELLERS), _WORDS.goods > 0)
        .order_by(_WORDS.goods.desc(), _WORDS.word)
        .limit(MOST_SELLERS)
        .subquery()
    )
    seller = table_of(Cooperative)
    slug = func.substr(most.c.word, len(COOPERATIVE) + 2)
    named = select(most.c.goods, seller.c.slug, seller.c.short_name)
    return _told(KEPT, "cooperative", named.join_from(most, seller, seller.c.slug == slug))


def _marks(kinds: Iterable[str]) -> list[Select[str, str, str]]:
    """How many goods have each mark of these kinds, with the marks themselves."""
    return [_of_marks(_WORDS.word.between(f"{kind}:", f"{kind}:\x7f")) for kind in kinds]


def _flags() -> Select[str, str, str]:
    return _of_marks(_WORDS.word.in_(FLAGS.values()))


def _of_marks(are_they: ColumnElement[bool]) -> Select[str, str, str]:
    return _told(KEPT, "mark", select(_WORDS.goods, _WORDS.word).where(are_they, _WORDS.goods > 0))
