"""The statements that count what a list can be narrowed by; :func:`read` makes counts of rows.

Counts of the whole catalogue are kept beside the index. Others are made of the best-liked goods
that answer, no more of them than a search looks at. All that is counted comes as one text of each
kind: to sort and fetch a hundred rows costs more, and a text that was read before needs no reading.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache, reduce
from itertools import compress
from operator import add
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Row,
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

from shop.catalog.products.queries import CARDS
from shop.catalog.products.rules import CATEGORY_NAMES
from shop.core.database.engine import Reader, reads_sqlite
from shop.core.database.schema import inline, table_of
from shop.people.cooperatives.models import Cooperative
from shop.storefront.listing.listing_filters import MAX_SHAPES, OF_GROUP, TESTS, tests_of
from shop.storefront.listing.province_distance import provinces
from shop.storefront.listing.rules import (
    Facets,
    ListingFilters,
    band_options,
    category_options,
    value_options,
)
from shop.storefront.search.queries import (
    MAX_MATCHES,
    Matches,
    first_places,
    places,
    product_at,
    questions,
)
from shop.storefront.search_index.facet_terms import (
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
    band_of,
    facet_term,
    prices_of,
)
from shop.storefront.search_index.models import OF_SELLERS, SearchWord

MAX_SELLERS: Final = 30
"""Cooperatives offered for narrowing: those with most goods."""

EVERYTHING: Final = ""
"""Whose counts: of all that answer. Otherwise a group, whose own choice is left out."""
KEPT: Final = "kept"
"""Or of the whole catalogue: marks of the index by their words, sellers, what is in stock."""

GOODS: Final = "goods"
"""Of goods it is told whether each truly answers and what it counts for."""
LOOKED_AT: Final = "looked at"
"""How many they are."""

KINDS: Final = {"category": CATEGORY, "province": PROVINCE, "price": PRICE}
FLAGS: Final = {"halal": HALAL, "ready": READY, "keeps": KEEPS, "room": ROOM}
"""Of the whole catalogue by their marks; ``available`` has none, it changes with every sale."""
BITS: Final = {"halal": 1, "ready": 2, "keeps": 4, "room": 8, "available": 16}
"""Of a narrowed list all flags of goods are one number."""

_WORDS = table_of(SearchWord).c
_END = "\x1e"
"""Between the values of a column; no name has it."""
MAX_COLUMNS: Final = 7


class Count(NamedTuple):
    """So many goods have this value."""

    of: str
    kind: str
    value: str
    label: str
    goods: int


def read(rows: Iterable[Row[*tuple[Any, ...]]]) -> Iterator[Count]:
    """The counts in the rows of these statements."""
    for of, kind, *texts in rows:
        columns = [text.split(_END) for text in texts if text is not None]
        if kind == GOODS:
            yield from _counted(of, columns or [[]])
        elif columns:
            for goods, value, label in zip(columns[0], columns[1], columns[-1], strict=False):
                yield Count(of, kind, value, label, int(goods))


def _counted(of: str, columns: list[list[str]]) -> Iterator[Count]:
    """Goods that were looked at, counted by all that the list can be narrowed by."""
    answers, *facts = columns
    yield Count(of, LOOKED_AT, "", "", len(answers))
    facts = [[*compress(values, map(int, answers))] for values in facts]
    for kind, values in zip(_kinds_of(of), facts, strict=False):
        labels = dict(zip(values, facts[-1], strict=False)) if kind == "cooperative" else {}
        for value, goods in Counter(values).items():
            yield Count(of, kind, value, labels.get(value, ""), goods)


def _kinds_of(of: str) -> tuple[str, ...]:
    """By what goods are counted; the cooperative's slug and name are the last two columns."""
    return ("category", "province", "price", "bits", "cooperative") if of == EVERYTHING else (of,)


def _told(of: str, kind: str, *columns: Any) -> Select[*tuple[Any, ...]]:
    """All rows as one, in each column one text; empty columns stand behind."""
    texts = [func.aggregate_strings(cast(column, String), _END) for column in columns]
    empty = [cast(null(), String)] * (MAX_COLUMNS - len(texts))
    return select(inline(of), inline(kind), *texts, *empty)


