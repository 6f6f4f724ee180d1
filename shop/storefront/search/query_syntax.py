"""A parsed query in the syntax of each database."""

from collections.abc import Mapping
from dataclasses import dataclass

from shop.storefront.search.query_parser import ParsedQuery
from shop.storefront.search_index.facet_terms import Narrow
from shop.storefront.search_index.rules import BEGUN_MARK, IN_NAME_MARK, SHORT, Wanted, is_prefix

FULL_NAME, IN_NAME, ANYWHERE = 0, 1, 2
"""How near goods are to what was typed: their whole name, all words in it, or elsewhere."""


@dataclass(frozen=True)
class Grammar:
    """How a database writes a full-text query."""

    both: str
    either: str
    word: str


def written(asked: ParsedQuery | None, narrow: Narrow, tier: int, grammar: Grammar) -> str:
    """A question as a database takes it; only letters and digits of it come from the visitor.

    For SQLite ``(("keripik" OR "kripik") AND "tempe") AND (":prov:aceh")``.
    """
    mark = IN_NAME_MARK if tier == IN_NAME else ""
    parts = [] if asked is None else [_all_wanted(asked, mark, grammar)]
    parts += [grammar.either.join(map(grammar.word.format, group)) for group in narrow]
    return grammar.both.join(f"({part})" for part in parts)


def _all_wanted(asked: ParsedQuery, mark: str, grammar: Grammar) -> str:
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
