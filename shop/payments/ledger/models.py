"""The books: accounts, balanced entries, postings."""

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
)
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.database.schema import Base, BigId, UtcDateTime, states


class AccountKind(StrEnum):
    """What an account stands for. Debit positive, credit negative."""

    BANK = "bank"
    GATEWAY = "gateway"
    CASH_DRAWER = "cash_drawer"
    ESCROW = "escrow"
    """*Titipan*: money held for an order until it is done (rule R1)."""
    COOPERATIVE_DUE = "cooperative_due"
    """*Utang ke koperasi*: due for payout."""
    MEMBER_DUE = "member_due"
    FEE_INCOME = "fee_income"
    TAX_DUE = "tax_due"
    """PPN on our fee and PPh 22 that was withheld: owed to the state (rule R25)."""
    PAYMENT_COST = "payment_cost"
    UNIQUE_CODE = "unique_code"
    """*Kode unik* (rule R5)."""
    ROUNDING = "rounding"
    """*Selisih* of at most Rp999, accepted with a reason (rule R4)."""
    SHIPPING_DIFFERENCE = "shipping_difference"
    UNRECOGNISED = "unrecognised"
    """*Belum dikenali*: money that came and belongs to no bill yet; a liability."""
    REFUND_DUE = "refund_due"
    DISPUTE = "dispute"
    VOUCHER_COST = "voucher_cost"


class LedgerAccount(Base):
    """One account of the platform, of a cooperative or of a member."""

    __tablename__ = "ledger_accounts"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    """``escrow:GYO``, ``bank:1``: kind and owner."""
    kind: Mapped[AccountKind] = mapped_column(states(AccountKind, "kind"))
    cooperative_id: Mapped[int | None] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id"))


class LedgerEntry(Base):
    """One cause and all that it moved. Sealed once its postings sum to zero."""

    __tablename__ = "ledger_entries"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    reason: Mapped[str] = mapped_column(String(120), unique=True)
    """Its cause, unique for ever, for example ``order-paid:GYO-26-000123``."""
    kind: Mapped[str] = mapped_column(String(40))
    actor_id: Mapped[int | None] = mapped_column(BigId)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    sealed: Mapped[bool] = mapped_column(Boolean, default=False)
    """A trigger lets it turn true once, and only when the postings sum to zero."""


class LedgerPosting(Base):
    """One line of an entry, whole rupiah. Append-only."""

    __tablename__ = "ledger_postings"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="amount_not_zero"),
        Index("ix_ledger_postings_account", "account_id", "entry_id"),
        Index("ix_ledger_postings_order", "order_id"),
    )

    entry_id: Mapped[int] = mapped_column(ForeignKey("ledger_entries.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("ledger_accounts.id"))
    amount: Mapped[int] = mapped_column(BigInteger)
    order_id: Mapped[int | None] = mapped_column(BigId)
    """The order this money belongs to, so that *titipan* can be told per order."""
