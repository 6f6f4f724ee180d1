"""The operator's switches at work: goods that lack what the law wants are hidden or taken out."""

from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shop.catalog.packaging.label_rules import Strictness, strictness
from shop.catalog.products.label_facts import labels_of
from shop.catalog.products.models import Product, ProductCard, ProductPhoto, ProductState
from shop.catalog.products.product_cards import expire_permits, refresh_card, refresh_photo
from shop.catalog.stock.low_stock import notify_low_stock
from shop.core.database.engine import Database
from shop.core.database.settings_by_date import settings_on
from shop.core.values.clock import HOME_ZONE, day_in
from shop.people.cooperatives.models import Cooperative
from shop.services.audit import actions as audit
from shop.services.media.actions import sizes_made
from shop.services.media.jobs import named_by
from shop.services.outbox.worker import periodic

AT_ONCE = 500


def enforce_compliance(session: Session, today: date, *, now: datetime) -> int:
    """Apply today's label requirements to all products; run by the worker.

    :return: how many goods were hidden, taken out or shown again.
    """
    known = settings_on(session, today)
    rows = session.execute(
        select(Product.id, Product.cooperative_id, ProductCard.product_id.is_not(None))
        .join(Cooperative, Cooperative.id == Product.cooperative_id)
        .outerjoin(ProductCard, ProductCard.product_id == Product.id)
        .where(Product.state == ProductState.PUBLISHED, Cooperative.suspended_at.is_(None))
        .order_by(Product.id)
    ).all()
    changed = 0
    for start in range(0, len(rows), AT_ONCE):
        part = rows[start : start + AT_ONCE]
        labels = labels_of(session, [row[0] for row in part], today)
        for product_id, cooperative_id, is_shown in part:
            holds = strictness(labels[product_id], known, today)
            if holds is Strictness.BLOCK:
                session.get_one(Product, product_id).state = ProductState.HIDDEN
                audit.record(
                    session,
                    action="product.blocked",
                    subject=f"product:{product_id}",
                    actor_id=None,
                    cooperative_id=cooperative_id,
                    now=now,
                )
            elif (holds is Strictness.WARN) == is_shown:
                continue
            refresh_card(session, product_id, today=today)
            changed += 1
    return changed


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
        expire_permits(session, day_in(HOME_ZONE, now))


@periodic("catalog.duties", TWICE_A_DAY)
def keep_what_the_law_wants(db: Database, now: datetime) -> None:
    """A switch of the operator's holds from its day on, also for goods nobody touches."""
    with db.writing() as session:
        enforce_compliance(session, day_in(HOME_ZONE, now), now=now)


@periodic("catalog.low-stock", EVERY_MINUTE)
def tell_what_runs_low(db: Database, now: datetime) -> None:
    """Makers and managers hear of a shelf that runs low, once each time that it does."""
    with db.writing() as session:
        notify_low_stock(session, now)
