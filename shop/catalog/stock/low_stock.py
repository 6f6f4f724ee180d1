"""Telling makers and managers that a shelf runs low."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.inventory.actions import low_stock
from shop.catalog.products.models import Product, ProductState, Variant
from shop.people.cooperatives.models import Member
from shop.people.cooperatives.queries import managers_to_tell
from shop.services.outbox.actions import notify


def notify_low_stock(session: Session, now: datetime) -> int:
    """Notify of all stock that ran low since the last run.

    Goods that are not in the shop say nothing: nobody waits for them.

    :return: how many notices were new.
    """
    low = low_stock(session)
    if not low:
        return 0
    rows = session.execute(
        select(Variant.id, Product.cooperative_id, Member.contact_id)
        .join(Product, Product.id == Variant.product_id)
        .join(Member, Member.id == Product.member_id)
        .where(Variant.id.in_(low), Variant.is_hidden.is_(False))
        .where(Product.state == ProductState.PUBLISHED)
        .order_by(Variant.id)
    ).all()
    managers = managers_to_tell(session, sorted({row.cooperative_id for row in rows}))
    told = 0
    for variant_id, cooperative_id, maker in rows:
        of_desk = [contact for desk, contact in managers if desk == cooperative_id]
        # A manager who makes the goods hears it once.
        for contact_id in dict.fromkeys([maker, *of_desk]):
            told += notify(
                session,
                key=f"stock-low:{variant_id}:{int(now.timestamp())}:{contact_id}",
                kind="stock_low",
                contact_id=contact_id,
                cooperative_id=cooperative_id,
                now=now,
            )
    return told
