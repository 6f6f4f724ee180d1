"""What time makes needless in carts. Done by the worker."""

from datetime import datetime, timedelta

from sqlalchemy import String, cast, delete, update

from shop.checkout.cart.models import Cart
from shop.core.database.engine import Database
from shop.services.outbox.worker import periodic

DRAFT_DAYS = 7
"""How long a name and an address that were typed wait for a purchase."""
GUEST_DAYS = 180
"""How long a guest's cart waits; the cookie that opens it lives as long."""


@periodic("forget-carts", every_seconds=24 * 3600)
def purge_carts(db: Database, now: datetime) -> None:
    """Empty what was typed and not bought; drop guests' carts that nobody came back to."""
    with db.writing() as session:
        session.execute(
            update(Cart)
            .where(Cart.touched_at < now - timedelta(days=DRAFT_DAYS))
            .where(cast(Cart.draft, String) != "{}")
            .values(draft={})
            .execution_options(synchronize_session=False)
        )
        session.execute(
            delete(Cart)
            .where(Cart.person_id.is_(None), Cart.touched_at < now - timedelta(days=GUEST_DAYS))
            .execution_options(synchronize_session=False)
        )
