"""Documents follow what orders do; to be imported is enough. The worker draws them and forgets."""

from datetime import datetime

from sqlalchemy import or_, select, update

from shop.core.database.engine import Database
from shop.core.values.clock import HOME_ZONE, day_in
from shop.fulfilment.documents.actions import issue_credit_note, issue_invoice
from shop.fulfilment.documents.document_files import draw_new
from shop.fulfilment.documents.models import BuyerIdentity, DocumentFile, IssuedDocument
from shop.fulfilment.orders.events import on_accepted
from shop.payments.bills.refunds import refund_promised
from shop.services.outbox.worker import periodic

on_accepted.append(issue_invoice)
refund_promised.append(issue_credit_note)


@periodic("document-files", 60)
def draw_documents(db: Database, now: datetime) -> None:
    """Draw what was issued since the last time, so that pages find it drawn."""
    draw_new(db, now)


@periodic("buyer-identities", 24 * 3_600)
def purge_identities(db: Database, now: datetime) -> None:
    """Empty the identities whose last day is over, and the papers that name them.

    The documents and their sums stay.
    """
    today = day_in(HOME_ZONE, now)
    over = (
        select(IssuedDocument.id)
        .join(BuyerIdentity, BuyerIdentity.order_id == IssuedDocument.order_id)
        .where(BuyerIdentity.keep_until < today)
    )
    with db.writing() as session:
        session.execute(
            update(DocumentFile)
            .where(DocumentFile.document_id.in_(over), DocumentFile.pdf.is_not(None))
            .values(pdf=None)
            .execution_options(synchronize_session=False)
        )
        session.execute(
            update(BuyerIdentity)
            .where(BuyerIdentity.keep_until < today)
            .where(or_(BuyerIdentity.name.is_not(None), BuyerIdentity.address.is_not(None)))
            .values(name=None, address=None)
            .execution_options(synchronize_session=False)
        )
