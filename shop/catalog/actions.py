"""Changing goods that stand in the shop: categories, photos, prices, how often they sold."""

from collections.abc import Mapping

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.catalog.cards import card_changed, refresh_card
from shop.catalog.errors import ProductNotFound
from shop.catalog.models import (
    Category,
    PhotoView,
    Product,
    ProductCard,
    ProductPhoto,
    Variant,
)
from shop.catalog.rules import CATEGORY_NAMES
from shop.core.money import Rupiah


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
