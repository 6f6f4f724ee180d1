"""What a product is found by: its words, folded, beside the index that the database keeps."""

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.schema import Base, BigId


class SearchDocument(Base):
    """The words of one product in the shop.

    ``id`` is the stored order: a rebuild numbers them by popularity, so that "the first so many
    matches" are also the best-liked ones. ``shop.search.ddl`` hangs the index on this table.
    """

    __tablename__ = "search_documents"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id"), unique=True)
    name_key: Mapped[str] = mapped_column(String(200), index=True)
    """The whole name, folded: who types it means this product."""
    name: Mapped[str] = mapped_column(Text)
    """Every spelling of the words of its name."""
    rest: Mapped[str] = mapped_column(Text)
    """Words of maker, cooperative, category and story."""


class Synonym(Base):
    """A word or phrase and the group of words that mean the same."""

    __tablename__ = "synonyms"

    term: Mapped[str] = mapped_column(String(60), primary_key=True)
    """Folded words, one space between them."""
    group: Mapped[str] = mapped_column(String(60), primary_key=True)
    """The usual word of the group, folded."""
    spelling: Mapped[str] = mapped_column(String(60))
    """As the list writes it."""
