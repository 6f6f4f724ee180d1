"""How many packs of something are left to race for."""

from sqlalchemy import select

from shop.catalog.inventory.actions import adjust
from shop.catalog.inventory.models import MovementReason
from shop.catalog.products.models import Product, Variant
from shop.core.database.engine import Database
from shop.core.values import clock


def leave_packs(books: Database, slug: str, packs: int) -> int:
    """Count the shelf anew; the variant's id."""
    with books.writing() as session:
        variant = session.scalars(
            select(Variant)
            .join(Product, Product.id == Variant.product_id)
            .where(Product.slug == slug)
        ).one()
        product = session.get_one(Product, variant.product_id)
        adjust(
            session,
            variant_id=variant.id,
            cooperative_id=product.cooperative_id,
            counted=packs,
            reason=MovementReason.COUNTED,
            person_id=None,
            now=clock.now(),
        )
        return variant.id
