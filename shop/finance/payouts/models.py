"""Money out: batches, what each owner gets of one, and for which orders."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.database.schema import Base, BigId, UtcDateTime, states


class BatchState(StrEnum):
    """Put together, agreed to, or given up."""

    PREPARED = "prepared"
    APPROVED = "approved"
    DROPPED = "dropped"


class PayoutBatch(Base):
    """What goes out together: of the operator to cooperatives, or of one to its members."""

    __tablename__ = "payout_batches"
    __table_args__ = (
        CheckConstraint("total > 0", name="total_positive"),
        Index("ix_payout_batches_desk", "cooperative_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(22), unique=True)
    cooperative_id: Mapped[int | None] = mapped_column(ForeignKey("cooperatives.id"))
    """Who pays: a cooperative its members; none: the operator pays cooperatives."""
    state: Mapped[BatchState] = mapped_column(states(BatchState, "state"))
    total: Mapped[int] = mapped_column(BigInteger)
    prepared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    prepared_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """None: the shop itself, by ``lumbung payouts prepare``."""
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class PayoutState(StrEnum):
    """The life of one payout; one that failed stays so, its orders fall due again."""

    WAITING = "waiting"
    PAID = "paid"
    FAILED = "failed"
    DROPPED = "dropped"


class Payout(Base):
    """What one cooperative, or one member, gets of a batch."""

    __tablename__ = "payouts"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("state <> 'paid' OR reference IS NOT NULL", name="paid_has_a_reference"),
        Index("uq_payouts_owner", "batch_id", "cooperative_id", "member_id", unique=True),
        Index("ix_payouts_cooperative", "cooperative_id", "id"),
        Index("ix_payouts_member", "member_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(22), unique=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("payout_batches.id"))
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    payee_id: Mapped[int | None] = mapped_column(ForeignKey("payees.id"))
    """The account it goes to; none: handed over in cash against a signed slip."""
    amount: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[PayoutState] = mapped_column(states(PayoutState, "state"))
    reference: Mapped[str | None] = mapped_column(String(60))
    """The bank's, or the number of the signed slip."""
    paid_on: Mapped[date | None] = mapped_column(Date)
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    paid_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class PayoutOrder(Base):
    """So much of a payout is for this order; below zero where a debt is netted."""

    __tablename__ = "payout_orders"
    __table_args__ = (
        # The same money is in one batch at a time, whoever puts them together.
        Index(
            "uq_payout_orders_open",
            "order_id",
            unique=True,
            sqlite_where=text("is_open AND member_id IS NULL"),
            postgresql_where=text("is_open AND member_id IS NULL"),
        ),
        Index(
            "uq_payout_orders_open_member",
            "order_id",
            "member_id",
            unique=True,
            sqlite_where=text("is_open AND member_id IS NOT NULL"),
            postgresql_where=text("is_open AND member_id IS NOT NULL"),
        ),
        Index("ix_payout_orders_payout", "payout_id"),
        Index("ix_payout_orders_order", "order_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    payout_id: Mapped[int] = mapped_column(ForeignKey("payouts.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))
    """Whose part it is, where a cooperative pays its members."""
    own: Mapped[int] = mapped_column(BigInteger)
    members: Mapped[int] = mapped_column(BigInteger)
    is_open: Mapped[bool] = mapped_column(default=True)
    """Until its payout is paid, failed or dropped."""
