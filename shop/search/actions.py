"""Keeping the index in step with the catalogue."""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Row, Select, delete, func, insert, select
from sqlalchemy.orm import Session, aliased

from shop.catalog import cards
from shop.catalog.models import Category, Product, ProductCard, StoryText
from shop.cooperatives.models import Cooperative, Member
from shop.core.database import Database
from shop.search.models import SearchDocument, Synonym
from shop.search.rules import SynonymRow, index_words, name_key, phrase_of, safe_group

CHUNK = 500

Progress = Callable[[int, int], None]
"""Told how many of how many are done."""


def listen() -> None:
    """Index each product in the commit that changes its card; the app calls this when it starts."""
    if index_product not in cards.card_changed:
        cards.card_changed.append(index_product)


def index_product(session: Session, product_id: int) -> None:
    """Write down the words of one product, or forget it when it left the shop."""
    row = session.execute(_words().where(ProductCard.product_id == product_id)).first()
    known = session.scalar(select(SearchDocument).where(SearchDocument.product_id == product_id))
    if row is None:
        if known is not None:
            session.delete(known)
    elif known is None:
        session.add(SearchDocument(**_document(row)))
    else:
        # It keeps its place in the stored order until the next rebuild.
        for name, value in _document(row).items():
            setattr(known, name, value)
    session.flush()


def rebuild(db: Database, progress: Progress | None = None) -> int:
    """Make the whole index anew, in order of popularity, in one transaction.

    :return: how many products are in it.
    """
    with db.writing() as session:
        session.execute(delete(SearchDocument))
        whole = session.scalar(select(func.count()).select_from(ProductCard)) or 0
        rows = session.execute(
            _words().order_by(ProductCard.popularity.desc(), ProductCard.product_id)
        )
        done = 0
        for chunk in rows.partitions(CHUNK):
            session.execute(insert(SearchDocument), [_document(row) for row in chunk])
            done += len(chunk)
            if progress is not None:
                progress(done, whole)
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


_STORY_TEXTS = (
    select(func.aggregate_strings(StoryText.text, " "))
    .where(StoryText.product_id == ProductCard.product_id)
    .correlate(ProductCard)
    .scalar_subquery()
)


def _words() -> Select[*tuple[Any, ...]]:
    top = aliased(Category)
    return (
        select(
            ProductCard.product_id,
            ProductCard.name,
            Product.story,
            _STORY_TEXTS,
            Product.name_en,
            Product.description_en,
            ProductCard.category_name,
            top.name,
            Cooperative.name,
            ProductCard.place,
            Member.business_name,
        )
        .join(Product, Product.id == ProductCard.product_id)
        .join(Category, Category.id == Product.category_id)
        .outerjoin(top, top.id == Category.parent_id)
        .join(Cooperative, Cooperative.id == ProductCard.cooperative_id)
        .join(Member, Member.id == Product.member_id)
    )


def _document(row: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    product_id, name, *rest = row
    return {
        "product_id": product_id,
        "name_key": name_key(name),
        "name": index_words(name),
        "rest": index_words(" ".join(text for text in rest if text)),
    }
