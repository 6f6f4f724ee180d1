"""Finding goods by words: one question, asked in the language of the database at hand."""

from collections.abc import Sequence
from dataclasses import dataclass

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
from sqlalchemy.orm import Session, aliased

from shop.search.models import SearchDocument, Synonym
from shop.search.rules import Phrase, Wanted, is_prefix, name_key, phrases, typed_words, wanted

MOST_MATCHES = 1_000
"""Matches looked at, the best-liked first: no word is so broad that a page has to rank them all."""

FULL_NAME, IN_NAME, ANYWHERE = 0, 1, 2

_INDEX = table("search_index", column("rowid"), column("search_index"))


@dataclass(frozen=True)
class Matches:
    """Products that answer to a text: ``table`` has ``product_id`` and ``tier``.

    The tier says how near: 0 its whole name was typed, 1 all words stand in its name, 2 elsewhere.
    """

    table: CTE


def find(session: Session, text: str) -> Matches | None:
    """What a typed text asks for, as a table to join; None when it holds no word at all.

    One small statement for synonyms; the matches are read by whoever joins them.
    """
    typed = typed_words(text)
    if not typed:
        return None
    asked = wanted(typed, synonyms_of(session, typed))
    sqlite = session.get_bind().dialect.name == "sqlite"
    hits = _sqlite_hits if sqlite else _postgresql_hits
    tiers = union_all(
        select(SearchDocument.product_id, literal(FULL_NAME).label("tier")).where(
            SearchDocument.name_key == name_key(text)
        ),
        hits(asked, IN_NAME),
        hits(asked, ANYWHERE),
    ).subquery("tiers")
    return Matches(
        select(tiers.c.product_id, func.min(tiers.c.tier).label("tier"))
        .group_by(tiers.c.product_id)
        .cte("matches")
    )


def synonyms_of(session: Session, typed: Sequence[str]) -> dict[str, list[Phrase]]:
    """Other phrases for the runs of typed words, by the run in one spelling."""
    said, other = aliased(Synonym), aliased(Synonym)
    rows = session.execute(
        select(said.term, other.term)
        .join(other, other.group == said.group)
        .where(said.term.in_(sorted(phrases(typed))), other.term != said.term)
        .order_by(said.term, other.term)
    )
    found: dict[str, list[Phrase]] = {}
    for term, meaning in rows:
        found.setdefault(term, []).append(tuple(meaning.split(" ")))
    return found


def _sqlite_hits(asked: Sequence[Wanted], tier: int) -> Select[int, int]:
    question = fts5_question(asked)
    if tier == IN_NAME:
        question = f"name : ({question})"
    # In rowid order FTS5 stops at the limit; the rowid is the stored order of popularity.
    rows = (
        select(_INDEX.c.rowid)
        .where(_INDEX.c.search_index.op("MATCH")(question))
        .order_by(_INDEX.c.rowid)
        .limit(MOST_MATCHES)
    )
    return select(SearchDocument.product_id, literal(tier)).where(SearchDocument.id.in_(rows))


def _postgresql_hits(asked: Sequence[Wanted], tier: int) -> Select[int, int]:
    words = "search_name_words" if tier == IN_NAME else "search_all_words"
    vector: ColumnElement[str] = literal_column(f"search_documents.{words}")
    rows = (
        select(SearchDocument.product_id)
        .where(vector.op("@@")(cast(tsquery(asked), TSQUERY)))
        .order_by(SearchDocument.id)
        .limit(MOST_MATCHES)
        .subquery()
    )
    return select(rows.c.product_id, literal(tier))


@dataclass(frozen=True)
class _Grammar:
    """How a database writes a question over words."""

    both: str
    either: str
    word: str
    prefix: str


_FTS5 = _Grammar(" AND ", " OR ", '"{}"', '"{}"*')
_TSQUERY = _Grammar(" & ", " | ", "{}", "{}:*")


def fts5_question(asked: Sequence[Wanted]) -> str:
    """In SQLite's words, ``("kerip"* OR "krip"*) AND "tempe"*``; only letters and digits of it
    come from the visitor.
    """
    return _question(asked, _FTS5)


def tsquery(asked: Sequence[Wanted]) -> str:
    """In PostgreSQL's words, ``(kerip:* | krip:*) & tempe:*``; only letters and digits of it
    come from the visitor.
    """
    return _question(asked, _TSQUERY)


def _question(asked: Sequence[Wanted], grammar: _Grammar) -> str:
    def own(word: str) -> str:
        return (grammar.prefix if is_prefix(word) else grammar.word).format(word)

    parts = []
    for one in asked:
        ways = [grammar.both.join(map(own, phrase)) for phrase in one.typed]
        ways += [grammar.both.join(map(grammar.word.format, phrase)) for phrase in one.synonyms]
        parts.append("(" + grammar.either.join(f"({way})" for way in ways) + ")")
    return grammar.both.join(parts)
