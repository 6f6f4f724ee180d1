"""Finding goods on PostgreSQL: level by level, because its index has no order (record 0352)."""

from collections.abc import Iterable
from functools import reduce
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY

from shop.core.database.schema import table_of
from shop.storefront.search.query_parser import ParsedQuery
from shop.storefront.search.query_syntax import IN_NAME, Grammar, written
from shop.storefront.search_index.facet_terms import Narrow
from shop.storefront.search_index.models import SearchDocument
from shop.storefront.search_index.rules import IN_NAME_MARK, SHORT, Wanted, is_prefix, level_mark

TSQUERY_WORDS = Grammar(" & ", " | ", "'{}'")

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


TOP_AND_REST = [
    " | ".join(f"'{level_mark(level)}'" for level in range(4)),
    " & ".join(f"!'{level_mark(level)}'" for level in range(4)),
]
"""The goods on top, and all others: for words that are rare together if they know nothing of each
other. Those that do have enough of their goods on top."""


def questions(name: str, asked: ParsedQuery | None, narrow: Narrow, tier: int) -> dict[str, Any]:
    """What to bind for the :func:`places` of this name."""
    return {
        name: written(asked, narrow, tier, TSQUERY_WORDS),
        f"{name}_levels": STRETCHES if asked is None else stretches_for(asked, tier),
    }


def places(name: str, limit: ColumnElement[int]) -> Select[int]:
    """Places of the first products that answer, in order."""
    marks = cast(bindparam(f"{name}_levels", type_=ARRAY(String)), ARRAY(String))
    stretches = func.unnest(marks).table_valued("mark").render_derived("stretches")
    return _by_level(name, stretches, stretches.c.mark, limit).limit(limit)


def _by_level(
    name: str,
    levels: FromClause,
    mark: ColumnElement[str],
    maximum: ColumnElement[int] | None = None,
    *,
    after: ColumnElement[int] | None = None,
) -> Select[int]:
    """Places that answer, level by level: PostgreSQL looks into the next one when it has to.

    Its index has no order: asked for all goods with a common word it gathers every one of them
    and sorts. A level is a mark among the words, so the index gathers those of one level only.

    :param levels: in order, each with the ``mark`` that goods have to have.
    :param maximum: places of one level that are wanted; ``after``: they stand behind this one.
    """
    there = table_of(SearchDocument).alias("there")
    asked = cast(bindparam(name, type_=String), TSQUERY).op("&&")(cast(mark, TSQUERY))
    words: ColumnElement[str] = literal_column("there.search_words")
    found = select(there.c.id.label("place")).where(words.op("@@")(asked))
    # "+ 0": or a plan could ask the index of places, which gathers half the catalogue.
    place = there.c.id + literal(0)
    if after is not None:
        found = found.where(place > after)
    found = found.order_by(place).limit(maximum)
    answers = found.lateral("answers")
    return select(answers.c.place).select_from(levels).join(answers, true())


def by_marks(
    name: str, start: ColumnElement[int]
) -> tuple[FromClause, ColumnElement[int], tuple[ColumnElement[bool], ...]]:
    """The products behind a place that answer, in order, and the place of each.

    The next ones are looked at one by one; what is rare among them is rare, and the index finds
    the rest of it.
    """
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
    rest = _by_level(name, levels, mark, after=end)
    stream = union_all(near, rest).subquery("stream")
    return stream, stream.c.place, ()


def stretches_for(asked: ParsedQuery, tier: int) -> list[str]:
    """In which steps to look for goods with all the words; it decides how long that takes, not
    what is found.

    All at once where few goods have one of the words, however many have the others.
    """
    if asked.is_loose:
        return STRETCHES
    mark = IN_NAME_MARK if tier == IN_NAME else ""
    goods = [_goods_with(one, asked, mark) for one in asked.wanted]
    if min(goods) <= RARE:
        return [""]
    return TOP_AND_REST if _together(goods, asked.all_goods) <= RARE else STRETCHES


def _goods_with(one: Wanted, asked: ParsedQuery, mark: str) -> int:
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
