"""Goods come into the shop: as drafts, under a name of their own."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, union_all, update
from sqlalchemy.orm import Session

from shop.catalog.cards import refresh_card
from shop.catalog.errors import CategoryNotFound
from shop.catalog.models import (
    Category,
    FormerSlug,
    Product,
    ProductState,
    Variant,
    WholesaleStep,
)
from shop.catalog.queries import get_product
from shop.catalog.rules import is_food, slugs_like
from shop.core.database import take_turns
from shop.core.money import Rupiah
from shop.core.text import slugify
from shop.packaging.actions import NewPack, describe
from shop.packaging.models import PackFacts


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
        WholesaleStep(product_id=product.id, least_packs=least, unit_price=price)
        for least, price in new.wholesale
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
        take_turns(session, f"slug:{slug}")
        owner = session.scalar(
            union_all(
                select(Product.id).where(Product.slug == slug),
                select(FormerSlug.product_id).where(FormerSlug.slug == slug),
            )
        )
        if owner is None or owner == product_id:
            return slug
    raise AssertionError("there is always one more number")
