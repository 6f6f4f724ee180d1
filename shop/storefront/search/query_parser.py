"""What a typed text asks for: its words, what they also mean, what they were meant to be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    String,
    any_,
    bindparam,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from shop.core.database.engine import Reader, reads_sqlite
from shop.core.database.schema import table_of
from shop.storefront.search_index.facet_terms import PRICE
from shop.storefront.search_index.models import SearchSpelling, SearchWord, Synonym
from shop.storefront.search_index.rules import (
    IN_NAME_MARK,
    SHORT,
    Phrase,
    Wanted,
    name_key,
    phrases,
    spelled,
    typed_words,
    wanted,
)
from shop.storefront.search_index.spelling import Neighbour, keys_of, nearest, split_word

MAX_ENDINGS = 24
"""Words that a beginning is taken for: those of most goods."""
MAX_NEIGHBOURS = 500
"""Words looked at for a mistyped one, those of most goods first."""

_WORDS, _SYNONYMS = table_of(SearchWord).c, table_of(Synonym)
_AFTER = "\x7f"
"""Sorts behind every letter and digit: where the words that begin alike end."""


@dataclass(frozen=True)
class ParsedQuery:
    """A parsed query: the words and filters a product must match."""

    name_key: str
    wanted: tuple[Wanted, ...]
    endings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Whole words for a typed one that may be their beginning; for one that is marked, words of
    names. Asking for each by name stops at the first goods; asking for all that begin alike would
    first gather every one of them."""
    goods: Mapping[str, int] = field(default_factory=dict)
    """How many goods have each of these words; what is not there is not known."""
    all_goods: int = 0
    text: str = ""
    """The words that are searched, where they are not the typed ones."""
    is_loose: bool = False
    """Whether one of the things wanted may be missing."""
    is_strange: bool = False
    """Whether it is one word that nothing in the catalogue is or comes near to."""


@dataclass(frozen=True)
class TermLookup:
    """What the term tables know of the typed words."""

    synonyms: Mapping[str, Sequence[Phrase]]
    whole: frozenset[str]
    """Words that some product has."""
    begun: frozenset[str]
    """Words that begin some product's word, or are one."""
    endings: Mapping[str, tuple[str, ...]]
    goods: Mapping[str, int]
    all_goods: int


def parse_query(
    session: Reader, text: str, *, exact: bool = False, deeply: bool = False
) -> ParsedQuery | None:
    """Parse a typed query; None when it holds no word.

    One statement; two more when a word of it is not in the catalogue.

    :param exact: take every word as it was typed.
    :param deeply: nothing was found: ask what was meant by beginnings of words too, and leave
        out what nothing is near to.
    """
    typed = typed_words(text)
    if not typed:
        return None
    heard = _hear(session, typed)
    strange = [] if exact else _strange(typed, heard, deeply=deeply)
    if not strange:
        return _asked(text, typed, heard)
    meant = _meant(session, strange)
    corrected = _put_right(typed, strange, meant, leave_out=deeply)
    if corrected == typed or not corrected:
        own = _asked(text, typed, heard)
        return replace(own, is_strange=len(own.wanted) == 1)
    heard = _hear(session, corrected)
    said = " ".join(corrected)
    return replace(_asked(said, corrected, heard), text=said)


def begun(session: Reader, text: str) -> ParsedQuery | None:
    """What a text asks for while it is still being typed: no synonyms, nothing put right."""
    typed = typed_words(text)
    if len(typed) > 1 and len(typed[-1]) == 1 and typed[-1].isalpha():
        # One letter begins too many words to ask for: the list stays, and does not blink.
        typed = typed[:-1]
    return _asked("", typed, replace(_hear(session, typed), synonyms={})) if typed else None


def _asked(text: str, typed: Sequence[str], heard: TermLookup) -> ParsedQuery:
    told = tuple(wanted(typed, heard.synonyms))
    return ParsedQuery(name_key(text), told, heard.endings, heard.goods, heard.all_goods)


def _strange(typed: Sequence[str], heard: TermLookup, *, deeply: bool) -> list[str]:
    """Words that no product has and no list explains."""
    explained = {
        word
        for length in (1, 2, 3)
        for start in range(len(typed) - length + 1)
        for run in (typed[start : start + length],)
        if " ".join(map(spelled, run)) in heard.synonyms
        for word in run
    }
    known = heard.whole if deeply else heard.begun
    return [
        word
        for word in dict.fromkeys(typed)
        if word not in explained
        and not word.isdigit()
        and word not in known
        and spelled(word) not in known
    ]


def _put_right(
    typed: Sequence[str],
    strange: Sequence[str],
    meant: Mapping[str, tuple[str, ...]],
    *,
    leave_out: bool,
) -> list[str]:
    found: list[str] = []
    for word in typed:
        if word not in strange:
            found.append(word)
        elif word in meant:
            found += meant[word]
        elif not leave_out:
            found.append(word)
    return found


_MEANS, _MAY_MEAN, _ALL = "means", "may mean", ":all"


@cache
def _hearing(words: int) -> CompoundSelect[*tuple[Any, ...]]:
    """Synonyms of phrases, and what words of the catalogue and of the list begin like some."""
    said, other = _SYNONYMS.alias().c, _SYNONYMS.alias().c
    meanings = (
        select(literal(_MEANS), said.term, other.term, _goods_of(other.term))
        .join(other.term.table, other.group == said.group)
        .where(said.term.in_(bindparam("phrases", expanding=True)), other.term != said.term)
    )
    endings = [_ending(number, mark) for number in range(words) for mark in ("", IN_NAME_MARK)]
    begun = [_meaning_begun(number) for number in range(words)]
    # Every product has one of these marks.
    everything = select(func.sum(_WORDS.goods)).where(
        _WORDS.word >= f"{PRICE}:", _WORDS.word < f"{PRICE};"
    )
    whole = select(literal(_ALL), null(), literal(_ALL), everything.scalar_subquery())
    return union_all(meanings, *endings, *begun, whole)


