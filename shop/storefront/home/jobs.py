"""What the shop front has done by itself; to be imported is enough."""

from datetime import datetime

from shop.core.database.engine import Database
from shop.services.outbox.worker import periodic
from shop.web.page_cache.invalidation import sweep

HOURLY = 3_600


@periodic("storefront.page-changes", HOURLY)
def purge_page_changes(db: Database, now: datetime) -> None:
    """No page is kept longer than its hour, so nobody asks for older changes."""
    with db.writing() as session:
        sweep(session, now)
