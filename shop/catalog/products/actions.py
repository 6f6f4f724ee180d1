"""Goods come into the shop: as drafts, under a name of their own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, func, select, true, union_all, update
from sqlalchemy.orm import Session

from shop.catalog.packaging.actions import NewPack, describe
from shop.catalog.packaging.label_rules import Strictness, is_enforced, strictness
from shop.catalog.packaging.models import PackFacts
from shop.catalog.products.errors import (
    CategoryNotFound,
    LabelTooThin,
    NotPublishable,
    ProductNotFound,
)
from shop.catalog.products.label_facts import label_facts
from shop.catalog.products.models import (
    Category,
    FormerSlug,
    PhotoView,
    Product,
    ProductCard,
    ProductPhoto,
    ProductState,
    Variant,
    WholesaleStep,
)
from shop.catalog.products.product_cards import card_changed, refresh_card
from shop.catalog.products.queries import get_product
from shop.catalog.products.rules import CATEGORY_NAMES, is_food, slugs_like
from shop.core.database.engine import advisory_lock
from shop.core.database.settings_by_date import settings_on
from shop.core.values.clock import HOME_ZONE, day_in
from shop.core.values.money import Rupiah
from shop.core.values.text import slugify
from shop.people.cooperatives.models import Member


@dataclass(frozen=True, kw_only=True)
class NewVariant:
    """A pack as it comes in. ``name`` is its option; empty when there is nothing to choose."""

    price: Rupiah
    gross_grams: int
    length_mm: int
    width_mm: int
    height_mm: int
    name: str = ""
    sku: str | None = None
    """None: the product's, with its number behind it when there are several."""


@dataclass(frozen=True, kw_only=True)
class NewProduct:
    """A product as it comes in, with its packs and its label."""

    cooperative_id: int
    member_id: int
    category_path: str
    sku: str
    name: str
    variants: tuple[NewVariant, ...]
    pack: NewPack
    slug: str | None = None
    """None: made of the name."""
    name_en: str | None = None
    story: str = ""
    description_en: str = ""
    choice_name: str | None = None
    least_packs: int = 1
    days_to_make: int = 0
    is_one_piece: bool = False
    wholesale: tuple[tuple[int, Rupiah], ...] = ()
    """From so many packs on, this price a pack."""


def add_product(session: Session, new: NewProduct, *, now: datetime) -> Product:
    """Write down a product with its packs and its label: a draft that nobody sees yet.

    :raises CategoryNotFound: for a path that is not in the tree.
    :raises NumberMalformed: for a permit number whose form is wrong.
    """
    category_id = session.scalar(select(Category.id).where(Category.path == new.category_path))
    if category_id is None:
        raise CategoryNotFound(new.category_path)
    slug = free_slug(session, slugify(new.slug or new.name), None)
    product = Product(
        cooperative_id=new.cooperative_id,
        member_id=new.member_id,
        category_id=category_id,
        sku=new.sku,
        slug=slug,
        name=new.name,
        name_en=new.name_en,
        story=new.story,
        description_en=new.description_en,
        choice_name=new.choice_name,
        least_packs=new.least_packs,
        days_to_make=new.days_to_make,
        is_one_piece=new.is_one_piece,
        state=ProductState.DRAFT,
    )
    session.add(product)
    session.flush()
    for position, variant in enumerate(new.variants, 1):
        own_sku = new.sku if len(new.variants) == 1 else f"{new.sku}-{position}"
        session.add(
            Variant(
                product_id=product.id,
                position=position,
                sku=variant.sku or own_sku,
                name=variant.name,
                option=variant.name,
                price=variant.price,
                gross_grams=variant.gross_grams,
                length_mm=variant.length_mm,
                width_mm=variant.width_mm,
                height_mm=variant.height_mm,
            )
        )
    session.add_all(
        WholesaleStep(product_id=product.id, least_packs=minimum, unit_price=price)
        for minimum, price in new.wholesale
    )
    describe(session, product.id, new.pack, now=now)
    return product


