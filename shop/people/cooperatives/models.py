"""Cooperatives, their members, and who sits at which desk."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.database.schema import Base, BigId, UtcDateTime, states
from shop.people.cooperatives.rules import USUAL_WEEKEND, Role

__all__ = ["BookYear", "Closing", "Cooperative", "Member", "MemberPin", "Role", "Seat"]


WHILE_IT_SELLS: Any = {
    "sqlite_where": text("suspended_at IS NULL"),
    "postgresql_where": text("suspended_at IS NULL"),
}


class Cooperative(Base):
    """A seller of the market. Its motif and dye are the cloth it is recognised by."""

    __tablename__ = "cooperatives"
    __table_args__ = (
        # The list for shoppers, and that of one province: by name, without who is suspended.
        Index("ix_cooperatives_listed", "short_name", "id", **WHILE_IT_SELLS),
        Index("ix_cooperatives_province", "province", "short_name", "id", **WHILE_IT_SELLS),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(3), unique=True)
    slug: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str] = mapped_column(String(160))
    short_name: Mapped[str] = mapped_column(String(80))
    """Without "Koperasi …" before it, for cards and narrow desks."""
    kind: Mapped[str] = mapped_column(String(20))
    """produsen, konsumen, pemasaran or jasa."""
    registry_number: Mapped[str | None] = mapped_column(String(16))
    """NIK koperasi: 10 to 16 digits."""
    legal_number: Mapped[str | None] = mapped_column(String(60))
    founded_on: Mapped[date | None] = mapped_column(Date)
    village_code: Mapped[str] = mapped_column(String(13))
    """Kemendagri code ``PP.KK.CC.DDDD``; the names beside it are what it was called then."""
    province: Mapped[str] = mapped_column(String(60))
    regency: Mapped[str] = mapped_column(String(60))
    district: Mapped[str] = mapped_column(String(60))
    village: Mapped[str] = mapped_column(String(60))
    postcode: Mapped[str] = mapped_column(String(5))
    street: Mapped[str] = mapped_column(String(200))
    zone: Mapped[str] = mapped_column(String(40))
    """IANA zone in which its days, cut-offs and promises are counted (rule R14)."""
    weekend: Mapped[str] = mapped_column(String(6), default=USUAL_WEEKEND)
    """Days it rests each week, ``1`` Monday to ``7`` Sunday, in order; never all seven."""
    phone: Mapped[str | None] = mapped_column(String(20))
    email: Mapped[str | None] = mapped_column(String(254))
    reported_members: Mapped[int] = mapped_column(Integer)
    principal_saving: Mapped[int] = mapped_column(BigInteger)
    """Simpanan pokok, rupiah."""
    mandatory_saving: Mapped[int] = mapped_column(BigInteger)
    """Simpanan wajib, rupiah a month."""
    contribution_bp: Mapped[int] = mapped_column(Integer)
    """Basis points of a net sale that stay with the cooperative (rule R21)."""
    is_pkp: Mapped[bool] = mapped_column(Boolean)
    """Whether it charges PPN; its prices then include it (rule R25)."""
    dye: Mapped[str] = mapped_column(String(12))
    motif: Mapped[str] = mapped_column(String(12))
    story: Mapped[str] = mapped_column(Text)
    description_en: Mapped[str] = mapped_column(Text)
    suspended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when the operator lets it sell nothing and pays nothing out (rule R28)."""
    suspension: Mapped[str | None] = mapped_column(String(300))
    """Why, as its own people read it; None while it sells."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Closing(Base):
    """A time, planned ahead, in which a cooperative sends nothing (rule R14): Lebaran, a move."""

    __tablename__ = "closings"
    __table_args__ = (CheckConstraint("reopens > last_sending", name="reopens_later"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), index=True)
    last_sending: Mapped[date] = mapped_column(Date)
    """The last day on which it still works: "kirim terakhir 14 Maret"."""
    reopens: Mapped[date] = mapped_column(Date)
    """The first day on which it works again."""
    note: Mapped[str | None] = mapped_column(String(200))
    """What shoppers read beside it, in the cooperative's own words."""
    planned_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class BookYear(Base):
    """What a cooperative's members decided about one year's surplus; shares in basis points."""

    __tablename__ = "book_years"

    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    surplus: Mapped[int] = mapped_column(BigInteger)
    from_members_bp: Mapped[int] = mapped_column(Integer)
    reserve_bp: Mapped[int] = mapped_column(Integer)
    trade_bp: Mapped[int] = mapped_column(Integer)
    capital_bp: Mapped[int] = mapped_column(Integer)
    officers_bp: Mapped[int] = mapped_column(Integer)
    staff_bp: Mapped[int] = mapped_column(Integer)
    education_bp: Mapped[int] = mapped_column(Integer)
    social_bp: Mapped[int] = mapped_column(Integer)
    meeting_on: Mapped[date | None] = mapped_column(Date)


class Member(Base):
    """A member of a cooperative: maker of goods, owner of a share."""

    __tablename__ = "members"
    __table_args__ = (
        Index("uq_members_number", "cooperative_id", "number", unique=True),
        Index("ix_members_person", "person_id"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    code: Mapped[str] = mapped_column(String(12), unique=True)
    """``GYO-M01``: also the sign-in of members on shared phones."""
    number: Mapped[str] = mapped_column(String(12))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    business_name: Mapped[str | None] = mapped_column(String(120))
    gender: Mapped[str | None] = mapped_column(String(1))
    village_code: Mapped[str | None] = mapped_column(String(13))
    district: Mapped[str | None] = mapped_column(String(60))
    village: Mapped[str | None] = mapped_column(String(60))
    postcode: Mapped[str | None] = mapped_column(String(5))
    joined_on: Mapped[date] = mapped_column(Date)
    left_on: Mapped[date | None] = mapped_column(Date)
    scale: Mapped[str | None] = mapped_column(String(12))
    turnover: Mapped[int | None] = mapped_column(BigInteger)
    """Reported total turnover of ``figures_year``, rupiah."""
    sold_through: Mapped[int | None] = mapped_column(BigInteger)
    bought_from: Mapped[int | None] = mapped_column(BigInteger)
    principal_paid: Mapped[int | None] = mapped_column(BigInteger)
    mandatory_balance: Mapped[int | None] = mapped_column(BigInteger)
    voluntary_balance: Mapped[int | None] = mapped_column(BigInteger)
    figures_year: Mapped[int | None] = mapped_column(Integer)
    payout_way: Mapped[str | None] = mapped_column(String(20))
    device: Mapped[str | None] = mapped_column(String(20))
    has_nib: Mapped[bool] = mapped_column(Boolean, default=False)


class MemberPin(Base):
    """Six digits with which a member signs in on somebody else's phone (rule R27)."""

    __tablename__ = "member_pins"

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    """One a person: a member of two cooperatives comes in with either code."""
    pin_hash: Mapped[str] = mapped_column(String(200))
    tries: Mapped[int] = mapped_column(Integer, default=0)
    """Begun since the last right one; at ``rules.MAX_PIN_TRIES`` only the desk opens it again."""
    set_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Seat(Base):
    """A person's role in a cooperative; ended, never deleted."""

    __tablename__ = "seats"
    __table_args__ = (
        Index(
            "uq_seats_active",
            "cooperative_id",
            "person_id",
            "role",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    role: Mapped[Role] = mapped_column(states(Role, "role"))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
