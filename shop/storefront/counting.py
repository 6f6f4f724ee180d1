"""The statements that count what a list can be narrowed by; every row is a :class:`Count`.

Counts of the whole catalogue are kept beside the index. Others are made of the best-liked goods
that answer, no more of them than a search looks at.
"""

from collections.abc import Iterable
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
    null,
    or_,
    select,
    true,
    union_all,
)

from shop.catalog.queries import CARDS
from shop.cooperatives.models import Cooperative
from shop.core.reading import Question
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


class Count(NamedTuple):
    """So many goods have this value."""

    of: str
    kind: str
    value: str | None
    label: str | None
    goods: int


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
    stock = select(*_named("stock", null(), null()), func.count()).select_from(in_stock)
    return Question(union_all(_sellers(), _marks(KINDS.values(), FLAGS.values()), stock))


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
    if kinds:
        parts.append(_marks(kinds, ()))
    return Question(union_all(*parts))


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


def _counts(first: CTE, of: str, names: tuple[str, ...]) -> list[Select[*tuple[Any, ...]]]:
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
    looked_at = select(*_named("looked at", null(), null(), of), func.count()).select_from(first)
    return [*wanted, looked_at]


def _by(of: str, kind: str, value: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    named = _named(kind, cast(value, String), null(), of)
    return select(*named, func.count()).where(literal_column("answers")).group_by(value)


def _by_seller(of: str, first: CTE, *, is_chosen: bool) -> Select[*tuple[Any, ...]]:
    """Those with most goods, and those that are chosen."""
    one = first.c
    order: list[ColumnElement[Any]] = [func.count().desc(), one.cooperative_slug]
    if is_chosen:
        chosen = one.cooperative_slug.in_(bindparam("cooperatives", expanding=True))
        order.insert(0, case((chosen, 0), else_=1))
    most = (
        select(one.cooperative_slug, one.cooperative, func.count().label("goods"))
        .where(one.answers)
        .group_by(one.cooperative_slug, one.cooperative)
        .order_by(*order)
        .limit(MOST_SELLERS)
        .subquery()
    )
    named = _named("cooperative", most.c.cooperative_slug, most.c.cooperative, of)
    return select(*named, most.c.goods)


def _sellers() -> Select[*tuple[Any, ...]]:
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
    named = _named("cooperative", seller.c.slug, seller.c.short_name)
    return select(*named, most.c.goods).join_from(most, seller, seller.c.slug == slug)


def _marks(kinds: Iterable[str], flags: Iterable[str]) -> Select[*tuple[Any, ...]]:
    """How many goods have each mark of these kinds, and these marks themselves."""
    word = _WORDS.word
    ways: list[ColumnElement[bool]] = [word.between(f"{kind}:", f"{kind}:\x7f") for kind in kinds]
    ways += [word == flag for flag in flags]
    return select(*_named("mark", word, null()), _WORDS.goods).where(or_(*ways), _WORDS.goods > 0)


def _named(kind: str, value: Any, label: Any, of: str = KEPT) -> tuple[ColumnElement[Any], ...]:
    return literal(of), literal(kind), value, label
