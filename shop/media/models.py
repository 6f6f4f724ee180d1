"""Photos and their sizes. The bytes lie in the storage; here stands what exists there."""

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.schema import Base, BigId, states
from shop.media.rules import PhotoFormat


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
