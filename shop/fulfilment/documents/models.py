"""Invoices and credit notes as they were issued, and the identities that they need."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, Integer, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.database.schema import Base, BigId, UtcDateTime, states
from shop.fulfilment.documents.rules import DocumentKind


class IssuedDocument(Base):
    """A numbered document. Append-only: what is wrong is taken back by another one."""

    __tablename__ = "issued_documents"
    __table_args__ = (
        Index(
            "uq_issued_documents_running",
            "cooperative_id",
            "kind",
            "year",
            "running",
            unique=True,
        ),
        # One invoice for each order; its credit notes are as many as its refunds.
        Index(
            "uq_issued_documents_invoice",
            "order_id",
            unique=True,
            sqlite_where=text("kind = 'invoice'"),
            postgresql_where=text("kind = 'invoice'"),
        ),
        Index("ix_issued_documents_order", "order_id", "id"),
        Index("ix_issued_documents_issued", "issued_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    kind: Mapped[DocumentKind] = mapped_column(states(DocumentKind, "kind"))
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    refund_id: Mapped[int | None] = mapped_column(ForeignKey("refunds.id"), unique=True)
    """What a credit note was issued for."""
    year: Mapped[int] = mapped_column(Integer)
    running: Mapped[int] = mapped_column(Integer)
    """Counts from 1 in each year of a cooperative, without gaps."""
    number: Mapped[str] = mapped_column(String(32), unique=True)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """All that it says, except who bought: no name or address of a person stands here."""
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DocumentCounter(Base):
    """The last running number of a cooperative's documents of one kind in a year."""

    __tablename__ = "document_counters"

    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"), primary_key=True)
    kind: Mapped[DocumentKind] = mapped_column(states(DocumentKind, "kind"), primary_key=True)
    year: Mapped[int] = mapped_column(Integer, primary_key=True)
    last: Mapped[int] = mapped_column(Integer)


class DocumentFile(Base):
    """A document's paper as it was first drawn. It stands; its end is to be emptied, once.

    Its page names who bought, so it lives exactly as long as their :class:`BuyerIdentity`.
    """

    __tablename__ = "document_files"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("issued_documents.id"), unique=True)
    pdf: Mapped[bytes | None] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    """Of the bytes; it stays when they are emptied."""
    drawn_at: Mapped[datetime] = mapped_column(UtcDateTime)


class BuyerIdentity(Base):
    """Who bought, as the invoice names them: sealed, and emptied when its time is over."""

    __tablename__ = "buyer_identities"

    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), primary_key=True)
    name: Mapped[str | None] = mapped_column(String(120))
    address: Mapped[str | None] = mapped_column(Text)
    keep_until: Mapped[date] = mapped_column(Date, index=True)
