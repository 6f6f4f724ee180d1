"""Goods: categories, products, variants, and the names they answer to."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.schema import Base, BigId, UtcDateTime, states


class Category(Base):
    """A branch of the category tree; ``path`` is ``minuman/kopi``."""

    __tablename__ = "categories"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    path: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"))
    position: Mapped[int] = mapped_column(Integer, default=0)


class ProductState(StrEnum):
    """Whether shoppers see it."""

    DRAFT = "draft"
    PUBLISHED = "published"
    HIDDEN = "hidden"


class Product(Base):
    """What a member makes. Every product has at least one variant; goods are bought by variant."""

    __tablename__ = "products"
    __table_args__ = (Index("ix_products_cooperative", "cooperative_id", "state"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    """Its maker now; a sale freezes the member on the order line (rule R28)."""
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"), index=True)
    sku: Mapped[str] = mapped_column(String(40), unique=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    """The present one; older ones stand in ``slugs``."""
    name: Mapped[str] = mapped_column(String(160))
    name_en: Mapped[str | None] = mapped_column(String(160))
    story: Mapped[str] = mapped_column(Text, default="")
    description_en: Mapped[str] = mapped_column(Text, default="")
    choice_name: Mapped[str | None] = mapped_column(String(40))
    """What the variants differ in ("giling"); none: there is one variant and nothing to choose."""
    least_packs: Mapped[int] = mapped_column(Integer, default=1)
    """Smallest count an order line may have (pesanan minimal)."""
    days_to_make: Mapped[int] = mapped_column(Integer, default=0)
    """Days until it is made; 0: it lies on the shelf."""
    is_one_piece: Mapped[bool] = mapped_column(Boolean, default=False)
    """Made in one piece: its unpaid hold ends after two hours."""
    state: Mapped[ProductState] = mapped_column(states(ProductState, "state"))
    popularity: Mapped[int] = mapped_column(Integer, default=0)
    """Packs sold; the stored order of the catalogue."""
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Variant(Base):
    """One pack that can be bought, with its price and what a courier weighs."""

    __tablename__ = "variants"
    __table_args__ = (
        CheckConstraint("price > 0", name="price_positive"),
        Index("ix_variants_product", "product_id", "position"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    position: Mapped[int] = mapped_column(Integer)
    sku: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(80), default="")
    """The option ("halus"); empty when there is nothing to choose."""
    price: Mapped[int] = mapped_column(BigInteger)
    """Rupiah a pack, PPN included where the seller charges it."""
    gross_grams: Mapped[int] = mapped_column(Integer)
    length_mm: Mapped[int] = mapped_column(Integer)
    width_mm: Mapped[int] = mapped_column(Integer)
    height_mm: Mapped[int] = mapped_column(Integer)
    is_hidden: Mapped[bool] = mapped_column(Boolean, default=False)


class Slug(Base):
    """A name a product answers to, or once answered to: old ones lead on with 301."""

    __tablename__ = "slugs"

    slug: Mapped[str] = mapped_column(String(120), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), index=True)
    current: Mapped[bool] = mapped_column(Boolean)
