"""Vouchers, and who used which for what."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.database.schema import Base, BigId, UtcDateTime


class Voucher(Base):
    """A promise of the platform or of a cooperative to pay a part of goods."""

    __tablename__ = "vouchers"
    __table_args__ = (
        CheckConstraint(
            "(percent_bp IS NULL) <> (amount IS NULL)", name="either_percent_or_amount"
        ),
        CheckConstraint("percent_bp BETWEEN 1 AND 10000", name="percent_range"),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("least_goods >= 0", name="least_goods_not_negative"),
        CheckConstraint("most_discount > 0", name="most_discount_positive"),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        CheckConstraint("most_uses > 0 AND most_per_buyer > 0", name="limits_positive"),
        # The database itself refuses the use that would be one too many.
        CheckConstraint(
            "used >= 0 AND (most_uses IS NULL OR used <= most_uses)", name="used_within_limit"
        ),
        Index("ix_vouchers_sponsor", "cooperative_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(24), unique=True)
    """As it is compared: capitals, without spaces."""
    cooperative_id: Mapped[int | None] = mapped_column(ForeignKey("cooperatives.id"))
    """Who pays for it; None: the platform."""
    percent_bp: Mapped[int | None] = mapped_column(Integer)
    amount: Mapped[int | None] = mapped_column(BigInteger)
    least_goods: Mapped[int] = mapped_column(BigInteger, default=0)
    most_discount: Mapped[int | None] = mapped_column(BigInteger)
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """The first moment in which it holds no more."""
    most_uses: Mapped[int | None] = mapped_column(Integer)
    most_per_buyer: Mapped[int | None] = mapped_column(Integer)
    used: Mapped[int] = mapped_column(Integer, default=0)
    """Uses that stand: taken and not given back."""
    stopped_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class VoucherUse(Base):
    """A voucher in a purchase. Given back only with the whole purchase (rule R10)."""

    __tablename__ = "voucher_uses"
    __table_args__ = (
        CheckConstraint("amount > 0", name="amount_positive"),
        Index("ix_voucher_uses_voucher", "voucher_id", "given_back_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    voucher_id: Mapped[int] = mapped_column(ForeignKey("vouchers.id"))
    purchase_id: Mapped[int] = mapped_column(ForeignKey("purchases.id"), unique=True)
    """One voucher a purchase: they do not add up."""
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    """Whose phone counts as the buyer; the number itself stands in the contact alone."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    amount: Mapped[int] = mapped_column(BigInteger)
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)
    given_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
