"""Finding goods by words: one question, asked in the language of the database at hand."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache, reduce
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    bindparam,
    case,
    cast,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.orm import Session

from shop.catalog.models import ProductCard
from shop.core.schema import BigId, table_of
from shop.search.models import SearchDocument
from shop.search.narrowing import Narrow
from shop.search.rules import (
    BEGUN_MARK,
    IN_NAME_MARK,
    MOST_PRODUCTS,
    SHORT,
    Wanted,
    is_prefix,
    level_mark,
)
from shop.search.understanding import Asked, begun, understand

MOST_MATCHES = 300
"""Matches looked at, the best-liked first: no word is so broad that a page has to rank them all."""

WALKED = 2_000
"""Goods that are looked at one by one for a list, before PostgreSQL's index is asked."""

RARE = 1_500
"""Goods up to which all that have some words are gathered at once, as far as can be told."""

UNKNOWN = 20
"""Of so many goods one is thought to have a word nobody counted."""

_GROWING = (range(1), range(1, 2), range(2, 3), range(3, 4), range(4, 8), range(8, 20))
STRETCHES = [" | ".join(f"'{level_mark(level)}'" for level in levels) for levels in _GROWING]
STRETCHES.append(" & ".join(f"!'{level_mark(level)}'" for level in range(20)))
"""Levels that a search looks into one after the other, as PostgreSQL reads them: each stretch
holds a few times what those before it hold, so that few are asked and none gives too much."""

FULL_NAME, IN_NAME, ANYWHERE = 0, 1, 2

_INDEX = table("search_index", column("rowid"), column("search_index"))


@dataclass(frozen=True)
class Matches:
    """Products that answer to a text.

    ``table`` has ``product_id``, ``tier`` and ``place``, and is made once for all texts: whoever
    joins it passes ``values`` along. The tier says how near: 0 its whole name was typed, 1 all
    words stand in its name, 2 elsewhere; the place is that of the stored order. There are never
    more than two times ``MOST_MATCHES``.
    """

    asked: Asked
    table: CTE
    values: dict[str, Any]


def find(
    session: Session, text: str, narrow: Narrow = (), *, exact: bool = False, deeply: bool = False
) -> Matches | None:
    """What a typed text asks for, as a table to join; None when it holds no word at all.

    Asks only what the words mean; the matches are read by whoever joins them.
    """
    asked = understand(session, text, exact=exact, deeply=deeply)
    return None if asked is None else matches(session, asked, narrow)


