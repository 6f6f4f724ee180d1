"""Reads for the page of one product."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import String, bindparam, func, select

from shop.catalog.inventory.models import StockItem
from shop.catalog.packaging.models import Halal, PackFacts, Permit
from shop.catalog.packaging.rules import Claim, HalalState, PermitKind, SendLimit
from shop.catalog.products.models import FormerSlug, Product, ProductCard, Variant
from shop.catalog.products.queries import STEPS, pictures_of
from shop.catalog.products.rules import steps_of
from shop.core.database.engine import Reader
from shop.core.database.schema import columns_of, table_of
from shop.core.values.money import Rupiah
from shop.people.cooperatives.models import Cooperative, Member
from shop.services.media.queries import Picture


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


@dataclass(frozen=True, slots=True)
class ProductDetail:
    """All that the page of one product says, but for its packs."""

    photos: tuple[tuple[str, Picture], ...]
    steps: tuple[tuple[int, Rupiah], ...]
    """Wholesale: from how many packs on, and the price of one then; fewest packs first."""
    permits: tuple[PermitFact, ...]
    """In the order they were entered."""
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

# Tables, not entities, and built once: building what every product page asks costs more than
# asking it.
_products, _former, _cards, _variants = map(table_of, (Product, FormerSlug, ProductCard, Variant))
_cooperatives, _members, _shelves = map(table_of, (Cooperative, Member, StockItem))
_facts, _halal, _permits = map(table_of, (PackFacts, Halal, Permit))
_ADDRESS = bindparam("slug", type_=String)
_ANSWERS = func.coalesce(
    select(_products.c.id).where(_products.c.slug == _ADDRESS).scalar_subquery(),
    select(_former.c.product_id).where(_former.c.slug == _ADDRESS).scalar_subquery(),
)
_PERMIT = columns_of(
    Permit.id, Permit.kind, Permit.number, Permit.valid_until, Permit.claim, Permit.checked_at
)
_FOUND = (
    select(_products.c.slug, _cooperatives.c.slug, *columns_of(*_SHEET), *_PERMIT)
    .select_from(_products)
    .join(_cooperatives, _cooperatives.c.id == _products.c.cooperative_id)
    .join(_members, _members.c.id == _products.c.member_id)
    .outerjoin(_cards, _cards.c.product_id == _products.c.id)
    .outerjoin(_facts, _facts.c.product_id == _products.c.id)
    .outerjoin(_halal, _halal.c.product_id == _products.c.id)
    .outerjoin(_permits, _permits.c.product_id == _products.c.id)
    .where(_products.c.id == _ANSWERS)
)
"""A row for each permit; the rest of it says the same in all."""
OFFERS = (
    select(
        *columns_of(
            Variant.position,
            Variant.id,
            Variant.name,
            Variant.option,
            Variant.other_option,
            Variant.price,
            Variant.gross_grams,
            Variant.length_mm,
            Variant.width_mm,
            Variant.height_mm,
        ),
        func.coalesce(_shelves.c.on_hand - _shelves.c.reserved, 0).label("available"),
    )
    .outerjoin(_shelves, _shelves.c.variant_id == _variants.c.id)
    .where(_variants.c.product_id == bindparam("product_id"), _variants.c.is_hidden.is_(False))
)
"""The packs of one product that can be seen; :func:`read_offers` reads the rows."""


@dataclass(frozen=True, slots=True)
class Found:
    """What an address of a product leads to."""

    sheet: ProductDetail | None
    """None: the product is not in the shop any more."""
    slug: str
    """The present name; another one than asked for leads on."""
    cooperative_slug: str | None = None


def find_product(session: Reader, slug: str) -> Found | None:
    """The product that answers to this name now or did once; None if none ever did."""
    rows = session.execute(_FOUND, {"slug": slug}).all()
    if not rows:
        return None
    present, cooperative_slug, *sheet = rows[0][: -len(_PERMIT)]
    if sheet[0] is None:
        return Found(None, present, cooperative_slug)
    photos = pictures_of(sheet.pop())
    steps = steps_of(sheet.pop() or "")
    permits = sorted(
        (row[-len(_PERMIT) :] for row in rows if row[-len(_PERMIT)] is not None), key=itemgetter(0)
    )
    facts = tuple(PermitFact(*permit[1:]) for permit in permits)
    return Found(ProductDetail(photos, steps, facts, *sheet), present, cooperative_slug)


def read_offers(rows: Iterable[Sequence[Any]]) -> tuple[Offer, ...]:
    """Packs from rows of ``OFFERS``, in the order their maker gave them."""
    return tuple(Offer(*row[1:]) for row in sorted(rows, key=itemgetter(0, 1)))