def tests_beside(names: tuple[str, ...], group: str) -> list[str]:
    """What is still asked of goods while the choice of a group is left out."""
    return [name for name in names if name not in OF_GROUP.get(group, ())]


@cache
def whole() -> CompoundSelect[*tuple[Any, ...]]:
    """The statement for the whole catalogue."""
    in_stock = (
        select(literal(1).label("one"))
        .select_from(CARDS)
        .where(literal_column("open_packs > 0"))  # by the letter: an index stands on it
        .limit(bindparam("most_matches", type_=Integer))
        .subquery()
    )
    stock = select(func.count().label("goods")).select_from(in_stock).subquery()
    parts = [_sellers(), *_marks(KINDS.values()), _flags(), _told(KEPT, "stock", stock.c.goods, "")]
    return union_all(*parts)


@lru_cache(MAX_SHAPES)
def narrowed(
    is_sqlite: bool,
    sets: tuple[tuple[str, bool], ...],
    kept: tuple[str, ...],
    names: tuple[str, ...],
) -> CompoundSelect[*tuple[Any, ...]]:
    """The statement that counts these sets, made once: what changes is bound by name.

    :param sets: groups whose choice is left out, or ``EVERYTHING``; and whether anything is asked
        of the index then.
    :param kept: groups of which the counts of the whole catalogue are read.
    :param names: of the tests that goods have to stand.
    """
    parts = [_goods(is_sqlite, of, is_asked, names) for of, is_asked in sets]
    if "cooperative" in kept:
        parts.append(_sellers())
    kinds = [KINDS[group] for group in kept if group in KINDS]
    return union_all(*parts, *_marks(kinds))


def _goods(
    is_sqlite: bool, of: str, is_asked: bool, names: tuple[str, ...]
) -> Select[*tuple[Any, ...]]:
    """The first goods that answer: whether each truly does, and what it counts for."""
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
    values: Mapping[str, tuple[ColumnElement[Any], ...]] = {
        "category": (card.category_path,),
        "province": (card.province,),
        "price": (case(*bands, else_=len(PRICE_STEPS)),),
        "bits": (reduce(add, bits),),
        "cooperative": (card.cooperative_slug, card.cooperative),
    }
    facts = [value for kind in _kinds_of(of) for value in values[kind]]
    tests = and_(true(), *(TESTS[name] for name in tests_beside(names, of)))
    goods = _told(of, GOODS, case((tests, 1), else_=0), *facts).select_from(CARDS)
    return goods.join(hits, product_at(hits.c.place) == card.product_id)


def _sellers() -> Select[*tuple[Any, ...]]:
    """The cooperatives with most goods in the whole catalogue."""
    maximum = (
        select(_WORDS.word, _WORDS.goods)
        # By the letter: an index stands on it.
        .where(literal_column(OF_SELLERS), _WORDS.goods > inline(0))
        .order_by(_WORDS.goods.desc(), _WORDS.word)
        .limit(MAX_SELLERS)
        .subquery()
    )
    seller = table_of(Cooperative)
    slug = func.substr(maximum.c.word, len(COOPERATIVE) + 2)
    named = _told(KEPT, "cooperative", maximum.c.goods, seller.c.slug, seller.c.short_name)
    return named.join_from(maximum, seller, seller.c.slug == slug)


def _marks(kinds: Iterable[str]) -> list[Select[*tuple[Any, ...]]]:
    """How many goods have each mark of these kinds, with the marks themselves."""
    return [
        _of_marks(_WORDS.word.between(inline(f"{kind}:"), inline(f"{kind}:\x7f"))) for kind in kinds
    ]


def _flags() -> Select[*tuple[Any, ...]]:
    return _of_marks(_WORDS.word.in_([inline(mark) for mark in FLAGS.values()]))


