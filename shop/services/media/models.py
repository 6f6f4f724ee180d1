"""Photos and their sizes. The bytes lie in the storage; here stands what exists there."""

from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.database.schema import Base, BigId, UtcDateTime, states
from shop.services.media.guidance import Light, Tip
from shop.services.media.rules import PhotoFormat


class Photo(Base):
    """A cleaned, square photo. Its key is made of its contents and names all its files."""

    __tablename__ = "photos"
    __table_args__ = (CheckConstraint("side > 0 AND bytes > 0", name="has_size"),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)
    side: Mapped[int] = mapped_column(Integer)
    """Pixels, across and down."""
    bytes: Mapped[int] = mapped_column(Integer)
    """What the kept original weighs."""
    is_cut: Mapped[bool] = mapped_column(Boolean, default=False)
    """Whether the whole picture lies beside the square, to choose another centre from."""
    across: Mapped[int] = mapped_column(Integer, default=500)
    down: Mapped[int] = mapped_column(Integer, default=500)
    """Where the square's centre was put in the whole picture, in thousandths."""
    fingerprint: Mapped[str] = mapped_column(String(64), default="")
    """What photos that look alike have alike; empty for those taken in before there was one."""
    light: Mapped[Light | None] = mapped_column(states(Light, "light"))
    tip: Mapped[Tip | None] = mapped_column(states(Tip, "tip"))
    """What guidance said of it."""
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)
    """When somebody last wanted it: sweeping leaves it alone for a while after."""
    leaving_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when its files are being swept away; nobody may name it any more."""


class Rendition(Base):
    """One size of a photo in one format that stands in the storage."""

    __tablename__ = "photo_renditions"
    __table_args__ = (
        UniqueConstraint("photo_id", "format", "width"),
        CheckConstraint("width > 0 AND height > 0 AND bytes > 0", name="has_size"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    photo_id: Mapped[int] = mapped_column(ForeignKey("photos.id", ondelete="CASCADE"))
    format: Mapped[PhotoFormat] = mapped_column(states(PhotoFormat, "format"))
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    bytes: Mapped[int] = mapped_column(Integer)
