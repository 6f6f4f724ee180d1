"""The operator's switches at work: goods that lack what the law wants are hidden or taken out."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.audit import actions as audit
from shop.catalog.cards import refresh_card
from shop.catalog.labelling import labels_of
from shop.catalog.models import Product, ProductCard, ProductState
from shop.cooperatives.models import Cooperative
from shop.core.policy import figures
from shop.packaging.duty import Strictness, strictness

AT_ONCE = 500


def keep_duties(session: Session, today: date, *, now: datetime) -> int:
    """Let the switches of today hold for everything that is in the shop; for a worker.

    :return: how many goods were hidden, taken out or shown again.
    """
    known = figures(session, today)
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
