"""Money in and money back: payees, payments, receipts, refunds, what a gateway told."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.database.schema import Base, BigId, UtcDateTime, states


class PayeeKind(StrEnum):
    """What kind of account money reaches."""

    BANK = "bank"
    QRIS = "qris"
    GATEWAY = "gateway"
    CASH = "cash"


class Payee(Base):
    """An account that can be paid: the operator's, or one cooperative's own (rule R1)."""

    __tablename__ = "payees"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    cooperative_id: Mapped[int | None] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    """None: the operator's; money there is held as *titipan* until an order is done."""
    kind: Mapped[PayeeKind] = mapped_column(states(PayeeKind, "kind"))
    provider: Mapped[str] = mapped_column(String(60))
    """Bank or gateway, for example "Bank Contoh"."""
    number: Mapped[str | None] = mapped_column(String(40))
    holder: Mapped[str | None] = mapped_column(String(120))
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    qris: Mapped[str | None] = mapped_column(String(512))
    """The static code that hangs at the till, word for word, checked by ``bills.qris``."""
    qris_with_amount: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """Whether its owner wants the amount written into the code (record 0201)."""
    takes_payments: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    """Whether shoppers who buy of this cooperative alone pay here (rule R1); the operator's
    accounts need no such flag."""
    added_by_id: Mapped[int | None] = mapped_column(BigId)
    """Who wrote it down: never who verifies it."""


class Method(StrEnum):
    """How a shopper pays."""

    TRANSFER = "transfer"
    CARD = "card"
    QRIS = "qris"
    COD = "cod"
    AT_PICKUP = "at_pickup"


BY_STATEMENT = (Method.TRANSFER, Method.QRIS)
"""Whose money is seen on an account by a person; such a bill carries a unique code (rule R5)."""
CASH = (Method.COD, Method.AT_PICKUP)
"""Taken by hand, one bill for each order (rule R2)."""


class PaymentState(StrEnum):
    """The life of a payment; a lapsed one can still be paid late (rule R4)."""

    OPEN = "open"
    PROMISED = "promised"
    """In cash, against the parcel: its order goes on and nothing waits for the money."""
    PAID = "paid"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"
    REPLACED = "replaced"
    """Another bill over the same orders took its place: the shopper chose another way to pay."""
    RETURNED = "returned"
    """Paid although its orders had been paid otherwise: all of it goes back (rule R3)."""


WAS_PAID = (PaymentState.PAID, PaymentState.RETURNED)
"""All the money of the bill came, wherever it went then."""
ENDED_UNPAID = (PaymentState.LAPSED, PaymentState.CANCELLED, PaymentState.REPLACED)
"""Nobody has to pay the bill any more; paid late, it still counts (rule R4)."""


class Payment(Base):
    """A bill: what is to be paid, to whom, over a set of orders (rule R2)."""

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint("amount = orders_total + unique_code", name="amount_adds_up"),
        CheckConstraint("unique_code BETWEEN 0 AND 999", name="unique_code_range"),
        CheckConstraint("orders_total >= 0", name="orders_total_not_negative"),
        # Two open bills of one account never ask for the same amount (rule R5).
        Index(
            "uq_payments_held_amount",
            "payee_id",
            "amount",
            unique=True,
            sqlite_where=text("code_held"),
            postgresql_where=text("code_held"),
        ),
        Index("ix_payments_purchase", "purchase_id"),
        Index("ix_payments_waiting", "payee_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(22), unique=True)
    purchase_id: Mapped[int] = mapped_column(ForeignKey("purchases.id"))
    payee_id: Mapped[int] = mapped_column(ForeignKey("payees.id"))
    method: Mapped[Method] = mapped_column(states(Method, "method"))
    state: Mapped[PaymentState] = mapped_column(states(PaymentState, "state"))
    orders_total: Mapped[int] = mapped_column(BigInteger)
    unique_code: Mapped[int] = mapped_column(Integer, default=0)
    amount: Mapped[int] = mapped_column(BigInteger)
    code_held: Mapped[bool] = mapped_column(Boolean, default=False)
    """While true no other bill of this account may ask for this amount; the worker clears it
    seven days after the payment closed."""
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PaymentOrder(Base):
    """An order that a payment covers, and with how much."""

    __tablename__ = "payment_orders"

    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"), primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True, index=True)
    amount: Mapped[int] = mapped_column(BigInteger)


class ReceiptText(Base):
    """The text of a bank line; may name a person, so it is kept apart and can be emptied."""

    __tablename__ = "receipt_texts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    text: Mapped[str] = mapped_column(String(300))


class Receipt(Base):
    """Money that was seen on an account: a fact of its own (rule R4). Append-only."""

    __tablename__ = "receipts"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_receipts_payee", "payee_id", "received_on", "amount"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    payee_id: Mapped[int] = mapped_column(ForeignKey("payees.id"))
    received_on: Mapped[date] = mapped_column(Date)
    amount: Mapped[int] = mapped_column(BigInteger)
    source_key: Mapped[str] = mapped_column(String(100), unique=True)
    """What makes the line one and the same: file and place in it, or the form that was sent."""
    text_id: Mapped[int | None] = mapped_column(ForeignKey("receipt_texts.id"))
    recorded_by_id: Mapped[int | None] = mapped_column(BigId)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)


