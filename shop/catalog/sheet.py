"""Reads for the page of one product."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from shop.catalog.models import Product, ProductCard, Slug, Variant
from shop.catalog.queries import STEPS, pictures_of
from shop.catalog.rules import steps_of
from shop.cooperatives.models import Cooperative, Member
from shop.core.money import Rupiah
from shop.inventory.models import StockItem
from shop.media.picture import Picture
from shop.packaging.models import Halal, PackFacts, Permit
from shop.packaging.rules import Claim, HalalState, PermitKind, SendLimit


@dataclass(frozen=True, slots=True)
class Offer:
    """One variant on its product's page."""

    variant_id: int
    name: str
    option: str
    other_option: str
    price: Rupiah
    gross_grams: int
    length_mm: int
    width_mm: int
    height_mm: int
    available: int


@dataclass(frozen=True, slots=True)
class PermitFact:
    """A permit and who stands for it."""

    kind: PermitKind
    number: str | None
    valid_until: date | None
    claim: Claim
    checked_at: datetime | None


@dataclass(frozen=True)
class Sheet:
    """All that the page of one product says, but for prices and stock (:func:`offers`)."""

    photos: tuple[tuple[str, Picture], ...]
    permits: tuple[PermitFact, ...]
    steps: tuple[tuple[int, Rupiah], ...]
    """Wholesale: from how many packs on, and the price of one then; fewest packs first."""
    product_id: int
    slug: str
    sku: str
    name: str
    name_en: str | None
    story: str
    description_en: str
    choice_name: str | None
    other_choice_name: str | None
    least_packs: int
    days_to_make: int
    category_path: str
    category_name: str
    cooperative_id: int
    cooperative_slug: str
    cooperative: str
    cooperative_full: str
    place: str
    province: str
    dye: str
    motif: str
    contribution_bp: int
    is_pkp: bool
    business_name: str | None
    maker_village: str | None
    maker_since: date
    sold: int
    price: Rupiah
    net_content: int | None
    net_unit: str | None
    pack_type: str | None
    is_food: bool
    is_fragile: bool
    send_limit: SendLimit | None
    shelf_life_days: int | None
    storage: str | None
    ingredients: str | None
    allergens: str | None
    after_opening: str | None
    batch_code: str | None
    packed_on: date | None
    best_before: str | None
    halal: HalalState | None
    halal_number: str | None
    halal_claim: Claim | None
    halal_checked_at: datetime | None


_SHEET = (
    ProductCard.product_id,
    ProductCard.slug,
    Product.sku,
    ProductCard.name,
    ProductCard.name_en,
    Product.story,
    Product.description_en,
    Product.choice_name,
    Product.other_choice_name,
    Product.least_packs,
    ProductCard.days_to_make,
    ProductCard.category_path,
    ProductCard.category_name,
    ProductCard.cooperative_id,
    ProductCard.cooperative_slug,
    ProductCard.cooperative,
    Cooperative.name,
    ProductCard.place,
    ProductCard.province,
    ProductCard.dye,
    ProductCard.motif,
    Cooperative.contribution_bp,
    Cooperative.is_pkp,
    Member.business_name,
    Member.village,
    Member.joined_on,
    ProductCard.popularity,
    ProductCard.price,
    PackFacts.net_content,
    PackFacts.net_unit,
    PackFacts.pack_type,
    PackFacts.is_food,
    PackFacts.is_fragile,
    PackFacts.send_limit,
    PackFacts.shelf_life_days,
    PackFacts.storage,
    PackFacts.ingredients,
    PackFacts.allergens,
    PackFacts.after_opening,
    PackFacts.batch_code,
    PackFacts.packed_on,
    PackFacts.best_before,
    Halal.state,
    Halal.number,
    Halal.claim,
    Halal.checked_at,
    STEPS,
    ProductCard.pictures,
)
_PERMIT = (Permit.kind, Permit.number, Permit.valid_until, Permit.claim, Permit.checked_at)


@dataclass(frozen=True, slots=True)
class Found:
    """What an address of a product leads to."""

    sheet: Sheet | None
    """None: the product is not in the shop any more."""
    slug: str
    """The present name; another one than asked for leads on."""
    cooperative_slug: str | None = None


def find_product(session: Session, slug: str) -> Found | None:
    """The product that answers to this name now or did once; None if none ever did.

    One statement, a row for each permit of the product.
    """
    rows = session.execute(
        select(Product.slug, Cooperative.slug, *_SHEET, *_PERMIT)
        .select_from(Slug)
        .join(Product, Product.id == Slug.product_id)
        .join(Cooperative, Cooperative.id == Product.cooperative_id)
        .join(Member, Member.id == Product.member_id)
        .outerjoin(ProductCard, ProductCard.product_id == Product.id)
        .outerjoin(PackFacts, PackFacts.product_id == Product.id)
        .outerjoin(Halal, Halal.product_id == Product.id)
        .outerjoin(Permit, Permit.product_id == Product.id)
        .where(Slug.slug == slug)
        .order_by(Permit.id)
    ).all()
    if not rows:
        return None
    facts: list[Any]
    present, cooperative_slug, *facts = rows[0]
    if facts[0] is None:
        return Found(None, present, cooperative_slug)
    sheet = facts[: len(_SHEET)]
    permits = tuple(_permit(row) for row in rows if row[-len(_PERMIT)] is not None)
    photos = pictures_of(sheet.pop())
    steps = steps_of(sheet.pop() or "")
    return Found(Sheet(photos, permits, steps, *sheet), present, cooperative_slug)


def _permit(row: Row[*tuple[Any, ...]]) -> PermitFact:
    return PermitFact(*row[-len(_PERMIT) :])


def offers(session: Session, product_id: int) -> tuple[Offer, ...]:
    """The variants of a product that can be seen, in their order, with the stock of now."""
    available = func.coalesce(StockItem.on_hand - StockItem.reserved, 0)
    rows = session.execute(
        select(
            Variant.id,
            Variant.name,
            Variant.option,
            Variant.other_option,
            Variant.price,
            Variant.gross_grams,
            Variant.length_mm,
            Variant.width_mm,
            Variant.height_mm,
            available,
        )
        .outerjoin(StockItem, StockItem.variant_id == Variant.id)
        .where(Variant.product_id == product_id, Variant.is_hidden.is_(False))
        .order_by(Variant.position, Variant.id)
    )
    return tuple(_offer(row) for row in rows)


def _offer(row: Row[*tuple[Any, ...]]) -> Offer:
    return Offer(*row)
