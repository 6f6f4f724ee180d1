"""Finding goods by words: one question, asked in the language of the database at hand."""

from dataclasses import dataclass, replace

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    cast,
    column,
    func,
    literal,
    literal_column,
    select,
    table,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session

from shop.catalog.models import ProductCard
from shop.search.models import SearchDocument
from shop.search.narrowing import Narrow
from shop.search.rules import Wanted, is_prefix, typed_words, wanted
from shop.search.understanding import Asked, understand

MOST_MATCHES = 400
"""Matches looked at, the best-liked first: no word is so broad that a page has to rank them all."""

FULL_NAME, IN_NAME, ANYWHERE = 0, 1, 2

_INDEX = table("search_index", column("rowid"), column("search_index"))


@dataclass(frozen=True)
class Matches:
    """Products that answer to a text: ``table`` has ``product_id``, ``tier`` and ``place``.

    The tier says how near: 0 its whole name was typed, 1 all words stand in its name, 2 elsewhere;
    the place is that of the stored order. There are never more than two times ``MOST_MATCHES``.
    """

    asked: Asked
    table: CTE


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
    named = select(SearchDocument.product_id, SearchDocument.id.label("place"))
    tiers = union_all(
        named.add_columns(literal(FULL_NAME).label("tier")).where(
            SearchDocument.name_key == asked.name_key
        ),
        *(
            named.add_columns(literal(tier)).where(
                SearchDocument.id.in_(_places(session, asked, narrow, tier))
            )
            for tier in (IN_NAME, ANYWHERE)
        ),
    ).subquery("tiers")
    return Matches(
        asked,
        select(tiers.c.product_id, tiers.c.place, func.min(tiers.c.tier).label("tier"))
        .group_by(tiers.c.product_id, tiers.c.place)
        .cte("matches"),
    )


def beginnings(
    session: Session, text: str, most: int, *, only_names: bool = True
) -> list[tuple[str, str, str | None]]:
    """Slug, name and English name of the best-liked goods whose words begin like those typed.

    For a list that grows while somebody types: one statement, no synonyms, nothing put right.
    """
    typed = typed_words(text)
    if not typed:
        return []
    asked = Asked("", tuple(wanted(typed, {})))
    tier = IN_NAME if only_names else ANYWHERE
    card = ProductCard
    rows = session.execute(
        select(card.slug, card.name, card.name_en)
        .join(SearchDocument, SearchDocument.product_id == card.product_id)
        .where(SearchDocument.id.in_(_places(session, asked, (), tier, most)))
        .order_by(SearchDocument.id)
    )
    return [(slug, name, name_en) for slug, name, name_en in rows]


def loosened(asked: Asked) -> Asked | None:
    """The same with any one of its things left out; None when there is only one."""
    return None if len(asked.wanted) < 2 else replace(asked, is_loose=True)


def places(session: Session, asked: Asked | None, narrow: Narrow) -> Select[int]:
    """Places of the first so many products that have this; all products when it is nothing."""
    if asked is None and not narrow:
        return select(SearchDocument.id).order_by(SearchDocument.id).limit(MOST_MATCHES)
    return _places(session, asked, narrow, ANYWHERE)


def _places(
    session: Session, asked: Asked | None, narrow: Narrow, tier: int, most: int = MOST_MATCHES
) -> Select[int]:
    if session.get_bind().dialect.name == "sqlite":
        # In rowid order FTS5 stops at the limit; the rowid is the stored order.
        return (
            select(_INDEX.c.rowid)
            .where(_INDEX.c.search_index.op("MATCH")(fts5_question(asked, narrow, tier)))
            .order_by(_INDEX.c.rowid)
            .limit(most)
        )
    words = "search_name_words" if tier == IN_NAME else "search_all_words"
    vector: ColumnElement[str] = literal_column(f"search_documents.{words}")
    return (
        select(SearchDocument.id)
        .where(vector.op("@@")(cast(tsquery(asked, narrow), TSQUERY)))
        .order_by(SearchDocument.id)
        .limit(most)
    )


@dataclass(frozen=True)
class _Grammar:
    """How a database writes a question over words."""

    both: str
    either: str
    word: str
    prefix: str


_FTS5 = _Grammar(" AND ", " OR ", '"{}"', '"{}"*')
_TSQUERY = _Grammar(" & ", " | ", "{}", "{}:*")


def fts5_question(asked: Asked | None, narrow: Narrow = (), tier: int = ANYWHERE) -> str:
    """In SQLite's words, ``{name} : (("kerip"* OR "krip"*) AND "tempe"*)``; only letters and
    digits of it come from the visitor.
    """
    columns = "{name}" if tier == IN_NAME else "{name about rest}"
    parts = [] if asked is None else [f"{columns} : ({_question(asked, _FTS5)})"]
    parts += ["{facets} : (" + " OR ".join(f'"{mark}"' for mark in group) + ")" for group in narrow]
    return " AND ".join(parts)


def tsquery(asked: Asked | None, narrow: Narrow = ()) -> str:
    """In PostgreSQL's words, ``((kerip:* | krip:*) & tempe:*)``; only letters and digits of it
    come from the visitor.
    """
    parts = [] if asked is None else [f"({_question(asked, _TSQUERY)})"]
    parts += ["(" + " | ".join(f"'{mark}'" for mark in group) + ")" for group in narrow]
    return " & ".join(parts)


def _question(asked: Asked, grammar: _Grammar) -> str:
    parts = [_one(one, grammar) for one in asked.wanted]
    if not asked.is_loose:
        return grammar.both.join(parts)
    # All but one of them, whichever.
    return grammar.either.join(
        "(" + grammar.both.join(part for part in parts if part is not left_out) + ")"
        for left_out in parts
    )


def _one(one: Wanted, grammar: _Grammar) -> str:
    def own(word: str) -> str:
        return (grammar.prefix if is_prefix(word) else grammar.word).format(word)

    ways = [grammar.both.join(map(own, phrase)) for phrase in one.typed]
    ways += [grammar.both.join(map(grammar.word.format, phrase)) for phrase in one.synonyms]
    return "(" + grammar.either.join(f"({way})" for way in ways) + ")"
