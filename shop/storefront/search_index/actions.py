"""Keeping the index in step with the catalogue."""

from array import array
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, delete, func, select, text
from sqlalchemy.orm import Session

from shop.catalog.products import product_cards as cards
from shop.catalog.products.models import ProductCard
from shop.core.database.append_only_triggers import RECOUNT_OPEN_PACKS
from shop.core.database.bulk_insert import make_room
from shop.core.database.engine import Database
from shop.storefront.search_index import (
    index_tables,
    index_writer,
    term_stats,
)
from shop.storefront.search_index.documents import Document, document_of, select_texts
from shop.storefront.search_index.models import SearchDocument, Synonym
from shop.storefront.search_index.rules import (
    SynonymRow,
    level_of,
    phrase_of,
    place_of,
    product_of,
    safe_group,
)

CHUNK = 1_000

Progress = Callable[[int, int], None]
"""Told how many of how many are done."""


def listen() -> None:
    """Index each product in the commit that changes its card; the app calls this when it starts."""
    if index_product not in cards.card_changed:
        cards.card_changed.append(index_product)


def index_product(session: Session, product_id: int) -> None:
    """Write down the words of one product, or forget it when it left the shop."""
    row = session.execute(_texts_of_product(), {"product_id": product_id}).first()
    before, level = index_writer.known(session, product_id) or (None, 0)
    after = None if row is None else document_of(row)
    if before == after:
        return
    counts: term_stats.Counts = {}
    for document, sign in ((before, -1), (after, 1)):
        if document is not None:
            term_stats.count([document], sign, counts)
            term_stats.count_prices([document], sign, counts)
    term_stats.change(session, counts)
    if before is not None:
        index_writer.remove(session, before)
    if after is not None:
        if before is None or before.id != after.id:
            level = index_writer.level_at(session, after.id)
        index_writer.add(session, [(after, level)], term_stats.numbers_of(session, after))


@cache
def _texts_of_product() -> Select[*tuple[Any, ...]]:
    # Built once: building it at every change of a product cost half of what executing it does.
    return select_texts().where(ProductCard.product_id == bindparam("product_id"))


def is_complete(session: Session) -> bool:
    """Whether every product in the shop has its document: not so after some migrations."""
    cards = select(func.count()).select_from(ProductCard)
    documents = select(func.count()).select_from(SearchDocument)
    return session.scalar(cards) == session.scalar(documents)


def fill(db: Database) -> int:
    """Make the index anew where goods lack their document, as after steps that change what it
    keeps.

    :return: how many products are in it then; 0 where nothing was missing.
    """
    with db.reading() as session:
        complete = is_complete(session)
    return 0 if complete else rebuild(db)


def rebuild(db: Database, progress: Progress | None = None) -> int:
    """Make the whole index and the table of words anew, in one transaction.

    Readers see what stood there before until it is committed.

    :return: how many products are in it.
    """
    with db.writing() as session:
        connection = session.connection()
        make_room(session)  # goods are read in the order of what sells, from all over their tables
        if not db.is_sqlite:
            # Words get other numbers: whoever indexes waits, and asks for them afterwards.
            session.execute(text("LOCK TABLE search_words IN SHARE ROW EXCLUSIVE MODE"))
        is_first = session.scalar(select(SearchDocument.id).limit(1)) is None
        session.execute(delete(SearchDocument))
        if db.is_sqlite:
            index_tables.create(connection)
        elif is_first:  # nobody has anything to find yet
            index_tables.drop(connection)
        session.execute(text(RECOUNT_OPEN_PACKS))
        places = _places(session)
        counts: term_stats.Counts = {}
        prices: term_stats.Counts = {}
        numbers: dict[str, int] = {}
        for start in range(0, len(places), CHUNK):
            documents = _documents_at(session, places[start : start + CHUNK])
            term_stats.count(documents, into=counts)
            term_stats.count_prices(documents, into=prices)
            term_stats.number_more(numbers, counts)
            ranked = enumerate(documents, start)
            index_writer.add(session, [(one, level_of(rank)) for rank, one in ranked], numbers)
            if progress is not None:
                progress(start + len(documents), len(places))
        counts |= prices  # last, so that words of documents have the small numbers
        term_stats.number_more(numbers, counts)
        term_stats.replace(session, counts, numbers)
        if not db.is_sqlite:
            if is_first:
                index_tables.create(connection)
            session.execute(text("ANALYZE search_documents"))
    return len(places)


def _places(session: Session) -> Sequence[int]:
    """All places in the stored order: written in it, the table has no holes."""
    rows = session.execute(
        select(ProductCard.popularity, ProductCard.product_id).execution_options(yield_per=CHUNK)
    )
    return array("q", sorted(place_of(popularity, product) for popularity, product in rows))


def _documents_at(session: Session, places: Sequence[int]) -> list[Document]:
    products = [product_of(place) for place in places]
    rows = session.execute(select_texts().where(ProductCard.product_id.in_(products)))
    return sorted((document_of(row) for row in rows), key=lambda document: document.id)


def load_synonyms(session: Session, rows: Iterable[SynonymRow]) -> int:
    """Replace the synonyms by those of the list that are safe to use.

    :return: how many terms there are now.
    """
    session.execute(delete(Synonym))
    terms: dict[tuple[str, str], Synonym] = {}
    for row in rows:
        safe = safe_group(row)
        group = " ".join(phrase_of(row.usual))
        for spelling in safe if len(safe) > 1 else ():
            term = " ".join(phrase_of(spelling))
            terms.setdefault((term, group), Synonym(term=term, group=group, spelling=spelling))
    session.add_all(terms.values())
    session.flush()
    return len(terms)
