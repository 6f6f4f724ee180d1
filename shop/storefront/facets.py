"""Counting what the catalogue can be narrowed by, over no more goods than a search looks at.

While nothing narrows the catalogue the counts are those kept beside the index, and exact at any
size. Else they are those of the best-liked goods that answer: exact while these are fewer than
``MOST_MATCHES``, "at least" beyond.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import Select, and_, literal, null, or_, select, true, union_all
from sqlalchemy.orm import Session

from shop.catalog.models import ProductCard
from shop.catalog.rules import CATEGORY_NAMES
from shop.cooperatives.models import Cooperative
from shop.search.models import SearchWord
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

_ALL, _SELLERS, _MARKS = "all", "sellers", "marks"
_FLAGS = {"halal": HALAL, "ready": READY, "keeps": KEEPS, "room": ROOM}


def facets(session: Session, wish: Wish, matches: Matches | None) -> Facets:
    """Counts of everything the catalogue can be narrowed by, in one statement."""
    is_whole = matches is None and not wish.is_narrowed
    names, values = tests_of(wish)
    values["most_matches"] = MOST_MATCHES
    asked = None if matches is None else matches.asked
    sets = []
    for group in ("", *(group for group in GROUPS if _is_chosen(wish, group))):
        narrow = wish.narrow(group)
        is_asked = asked is not None or bool(narrow)
        sets.append((group, is_asked))
        if is_asked:
            values[f"places_{group}"] = question(session, asked, narrow)
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    statement = _prepared(is_sqlite, tuple(sets), names, is_whole=is_whole)
    rows = session.execute(statement, values).all()
    return _whole(rows, wish) if is_whole else _narrowed(rows, wish)


def _is_chosen(wish: Wish, group: str) -> bool:
    return {
        "category": bool(wish.categories),
        "cooperative": bool(wish.cooperatives),
        "province": bool(wish.provinces),
        "price": wish.least is not None or wish.most is not None,
    }[group]


@cache
def _prepared(
    is_sqlite: bool, sets: tuple[tuple[str, bool], ...], names: tuple[str, ...], *, is_whole: bool
) -> Any:
    """The statement that counts these sets, made once: what changes is bound by name."""
    kept = (_sellers(), _marks()) if is_whole else ()
    return union_all(
        *(_counted(is_sqlite, group, is_asked, names) for group, is_asked in sets), *kept
    )


def _counted(
    is_sqlite: bool, group: str, is_asked: bool, names: tuple[str, ...]
) -> Select[*tuple[Any, ...]]:
    """The first goods that answer, each with what it counts for and whether it truly answers."""
    card = ProductCard
    first = places(is_sqlite, f"places_{group}") if is_asked else first_places()
    hits = first.subquery()
    tests = [TESTS[name] for name in names if name not in OF_GROUP.get(group, ())]
    return select(
        literal(group or _ALL),
        and_(true(), *tests),
        card.category_path,
        card.cooperative_slug,
        card.cooperative,
        card.province,
        card.price,
        card.halal_checked,
        card.days_to_make == 0,
        or_(card.shelf_life_days.is_(None), card.shelf_life_days >= KEEPS_LONG),
        card.is_room_temperature,
        card.open_packs > 0,
    ).join(hits, product_at(hits.c.place) == card.product_id)


def _kept(kind: str, name: Any, label: Any, goods: Any) -> Select[*tuple[Any, ...]]:
    """A count that is kept beside the index, in columns of the goods above."""
    return select(literal(kind), null(), name, label, null(), null(), goods, *[null()] * 5)


def _sellers() -> Select[*tuple[Any, ...]]:
    """The cooperatives with most goods."""
    start = f"{COOPERATIVE}:"
    most = (
        select(SearchWord.word, SearchWord.goods)
        .where(SearchWord.word.between(start, f"{start}\x7f"), SearchWord.goods > 0)
        .order_by(SearchWord.goods.desc(), SearchWord.word)
        .limit(MOST_SELLERS)
        .subquery()
    )
    names = _kept(_SELLERS, Cooperative.slug, Cooperative.short_name, most.c.goods)
    return names.join(most, most.c.word == literal(start).concat(Cooperative.slug))


def _marks() -> Select[*tuple[Any, ...]]:
    """Categories, provinces, price bands and flags."""
    kinds = (CATEGORY, PROVINCE, BAND)
    return _kept(_MARKS, SearchWord.word, null(), SearchWord.goods).where(
        or_(
            *(SearchWord.word.between(f"{kind}:", f"{kind}:\x7f") for kind in kinds),
            SearchWord.word.in_(_FLAGS.values()),
        ),
        SearchWord.goods > 0,
    )


def _whole(rows: Sequence[Any], wish: Wish) -> Facets:
    kept = {row[2]: row[6] for row in rows if row[0] == _MARKS}
    looked_at = [row for row in rows if row[0] == _ALL]
    named = {name: kept.get(mark(PROVINCE, name), 0) for name in provinces()}
    by_path = {path: kept.get(mark(CATEGORY, path), 0) for path in CATEGORY_NAMES}
    tops = [count for path, count in by_path.items() if "/" not in path]
    return Facets(
        total=sum(tops),
        categories=category_options(by_path, (), CATEGORY_NAMES),
        cooperatives=_options([(row[2], row[3], row[6]) for row in rows if row[0] == _SELLERS], ()),
        provinces=_options([(name, name, count) for name, count in named.items() if count], ()),
        bands=band_options(
            {int(word.rpartition(":")[2]): n for word, n in kept.items() if word.startswith(BAND)},
            wish.least,
            wish.most,
        ),
        flags={flag: kept.get(own, 0) for flag, own in _FLAGS.items()}
        | {"available": sum(row[11] for row in looked_at)},
        is_capped=False,
        is_stock_capped=len(looked_at) >= MOST_MATCHES,
    )


def _narrowed(rows: Sequence[Any], wish: Wish) -> Facets:
    answering: dict[str, list[Any]] = {}
    for row in rows:
        if row[1]:
            answering.setdefault(row[0], []).append(row)
    everything = answering.get(_ALL, [])

    def counted(group: str, value: Callable[[Any], T]) -> Counter[T]:
        """Goods by a value, as if nothing of its own group were chosen.

        Of a common set only the first are looked at: what is chosen shows no fewer of its own
        than the list has.
        """
        shown = Counter(map(value, everything))
        return shown | Counter(map(value, answering.get(group, [])))

    looked_at = Counter(row[0] for row in rows)
    is_capped = max(looked_at.values(), default=0) >= MOST_MATCHES
    paths = counted("category", itemgetter(2))
    for path, count in [*paths.items()]:
        if "/" in path:
            paths[path.partition("/")[0]] += count
    sellers = counted("cooperative", itemgetter(3, 4)).most_common()
    sellers = sellers[:MOST_SELLERS] + [
        one for one in sellers[MOST_SELLERS:] if one[0][0] in wish.cooperatives
    ]
    places_there = counted("province", itemgetter(5))
    return Facets(
        total=len(everything),
        categories=category_options(paths, wish.categories, CATEGORY_NAMES),
        cooperatives=_options(
            [(slug, name, count) for (slug, name), count in sellers], wish.cooperatives
        ),
        provinces=_options(
            [(name, name, count) for name, count in places_there.items()], wish.provinces
        ),
        bands=band_options(counted("price", lambda row: band_of(row[6])), wish.least, wish.most),
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
