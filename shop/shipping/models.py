"""Regions of Indonesia, addresses, and what delivery costs."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.schema import Base, BigId, UtcDateTime


class Region(Base):
    """A province, regency, district or village by its Kemendagri code (``PP.KK.CC.DDDD``)."""

    __tablename__ = "regions"
    __table_args__ = (Index("ix_regions_parent", "parent_code", "name"),)

    code: Mapped[str] = mapped_column(String(13), primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(80))
    folded: Mapped[str] = mapped_column(String(80), index=True)
    """Folded name, for finding it while typing."""
    postcode: Mapped[str | None] = mapped_column(String(5), index=True)
    """Villages only."""


class Address(Base):
    """Where a parcel goes. The names are frozen: regions get split and renamed."""

    __tablename__ = "addresses"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    street: Mapped[str] = mapped_column(String(300))
    """Street, number, RT/RW, landmark; overwritten on erasure."""
    village_code: Mapped[str] = mapped_column(String(13))
    village: Mapped[str] = mapped_column(String(80))
    district: Mapped[str] = mapped_column(String(80))
    regency: Mapped[str] = mapped_column(String(80))
    province: Mapped[str] = mapped_column(String(80))
    postcode: Mapped[str] = mapped_column(String(5))
    courier_note: Mapped[str | None] = mapped_column(String(200))
    saved: Mapped[bool] = mapped_column(default=False)
    """Kept in its owner's address book."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
