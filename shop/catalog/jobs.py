"""What the catalogue has done by itself; to be imported is enough."""

from datetime import datetime

from sqlalchemy import Select, select

from shop.catalog.cards import lapse_permits, refresh_photo
from shop.catalog.duties import keep_duties
from shop.catalog.low_stock import tell_low
from shop.catalog.models import ProductPhoto
from shop.core.clock import HOME_ZONE, day_in
from shop.core.database import Database
from shop.media.actions import sizes_made
from shop.media.sweeping import named_by
from shop.outbox.worker import periodic

TWICE_A_DAY = 12 * 3600
EVERY_MINUTE = 60

# Cards keep a copy of which sizes of a picture exist.
sizes_made.append(refresh_photo)


def shown_photos() -> Select[int]:
    """Photos of goods, in the shop or not: sweeping leaves them alone."""
    return select(ProductPhoto.photo_id)


named_by.append(shown_photos)


@periodic("catalog.permits", TWICE_A_DAY)
def take_lapsed_badges(db: Database, now: datetime) -> None:
    """A permit that ended yesterday gives no badge today."""
    with db.writing() as session:
        lapse_permits(session, day_in(HOME_ZONE, now))


@periodic("catalog.duties", TWICE_A_DAY)
def keep_what_the_law_wants(db: Database, now: datetime) -> None:
    """A switch of the operator's holds from its day on, also for goods nobody touches."""
    with db.writing() as session:
        keep_duties(session, day_in(HOME_ZONE, now), now=now)


@periodic("catalog.low-stock", EVERY_MINUTE)
def tell_what_runs_low(db: Database, now: datetime) -> None:
    """Makers and managers hear of a shelf that runs low, once each time that it does."""
    with db.writing() as session:
        tell_low(session, now)
