"""The words of the catalogue, counted in the commit that changes them."""

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from sqlalchemy import Table, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from shop.core.database.bulk_insert import advance_sequence
from shop.core.database.schema import table_of
from shop.storefront.search_index.documents import Document, words_in
from shop.storefront.search_index.facet_terms import spread
from shop.storefront.search_index.models import SearchSpelling, SearchWord
from shop.storefront.search_index.spelling import keys_of

CHUNK = 5_000

Counts = dict[str, tuple[int, int]]
"""By word: goods that have it, and goods that have it before their story."""


def count(documents: Iterable[Document], sign: int = 1, into: Counts | None = None) -> Counts:
    """Add up the words of documents; ``sign`` -1 takes them away."""
    found: Counts = {} if into is None else into
    for document in documents:
        for word, is_named in words_in(document):
            goods, named = found.get(word, (0, 0))
            found[word] = (goods + sign, named + (sign if is_named else 0))
    return found


def count_prices(
    documents: Iterable[Document], sign: int = 1, into: Counts | None = None
) -> Counts:
    """The same for the marks of documents at each step of prices (``facet_terms.spread``)."""
    found: Counts = {} if into is None else into
    for document in documents:
        for word in spread(document.others):
            found[word] = (found.get(word, (0, 0))[0] + sign, 0)
    return found


def change(session: Session, counts: Mapping[str, tuple[int, int]]) -> None:
    """Add these numbers to what stands in the table; a word that is new gets its keys.

    In the order of the words, so that two who index at once do not wait for each other.
    """
    moved = {word: one for word, one in sorted(counts.items()) if one != (0, 0)}
    if not moved:
        return
    words = table_of(SearchWord)
    adding = _insert(session, words)
    again = adding.on_conflict_do_update(
        index_elements=["word"],
        set_={
            "goods": words.c.goods + adding.excluded.goods,
            "named": words.c.named + adding.excluded.named,
        },
    )
    session.execute(
        again,
        [{"word": word, "goods": goods, "named": named} for word, (goods, named) in moved.items()],
    )
    _write_keys(session, [word for word, (_goods, named) in moved.items() if named > 0])


def numbers_of(session: Session, document: Document) -> dict[str, int]:
    """The numbers of the words of a document; all of them are counted already."""
    words = table_of(SearchWord)
    wanted = [word for word, _is_named in words_in(document)]
    rows = session.execute(select(words.c.word, words.c.id).where(words.c.word.in_(wanted)))
    return {row.word: row.id for row in rows}


def number_more(numbers: dict[str, int], counts: Counts) -> None:
    """Give those of the counted words a number that have none, in the order they came in."""
    for word in islice(counts, len(numbers), None):
        numbers[word] = len(numbers) + 1


def replace(session: Session, counts: Counts, numbers: Mapping[str, int]) -> None:
    """Let these be all the words there are."""
    session.execute(delete(SearchWord))
    session.execute(delete(SearchSpelling))
    words = table_of(SearchWord)
    rows = (
        {"id": numbers[word], "word": word, "goods": goods, "named": named}
        for word, (goods, named) in counts.items()
    )
    while chunk := list(islice(rows, CHUNK)):
        session.execute(words.insert(), chunk)
    advance_sequence(session, [SearchWord])
    _write_keys(session, [word for word, (_goods, named) in counts.items() if named > 0])


def _write_keys(session: Session, words: list[str]) -> None:
    pairs = iter(sorted((key, word) for word in words for key in keys_of(word)))
    adding = _insert(session, table_of(SearchSpelling)).on_conflict_do_nothing()
    while chunk := [{"key": key, "word": word} for key, word in islice(pairs, CHUNK)]:
        session.execute(adding, chunk)


# Any: the two dialects' inserts share these methods, but no type that has them.
def _insert(session: Session, table: Table) -> Any:
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return (sqlite if is_sqlite else postgresql).insert(table)
