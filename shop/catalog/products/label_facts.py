"""Reads for labels: all that the label of a product can say, and what its score counts."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from shop.catalog.packaging.allergens import read_allergens
from shop.catalog.packaging.batches import BatchOnLabel
from shop.catalog.packaging.label_rules import (
    RULE_SETS,
    Fact,
    Goods,
    LabelFacts,
    PermitOnLabel,
    is_halal_answered,
    keeps_short,
)
from shop.catalog.packaging.label_score import Label, Score, score
from shop.catalog.packaging.models import Halal, PackFacts, Permit
from shop.catalog.packaging.rules import Claim, HalalState, claim_on
from shop.catalog.products.models import Category, PhotoView, Product, ProductPhoto
from shop.catalog.products.rules import net_text
from shop.people.cooperatives.models import Cooperative, Member


def label_facts(session: Session, product_id: int, today: date) -> LabelFacts | None:
    """What the label of a product can say today; None if there is no such product.

    :param today: a permit whose last day is before it stands on no label.
    """
    return labels_of(session, [product_id], today).get(product_id)


def labels_of(session: Session, product_ids: Collection[int], today: date) -> dict[int, LabelFacts]:
    """The labels of these products by id, in two statements."""
    rows = session.execute(
        select(Product, Category.path, Cooperative, Member, PackFacts, Halal)
        .join(Category, Category.id == Product.category_id)
        .join(Cooperative, Cooperative.id == Product.cooperative_id)
        .join(Member, Member.id == Product.member_id)
        .outerjoin(PackFacts, PackFacts.product_id == Product.id)
        .outerjoin(Halal, Halal.product_id == Product.id)
        .where(Product.id.in_(product_ids))
    ).all()
    permits: dict[int, list[PermitOnLabel]] = {}
    for permit in session.scalars(
        select(Permit)
        .where(Permit.product_id.in_(product_ids), Permit.number.is_not(None))
        .order_by(Permit.id)
    ):
        claim = claim_on(permit.claim, permit.valid_until, today)
        if permit.number and claim not in (Claim.LAPSED, Claim.REFUSED):
            shown = PermitOnLabel(kind=permit.kind, number=permit.number, claim=claim)
            permits.setdefault(permit.product_id, []).append(shown)
    return {row[0].id: _label(row, tuple(permits.get(row[0].id, ()))) for row in rows}


def _label(row: Row[*tuple[Any, ...]], permits: tuple[PermitOnLabel, ...]) -> LabelFacts:
    product, category_path, cooperative, member = row[:4]
    facts: PackFacts = row[4] or PackFacts()
    halal: Halal | None = row[5]
    # A maker whose place nobody wrote down is reached through the cooperative.
    place = member if member.village and member.postcode else cooperative
    return LabelFacts(
        product_id=product.id,
        cooperative_id=cooperative.id,
        sku=product.sku,
        slug=product.slug,
        category_path=category_path,
        name=product.name,
        brand=member.business_name,
        cooperative=cooperative.name,
        village=place.village,
        district=place.district,
        regency=cooperative.regency,
        province=cooperative.province,
        postcode=place.postcode,
        net=net_text(facts.net_content, facts.net_unit),
        pack_type=facts.pack_type,
        shelf_life_days=facts.shelf_life_days,
        storage=facts.storage,
        after_opening=facts.after_opening,
        ingredients=facts.ingredients,
        allergens=read_allergens(facts.allergens),
        directions=facts.directions,
        care=facts.care,
        technique=facts.technique,
        halal=halal.state if halal else None,
        halal_number=halal.number if halal else None,
        halal_claim=halal.claim if halal else None,
        permits=permits,
        batch_code=facts.batch_code,
        produced_on=facts.packed_on,
        best_before=facts.best_before,
    )


def with_batch(facts: LabelFacts, batch: BatchOnLabel) -> LabelFacts:
    """The same label for the packs of one batch."""
    return replace(
        facts,
        batch_code=batch.code,
        produced_on=batch.produced_on,
        best_before=batch.best_before or None,
    )


def score_of(session: Session, facts: LabelFacts) -> Score:
    """How complete the label of a product is, photos included."""
    views = set(
        session.scalars(
            select(ProductPhoto.view).where(ProductPhoto.product_id == facts.product_id)
        )
    )
    return score(_counted(facts, views))


def _counted(facts: LabelFacts, views: Collection[PhotoView]) -> Label:
    rule_set = RULE_SETS[facts.goods]
    asks_permit = Fact.PERMIT in rule_set.mandatory and not keeps_short(facts)
    return Label(
        is_food=facts.goods in (Goods.FOOD, Goods.FRESH, Goods.HERBAL),
        front_photo=PhotoView.FRONT in views,
        label_photo=PhotoView.LABEL in views,
        contents_photo=PhotoView.CONTENTS in views,
        net_content=bool(facts.net),
        shelf_life=bool(facts.shelf_life_days),
        storage=bool(facts.storage),
        pack_type=bool(facts.pack_type),
        ingredients=bool(facts.ingredients),
        halal=facts.halal is not HalalState.APPLIED
        and is_halal_answered(facts.halal, facts.halal_number),
        permit=bool(facts.permits) or not asks_permit,
    )