def _of_marks(are_they: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return _told(KEPT, "mark", _WORDS.goods, _WORDS.word).where(are_they, _WORDS.goods > inline(0))


GROUPS = ("category", "cooperative", "province", "price")
"""Facets of which a value may be chosen whose own counts ignore the choice."""


def facets(session: Reader, filters: ListingFilters, matches: Matches | None) -> Facets:
    """Counts of everything the catalogue can be narrowed by, in one statement."""
    if matches is None and not filters.is_narrowed:
        return _whole(tuple(session.execute(whole(), {"most_matches": MAX_MATCHES})))
    return _narrowed([*read(_narrowed_rows(session, filters, matches))], filters)


def _narrowed_rows(
    session: Reader, filters: ListingFilters, matches: Matches | None
) -> Iterable[Row[*tuple[Any, ...]]]:
    names, values = tests_of(filters)
    values["most_matches"] = MAX_MATCHES
    asked = None if matches is None else matches.asked
    sets: list[tuple[str, bool]] = []
    kept: list[str] = []
    for group in (EVERYTHING, *(group for group in GROUPS if _is_chosen(filters, group))):
        narrow = filters.narrow(group)
        is_asked = asked is not None or bool(narrow)
        if not is_asked and not tests_beside(names, group):
            kept.append(group)  # but for its own choice nothing narrows the catalogue
            continue
        sets.append((group, is_asked))
        if is_asked:
            values |= questions(session, f"places_{group}", asked, narrow)
    statement = narrowed(reads_sqlite(session), tuple(sets), tuple(kept), names)
    return session.execute(statement, values)


def _is_chosen(filters: ListingFilters, group: str) -> bool:
    return {
        "category": bool(filters.categories),
        "cooperative": bool(filters.cooperatives),
        "province": bool(filters.provinces),
        "price": filters.minimum is not None or filters.maximum is not None,
    }[group]


# Most lists are of the whole catalogue, whose counts change seldom; reading them took a sixth of
# such a page.
@lru_cache(maxsize=4)
def _whole(counted: tuple[Row[*tuple[Any, ...]], ...]) -> Facets:
    rows = [*read(counted)]
    marks = _counts(rows, "mark")
    in_stock = next(row.goods for row in rows if row.kind == "stock")
    by_path = _paths_of(marks)
    return Facets(
        total=sum(count for path, count in by_path.items() if "/" not in path),
        categories=category_options(by_path, (), CATEGORY_NAMES),
        cooperatives=value_options(_counts(rows, "cooperative"), (), _labels(rows)),
        provinces=value_options(_provinces_of(marks), ()),
        bands=band_options(_bands_of(marks), None, None),
        flags={flag: marks.get(own, 0) for flag, own in FLAGS.items()} | {"available": in_stock},
        is_stock_capped=in_stock >= MAX_MATCHES,
    )


def _narrowed(rows: Sequence[Count], filters: ListingFilters) -> Facets:
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
    is_capped = max(row.goods for row in rows if row.kind == LOOKED_AT) >= MAX_MATCHES
    return Facets(
        total=sum(bits.values()),
        categories=category_options(paths | _paths_of(marks), filters.categories, CATEGORY_NAMES),
        cooperatives=value_options(
            _most_goods(goods_by("cooperative"), filters.cooperatives),
            filters.cooperatives,
            _labels(rows),
        ),
        provinces=value_options(goods_by("province") | _provinces_of(marks), filters.provinces),
        bands=band_options(prices | _bands_of(marks), filters.minimum, filters.maximum),
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
    return dict(first[:MAX_SELLERS])


def _labels(rows: Iterable[Count]) -> dict[str, str]:
    return {row.value: row.label for row in rows if row.label}


def _paths_of(marks: Mapping[str, int]) -> Counter[str]:
    return Counter({path: marks.get(facet_term(CATEGORY, path), 0) for path in CATEGORY_NAMES})


def _provinces_of(marks: Mapping[str, int]) -> Counter[str]:
    counts = {name: marks.get(facet_term(PROVINCE, name), 0) for name in provinces()}
    return Counter({name: count for name, count in counts.items() if count})


def _bands_of(marks: Mapping[str, int]) -> Counter[int]:
    found: Counter[int] = Counter()
    for word, goods in marks.items():
        if word.startswith(PRICE):
            found[band_of(prices_of(int(word.rpartition(":")[2]))[0])] += goods
    return found
