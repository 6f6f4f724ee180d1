"""Refunds that wait for a second person."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.database.schema import Base, BigId, UtcDateTime


class RefundRequest(Base):
    """A large refund that somebody reckoned and another has to allow."""

    __tablename__ = "refund_requests"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> asked_by_id OR NOT is_allowed",
            name="second_person",
        ),
        # One question at a time, or two people would say yes to the same money.
        Index(
            "uq_refund_requests_open",
            "order_id",
            unique=True,
            sqlite_where=text("decided_at IS NULL"),
            postgresql_where=text("decided_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    seen: Mapped[int] = mapped_column(BigInteger)
    """What had gone back of the order when it was reckoned."""
    amount: Mapped[int] = mapped_column(BigInteger)
    wish: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What was chosen: packs by line id, delivery, reason code, and two choices."""
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    is_allowed: Mapped[bool | None] = mapped_column(Boolean)
    """None: nobody has decided."""
