"""The table of changes that pages may show."""

from sqlalchemy import BigInteger, Boolean
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.database.schema import Base, BigId


class PageChange(Base):
    """Something changed that pages show; triggers write it (``triggers``).

    Neither goods nor a cooperative means: every page.
    """

    __tablename__ = "page_changes"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    product_id: Mapped[int | None] = mapped_column(BigInteger)
    """Without foreign keys: goods that are gone are a change, too."""
    cooperative_id: Mapped[int | None] = mapped_column(BigInteger)
    lists: Mapped[bool] = mapped_column(Boolean)
    """Whether goods may stand elsewhere in lists, or be counted otherwise."""
    xact: Mapped[int] = mapped_column(BigInteger, index=True)
    """PostgreSQL's transaction; 0 on SQLite."""
    at: Mapped[int] = mapped_column(BigInteger, index=True)
    """Seconds since 1970, by the database's clock; only for sweeping."""
