"""Forgetting where nobody has anything sent any more. Done by the worker."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from shop.core.database.engine import Database
from shop.people.accounts.models import Contact
from shop.sales.orders.models import Purchase
from shop.services.outbox.worker import periodic
from shop.shipping.places.models import Address, BookEntry

KEPT_REMOVED = timedelta(days=1)
"""A checkout that was under way when an address was taken out has long ended by then."""
AT_ONCE = 500


@periodic("checkout-addresses", 6 * 3_600)
def erase_expired_addresses(db: Database, now: datetime) -> None:
    """Delete what was taken out of address books, unless an order went there."""
    with db.writing() as session:
        removed = session.execute(
            select(BookEntry.id, Address.id, Address.contact_id)
            .join(Address, Address.id == BookEntry.address_id)
            .where(BookEntry.removed_at <= now - KEPT_REMOVED)
            .order_by(BookEntry.id)
            .limit(AT_ONCE)
        ).all()
        session.execute(delete(BookEntry).where(BookEntry.id.in_([row[0] for row in removed])))
        used = select(Purchase.id).where(Purchase.address_id == Address.id).exists()
        kept = select(BookEntry.id).where(BookEntry.address_id == Address.id).exists()
        session.execute(
            delete(Address)
            .where(Address.id.in_([row[1] for row in removed]), ~used, ~kept)
            .execution_options(synchronize_session=False)
        )
        reached = select(Purchase.id).where(Purchase.contact_id == Contact.id).exists()
        lives = select(Address.id).where(Address.contact_id == Contact.id).exists()
        session.execute(
            update(Contact)
            .where(Contact.id.in_([row[2] for row in removed]), ~reached, ~lives)
            .values(name="", phone=None, email=None, erased_at=now)
            .execution_options(synchronize_session=False)
        )
