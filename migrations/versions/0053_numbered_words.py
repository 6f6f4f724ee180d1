"""Documents of the search know their words by number, and their product by their place.

They are made from the catalogue: dropped here, made anew by ``lumbung db upgrade`` or
``lumbung search rebuild``.

Revision ID: 0053
Revises: 0052
Create Date: 2026-11-27 11:20:00
"""

import sqlalchemy as sa
from alembic import op

from shop.storefront.search_index import index_tables as ddl

revision: str = "0053"
down_revision: str | None = "0052"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.String(length=140).with_variant(sa.String(length=140, collation="C"), "postgresql")


def upgrade() -> None:
    _documents(sa.Column("whole_name", sa.BigInteger(), nullable=False))
    op.create_index(
        op.f("ix_search_documents_whole_name"), "search_documents", ["whole_name"], unique=False
    )
    _words(
        sa.Column("id", ID, nullable=False),
        sa.Column("word", WORD, nullable=False),
        keys=(
            sa.PrimaryKeyConstraint("id", name=op.f("pk_search_words")),
            sa.UniqueConstraint("word", name=op.f("uq_search_words_word")),
        ),
    )


def downgrade() -> None:
    _documents(
        sa.Column("product_id", ID, nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_search_documents_product_id")
        ),
        sa.UniqueConstraint("product_id", name=op.f("uq_search_documents_product_id")),
    )
    op.create_index(
        op.f("ix_search_documents_name_key"), "search_documents", ["name_key"], unique=False
    )
    _words(
        sa.Column("word", WORD, nullable=False),
        keys=(sa.PrimaryKeyConstraint("word", name=op.f("pk_search_words")),),
    )


def _documents(*parts: sa.schema.SchemaItem) -> None:
    """Make the table anew, empty, and the index beside it."""
    ddl.drop(op.get_bind())
    op.drop_table("search_documents")
    op.create_table(
        "search_documents",
        sa.Column("id", ID, nullable=False),
        *parts,
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_documents")),
    )
    ddl.create(op.get_bind())


def _words(*names: sa.Column[int] | sa.Column[str], keys: tuple[sa.Constraint, ...]) -> None:
    """Make the table anew, empty, with the index of those who sell."""
    op.drop_table("search_words")
    op.create_table(
        "search_words",
        *names,
        sa.Column("goods", sa.Integer(), nullable=False),
        sa.Column("named", sa.Integer(), nullable=False),
        *keys,
    )
    op.create_index(
        "ix_search_words_sellers",
        "search_words",
        [sa.text("goods DESC"), "word"],
        sqlite_where=sa.literal_column("word >= ':kop:' AND word < ':kop;'"),
        postgresql_where=sa.literal_column("word >= ':kop:' AND word < ':kop;'"),
    )
