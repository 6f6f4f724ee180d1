"""Who did what: one line an act, for ever."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.database.schema import Base, BigId, UtcDateTime


class AuditEvent(Base):
    """An act by a person or by the shop itself. Carries ids and figures, never names or text."""

    __tablename__ = "audit_events"
    __table_args__ = (Index("ix_audit_events_cooperative", "cooperative_id", "id"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor_id: Mapped[int | None] = mapped_column(BigId)
    """The person; none when the shop acted by itself."""
    cooperative_id: Mapped[int | None] = mapped_column(BigId)
    action: Mapped[str] = mapped_column(String(60))
    """A verb with its room, for example ``stock.adjusted``."""
    subject: Mapped[str] = mapped_column(String(60))
    """What was acted on, for example ``variant:17``."""
    before: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    origin_id: Mapped[int | None] = mapped_column(ForeignKey("audit_origins.id"))


class AuditOrigin(Base):
    """Where acts came from: kept apart from the log, so that it can be forgotten in time."""

    __tablename__ = "audit_origins"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    address: Mapped[str | None] = mapped_column(String(45), index=True)
    """IP address; emptied when its time is over."""
    first_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
