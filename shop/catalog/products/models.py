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
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.database.schema import Base, BigId, UtcDateTime, states


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

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id"), index=True)
    """Its maker now; a sale freezes the member on the order line (rule R28)."""
    category_id: Mapped[int] = mapped_column(ForeignKey("categories.id"))
    sku: Mapped[str] = mapped_column(String(40), unique=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    """The present one; those before it stand in ``former_slugs``."""
    name: Mapped[str] = mapped_column(String(160))
    name_en: Mapped[str | None] = mapped_column(String(160))
    story: Mapped[str] = mapped_column(Text, default="")
    description_en: Mapped[str] = mapped_column(Text, default="")
    choice_name: Mapped[str | None] = mapped_column(String(40))
    """What the variants differ in ("giling"); none: there is one variant and nothing to choose."""
    other_choice_name: Mapped[str | None] = mapped_column(String(40))
    """What else they differ in ("ukuran"); never without the first."""
    least_packs: Mapped[int] = mapped_column(Integer, default=1)
    """Smallest count an order line may have (pesanan minimal)."""
    days_to_make: Mapped[int] = mapped_column(Integer, default=0)
    """Days until it is made; 0: it lies on the shelf."""
    is_one_piece: Mapped[bool] = mapped_column(Boolean, default=False)
    """Made in one piece: an unpaid purchase holds it ``hold_one_piece_minutes`` only."""
    state: Mapped[ProductState] = mapped_column(states(ProductState, "state"))
    popularity: Mapped[int] = mapped_column(Integer, default=0)
    """Packs sold; the stored order of the catalogue."""
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When it first stood in the shop."""


class StoryPart(StrEnum):
    """What the story of goods tells, in this order; each part answers one question."""

    WHO = "siapa"
    WHERE = "di-mana"
    SINCE = "sejak"
    HOW = "bagaimana"
    WITH = "dengan-apa"
    DIFFERENCE = "beda"
    CHANGE = "perubahan"


class Variant(Base):
    """One pack that can be bought, with its price and what a courier weighs."""

    __tablename__ = "variants"
    __table_args__ = (CheckConstraint("price > 0", name="price_positive"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    sku: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(80), default="")
    """Its options in one ("halus · 250 g"); empty when there is nothing to choose."""
    option: Mapped[str] = mapped_column(String(80), default="")
    """Of the product's first choice."""
    other_option: Mapped[str] = mapped_column(String(40), default="")
    """Of its second."""
    price: Mapped[int] = mapped_column(BigInteger)
    """Rupiah a pack, PPN included where the seller charges it."""
    gross_grams: Mapped[int] = mapped_column(Integer)
    length_mm: Mapped[int] = mapped_column(Integer)
    width_mm: Mapped[int] = mapped_column(Integer)
    height_mm: Mapped[int] = mapped_column(Integer)
    is_hidden: Mapped[bool] = mapped_column(Boolean, default=False)


class FormerSlug(Base):
    """A name a product once answered to: it leads on with 301 and is given to no other."""

    __tablename__ = "former_slugs"
    __table_args__ = ({"sqlite_with_rowid": False},)

    slug: Mapped[str] = mapped_column(String(120), primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))


class PhotoView(StrEnum):
    """What a photo of a product shows: the three slots that its maker is asked to fill."""

    FRONT = "depan"
    LABEL = "label"
    CONTENTS = "isi"
    OTHER = "lain"


