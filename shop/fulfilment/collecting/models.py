"""What members bring for orders: how far each line is, what was received, what was recalled."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.database.schema import Base, BigId, UtcDateTime, states
from shop.fulfilment.collecting.rules import Fault, RecallReason


class CollectionDays(Base):
    """On which weekdays a cooperative collects in a village; "" stands for every other one."""

    __tablename__ = "collection_days"
    __table_args__ = (
        Index("uq_collection_days_village", "cooperative_id", "village", unique=True),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    village: Mapped[str] = mapped_column(String(60), default="")
    weekdays: Mapped[str] = mapped_column(String(7))
    """``"25"``: Tuesday and Friday; "": never, members bring it themselves."""


class CollectedLine(Base):
    """How far a line is on its way from its maker (rule R16); no row: it is only asked for."""

    __tablename__ = "collected_lines"
    __table_args__ = (CheckConstraint("received >= 0", name="received_not_negative"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"), unique=True)
    received: Mapped[int] = mapped_column(Integer, default=0)
    """Good packs that came to the cooperative: its receipts, less what was set aside."""
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when its maker says that all of it is ready."""
    ready_by_id: Mapped[int | None] = mapped_column(BigId)


class LineReceipt(Base):
    """Packs of a line that came to the cooperative at once. Append-only."""

    __tablename__ = "line_receipts"
    __table_args__ = (
        CheckConstraint(
            "packs >= 0 AND turned_away >= 0 AND packs + turned_away > 0", name="something_counted"
        ),
        CheckConstraint("(turned_away = 0) = (fault IS NULL)", name="fault_where_turned_away"),
        Index("ix_line_receipts_line", "order_line_id", "id"),
        Index("ix_line_receipts_batch", "batch_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("batches.id"))
    packs: Mapped[int] = mapped_column(Integer)
    """In good condition."""
    turned_away: Mapped[int] = mapped_column(Integer, default=0)
    fault: Mapped[Fault | None] = mapped_column(states(Fault, "fault"))
    """Why some were turned away."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    person_id: Mapped[int | None] = mapped_column(BigId)


class Withdrawal(Base):
    """Packs of a line that came and must not be sold: set aside, and asked for anew. Append-only.

    Once for each batch of a line: nothing of it can come any more.
    """

    __tablename__ = "line_withdrawals"
    __table_args__ = (
        CheckConstraint("packs > 0", name="something_counted"),
        Index("uq_line_withdrawals_batch", "order_line_id", "batch_id", unique=True),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"))
    packs: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    person_id: Mapped[int | None] = mapped_column(BigId)


class Recall(Base):
    """A batch that must not be sold any more. Append-only: it is recalled once and stays so."""

    __tablename__ = "recalls"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("batches.id"), unique=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    reason: Mapped[RecallReason] = mapped_column(states(RecallReason, "reason"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    person_id: Mapped[int | None] = mapped_column(BigId)
