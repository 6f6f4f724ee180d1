"""What lies on the shelf, what is held for whom, and every change of it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.database.schema import Base, BigId, UtcDateTime, states


class StockItem(Base):
    """The shelf of one variant. Available = on hand − reserved."""

    __tablename__ = "stock_items"
    __table_args__ = (
        CheckConstraint("on_hand >= 0", name="on_hand_not_negative"),
        CheckConstraint("reserved >= 0 AND reserved <= on_hand", name="reserved_on_shelf"),
    )

    variant_id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    """``variants.id``, without a foreign key: the catalogue lies above this room."""
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    on_hand: Mapped[int] = mapped_column(Integer)
    reserved: Mapped[int] = mapped_column(Integer, default=0)
    low_at: Mapped[int] = mapped_column(Integer, default=5)
    """At or below this many the shelf counts as low."""
    tells_low: Mapped[bool] = mapped_column(default=False)
    """Whether running low is still to be told: true once the shelf was seen above ``low_at``."""


class HoldState(StrEnum):
    """Where held packs went."""

    HELD = "held"
    USED = "used"
    RELEASED = "released"


class StockHold(Base):
    """Packs kept for a purchase that is about to be paid."""

    __tablename__ = "stock_holds"
    __table_args__ = (
        CheckConstraint("packs > 0", name="packs_positive"),
        Index("uq_stock_holds_holder", "holder", "variant_id", unique=True),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("stock_items.variant_id"))
    packs: Mapped[int] = mapped_column(Integer)
    holder: Mapped[str] = mapped_column(String(40))
    """Code of the purchase."""
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[HoldState] = mapped_column(states(HoldState, "state"), default=HoldState.HELD)


class MovementReason(StrEnum):
    """Why a shelf changed: a list, because free text about people has no place in a fact."""

    OPENING = "opening"
    SOLD = "sold"
    RETURNED = "returned"
    PRODUCED = "produced"
    COUNTED = "counted"
    DAMAGED = "damaged"
    LOST = "lost"
    SAMPLE = "sample"
    SHORT = "short"
    """Found missing while an order was accepted (rule R9)."""


class StockMovement(Base):
    """A change of packs on hand. Append-only; the shelf is the sum of its movements."""

    __tablename__ = "stock_movements"
    __table_args__ = (Index("ix_stock_movements_variant", "variant_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    variant_id: Mapped[int] = mapped_column(ForeignKey("stock_items.variant_id"))
    change: Mapped[int] = mapped_column(Integer)
    on_hand_after: Mapped[int] = mapped_column(Integer)
    reason: Mapped[MovementReason] = mapped_column(states(MovementReason, "reason"))
    reference: Mapped[str | None] = mapped_column(String(40))
    """The purchase code or order number that caused it."""
    person_id: Mapped[int | None] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
