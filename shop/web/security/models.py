"""Table of the rate limits."""

from datetime import datetime

from sqlalchemy import Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.database.schema import Base, UtcDateTime


class RateCounter(Base):
    """How often something was tried within a span of time. Whom it is about cannot be read back."""

    __tablename__ = "rate_counters"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    """SHA-256 of what was tried and by whom or on what."""
    tries: Mapped[int] = mapped_column(Integer)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
