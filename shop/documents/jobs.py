"""Documents follow what orders do; to be imported is enough. Identities end with their time."""

from datetime import datetime

from sqlalchemy import or_, update

from shop.core.clock import HOME_ZONE, day_in
from shop.core.database import Database
from shop.documents.issuing import issue_credit_note, issue_invoice
from shop.documents.models import BuyerIdentity
from shop.fulfilment.events import on_accepted
from shop.outbox.worker import periodic
from shop.payments.refunds import refund_promised

on_accepted.append(issue_invoice)
refund_promised.append(issue_credit_note)


@periodic("buyer-identities", 24 * 3_600)
def forget_identities(db: Database, now: datetime) -> None:
    """Empty the identities whose last day is over; the documents and their sums stay."""
    with db.writing() as session:
        session.execute(
            update(BuyerIdentity)
            .where(BuyerIdentity.keep_until < day_in(HOME_ZONE, now))
            .where(or_(BuyerIdentity.name.is_not(None), BuyerIdentity.address.is_not(None)))
            .values(name=None, address=None)
            .execution_options(synchronize_session=False)
        )
