"""Writing documents down, each with what its database finds it by."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, MetaData, Table, delete, select, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Session

from shop.core.database.bulk_insert import bulk_insert
from shop.core.database.schema import table_of
from shop.storefront.search_index.documents import Document, pack, unpack
from shop.storefront.search_index.models import SearchDocument, SearchWord
from shop.storefront.search_index.rules import level_mark, places_of

_documents, _words = table_of(SearchDocument), table_of(SearchWord)


def _with_words() -> Table:
    table = _documents.to_metadata(MetaData())
    table.append_column(Column("search_words", TSVECTOR))
    return table


_POSTGRESQL = _with_words()
_ADD = text("INSERT INTO search_index (rowid, words) VALUES (:id, :words)")
_REMOVE = text(
    "INSERT INTO search_index (search_index, rowid, words) VALUES ('delete', :id, :words)"
)


def known(session: Session, product_id: int) -> tuple[Document, int] | None:
    """The document of a product as it stands, and its level."""
    row = session.execute(
        select(*_documents.c).where(_documents.c.id.in_(places_of(product_id)))
    ).first()
    if row is None:
        return None
    is_named = unpack(row.words)
    words = session.execute(
        select(_words.c.id, _words.c.word).where(_words.c.id.in_(is_named)).order_by(_words.c.word)
    ).all()
    named = tuple(word for number, word in words if is_named[number])
    others = tuple(word for number, word in words if not is_named[number])
    return Document(row.id, row.whole_name, named, others), row.level


def add(
    session: Session, documents: Sequence[tuple[Document, int]], numbers: Mapping[str, int]
) -> None:
    """Write documents down, each at its level.

    :param numbers: of all their words (``vocabulary``).
    """
    rows: list[dict[str, Any]] = [
        {
            "id": document.id,
            "whole_name": document.whole_name,
            "level": level,
            "words": pack(document, numbers),
        }
        for document, level in documents
    ]
    if session.get_bind().dialect.name == "sqlite":
        bulk_insert(session, _documents, rows)
        session.execute(_ADD, [_indexed(document) for document, _level in documents])
        return
    for row, (document, level) in zip(rows, documents, strict=True):
        row["search_words"] = _vector((*document.indexed(), level_mark(level)))
    bulk_insert(session, _POSTGRESQL, rows)


def remove(session: Session, document: Document) -> None:
    """Forget a document that stands in the index exactly so."""
    if session.get_bind().dialect.name == "sqlite":
        session.execute(_REMOVE, _indexed(document))
    session.execute(delete(_documents).where(_documents.c.id == document.id))


def level_at(session: Session, place: int) -> int:
    """The level of a place: that of what stands behind it, so that levels follow each other."""
    levels = select(_documents.c.level)
    behind = levels.where(_documents.c.id > place).order_by(_documents.c.id).limit(1)
    level = session.scalar(behind)
    if level is None:
        level = session.scalar(levels.order_by(_documents.c.id.desc()).limit(1))
    return level or 0


def _indexed(document: Document) -> dict[str, Any]:
    return {"id": document.id, "words": " ".join(document.indexed())}


def _vector(words: Iterable[str]) -> str:
    """Words as PostgreSQL reads a ``tsvector``; they hold no sign that it would take apart."""
    return " ".join(f"'{word}'" for word in words)
