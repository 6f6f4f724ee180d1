"""Tables of card payments: attempts, events, disputes, alerts."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.database.schema import Base, BigId, UtcDateTime, states


class AttemptState(StrEnum):
    """Many attempts, one settles (rule R3)."""

    STARTED = "started"
    """Written down before the gateway is asked; it may or may not have heard of it."""
    OPEN = "open"
    PAID = "paid"
    """Its money settled the payment."""
    EXPIRED = "expired"
    FAILED = "failed"
    RETURNED = "returned"
    """Paid on top of one that had settled: all of it goes back."""


class PaymentAttempt(Base):
    """One try to pay through a gateway; its id is the idempotency key of the call."""

    __tablename__ = "payment_attempts"
    __table_args__ = (
        # A shopper has one pay page at a time, and one page settles.
        Index(
            "uq_payment_attempts_going_on",
            "payment_id",
            unique=True,
            sqlite_where=text("state IN ('started', 'open')"),
            postgresql_where=text("state IN ('started', 'open')"),
        ),
        Index(
            "uq_payment_attempts_paid",
            "payment_id",
            unique=True,
            sqlite_where=text("state = 'paid'"),
            postgresql_where=text("state = 'paid'"),
        ),
    )

    id: Mapped[str] = mapped_column(String(22), primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"), index=True)
    state: Mapped[AttemptState] = mapped_column(states(AttemptState, "state"))
    amount: Mapped[int] = mapped_column(BigInteger)
    """What the page asks for."""
    session_ref: Mapped[str | None] = mapped_column(String(120), unique=True)
    page_url: Mapped[str | None] = mapped_column(Text)
    intent_ref: Mapped[str | None] = mapped_column(String(120), unique=True)
    """The gateway's name for the money: what a refund is asked of."""
    cost: Mapped[int | None] = mapped_column(BigInteger)
    """What the gateway kept of it, once it told (whole rupiah)."""
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class GatewayEvent(Base):
    """A signed message of a gateway, recorded once. Append-only; carries ids, never people."""

    __tablename__ = "gateway_events"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    event_ref: Mapped[str] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(80))
    object_ref: Mapped[str | None] = mapped_column(String(120), index=True)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DisputeState(StrEnum):
    """How the bank of a card decided."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class Dispute(Base):
    """A shopper's bank takes a payment back until it has decided (rule R24)."""

    __tablename__ = "disputes"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_disputes_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    dispute_ref: Mapped[str] = mapped_column(String(90), unique=True)
    """What the gateway calls it."""
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"), index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[DisputeState] = mapped_column(states(DisputeState, "state"))
    respond_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Until when evidence is taken."""
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When its money left the gateway's account; a mere question takes none."""
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DisputePart(Base):
    """What of a dispute is about one order: the chosen one, or a share by its total."""

    __tablename__ = "dispute_parts"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    dispute_id: Mapped[int] = mapped_column(ForeignKey("disputes.id"), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True, index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    bearer: Mapped[str | None] = mapped_column(String(20))
    """Who bears it once it is lost: cooperative or platform."""


class AlertKind(StrEnum):
    """What a gateway told that a person has to look at."""

    UNKNOWN_PAGE = "unknown_page"
    OTHER_ENVIRONMENT = "other_environment"
    WRONG_AMOUNT = "wrong_amount"
    WRONG_CURRENCY = "wrong_currency"
    REFUND_FAILED = "refund_failed"
    REFUNDED_OUTSIDE = "refunded_outside"
    """With its payment where it is in the books; without where it fits nothing that could go."""
    DISPUTE = "dispute"


class GatewayAlert(Base):
    """A line of the operator's worklist about cards; it stays until somebody has seen to it."""

    __tablename__ = "gateway_alerts"
    __table_args__ = (Index("ix_gateway_alerts_open", "resolved_at", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    """What makes it one and the same: told five times it is one line."""
    kind: Mapped[AlertKind] = mapped_column(states(AlertKind, "kind"))
    object_ref: Mapped[str | None] = mapped_column(String(120))
    """What the gateway calls it: the operator looks it up there."""
    payment_id: Mapped[int | None] = mapped_column(ForeignKey("payments.id"))
    amount: Mapped[int | None] = mapped_column(BigInteger)
    """Rupiah that came, where it is known."""
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_by_id: Mapped[int | None] = mapped_column(BigId)