def _bound(number: int) -> tuple[BindParameter[str], BindParameter[str]]:
    """Where the words that begin like a typed one start and end."""
    return bindparam(f"from{number}", type_=String), bindparam(f"to{number}", type_=String)


def _ending(number: int, mark: str) -> Select[*tuple[Any, ...]]:
    """The words of most goods that begin like a typed one; itself first, if it is one."""
    start, end = _bound(number)
    word = literal(mark).concat(start) if mark else start
    maximum = (
        select(_WORDS.word, _WORDS.goods)
        .where(
            _WORDS.word >= word,
            _WORDS.word < (literal(mark).concat(end) if mark else end),
            _WORDS.goods > 0,
        )
        .order_by(_WORDS.word != word, _WORDS.goods.desc(), _WORDS.word)
        .limit(MAX_ENDINGS)
        .subquery()
    )
    return select(literal(f"{mark}{number}"), null(), maximum.c.word, maximum.c.goods)


def _meaning_begun(number: int) -> Select[*tuple[Any, ...]]:
    """Groups of synonyms with a word that begins like a typed one, and all words of each."""
    start, end = _bound(number)
    said, other = _SYNONYMS.alias().c, _SYNONYMS.alias().c
    return (
        select(literal(f"{_MAY_MEAN}{number}"), said.group, other.term, _goods_of(other.term))
        .join(other.term.table, other.group == said.group)
        .where(said.term > start, said.term < end, func.length(start) > SHORT)
    )


def _goods_of(word: SQLColumnExpression[str]) -> ScalarSelect[int]:
    return select(_WORDS.goods).where(_WORDS.word == word).scalar_subquery()


def _hear(session: Reader, typed: Sequence[str]) -> TermLookup:
    forms = list(dict.fromkeys(form for word in typed for form in (word, spelled(word))))
    values: dict[str, Any] = {"phrases": sorted(phrases(typed))}
    for number, form in enumerate(forms):
        values |= {f"from{number}": form, f"to{number}": form + _AFTER}
    told: dict[str, list[tuple[str, str]]] = {}
    goods: dict[str, int] = {}
    for kind, term, found, count in session.execute(_hearing(len(forms)), values):
        told.setdefault(kind, []).append((term, found))
        if " " not in found:
            goods[found] = count or 0
    synonyms: dict[str, list[Phrase]] = {}
    for term, found in sorted(told.get(_MEANS, ())):
        synonyms.setdefault(term, []).append(tuple(found.split(" ")))
    endings = {
        f"{mark}{form}": tuple(sorted(found for _term, found in told[f"{mark}{number}"]))
        for number, form in enumerate(forms)
        for mark in ("", IN_NAME_MARK)
        if f"{mark}{number}" in told
    }
    whole = frozenset(form for form in forms if form in endings.get(form, ()))
    for number, form in enumerate(forms):
        meant = told.get(f"{_MAY_MEAN}{number}", ())
        # The beginning of a word of one meaning means the same: "coffe" is coffee is kopi.
        if form not in whole and len({group for group, _other in meant}) == 1:
            others = sorted({tuple(other.split(" ")) for _group, other in meant})
            synonyms.setdefault(spelled(form), others)
    return TermLookup(
        synonyms,
        whole=whole,
        begun=frozenset(form for form in forms if form in endings),
        endings=endings,
        goods=goods,
        all_goods=goods.pop(_ALL),
    )


@cache
def _near(is_sqlite: bool) -> CompoundSelect[*tuple[Any, ...]]:
    """Words that share a key with a mistyped one, and words that are a half of one."""

    def among(column: ColumnElement[str], name: str) -> ColumnElement[bool]:
        # Words have few letters or many: with a text for each number PostgreSQL would plan most.
        return (
            column.in_(bindparam(name, expanding=True))
            if is_sqlite
            else column == any_(bindparam(name, type_=ARRAY(String)))
        )

    spelling = table_of(SearchSpelling)
    near = (
        select(spelling.c.key, _WORDS.word, _WORDS.named)
        .join(spelling, _WORDS.word == spelling.c.word)
        .where(among(spelling.c.key, "keys"), _WORDS.named > 0)
        .order_by(_WORDS.named.desc(), _WORDS.word)
        .limit(MAX_NEIGHBOURS)
        .subquery()
    )
    halved = select(null(), _WORDS.word, _WORDS.named).where(
        among(_WORDS.word, "halves"), _WORDS.named > 0
    )
    return union_all(select(near), halved)


def _meant(session: Reader, strange: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What was meant by each word, where something is near."""
    pairs = {word: split_word(word) for word in strange}
    values = {
        "keys": sorted({key for word in strange for key in keys_of(word)}),
        "halves": sorted({half for some in pairs.values() for pair in some for half in pair}),
    }
    rows = session.execute(_near(reads_sqlite(session)), values).all()
    known = {row[1]: row[2] for row in rows if row[0] is None}
    found: dict[str, tuple[str, ...]] = {}
    for word in strange:
        keys = keys_of(word)
        near = nearest(word, (Neighbour(row[1], row[2]) for row in rows if row[0] in keys))
        both = [pair for pair in pairs[word] if pair[0] in known and pair[1] in known]
        if near is not None:
            found[word] = (near,)
        elif both:
            found[word] = max(both, key=lambda pair: min(known[pair[0]], known[pair[1]]))
    return found
