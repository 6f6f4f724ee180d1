"""What stands on a pack: contents, keeping, permits and the halal state – and who checked them."""

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from shop.catalog.packaging.rules import (
    Claim,
    HalalState,
    PaperFault,
    PermitKind,
    Seal,
    SendLimit,
    Technique,
)
from shop.core.database.schema import Base, BigId, UtcDateTime, states


class PackFacts(Base):
    """The facts of one product's label. A missing one is empty and is left out, never guessed."""

    __tablename__ = "pack_facts"
    __table_args__ = (
        CheckConstraint("net_content > 0", name="net_content_positive"),
        CheckConstraint("shelf_life_days > 0", name="shelf_life_positive"),
    )

    product_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    """``products.id``, without a foreign key: the catalogue lies above this room."""
    net_content: Mapped[int | None] = mapped_column(Integer)
    net_unit: Mapped[str | None] = mapped_column(String(12))
    """g, ml, pcs, lembar, pasang, set, meter."""
    pack_type: Mapped[str | None] = mapped_column(String(120))
    pack_material: Mapped[str | None] = mapped_column(String(80))
    seal: Mapped[Seal | None] = mapped_column(states(Seal, "seal"))
    carton_packs: Mapped[int | None] = mapped_column(Integer)
    carton_grams: Mapped[int | None] = mapped_column(Integer)
    is_fragile: Mapped[bool] = mapped_column(Boolean, default=False)
    send_limit: Mapped[SendLimit | None] = mapped_column(states(SendLimit, "send_limit"))
    is_food: Mapped[bool] = mapped_column(Boolean, default=False)
    """Food and drink: what the score and the halal duty ask for differs."""
    shelf_life_days: Mapped[int | None] = mapped_column(Integer)
    """None: it does not spoil."""
    storage: Mapped[str | None] = mapped_column(String(120))
    ingredients: Mapped[str | None] = mapped_column(Text)
    allergens: Mapped[str | None] = mapped_column(String(200))
    after_opening: Mapped[str | None] = mapped_column(String(160))
    directions: Mapped[str | None] = mapped_column(String(300))
    """Cara pakai: cosmetics and herbal goods have to say it."""
    care: Mapped[str | None] = mapped_column(String(300))
    """How cloth is washed and kept."""
    technique: Mapped[Technique | None] = mapped_column(states(Technique, "technique"))
    origin_member: Mapped[str | None] = mapped_column(String(40))
    """Number in the association that owns a protected name of origin (MPIG)."""
    batch_code: Mapped[str | None] = mapped_column(String(40))
    """Of the newest batch, as the product's page shows it; all of them stand in ``batches``."""
    packed_on: Mapped[date | None] = mapped_column(Date)
    best_before: Mapped[str | None] = mapped_column(String(10))
    """As on the label: ``31-01-2027`` or ``11-2027``."""


class Permit(Base):
    """A permit to sell: *claimed* by its maker, *checked* by a manager who saw the paper."""

    __tablename__ = "permits"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    product_id: Mapped[int] = mapped_column(BigId, index=True)
    kind: Mapped[PermitKind] = mapped_column(states(PermitKind, "kind"))
    number: Mapped[str | None] = mapped_column(String(40))
    """Empty while it is being asked for."""
    valid_until: Mapped[date | None] = mapped_column(Date)
    claim: Mapped[Claim] = mapped_column(states(Claim, "claim"))
    fault: Mapped[PaperFault | None] = mapped_column(states(PaperFault, "fault"))
    """Why a manager refused it."""
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """Who looked at the paper last, whatever came of it; ``checked_at``: when."""
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Halal(Base):
    """The halal state of one product; never inferred from its category."""

    __tablename__ = "halal_states"

    product_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    state: Mapped[HalalState] = mapped_column(states(HalalState, "state"))
    number: Mapped[str | None] = mapped_column(String(40))
    claim: Mapped[Claim] = mapped_column(states(Claim, "claim"))
    fault: Mapped[PaperFault | None] = mapped_column(states(PaperFault, "fault"))
    """Why a manager refused it."""
    checked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """Who looked at the paper last, whatever came of it; ``checked_at``: when."""
    checked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Batch(Base):
    """Packs of one variant that were made on one day under one code."""

    __tablename__ = "batches"
    __table_args__ = (
        UniqueConstraint("variant_id", "code"),
        CheckConstraint("best_before >= produced_on", name="keeps_after_production"),
        CheckConstraint("made > 0 AND brought >= 0 AND brought <= made", name="no_more_than_made"),
        Index("ix_batches_best_before", "best_before", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    variant_id: Mapped[int] = mapped_column(BigId)
    """``variants.id``, without a foreign key: the catalogue lies above this room."""
    code: Mapped[str] = mapped_column(String(40))
    produced_on: Mapped[date] = mapped_column(Date)
    best_before: Mapped[date | None] = mapped_column(Date)
    """The last day; None: it does not spoil."""
    made: Mapped[int | None] = mapped_column(Integer)
    """Packs that were made under it; None: nobody counted."""
    brought: Mapped[int] = mapped_column(Integer, default=0)
    """Packs of it that came to the cooperative for orders."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Breakage(Base):
    """Packs of a product that came broken, as a complaint about them ended. Append-only."""

    __tablename__ = "pack_breakages"
    __table_args__ = (
        CheckConstraint("packs > 0", name="packs_positive"),
        Index("ix_pack_breakages_product", "product_id", "at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    product_id: Mapped[int] = mapped_column(BigId)
    """``products.id``, without a foreign key: the catalogue lies above this room."""
    packs: Mapped[int] = mapped_column(Integer)
    source: Mapped[str] = mapped_column(String(60), unique=True)
    """Who told of it, for example ``complaint:17``: once."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
