"""What the catalogue can be narrowed by, counted over no more goods than a search looks at.

While nothing narrows the catalogue the counts are those kept beside the index, and exact at any
size. Else they are those of the best-liked goods that answer: exact while these are fewer than
``MOST_MATCHES``, "at least" beyond.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from shop.catalog.rules import CATEGORY_NAMES
from shop.core.reading import Raw, Reader, dialect_of
from shop.search.narrowing import CATEGORY, PRICE, PROVINCE, band_of, mark, prices_of
from shop.search.queries import MOST_MATCHES, Matches, questions
from shop.storefront import counting
from shop.storefront.conditions import tests_of
from shop.storefront.counting import BITS, EVERYTHING, FLAGS, LOOKED_AT, MOST_SELLERS, Count
from shop.storefront.nearness import provinces
from shop.storefront.rules import Facets, Option, Wish, band_options, category_options

GROUPS = ("category", "cooperative", "province", "price")
"""Facets of which a value may be chosen whose own counts ignore the choice."""
MOST_PANELS = 64
"""Counts of narrowed lists that a process keeps, with what was made of them."""

_OWN_NAMES: Mapping[str, str] = {}
"""Of values that are called what they are."""


def facets(session: Reader, wish: Wish, matches: Matches | None) -> Facets:
    """Counts of everything the catalogue can be narrowed by, in one statement."""
    return facets_of(wish, count(session, wish, matches))


def facets_of(wish: Wish, counted: tuple[Raw, ...]) -> Facets:
    """The facets of a list from the rows that :func:`count` found for it."""
    if not wish.text and not wish.is_narrowed:
        return _whole(counted)
    choice = (wish.categories, wish.cooperatives, wish.provinces, wish.least, wish.most)
    return _narrowed(counted, *choice)


def count(session: Reader, wish: Wish, matches: Matches | None) -> tuple[Raw, ...]:
    """Ask for the counts."""
    if matches is None and not wish.is_narrowed:
        return tuple(counting.whole().rows(session, {"most_matches": MOST_MATCHES}))
    names, values = tests_of(wish)
    values["most_matches"] = MOST_MATCHES
    asked = None if matches is None else matches.asked
    sets: list[tuple[str, bool]] = []
    kept: list[str] = []
    for group in (EVERYTHING, *(group for group in GROUPS if _is_chosen(wish, group))):
        narrow = wish.narrow(group)
        is_asked = asked is not None or bool(narrow)
        if not is_asked and not counting.tests_beside(names, group):
            kept.append(group)  # but for its own choice nothing narrows the catalogue
            continue
        sets.append((group, is_asked))
        if is_asked:
            values |= questions(session, f"places_{group}", asked, narrow)
    is_sqlite = dialect_of(session).name == "sqlite"
    statement = counting.narrowed(is_sqlite, tuple(sets), tuple(kept), names)
    return tuple(statement.rows(session, values))


def _is_chosen(wish: Wish, group: str) -> bool:
    return {
        "category": bool(wish.categories),
        "cooperative": bool(wish.cooperatives),
        "province": bool(wish.provinces),
        "price": wish.least is not None or wish.most is not None,
    }[group]


# Both are made once of the same counts, and what pages show of them is kept beside them.
@lru_cache(maxsize=4)
def _whole(counted: tuple[Raw, ...]) -> Facets:
    rows = [*counting.read(counted)]
    marks = _counts(rows, "mark")
    in_stock = next(row.goods for row in rows if row.kind == "stock")
    by_path = _paths_of(marks)
    return Facets(
        total=sum(count for path, count in by_path.items() if "/" not in path),
        categories=category_options(by_path, (), CATEGORY_NAMES),
        cooperatives=_options(_counts(rows, "cooperative"), (), _labels(rows)),
        provinces=_options(_provinces_of(marks), ()),
        bands=band_options(_bands_of(marks), None, None),
        flags={flag: marks.get(own, 0) for flag, own in FLAGS.items()} | {"available": in_stock},
        is_stock_capped=in_stock >= MOST_MATCHES,
    )


@lru_cache(maxsize=MOST_PANELS)
def _narrowed(
    counted: tuple[Raw, ...],
    categories: tuple[str, ...],
    cooperatives: tuple[str, ...],
    provinces: tuple[str, ...],
    least: int | None,
    most: int | None,
) -> Facets:
    rows = [*counting.read(counted)]
    shown = [row for row in rows if row.of == EVERYTHING]
    others = [row for row in rows if row.of != EVERYTHING]

    def goods_by(kind: str) -> Counter[str]:
        """As if nothing of its own group were chosen; of a common set only the first are looked
        at: what is chosen shows no fewer of its own than the list has.
        """
        return _counts(shown, kind) | _counts(others, kind)

    marks = _counts(others, "mark")
    paths = goods_by("category")
    for path, count in [*paths.items()]:
        if "/" in path:
            paths[path.partition("/")[0]] += count
    bits = {int(value): goods for value, goods in _counts(shown, "bits").items()}
    prices = Counter({int(value): goods for value, goods in goods_by("price").items()})
    is_capped = max(row.goods for row in rows if row.kind == LOOKED_AT) >= MOST_MATCHES
    return Facets(
        total=sum(bits.values()),
        categories=category_options(paths | _paths_of(marks), categories, CATEGORY_NAMES),
        cooperatives=_options(
            _most_goods(goods_by("cooperative"), cooperatives), cooperatives, _labels(rows)
        ),
        provinces=_options(goods_by("province") | _provinces_of(marks), provinces),
        bands=band_options(prices | _bands_of(marks), least, most),
        flags={
            flag: sum(goods for value, goods in bits.items() if value & bit)
            for flag, bit in BITS.items()
        },
        is_capped=is_capped,
        is_stock_capped=is_capped,
    )


def _counts(rows: Iterable[Count], kind: str) -> Counter[str]:
    return Counter({row.value: row.goods for row in rows if row.kind == kind})


def _most_goods(sellers: Counter[str], chosen: Sequence[str]) -> dict[str, int]:
    """Those with most goods, and those that are chosen."""
    first = sorted(sellers.items(), key=lambda one: (one[0] not in chosen, -one[1], one[0]))
    return dict(first[:MOST_SELLERS])


def _labels(rows: Iterable[Count]) -> dict[str, str]:
    return {row.value: row.label for row in rows if row.label}


def _paths_of(marks: Mapping[str, int]) -> Counter[str]:
    return Counter({path: marks.get(mark(CATEGORY, path), 0) for path in CATEGORY_NAMES})


def _provinces_of(marks: Mapping[str, int]) -> Counter[str]:
    counts = {name: marks.get(mark(PROVINCE, name), 0) for name in provinces()}
    return Counter({name: count for name, count in counts.items() if count})


def _bands_of(marks: Mapping[str, int]) -> Counter[int]:
    found: Counter[int] = Counter()
    for word, goods in marks.items():
        if word.startswith(PRICE):
            found[band_of(prices_of(int(word.rpartition(":")[2]))[0])] += goods
    return found


def _options(
    found: Mapping[str, int], chosen: Sequence[str], labels: Mapping[str, str] = _OWN_NAMES
) -> tuple[Option, ...]:
    """Values that are there, by name; a chosen one that is not stays, to be taken away."""
    counts = {**dict.fromkeys(chosen, 0), **found}
    options = (
        Option(value, labels.get(value, value), count, value in chosen)
        for value, count in counts.items()
    )
    return tuple(sorted(options, key=lambda option: option.label.casefold()))