def rename(session: Session, product_id: int, name: str) -> None:
    """Give a product another name and address; the old address leads on."""
    product = get_product(session, product_id)
    slug = free_slug(session, slugify(name), product_id)
    if slug != product.slug:
        session.execute(delete(FormerSlug).where(FormerSlug.slug == slug))
        session.add(FormerSlug(slug=product.slug, product_id=product_id))
    product.name, product.slug = name, slug
    session.flush()
    refresh_card(session, product_id)


def sort_under(session: Session, product_id: int, path: str) -> None:
    """Move goods to another category; whether they are food follows from it.

    :raises CategoryNotFound: for a path that is not in the tree.
    """
    category_id = session.scalar(select(Category.id).where(Category.path == path))
    if category_id is None:
        raise CategoryNotFound(path)
    session.get_one(Product, product_id).category_id = category_id
    session.execute(
        update(PackFacts).where(PackFacts.product_id == product_id).values(is_food=is_food(path))
    )


def free_slug(session: Session, wanted: str, product_id: int | None) -> str:
    """The first of ``kopi``, ``kopi-2``, … that is free or was this product's own."""
    for slug in slugs_like(wanted):
        # Nobody may take it, or leave it behind, while we look: no constraint spans two tables.
        advisory_lock(session, f"slug:{slug}")
        owner = session.scalar(
            union_all(
                select(Product.id).where(Product.slug == slug),
                select(FormerSlug.product_id).where(FormerSlug.slug == slug),
            )
        )
        if owner is None or owner == product_id:
            return slug
    raise AssertionError("there is always one more number")


def seed_categories(session: Session) -> None:
    """Insert or update the category tree."""
    known = {row.path: row for row in session.scalars(select(Category))}
    for position, (path, name) in enumerate(CATEGORY_NAMES.items()):
        row = known.get(path)
        if row is None:
            row = known[path] = Category(path=path)
            session.add(row)
        row.name, row.position = name, position
        parent, _, _ = path.rpartition("/")
        row.parent_id = known[parent].id if parent else None
        session.flush()


def add_photo(session: Session, product_id: int, photo_id: int, view: PhotoView) -> None:
    """Put a photo behind the others of a product; the same photo twice is one."""
    shown = session.execute(
        select(ProductPhoto.photo_id).where(ProductPhoto.product_id == product_id)
    ).scalars()
    photos = list(shown)
    if photo_id not in photos:
        session.add(
            ProductPhoto(product_id=product_id, photo_id=photo_id, view=view, position=len(photos))
        )
        session.flush()
    refresh_card(session, product_id)


def set_price(session: Session, variant_id: int, price: Rupiah) -> None:
    """Change what a pack costs; carts that saw the old price are asked again.

    :raises ProductNotFound: if there is no such variant.
    """
    variant = session.get(Variant, variant_id)
    if variant is None:
        raise ProductNotFound(f"variant {variant_id}")
    variant.price = price
    session.flush()
    refresh_card(session, variant.product_id)


def count_sold(session: Session, packs_by_product: Mapping[int, int]) -> None:
    """Packs of these products were sold (or, below zero, were not): what "laris" counts.

    Always in id order, so that two sales of the same goods do not wait for each other. Who keeps
    goods in the order of what sells is told when one has sold twice as much as before.
    """
    for product_id, packs in sorted(packs_by_product.items()):
        sold: int | None = None
        for table, key in ((Product, Product.id), (ProductCard, ProductCard.product_id)):
            sold = session.scalar(
                update(table)
                .where(key == product_id)
                .values(popularity=table.popularity + packs)
                .returning(table.popularity)
                .execution_options(synchronize_session=False)
            )
        # The card's own is the last one asked for; what is not shown has none.
        if sold is not None and max(sold, 0).bit_length() != max(sold - packs, 0).bit_length():
            for listener in card_changed:
                listener(session, product_id)


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
    known = settings_on(session, today)
    if is_enforced(known):
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
