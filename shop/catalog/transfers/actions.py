"""Goods that begin as a copy of others, and goods that go on with another member (rule R28)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.inventory.actions import open_shelf
from shop.catalog.listings.actions import Starting, start
from shop.catalog.packaging.models import PackFacts
from shop.catalog.products.edit_context import ProductToEdit, record_edit
from shop.catalog.products.errors import MemberUnknown
from shop.catalog.products.models import Product, ProductPhoto, Variant, WholesaleStep
from shop.catalog.products.product_cards import refresh_card
from shop.people.cooperatives.models import Member

OF_ONE_DAY = frozenset({"product_id", "batch_code", "packed_on", "best_before"})
"""What a label says of packs made on one day: a copy has none yet."""


def copy_product(
    session: Session, product: ProductToEdit, name: str, *, code: str, now: datetime
) -> str:
    """Begin a draft like these goods, for the same member: same photos, prices, no stock.

    Permits are not copied: a number belongs to the goods it was given for.

    :param code: the cooperative's, which SKUs begin with.
    :return: the SKU of the copy.
    """
    who = Starting(
        cooperative_id=product.cooperative_id,
        code=code,
        member_id=product.member_id,
        person_id=product.person_id,
        is_own=product.is_own,
    )
    sku = start(session, who, now=now)
    session.flush()
    old = session.get_one(Product, product.product_id)
    new = session.scalars(select(Product).where(Product.sku == sku)).one()
    new.name = name
    for field in ("category_id", "story", "choice_name", "other_choice_name", "least_packs"):
        setattr(new, field, getattr(old, field))
    new.days_to_make, new.is_one_piece = old.days_to_make, old.is_one_piece
    facts, own = session.get(PackFacts, old.id), session.get_one(PackFacts, new.id)
    if facts is not None:
        for column in PackFacts.__table__.columns:
            if column.key not in OF_ONE_DAY:
                setattr(own, column.key, getattr(facts, column.key))
    for photo in session.scalars(select(ProductPhoto).where(ProductPhoto.product_id == old.id)):
        session.add(
            ProductPhoto(
                product_id=new.id,
                photo_id=photo.photo_id,
                position=photo.position,
                view=photo.view,
            )
        )
    _copy_packs(session, old, new, now)
    for step in session.scalars(select(WholesaleStep).where(WholesaleStep.product_id == old.id)):
        session.add(
            WholesaleStep(
                product_id=new.id, least_packs=step.least_packs, unit_price=step.unit_price
            )
        )
    record_edit(session, product, "copied", now=now, after={"copy": new.id})
    return sku


def move_to_member(session: Session, product: ProductToEdit, code: str, *, now: datetime) -> None:
    """Let another member of the same cooperative go on with these goods.

    What was sold stays the first one's: every order line froze its member.

    :raises MemberUnknown: when the code is nobody's here, or of somebody who left.
    """
    member_id = session.scalar(
        select(Member.id)
        .where(
            Member.cooperative_id == product.cooperative_id,
            Member.code == code,
            Member.left_on.is_(None),
        )
        .with_for_update(read=True)
    )
    if member_id is None:
        raise MemberUnknown(code)
    row = session.scalars(
        select(Product).where(Product.id == product.product_id).with_for_update()
    ).one()
    before, row.member_id = row.member_id, member_id
    record_edit(
        session,
        product,
        "moved",
        now=now,
        before={"member": before},
        after={"member": member_id},
    )
    refresh_card(session, row.id)


def _copy_packs(session: Session, old: Product, new: Product, now: datetime) -> None:
    packs = session.scalars(
        select(Variant)
        .where(Variant.product_id == old.id, Variant.is_hidden.is_(False))
        .order_by(Variant.position, Variant.id)
    ).all()
    for position, pack in enumerate(packs, 1):
        copy = Variant(
            product_id=new.id,
            position=position,
            sku=new.sku if position == 1 else f"{new.sku}-{position}",
            name=pack.name,
            option=pack.option,
            other_option=pack.other_option,
            price=pack.price,
            gross_grams=pack.gross_grams,
            length_mm=pack.length_mm,
            width_mm=pack.width_mm,
            height_mm=pack.height_mm,
        )
        session.add(copy)
        session.flush()
        open_shelf(
            session,
            variant_id=copy.id,
            cooperative_id=new.cooperative_id,
            on_hand=0,
            now=now,
        )
