"""What a product is found by: its words, folded, beside the index that the database keeps."""

from sqlalchemy import BigInteger, Integer, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from shop.core.database.schema import Base, BigId


def _by_sign(length: int) -> String:
    """Compared sign by sign on both engines, so that what begins alike stands together."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


WORD = _by_sign(140)

OF_SELLERS = "word >= ':kop:' AND word < ':kop;'"
"""Which words are marks of cooperatives (``facet_terms.COOPERATIVE``), word for word as the index
``ix_search_words_sellers`` has it."""


class SearchDocument(Base):
    """The words of one product in the shop.

    ``id`` is its place in the stored order (``rules.place_of``): what sold most first, and of what
    sold alike the newest. "The first so many matches" are therefore the best-liked ones. The
    place also says which product it is (``rules.product_of``).
    ``shop.storefront.search_index.index_tables`` makes the index beside this table.
    """

    __tablename__ = "search_documents"

    id: Mapped[int] = mapped_column(BigId, primary_key=True, autoincrement=False)
    whole_name: Mapped[int] = mapped_column(BigInteger, index=True)
    """The number of its whole name (``rules.name_number``): who types it means this product."""
    level: Mapped[int] = mapped_column(SmallInteger)
    """Which stretch of the stored order it stands in (``rules.LEVELS``)."""
    words: Mapped[bytes] = mapped_column(LargeBinary)
    """All words that it is found by, as their numbers (``documents.pack``): to take them out
    again."""


class SearchWord(Base):
    """How many goods a word or the mark of a facet leads to, kept in the commit that changes it."""

    __tablename__ = "search_words"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    """Its number in documents; a rebuild counts anew, in the order of what sells."""
    word: Mapped[str] = mapped_column(WORD, unique=True)
    goods: Mapped[int] = mapped_column(Integer)
    named: Mapped[int] = mapped_column(Integer)
    """Goods that have it in more than their story: a typing error may have meant it."""


class SearchSpelling(Base):
    """A word under what is left of it when a letter or two are left out (``spelling.keys_of``).

    A mistyped word leaves some of the same. A word that no product has any more may stand here
    until the next rebuild: ``search_words`` says what there is.
    """

    __tablename__ = "search_spellings"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: Mapped[str] = mapped_column(WORD, primary_key=True)
    word: Mapped[str] = mapped_column(WORD, primary_key=True)


class Synonym(Base):
    """A word or phrase and the group of words that mean the same."""

    __tablename__ = "synonyms"

    term: Mapped[str] = mapped_column(_by_sign(60), primary_key=True)
    """Folded words, one space between them."""
    group: Mapped[str] = mapped_column(String(60), primary_key=True, index=True)
    """The usual word of the group, folded."""
    spelling: Mapped[str] = mapped_column(String(60))
    """As the list writes it."""
