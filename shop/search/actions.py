"""Keeping the index in step with the catalogue."""

from collections.abc import Callable, Iterable

from sqlalchemy import delete, exists, func, insert, select, text
from sqlalchemy.orm import Session

from shop.catalog import cards
from shop.catalog.models import ProductCard
from shop.core.database import Database
from shop.core.ddl import RECOUNT_OPEN_PACKS
from shop.search import ddl, vocabulary
from shop.search.documents import as_columns, document_of, select_texts
from shop.search.models import SearchDocument, Synonym
from shop.search.rules import SynonymRow, phrase_of, safe_group

CHUNK = 1_000

Progress = Callable[[int, int], None]
"""Told how many of how many are done."""


def listen() -> None:
    """Index each product in the commit that changes its card; the app calls this when it starts."""
    if index_product not in cards.card_changed:
        cards.card_changed.append(index_product)


def index_product(session: Session, product_id: int) -> None:
    """Write down the words of one product, or forget it when it left the shop."""
    row = session.execute(select_texts().where(ProductCard.product_id == product_id)).first()
    known = session.scalar(select(SearchDocument).where(SearchDocument.product_id == product_id))
    before = None if known is None else as_columns(known)
    after = None if row is None else document_of(row)
    if before == after:
        return
    counts = vocabulary.count([before] if before else [], sign=-1)
    vocabulary.change(session, vocabulary.count([after] if after else [], into=counts))
    if known is None:
        session.add(SearchDocument(**(after or {})))
    elif after is None:
        session.delete(known)
    else:
        for name, value in after.items():
            setattr(known, name, value)
    session.flush()


def is_complete(session: Session) -> bool:
    """Whether every product in the shop has its document: not so after some migrations."""
    missing = (
        select(ProductCard.product_id)
        .where(~exists().where(SearchDocument.product_id == ProductCard.product_id))
        .limit(1)
    )
    return session.scalar(missing) is None


def rebuild(db: Database, progress: Progress | None = None) -> int:
    """Make the whole index and the table of words anew, in one transaction.

    :return: how many products are in it.
    """
    with db.writing() as session:
        if db.is_sqlite:
            # Filled at once at the end: row by row it takes three times as long. Readers see
            # what stood there before until it is committed.
            ddl.drop(session.connection())
        session.execute(delete(SearchDocument))
        session.execute(text(RECOUNT_OPEN_PACKS))
        whole = session.scalar(select(func.count()).select_from(ProductCard)) or 0
        rows = session.execute(
            select_texts()
            .order_by(ProductCard.popularity.desc(), ProductCard.product_id)
            .execution_options(yield_per=CHUNK)
        )
        counts: vocabulary.Counts = {}
        done = 0
        for chunk in rows.partitions(CHUNK):
            documents = [document_of(row) for row in chunk]
            session.execute(insert(SearchDocument), documents)
            vocabulary.count(documents, into=counts)
            done += len(chunk)
            if progress is not None:
                progress(done, whole)
        vocabulary.replace(session, counts)
        if db.is_sqlite:
            ddl.create(session.connection())
    return done


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
