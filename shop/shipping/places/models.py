"""Regions of Indonesia, addresses, and what delivery costs."""

from datetime import datetime

from sqlalchemy import (
    ForeignKey,
    Index,
    Integer,
    String,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.database.schema import Base, BigId, UtcDateTime

AreaCode = String(8)
"""A province (``32``), regency (``32.05``) or district (``32.05.07``): what a rate covers."""

# Finding by prefix is a range over bytes; a database that sorts by language would miss names.
_Folded = String(80).with_variant(String(80, collation="C"), "postgresql")


class Region(Base):
    """A province, regency, district or village by its Kemendagri code (``PP.KK.CC.DDDD``)."""

    __tablename__ = "regions"

    code: Mapped[str] = mapped_column(String(13), primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(String(8), index=True)
    name: Mapped[str] = mapped_column(String(80))
    folded: Mapped[str] = mapped_column(_Folded, index=True)
    """Folded name without spaces, *kabupaten* or *kota*, for finding it while typing."""
    postcode: Mapped[str | None] = mapped_column(String(5), index=True)
    """Villages only."""


class RegionEdition(Base):
    """Which list of regions was loaded, and when: the same one is not loaded twice."""

    __tablename__ = "region_editions"

    edition: Mapped[str] = mapped_column(String(60), primary_key=True)
    regions: Mapped[int] = mapped_column(Integer)
    loaded_at: Mapped[datetime] = mapped_column(UtcDateTime)


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
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BookEntry(Base):
    """An address in a person's address book, kept for the next time.

    The address itself never changes, because orders point to it: to change an entry is to lead
    it to another address.
    """

    __tablename__ = "address_book"
    __table_args__ = (
        Index(
            "uq_address_book_main",
            "person_id",
            unique=True,
            sqlite_where=text("is_main"),
            postgresql_where=text("is_main"),
        ),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    code: Mapped[str] = mapped_column(String(22), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    address_id: Mapped[int] = mapped_column(ForeignKey("addresses.id"), index=True)
    is_main: Mapped[bool] = mapped_column(default=False)
    """*Alamat utama*: chosen at checkout until the person says otherwise."""
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Hidden from then on; forgotten a day later, when no order needs the address."""