def matches(session: Session, asked: Asked, narrow: Narrow = ()) -> Matches:
    """The products that have what was asked for, and one mark of each group; reads nothing."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return Matches(
        asked,
        _ranked(is_sqlite),
        {
            "name_key": asked.name_key,
            **questions(session, "in_name", asked, narrow, IN_NAME),
            **questions(session, "anywhere", asked, narrow),
            "most_matches": MOST_MATCHES,
        },
    )


@cache
def _ranked(is_sqlite: bool) -> CTE:
    whole = select(SearchDocument.id.label("place"), literal(FULL_NAME).label("tier")).where(
        SearchDocument.name_key == bindparam("name_key")
    )
    named = places(is_sqlite, "in_name").cte("named").prefix_with("MATERIALIZED")
    # Whoever has enough with the words in the name looks no further.
    most: ColumnElement[int] = bindparam("most_matches", type_=Integer)
    room = select(case((func.count() < most, most), else_=0)).select_from(named).scalar_subquery()
    rest = places(is_sqlite, "anywhere", most=room).subquery("rest")
    found = union_all(
        whole,
        select(named.c.place, literal(IN_NAME)),
        select(rest.c.place, literal(ANYWHERE)),
    ).subquery("found")
    return (
        select(
            product_at(found.c.place).label("product_id"),
            found.c.place,
            func.min(found.c.tier).label("tier"),
        )
        .group_by(found.c.place)
        .cte("matches")
    )


def questions(
    session: Session, name: str, asked: Asked | None, narrow: Narrow, tier: int = ANYWHERE
) -> dict[str, Any]:
    """What to bind for the :func:`places` of this name."""
    if session.get_bind().dialect.name == "sqlite":
        return {name: written(asked, narrow, tier, FTS5)}
    is_rare = asked is not None and is_thought_rare(asked, tier)
    return {
        name: written(asked, narrow, tier, TSQUERY_WORDS),
        f"{name}_levels": [""] if is_rare else STRETCHES,
    }


def places(
    is_sqlite: bool,
    name: str,
    *,
    most: ColumnElement[int] | None = None,
) -> Select[int]:
    """Places of the first products that answer to the question bound by this name, in order."""
    limit = bindparam("most_matches", type_=Integer) if most is None else most
    if is_sqlite:
        # In rowid order FTS5 stops at the limit; the rowid is the stored order.
        return (
            select(_INDEX.c.rowid.label("place"))
            .where(_INDEX.c.search_index.op("MATCH")(bindparam(name, type_=String)))
            .order_by(_INDEX.c.rowid)
            .limit(limit)
        )
    marks = cast(bindparam(f"{name}_levels", type_=ARRAY(String)), ARRAY(String))
    stretches = func.unnest(marks).table_valued("mark").render_derived("stretches")
    return _by_level(name, stretches, stretches.c.mark, limit).limit(limit)


def _by_level(
    name: str,
    levels: FromClause,
    mark: ColumnElement[str],
    most: ColumnElement[int] | None = None,
    *,
    after: ColumnElement[int] | None = None,
) -> Select[int]:
    """Places that answer, level by level: PostgreSQL looks into the next one when it has to.

    Its index has no order: asked for all goods with a common word it gathers every one of them
    and sorts. A level is a mark among the words, so the index gathers those of one level only.

    :param levels: in order, each with the ``mark`` that goods have to have.
    :param most: places of one level that are wanted; ``after``: they stand behind this one.
    """
    there = table_of(SearchDocument).alias("there")
    asked = cast(bindparam(name, type_=String), TSQUERY).op("&&")(cast(mark, TSQUERY))
    words: ColumnElement[str] = literal_column("there.search_words")
    found = select(there.c.id.label("place")).where(words.op("@@")(asked))
    # "+ 0": or a plan could ask the index of places, which gathers half the catalogue.
    place = there.c.id + literal(0)
    if after is not None:
        found = found.where(place > after)
    found = found.order_by(place).limit(most)
    answers = found.lateral("answers")
    return select(answers.c.place).select_from(levels).join(answers, true())


def by_marks(
    is_sqlite: bool, name: str, start: ColumnElement[int]
) -> tuple[FromClause, ColumnElement[int], tuple[ColumnElement[bool], ...]]:
    """A table of products behind a place that answer to a bound question, the place of each, and
    tests to ask of it.

    For a list in the stored order that has no end: it is read in that order, stops where a page
    is full, and begins anywhere as quickly.
    """
    if is_sqlite:
        asks = _INDEX.c.search_index.op("MATCH")(bindparam(name, type_=String))
        return _INDEX, _INDEX.c.rowid, (asks, _INDEX.c.rowid > start)
    documents = table_of(SearchDocument).alias("walked")
    words: ColumnElement[str] = literal_column("walked.search_words")
    walked = (
        select(documents.c.id, documents.c.level, words.label("search_words"))
        .where(documents.c.id > start)
        .order_by(documents.c.id)
        .limit(WALKED)
        .subquery("walked_first")
    )
    asks = walked.c.search_words.op("@@")(cast(bindparam(name, type_=String), TSQUERY))
    near = select(walked.c.id.label("place")).where(asks)
    end = select(func.max(walked.c.id)).scalar_subquery()
    here = select(func.max(walked.c.level)).scalar_subquery()
    last = select(documents.c.level).order_by(documents.c.id.desc()).limit(1).scalar_subquery()
    series = func.generate_series(cast(here, Integer), cast(last, Integer))
    levels = series.table_valued("level").render_derived("levels")
    mark = literal(f"'{level_mark('')}").concat(cast(levels.c.level, String)).concat("'")
    # What is rare among the next goods is rare: the index finds the rest of it.
    rest = _by_level(name, levels, mark, after=end)
    stream = union_all(near, rest).subquery("stream")
    return stream, stream.c.place, ()


def first_places() -> Select[int]:
    """Places of the first products of all."""
    limit = bindparam("most_matches", type_=Integer)
    return select(SearchDocument.id.label("place")).order_by(SearchDocument.id).limit(limit)


def is_anywhere(session: Session, asked: Asked) -> bool:
    """Whether any product answers."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    values = {**questions(session, "anywhere", asked, ()), "most_matches": 1}
    return session.scalar(_anywhere(is_sqlite), values) is not None


@cache
def _anywhere(is_sqlite: bool) -> Select[int]:
    return places(is_sqlite, "anywhere")


def product_at(place: ColumnElement[int]) -> ColumnElement[int]:
    """The product at a place of the stored order (``rules.place_of``), without looking it up."""
    last = literal(MOST_PRODUCTS - 1, BigId)
    return last - place % literal(MOST_PRODUCTS, BigId)


