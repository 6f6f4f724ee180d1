"""Cash at the door and at pick-up: what a cooperative takes, and the way of each parcel's money."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.database.schema import Base, BigId, UtcDateTime, states


class CashTerms(Base):
    """Up to where a cooperative takes cash. Without a row it takes none (rule R18)."""

    __tablename__ = "cash_terms"
    __table_args__ = (
        CheckConstraint("pickup_most IS NULL OR pickup_most > 0", name="pickup_most_positive"),
        CheckConstraint("grams_most > 0", name="grams_most_positive"),
    )

    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), primary_key=True)
    payee_id: Mapped[int] = mapped_column(ForeignKey("payees.id"))
    """Its drawer, as a place that money is paid to."""
    at_door: Mapped[bool] = mapped_column(Boolean)
    """Whether its own rounds bring cash home; each round says where and up to which total."""
    pickup_most: Mapped[int | None] = mapped_column(BigInteger)
    """Up to this total cash is taken at pick-up; None: not at all."""
    grams_most: Mapped[int] = mapped_column(Integer)
    """Parcels above this weight are paid before they leave."""
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CashState(StrEnum):
    """How far the cash of a parcel has come."""

    ASKED = "asked"
    COLLECTED = "collected"
    HANDED_OVER = "handed_over"
    REFUSED = "refused"
    """Brought or kept ready, and not taken: it counts against the phone."""
    DROPPED = "dropped"
    """Ended before anything was brought."""


class CashDue(Base):
    """The cash of one order: asked, collected, handed to the treasurer, each once (rule R18)."""

    __tablename__ = "cash_dues"
    __table_args__ = (
        CheckConstraint("asked >= 0", name="asked_not_negative"),
        CheckConstraint(
            "(collected_at IS NULL) = (state NOT IN ('collected', 'handed_over'))",
            name="collected_when",
        ),
        CheckConstraint("(handed_at IS NULL) = (state <> 'handed_over')", name="handed_when"),
        Index("ix_cash_dues_desk", "cooperative_id", "state", "order_id"),
    )

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"), unique=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    state: Mapped[CashState] = mapped_column(states(CashState, "state"))
    asked: Mapped[int] = mapped_column(BigInteger)
    """Rupiah to be taken: the order's total, less what is not sent."""
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When the shopper said by message that the order stands."""
    confirmed_by_id: Mapped[int | None] = mapped_column(BigId)
    collected_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    collected_by_id: Mapped[int | None] = mapped_column(BigId)
    """In whose hands it is until the treasurer has it."""
    handed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handed_to_id: Mapped[int | None] = mapped_column(BigId)