class ProductPhoto(Base):
    """A photo on a product's page; the first one also stands on its card."""

    __tablename__ = "product_photos"
    __table_args__ = (Index("uq_product_photos_photo", "product_id", "photo_id", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"))
    photo_id: Mapped[int] = mapped_column(ForeignKey("photos.id"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    view: Mapped[PhotoView] = mapped_column(states(PhotoView, "view"))


class StoryText(Base):
    """One part of a product's story, as its maker wrote it; erasure overwrites it.

    The opening stands in ``Product.story``: lists, search and links show it.
    """

    __tablename__ = "story_texts"

    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), primary_key=True)
    part: Mapped[StoryPart] = mapped_column(states(StoryPart, "part"), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    """Markdown; ``core.formats.markdown`` cleans it wherever it is shown."""


class WholesaleStep(Base):
    """From so many packs on a lower whole-rupiah price; packs count over all variants (R29)."""

    __tablename__ = "wholesale_steps"
    __table_args__ = (
        CheckConstraint("least_packs > 1", name="least_packs_above_one"),
        CheckConstraint("unit_price > 0", name="unit_price_positive"),
    )

    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), primary_key=True)
    least_packs: Mapped[int] = mapped_column(Integer, primary_key=True)
    unit_price: Mapped[int] = mapped_column(BigInteger)


class ListingState(StrEnum):
    """Where a product stands between its maker and the manager who approves it."""

    WRITING = "writing"
    SUBMITTED = "submitted"
    """Waits for a manager; nobody sees it yet."""
    RETURNED = "returned"
    """A manager sent it back, with a reason."""
    APPROVED = "approved"
    CHANGED = "changed"
    """Shown as it is, and changed in something a manager confirms."""


class Listing(Base):
    """How a product that a maker listed came into the shop; goods that came otherwise have none."""

    __tablename__ = "listings"
    __table_args__ = (
        Index("ix_listings_state", "state", "submitted_at"),
        CheckConstraint("price > 0", name="price_positive"),
        CheckConstraint("stock >= 0", name="stock_not_negative"),
    )

    product_id: Mapped[int] = mapped_column(
        ForeignKey("products.id"), primary_key=True, autoincrement=False
    )
    state: Mapped[ListingState] = mapped_column(states(ListingState, "state"))
    version: Mapped[int] = mapped_column(Integer, default=1)
    """Counts every save: who approves approves what was seen, and nothing else."""
    price: Mapped[int | None] = mapped_column(BigInteger)
    """Typed before there is a pack to carry it: a pack needs price and stock."""
    stock: Mapped[int | None] = mapped_column(Integer)
    is_category_guessed: Mapped[bool] = mapped_column(Boolean, default=True)
    is_estimated: Mapped[bool] = mapped_column(Boolean, default=True)
    """Weight and sides are guessed (*perkiraan*) until a manager confirms them."""
    is_kept: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether the maker said how long it keeps; goods that do not spoil have no days."""
    reason: Mapped[str] = mapped_column(Text, default="")
    """Why it was sent back."""
    started_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ProductCard(Base):
    """All that a list shows of a product that can be seen now, in one row.

    Copied from product, variants, label, cooperative and photos by ``product_cards.refresh_card``,
    in the commit that changed one of them. How many there are is not in it: that changes with
    every sale and is joined. A product without a card is not in the shop. What sold most stands
    first in ``ix_falling_product_cards_popularity``; no model can describe such an index on
    SQLite.
    """

    __tablename__ = "product_cards"
    __table_args__ = (
        # To count them; most have one, and PostgreSQL keeps rows of one value in few bytes.
        Index(
            "ix_product_cards_open",
            "open_packs",
            sqlite_where=text("open_packs > 0"),
            postgresql_where=text("open_packs > 0"),
        ),
        Index("ix_product_cards_price", "price", "product_id"),
        Index("ix_product_cards_top", "category_top", "price", "product_id"),
        Index("ix_product_cards_cooperative", "cooperative_id", "popularity"),
        # Of what is sold out only: a search asks it for each of its first goods.
        Index(
            "ix_product_cards_sold_out",
            "product_id",
            sqlite_where=text("open_packs = 0"),
            postgresql_where=text("open_packs = 0"),
        ),
    )

    product_id: Mapped[int] = mapped_column(
        ForeignKey("products.id"), primary_key=True, autoincrement=False
    )
    slug: Mapped[str] = mapped_column(String(120))
    name: Mapped[str] = mapped_column(String(160))
    name_en: Mapped[str | None] = mapped_column(String(160))
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    cooperative_slug: Mapped[str] = mapped_column(String(120))
    cooperative: Mapped[str] = mapped_column(String(80))
    """Its short name."""
    place: Mapped[str] = mapped_column(String(60))
    """Regency without "Kabupaten" before it."""
    province: Mapped[str] = mapped_column(String(60))
    dye: Mapped[str] = mapped_column(String(12))
    motif: Mapped[str] = mapped_column(String(12))
    category_path: Mapped[str] = mapped_column(String(120))
    category_top: Mapped[str] = mapped_column(String(60))
    category_name: Mapped[str] = mapped_column(String(80))
    price: Mapped[int] = mapped_column(BigInteger)
    """The lowest of its variants."""
    has_prices: Mapped[bool] = mapped_column(Boolean)
    variant_id: Mapped[int | None] = mapped_column(BigInteger)
    """What "+" adds; none when the shopper must choose first."""
    pictures: Mapped[str] = mapped_column(Text, default="")
    """One ``view picture-text`` a line, the card's own first."""
    net: Mapped[str] = mapped_column(String(40), default="")
    shelf_life_days: Mapped[int | None] = mapped_column(Integer)
    size: Mapped[str] = mapped_column(String(40), default="")
    storage: Mapped[str] = mapped_column(String(40), default="")
    is_room_temperature: Mapped[bool] = mapped_column(Boolean)
    halal_checked: Mapped[bool] = mapped_column(Boolean)
    """Certified, and a manager saw the certificate: the badge and the facet count nothing else."""
    permit_checked: Mapped[str] = mapped_column(String(20), default="")
    """``P-IRT`` when a manager saw it and it holds, else empty."""
    has_pork: Mapped[bool] = mapped_column(Boolean)
    days_to_make: Mapped[int] = mapped_column(Integer)
    popularity: Mapped[int] = mapped_column(Integer)
    turn: Mapped[int] = mapped_column(Integer)
    """Which of its cooperative's goods it is, from 1: goods that sell alike stand in turn, so
    that no cooperative fills the first page alone."""
    open_packs: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    """Packs of it that can be bought now, kept by triggers on the shelves (see the migrations)."""
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
