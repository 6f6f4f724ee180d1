"""Issued documents as they were first drawn: the bytes are kept, and nobody draws them again.

Drawing takes milliseconds and reading fonts more, so no transaction is open around it: the facts
are read, the paper is drawn, and the first drawing that is written down is the document. The
worker draws what was issued lately; whoever prints earlier draws it a minute before.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.core.database.upserts import insert_if_absent
from shop.core.values.errors import ShopError
from shop.fulfilment.documents.models import BuyerIdentity, DocumentFile, IssuedDocument
from shop.fulfilment.documents.template_data import invoice_sheet
from shop.services.pdf.renderer import pdfs

log = logging.getLogger(__name__)

LATELY = timedelta(days=7)
"""What was issued before that and never printed waits for whoever prints it."""
MAX_AT_ONCE = 50


def store_document(db: Database, document_ids: Sequence[int], now: datetime) -> Mapping[int, bytes]:
    """The bytes of some documents; those that nobody drew yet are drawn and kept.

    One whose time is over was emptied of its buyer: it is drawn without them, and not kept.
    """
    with db.reading() as session:
        found = _files(session, document_ids)
        missing = [one for one in document_ids if found.get(one) is None]
        sheets = _sheets(session, missing)
    if not missing:
        return {one: made for one, made in found.items() if made is not None}
    drawn = dict(zip(sheets, draw(list(sheets.values())), strict=True))
    unkept = [one for one in missing if one not in found]
    if unkept:
        with db.writing() as session:
            for one in sorted(unkept):
                _write_down(session, one, drawn[one], now)
        with db.reading() as session:  # somebody else's drawing may have been the first
            found = _files(session, document_ids)
    return {one: found.get(one) or drawn[one] for one in document_ids}


def draw_new(db: Database, now: datetime) -> int:
    """Draw what was issued lately and has no file yet; how many."""
    with db.reading() as session:
        ids = session.scalars(
            select(IssuedDocument.id)
            .outerjoin(DocumentFile, DocumentFile.document_id == IssuedDocument.id)
            .where(IssuedDocument.issued_at > now - LATELY, DocumentFile.document_id.is_(None))
            .order_by(IssuedDocument.id)
            .limit(MAX_AT_ONCE)
        ).all()
    for one in ids:
        try:
            store_document(db, [one], now)
        except (ShopError, RuntimeError):  # the press refuses it; the others are drawn
            log.exception("document %s could not be drawn", one)
    return len(ids)


def draw(sheets: Sequence[Mapping[str, Any]]) -> list[bytes]:
    """Invoices and credit notes, each on paper of its own."""
    return pdfs(Path(__file__).with_name("invoice.typ"), sheets)


def _files(session: Session, document_ids: Sequence[int]) -> dict[int, bytes | None]:
    found = session.execute(
        select(DocumentFile.document_id, DocumentFile.pdf).where(
            DocumentFile.document_id.in_(document_ids)
        )
    )
    return dict(found.all())


def _sheets(session: Session, document_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    if not document_ids:
        return {}
    rows = session.execute(
        select(IssuedDocument, BuyerIdentity)
        .outerjoin(BuyerIdentity, BuyerIdentity.order_id == IssuedDocument.order_id)
        .where(IssuedDocument.id.in_(document_ids))
    )
    return {document.id: invoice_sheet(document, buyer) for document, buyer in rows}


def _write_down(session: Session, document_id: int, made: bytes, now: datetime) -> None:
    insert_if_absent(
        session,
        DocumentFile,
        {
            "document_id": document_id,
            "pdf": made,
            "sha256": sha256(made).hexdigest(),
            "drawn_at": now,
        },
        key=["document_id"],
    )