class TransferProof(Base):
    """A photo of a transfer that its shopper sent: looked at, never settling anything (rule R6).

    It lies here and not among the public photos; it goes once nobody needs it (record 0281).
    """

    __tablename__ = "transfer_proofs"
    __table_args__ = (
        # The same photo twice for one bill is one.
        Index("uq_transfer_proofs_photo", "payment_id", "digest", unique=True),
        Index("ix_transfer_proofs_digest", "digest"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"))
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the photo as we wrote it: the same upload for two bills is detected."""
    photo: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    """JPEG, written anew from its pixels."""
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)


class StatementFile(Base):
    """A bank's list that was sent in and waits for somebody's yes; emptied once it was taken."""

    __tablename__ = "statement_files"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(22), unique=True)
    payee_id: Mapped[int] = mapped_column(ForeignKey("payees.id"))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Bank, lines and faults; texts may name people, so it goes after a day."""
    sent_by_id: Mapped[int | None] = mapped_column(BigId)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class ReceiptVoid(Base):
    """A receipt that was typed wrongly: it counts no more. Append-only."""

    __tablename__ = "receipt_voids"

    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipts.id"), primary_key=True)
    person_id: Mapped[int | None] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReceiptMatch(Base):
    """So much of a receipt pays so much of a payment (n:m). Append-only."""

    __tablename__ = "receipt_matches"
    __table_args__ = (Index("ix_receipt_matches_payment", "payment_id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipts.id"), index=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"))
    amount: Mapped[int] = mapped_column(BigInteger)
    """Negative in the row that undoes a wrong match."""
    person_id: Mapped[int | None] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class ReceiptReturn(Base):
    """So much of a receipt goes back to who sent it, as its bill was not paid. Append-only."""

    __tablename__ = "receipt_returns"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipts.id"), index=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"), index=True)
    """The bill it had been matched to: that one's shopper gets it."""
    amount: Mapped[int] = mapped_column(BigInteger)
    person_id: Mapped[int | None] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class RefundState(StrEnum):
    """Asked, sent to where it goes, arrived or failed."""

    ASKED = "asked"
    SENT = "sent"
    DONE = "done"
    FAILED = "failed"


class Refund(Base):
    """Money that goes back for an order."""

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("delivery >= 0 AND delivery <= amount", name="delivery_within_amount"),
        Index("ix_refunds_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    """Its cause, unique for ever: a second click is the same refund."""
    payment_id: Mapped[int] = mapped_column(ForeignKey("payments.id"), index=True)
    attempt_id: Mapped[str | None] = mapped_column(ForeignKey("payment_attempts.id"))
    """Whose money goes back, where it is not that of the attempt that settled."""
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"), index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    delivery: Mapped[int] = mapped_column(BigInteger, default=0)
    """What of it a person gave back for delivery."""
    reason: Mapped[str] = mapped_column(String(40))
    bearer: Mapped[str] = mapped_column(String(20))
    """Who bears the costs of it: cooperative or platform."""
    lines: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Packs by order line id, so that the unit shares of rule R11 are told apart."""
    state: Mapped[RefundState] = mapped_column(states(RefundState, "state"))
    destination_id: Mapped[int | None] = mapped_column(
        ForeignKey("refund_destinations.id"), index=True
    )
    transfer_id: Mapped[int | None] = mapped_column(ForeignKey("refund_transfers.id"), index=True)
    """The transfer that a person made for it, where no gateway sends it."""
    reference: Mapped[str | None] = mapped_column(String(60))
    gateway_ref: Mapped[str | None] = mapped_column(String(120), unique=True)
    """The gateway's name for it, where it goes back to a card."""
    tries: Mapped[int] = mapped_column(Integer, default=0)
    """How often the gateway was asked for it, always with the same key."""
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked_by_id: Mapped[int | None] = mapped_column(BigId)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_by_id: Mapped[int | None] = mapped_column(BigId)


class RefundDestination(Base):
    """Where a shopper wants money back when the way it came has no way back (rule R23)."""

    __tablename__ = "refund_destinations"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    purchase_id: Mapped[int] = mapped_column(ForeignKey("purchases.id"), index=True)
    provider: Mapped[str] = mapped_column(String(60))
    number: Mapped[str] = mapped_column(String(40))
    holder: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    refused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """When money came back from there."""


class TransferState(StrEnum):
    """A transfer to a shopper, as far as people have brought it."""

    WAITING = "waiting"
    """Written down; from a limit on another person has to say that it may go."""
    PAID = "paid"
    FAILED = "failed"
    """Not allowed, or sent back by the bank: all of it is owed again."""


class RefundTransfer(Base):
    """Money that a person sends to where a shopper said, with the bank's reference (rule R23)."""

    __tablename__ = "refund_transfers"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint(
            "allowed_by_id IS NULL OR allowed_by_id <> made_by_id", name="second_person"
        ),
        # One line of the bank pays one shopper once.
        Index(
            "uq_refund_transfers_reference",
            "payee_id",
            "reference",
            unique=True,
            sqlite_where=text("state <> 'failed'"),
            postgresql_where=text("state <> 'failed'"),
        ),
        Index("ix_refund_transfers_state", "state", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    destination_id: Mapped[int] = mapped_column(ForeignKey("refund_destinations.id"), index=True)
    payee_id: Mapped[int] = mapped_column(ForeignKey("payees.id"))
    """The account it leaves."""
    amount: Mapped[int] = mapped_column(BigInteger)
    reference: Mapped[str] = mapped_column(String(60))
    state: Mapped[TransferState] = mapped_column(states(TransferState, "state"))
    made_by_id: Mapped[int] = mapped_column(BigId)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    allowed_by_id: Mapped[int | None] = mapped_column(BigId)
    paid_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    failed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
