"""Counting what the catalogue can be narrowed by, over no more goods than a search looks at.

While nothing narrows the catalogue the counts are those kept beside the index, and exact at any
size. Else they are those of the best-liked goods that answer: exact while these are fewer than
``MOST_MATCHES``, "at least" beyond.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import (
    Integer,
    Select,
    and_,
    bindparam,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from shop.catalog.queries import CARDS
from shop.catalog.rules import CATEGORY_NAMES
from shop.cooperatives.models import Cooperative
from shop.core.schema import table_of
from shop.search.models import OF_SELLERS, SearchWord
from shop.search.narrowing import (
    BAND,
    CATEGORY,
    COOPERATIVE,
    HALAL,
    KEEPS,
    KEEPS_LONG,
    PROVINCE,
    READY,
    ROOM,
    band_of,
    mark,
)
from shop.search.queries import (
    MOST_MATCHES,
    Matches,
    first_places,
    places,
    product_at,
    question,
)
from shop.storefront.conditions import OF_GROUP, TESTS, tests_of
from shop.storefront.nearness import provinces
from shop.storefront.rules import Facets, Option, Wish, band_options, category_options

T = TypeVar("T")

MOST_SELLERS = 30
"""Cooperatives offered for narrowing: those with most goods."""

GROUPS = ("category", "cooperative", "province", "price")
"""Facets of which a value may be chosen whose own counts ignore the choice."""

_WORDS = table_of(SearchWord).c
_ALL, _SELLERS, _MARKS, _STOCK = "all", "sellers", "marks", "stock"
_KINDS = {"category": CATEGORY, "province": PROVINCE, "price": BAND}
_FLAGS = {"halal": HALAL, "ready": READY, "keeps": KEEPS, "room": ROOM}


def facets(session: Session, wish: Wish, matches: Matches | None) -> Facets:
    """Counts of everything the catalogue can be narrowed by, in one statement."""
    if matches is None and not wish.is_narrowed:
        rows = session.execute(_kept_counts(), {"most_matches": MOST_MATCHES}).all()
        return _whole(tuple(map(tuple, rows)))
    names, values = tests_of(wish)
    values["most_matches"] = MOST_MATCHES
    asked = None if matches is None else matches.asked
    sets: list[tuple[str, bool]] = []
    kept: list[str] = []
    for group in ("", *(group for group in GROUPS if _is_chosen(wish, group))):
        narrow = wish.narrow(group)
        is_asked = asked is not None or bool(narrow)
        if not is_asked and not _tests(names, group):
            kept.append(group)  # but for its own choice nothing narrows the catalogue
            continue
        sets.append((group, is_asked))
        if is_asked:
            values[f"places_{group}"] = question(session, asked, narrow)
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    statement = _prepared(is_sqlite, tuple(sets), tuple(kept), names)
    return _narrowed(session.execute(statement, values).all(), wish)


def _tests(names: tuple[str, ...], group: str) -> list[str]:
    """What is still asked of goods while the choice of a group is left out."""
    return [name for name in names if name not in OF_GROUP.get(group, ())]


def _is_chosen(wish: Wish, group: str) -> bool:
    return {
        "category": bool(wish.categories),
        "cooperative": bool(wish.cooperatives),
        "province": bool(wish.provinces),
        "price": wish.least is not None or wish.most is not None,
    }[group]


@cache
def _kept_counts() -> Any:
    """The statement for the whole catalogue: nothing is counted but what can be bought now."""
    return union_all(_sellers(), _marks(_KINDS.values(), _FLAGS.values()), _in_stock())


@cache
def _prepared(
    is_sqlite: bool,
    sets: tuple[tuple[str, bool], ...],
    kept: tuple[str, ...],
    names: tuple[str, ...],
) -> Any:
    """The statement that counts these sets, made once: what changes is bound by name.

    :param kept: groups of which the counts beside the index are read.
    """
    parts = [_counted(is_sqlite, group, is_asked, names) for group, is_asked in sets]
    parts += [_sellers(*_MORE) for group in kept if group == "cooperative"]
    kinds = [_KINDS[group] for group in kept if group in _KINDS]
    return union_all(*parts, *([_marks(kinds, (), *_MORE)] if kinds else ()))


def _counted(
    is_sqlite: bool, group: str, is_asked: bool, names: tuple[str, ...]
) -> Select[*tuple[Any, ...]]:
    """The first goods that answer, each with what it counts for and whether it truly answers."""
    card = CARDS.c
    first = places(is_sqlite, f"places_{group}") if is_asked else first_places()
    hits = first.subquery()
    tests = [TESTS[name] for name in _tests(names, group)]
    return select(
        literal(group or _ALL),
        card.cooperative_slug,
        card.cooperative,
        card.price,
        and_(true(), *tests),
        card.category_path,
        card.province,
        card.halal_checked,
        card.days_to_make == 0,
        or_(card.shelf_life_days.is_(None), card.shelf_life_days >= KEEPS_LONG),
        card.is_room_temperature,
        card.open_packs > 0,
    ).join(hits, product_at(hits.c.place) == card.product_id)


_MORE = (null(),) * 8
"""What a kept count lacks to stand in one statement with goods."""


def _sellers(*more: Any) -> Select[*tuple[Any, ...]]:
    """The cooperatives with most goods: kind of count, name, label, goods."""
    most = (
        select(_WORDS.word, _WORDS.goods)
        # By the letter: an index stands on it.
        .where(literal_column(OF_SELLERS), _WORDS.goods > 0)
        .order_by(_WORDS.goods.desc(), _WORDS.word)
        .limit(MOST_SELLERS)
        .subquery()
    )
    seller = table_of(Cooperative)
    named = select(literal(_SELLERS), seller.c.slug, seller.c.short_name, most.c.goods, *more)
    slug = func.substr(most.c.word, len(COOPERATIVE) + 2)
    return named.join_from(most, seller, seller.c.slug == slug)


def _marks(kinds: Iterable[str], flags: Iterable[str], *more: Any) -> Select[*tuple[Any, ...]]:
    """How many goods have each mark of these kinds, and these marks themselves."""
    word = _WORDS.word
    of_kind = (word.between(f"{kind}:", f"{kind}:\x7f") for kind in kinds)
    marks = select(literal(_MARKS), word, null(), _WORDS.goods, *more)
    return marks.where(or_(*of_kind, word.in_(flags)), _WORDS.goods > 0)


def _in_stock() -> Select[*tuple[Any, ...]]:
    """How many goods can be bought now, counted up to the end of what a search looks at."""
    some = (
        select(literal(1).label("one"))
        .select_from(CARDS)
        .where(literal_column("open_packs > 0"))  # by the letter: an index stands on it
        .limit(bindparam("most_matches", type_=Integer))
        .subquery()
    )
    return select(literal(_STOCK), null(), null(), func.count()).select_from(some)


@lru_cache(maxsize=4)
def _whole(rows: tuple[tuple[Any, ...], ...]) -> Facets:
    """What the kept counts say; made once for the same counts, and what stands on it with it."""
    kept = {row[1]: row[3] for row in rows if row[0] == _MARKS}
    in_stock = next(row[3] for row in rows if row[0] == _STOCK)
    by_path = _counted_paths(kept)
    named = _counted_provinces(kept).items()
    return Facets(
        total=sum(count for path, count in by_path.items() if "/" not in path),
        categories=category_options(by_path, (), CATEGORY_NAMES),
        cooperatives=_options([row[1:] for row in rows if row[0] == _SELLERS], ()),
        provinces=_options([(name, name, count) for name, count in named], ()),
        bands=band_options(_counted_bands(kept), None, None),
        flags={flag: kept.get(own, 0) for flag, own in _FLAGS.items()} | {"available": in_stock},
        is_stock_capped=in_stock >= MOST_MATCHES,
    )


def _counted_paths(marks: Mapping[str, int]) -> dict[str, int]:
    counts = {path: marks.get(mark(CATEGORY, path), 0) for path in CATEGORY_NAMES}
    return {path: count for path, count in counts.items() if count}


def _counted_provinces(marks: Mapping[str, int]) -> dict[str, int]:
    counts = {name: marks.get(mark(PROVINCE, name), 0) for name in provinces()}
    return {name: count for name, count in counts.items() if count}


def _counted_bands(marks: Mapping[str, int]) -> dict[int, int]:
    return {int(word.rpartition(":")[2]): n for word, n in marks.items() if word.startswith(BAND)}


def _narrowed(rows: Sequence[Any], wish: Wish) -> Facets:
    answering: dict[str, list[Any]] = {}
    for row in rows:
        if row[4]:
            answering.setdefault(row[0], []).append(row)
    everything = answering.get(_ALL, [])

    def counted(group: str, value: Callable[[Any], T]) -> Counter[T]:
        """Goods by a value, as if nothing of its own group were chosen.

        Of a common set only the first are looked at: what is chosen shows no fewer of its own
        than the list has.
        """
        shown = Counter(map(value, everything))
        return shown | Counter(map(value, answering.get(group, [])))

    marks = {row[1]: row[3] for row in rows if row[0] == _MARKS}
    looked_at = Counter(row[0] for row in rows if row[0] not in (_MARKS, _SELLERS))
    is_capped = max(looked_at.values(), default=0) >= MOST_MATCHES
    paths = counted("category", itemgetter(5))
    for path, count in [*paths.items()]:
        if "/" in path:
            paths[path.partition("/")[0]] += count
    paths |= Counter(_counted_paths(marks))
    named = counted("cooperative", itemgetter(1, 2))
    named |= Counter({row[1:3]: row[3] for row in rows if row[0] == _SELLERS})
    sellers = named.most_common()
    sellers = sellers[:MOST_SELLERS] + [
        one for one in sellers[MOST_SELLERS:] if one[0][0] in wish.cooperatives
    ]
    places_there = counted("province", itemgetter(6)) | Counter(_counted_provinces(marks))
    prices = counted("price", lambda row: band_of(row[3])) | Counter(_counted_bands(marks))
    return Facets(
        total=len(everything),
        categories=category_options(paths, wish.categories, CATEGORY_NAMES),
        cooperatives=_options(
            [(slug, name, count) for (slug, name), count in sellers], wish.cooperatives
        ),
        provinces=_options(
            [(name, name, count) for name, count in places_there.items()], wish.provinces
        ),
        bands=band_options(prices, wish.least, wish.most),
        flags={
            flag: sum(1 for row in everything if row[column])
            for flag, column in (
                ("halal", 7),
                ("ready", 8),
                ("keeps", 9),
                ("room", 10),
                ("available", 11),
            )
        },
        is_capped=is_capped,
        is_stock_capped=is_capped,
    )


def _options(found: Iterable[tuple[str, str, int]], chosen: Sequence[str]) -> tuple[Option, ...]:
    """Values that are there, by name; a chosen one that is not stays, to be taken away."""
    options = [Option(value, label, count, value in chosen) for value, label, count in found]
    known = {option.value for option in options}
    options += [Option(value, value, 0, True) for value in chosen if value not in known]
    return tuple(sorted(options, key=lambda option: option.label.casefold()))