def beginnings(
    session: Session, text: str, most: int, *, only_names: bool = True
) -> list[tuple[str, str, str | None]]:
    """Slug, name and English name of the best-liked goods whose words begin like those typed.

    For a list that grows while somebody types: no synonyms, nothing put right.
    """
    asked = begun(session, text)
    if asked is None:
        return []
    tier = IN_NAME if only_names else ANYWHERE
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    rows = session.execute(
        _beginnings(is_sqlite),
        {**questions(session, "begun", asked, (), tier), "most_matches": most},
    )
    return [(slug, name, name_en) for slug, name, name_en in rows]


@cache
def _beginnings(is_sqlite: bool) -> Select[str, str, str | None]:
    hits = places(is_sqlite, "begun").subquery("hits")
    card = ProductCard
    return (
        select(card.slug, card.name, card.name_en)
        .join(hits, product_at(hits.c.place) == card.product_id)
        .order_by(hits.c.place)
    )


def is_thought_rare(asked: Asked, tier: int) -> bool:
    """Whether few goods would have all the words, if these knew nothing of each other.

    Where all that answer are gathered at once, it decides how long that takes, not what is found.
    """
    mark = IN_NAME_MARK if tier == IN_NAME else ""
    goods = _together([_goods_with(one, asked, mark) for one in asked.wanted], asked.all_goods)
    return not asked.is_loose and goods <= RARE


def _goods_with(one: Wanted, asked: Asked, mark: str) -> int:
    """How many goods would have one of the things wanted."""
    everything = asked.all_goods

    def own(word: str) -> int:
        if mark and is_prefix(word) and len(word) <= SHORT:
            return everything
        words = asked.endings.get(mark + word, (mark + word,))
        return min(sum(asked.goods.get(other, 0) for other in words), everything)

    unknown = everything // UNKNOWN
    ways = [[own(word) for word in phrase] for phrase in one.typed]
    ways += [[asked.goods.get(word, unknown) for word in phrase] for phrase in one.synonyms]
    return min(sum(_together(way, everything) for way in ways), everything)


def _together(counts: Iterable[int], everything: int) -> int:
    """Goods with all of some words that so many have each and that know nothing of each other."""
    return reduce(lambda some, more: some * more // max(everything, 1), counts, everything)


def loosened(asked: Asked) -> Asked | None:
    """The same with any one of its things left out; None when there is only one."""
    return None if len(asked.wanted) < 2 else replace(asked, is_loose=True)


@dataclass(frozen=True)
class Grammar:
    """How a database writes a question over words."""

    both: str
    either: str
    word: str


FTS5 = Grammar(" AND ", " OR ", '"{}"')
TSQUERY_WORDS = Grammar(" & ", " | ", "'{}'")


def written(asked: Asked | None, narrow: Narrow, tier: int, grammar: Grammar) -> str:
    """A question as a database takes it; only letters and digits of it come from the visitor.

    For SQLite ``(("keripik" OR "kripik") AND "tempe") AND (":prov:aceh")``.
    """
    mark = IN_NAME_MARK if tier == IN_NAME else ""
    parts = [] if asked is None else [_all_wanted(asked, mark, grammar)]
    parts += [grammar.either.join(map(grammar.word.format, group)) for group in narrow]
    return grammar.both.join(f"({part})" for part in parts)


def _all_wanted(asked: Asked, mark: str, grammar: Grammar) -> str:
    parts = [f"({_one(one, asked.endings, mark, grammar)})" for one in asked.wanted]
    if not asked.is_loose:
        return grammar.both.join(parts)
    # All but one of them, whichever.
    return grammar.either.join(
        "(" + grammar.both.join(part for part in parts if part is not left_out) + ")"
        for left_out in parts
    )


def _one(one: Wanted, endings: Mapping[str, tuple[str, ...]], mark: str, grammar: Grammar) -> str:
    def whole(word: str) -> str:
        return grammar.word.format(mark + word)

    def own(word: str) -> str:
        if not is_prefix(word):
            return whole(word)
        if mark and len(word) <= SHORT:
            return grammar.word.format(BEGUN_MARK + word)
        begun = endings.get(mark + word)
        if begun is None:
            return whole(word)
        return f"({grammar.either.join(map(grammar.word.format, begun))})"

    ways = [grammar.both.join(map(own, phrase)) for phrase in one.typed]
    ways += [grammar.both.join(map(whole, phrase)) for phrase in one.synonyms]
    return grammar.either.join(f"({way})" for way in ways)
