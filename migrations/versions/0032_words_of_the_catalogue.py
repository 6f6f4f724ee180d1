"""Search knows the words of the catalogue, its facets, and what sold most.

The documents are made from the catalogue: they are dropped here and made anew by
``lumbung db upgrade`` or ``lumbung search rebuild``.

Revision ID: 0032
Revises: 0031
Create Date: 2026-11-27 03:40:00
"""

import sqlalchemy as sa
from alembic import op

from migrations import search_index_until_0032 as ddl

revision: str = "0032"
down_revision: str | None = "0031"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
WORD = sa.String(length=140).with_variant(sa.String(length=140, collation="C"), "postgresql")


def upgrade() -> None:
    _documents(["name", "about", "rest", "facets"])
    ddl.create(op.get_bind(), ddl.WITH_FACETS)
    op.create_table(
        "search_words",
        sa.Column("word", WORD, nullable=False),
        sa.Column("goods", sa.Integer(), nullable=False),
        sa.Column("named", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_search_words")),
    )
    op.create_table(
        "search_spellings",
        sa.Column("key", WORD, nullable=False),
        sa.Column("word", WORD, nullable=False),
        sa.PrimaryKeyConstraint("key", "word", name=op.f("pk_search_spellings")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("search_spellings")
    op.drop_table("search_words")
    _documents(["name", "rest"])
    ddl.create(op.get_bind(), ddl.BEFORE_FACETS)


def _documents(texts: list[str]) -> None:
    """Make the table anew, empty."""
    ddl.drop(op.get_bind())
    op.drop_table("search_documents")
    op.create_table(
        "search_documents",
        sa.Column("id", ID, nullable=False),
        sa.Column("product_id", ID, nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_search_documents_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_documents")),
        sa.UniqueConstraint("product_id", name=op.f("uq_search_documents_product_id")),
    )
    with op.batch_alter_table("search_documents", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_search_documents_name_key"), ["name_key"], unique=False
        )
