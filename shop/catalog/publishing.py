"""Showing goods to shoppers, and taking them out of the shop."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from shop.catalog.cards import refresh_card
from shop.catalog.errors import LabelTooThin, NotPublishable
from shop.catalog.labelling import label_facts
from shop.catalog.models import ProductState, Variant
from shop.catalog.queries import get_product
from shop.cooperatives.models import Member
from shop.core.clock import HOME_ZONE, day_in
from shop.core.policy import figures
from shop.packaging.duty import Strictness, is_at_work, strictness


def publish(session: Session, product_id: int, *, now: datetime) -> None:
    """Show a product to shoppers.

    :raises NotPublishable: when its member left; without a pack that has a price, a weight and
        measures.
    :raises LabelTooThin: for a label that lacks what the law wants, once the operator's switch
        says block.
    """
    product = get_product(session, product_id)
    left_on = session.scalar(
        # Whoever lets the member go at this moment comes before us or after us.
        select(Member.left_on).where(Member.id == product.member_id).with_for_update(read=True)
    )
    if left_on is not None:
        raise NotPublishable(f"member {product.member_id} left")
    packs = session.execute(
        select(Variant.gross_grams, Variant.length_mm, Variant.width_mm, Variant.height_mm).where(
            Variant.product_id == product_id, Variant.is_hidden.is_(False)
        )
    ).all()
    if not packs or any(measure <= 0 for pack in packs for measure in pack):
        raise NotPublishable(f"product {product_id}")
    today = day_in(HOME_ZONE, now)
    known = figures(session, today)
    if is_at_work(known):
        label = label_facts(session, product_id, today)
        if label is not None and strictness(label, known, today) is Strictness.BLOCK:
            raise LabelTooThin(f"label of product {product_id}")
    product.state = ProductState.PUBLISHED
    product.published_at = product.published_at or now
    session.flush()
    refresh_card(session, product_id)


def may_be_measured(session: Session, product_id: int) -> ColumnElement[bool]:
    """Which packs take a listing's one weight and size: the only one, else those without any.

    Several packs of one product are weighed one by one on their own page.
    """
    packs = session.scalar(select(func.count()).where(Variant.product_id == product_id))
    return true() if packs == 1 else Variant.gross_grams == 0


def hide(session: Session, product_id: int) -> None:
    """Take a product out of the shop; its address answers that it is not sold any more."""
    get_product(session, product_id).state = ProductState.HIDDEN
    session.flush()
    refresh_card(session, product_id)
