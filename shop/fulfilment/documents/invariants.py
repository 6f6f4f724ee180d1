"""What must always be true of numbered documents."""

from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.core.database.invariants import Check, no_rows
from shop.fulfilment.documents.models import DocumentCounter, DocumentFile, IssuedDocument
from shop.fulfilment.documents.rules import DocumentKind
from shop.sales.orders.models import Order


def verify(session: Session) -> dict[str, Check]:
    """Numbers run without gaps, no document is over more than was paid, and its paper stands."""
    return {
        "document_numbers_have_no_gaps": no_rows(
            session.execute(
                select(
                    IssuedDocument.cooperative_id,
                    IssuedDocument.year,
                    func.count(),
                    func.max(IssuedDocument.running),
                    DocumentCounter.last,
                )
                .join(
                    DocumentCounter,
                    (DocumentCounter.cooperative_id == IssuedDocument.cooperative_id)
                    & (DocumentCounter.kind == IssuedDocument.kind)
                    & (DocumentCounter.year == IssuedDocument.year),
                )
                .group_by(
                    IssuedDocument.cooperative_id,
                    IssuedDocument.kind,
                    IssuedDocument.year,
                    DocumentCounter.last,
                )
                .having(
                    (func.count() != func.max(IssuedDocument.running))
                    | (func.count() != DocumentCounter.last)
                )
            ),
            "cooperative {} in {}: {} documents, the last has {}, counted {}",
        ),
        "invoices_are_within_their_orders": no_rows(
            session.execute(
                select(IssuedDocument.number, Order.number)
                .join(Order, Order.id == IssuedDocument.order_id)
                .where(
                    IssuedDocument.kind == DocumentKind.INVOICE,
                    IssuedDocument.facts["total"].as_integer() > Order.total,
                )
            ),
            "invoice {} is over more than order {}",
        ),
        "document_files_are_what_was_drawn": no_rows(
            (
                (number,)
                for number, made, digest in session.execute(
                    select(IssuedDocument.number, DocumentFile.pdf, DocumentFile.sha256)
                    .join(DocumentFile, DocumentFile.document_id == IssuedDocument.id)
                    .execution_options(yield_per=100)
                )
                if made is not None and sha256(made).hexdigest() != digest
            ),
            "the paper of {} is not what was drawn",
        ),
    }
