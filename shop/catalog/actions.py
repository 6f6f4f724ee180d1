"""Bringing goods into the shop, and keeping the row that lists show of them true."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import Session

from shop.catalog.cards import build_card
from shop.catalog.errors import CategoryNotFound, NotPublishable, ProductNotFound
from shop.catalog.models import (
    Category,
    PhotoView,
    Product,
    ProductCard,
    ProductPhoto,
    ProductState,
    Slug,
    Variant,
    WholesaleStep,
)
from shop.catalog.rules import CATEGORY_NAMES, slugs_like
from shop.core import clock
from shop.core.clock import HOME_ZONE, day_in
from shop.core.money import Rupiah
from shop.core.text import slugify
from shop.packaging.actions import NewPack, describe
from shop.packaging.checking import lapse

card_changed: list[Callable[[Session, int], None]] = []
"""Who wants to know, in the same commit, that a product's card was made, changed or taken away."""


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


def plant_categories(session: Session) -> None:
    """Write the category tree; what stands there already gets its name and place."""
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


def add_product(session: Session, new: NewProduct, *, now: datetime) -> Product:
    """Write down a product with its packs and its label: a draft that nobody sees yet.

    :raises CategoryNotFound: for a path that is not in the tree.
    :raises NumberMalformed: for a permit number whose form is wrong.
    """
    category_id = session.scalar(select(Category.id).where(Category.path == new.category_path))
    if category_id is None:
        raise CategoryNotFound(new.category_path)
    slug = _free_slug(session, slugify(new.slug or new.name), None)
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
        created_at=now,
    )
    session.add(product)
    session.flush()
    session.add(Slug(slug=slug, product_id=product.id, current=True))
    for position, variant in enumerate(new.variants, 1):
        own_sku = new.sku if len(new.variants) == 1 else f"{new.sku}-{position}"
        session.add(
            Variant(
                product_id=product.id,
                position=position,
                sku=variant.sku or own_sku,
                name=variant.name,
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


def publish(session: Session, product_id: int, *, now: datetime) -> None:
    """Show a product to shoppers.

    :raises NotPublishable: without a pack that has a price, a weight and measures.
    """
    product = _product(session, product_id)
    packs = session.execute(
        select(Variant.gross_grams, Variant.length_mm, Variant.width_mm, Variant.height_mm).where(
            Variant.product_id == product_id, Variant.is_hidden.is_(False)
        )
    ).all()
    if not packs or any(measure <= 0 for pack in packs for measure in pack):
        raise NotPublishable(f"product {product_id}")
    product.state = ProductState.PUBLISHED
    product.published_at = product.published_at or now
    session.flush()
    refresh_card(session, product_id)


def hide(session: Session, product_id: int) -> None:
    """Take a product out of the shop; its address answers that it is not sold any more."""
    _product(session, product_id).state = ProductState.HIDDEN
    session.flush()
    refresh_card(session, product_id)


def rename(session: Session, product_id: int, name: str) -> None:
    """Give a product another name and address; the old address leads on."""
    product = _product(session, product_id)
    slug = _free_slug(session, slugify(name), product_id)
    session.execute(update(Slug).where(Slug.product_id == product_id).values(current=False))
    session.merge(Slug(slug=slug, product_id=product_id, current=True))
    product.name, product.slug = name, slug
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

    Always in id order, so that two sales of the same goods do not wait for each other.
    """
    for product_id, packs in sorted(packs_by_product.items()):
        for table, key in ((Product, Product.id), (ProductCard, ProductCard.product_id)):
            session.execute(
                update(table)
                .where(key == product_id)
                .values(popularity=table.popularity + packs)
                .execution_options(synchronize_session=False)
            )


def refresh_card(session: Session, product_id: int, *, today: date | None = None) -> None:
    """Make the row anew that lists show of a product, or take it away when nobody may see it.

    :param today: on which day a permit has to hold; in WIB, now, when not given.
    """
    session.flush()
    card = build_card(session, product_id, today or day_in(HOME_ZONE, clock.now()))
    if card is None:
        session.execute(delete(ProductCard).where(ProductCard.product_id == product_id))
    else:
        session.merge(card)
        session.flush()
    for listener in card_changed:
        listener(session, product_id)


def refresh_cooperative(session: Session, cooperative_id: int) -> None:
    """Make the cards of a cooperative anew: it was renamed, suspended, or came back."""
    _refresh_all(
        session,
        select(Product.id).where(
            Product.cooperative_id == cooperative_id, Product.state == ProductState.PUBLISHED
        ),
    )


def refresh_photo(session: Session, photo_id: int) -> None:
    """Make the cards anew that show a photo: more of its sizes stand ready now."""
    _refresh_all(session, select(ProductPhoto.product_id).where(ProductPhoto.photo_id == photo_id))


def lapse_permits(session: Session, today: date) -> int:
    """Say of permits whose last day is over that they lapsed, and take their badge from cards.

    For a worker, once a day.

    :return: how many cards were made anew.
    """
    lapsed = lapse(session, today)
    return _refresh_all(
        session,
        select(ProductCard.product_id).where(ProductCard.product_id.in_(lapsed)),
        today,
    )


def _refresh_all(session: Session, products: Select[int], today: date | None = None) -> int:
    found = sorted(session.scalars(products))
    for product_id in found:
        refresh_card(session, product_id, today=today)
    return len(found)


def _product(session: Session, product_id: int) -> Product:
    product = session.get(Product, product_id)
    if product is None:
        raise ProductNotFound(f"product {product_id}")
    return product


def _free_slug(session: Session, wanted: str, product_id: int | None) -> str:
    """The first of ``kopi``, ``kopi-2``, … that is free or was this product's own."""
    for slug in slugs_like(wanted):
        owner = session.scalar(select(Slug.product_id).where(Slug.slug == slug))
        if owner is None or owner == product_id:
            return slug
    raise AssertionError("there is always one more number")
