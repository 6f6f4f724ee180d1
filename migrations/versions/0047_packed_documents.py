"""Documents of the search keep their words packed, and know their level of the stored order.

They are made from the catalogue: dropped here, made anew by ``lumbung db upgrade`` or
``lumbung search rebuild``.

Revision ID: 0047
Revises: 0046
Create Date: 2026-11-27 07:50:00
"""

import sqlalchemy as sa
from alembic import op

from migrations import search_index_until_0032 as ddl_of_texts
from shop.storefront.search_index import index_tables as ddl

revision: str = "0047"
down_revision: str | None = "0046"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    ddl_of_texts.drop(op.get_bind())
    _documents(
        sa.Column("level", sa.SmallInteger(), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
    )
    ddl.create(op.get_bind())
    op.create_index(
        "ix_product_cards_sold_out",
        "product_cards",
        ["product_id"],
        sqlite_where=sa.text("open_packs = 0"),
        postgresql_where=sa.text("open_packs = 0"),
    )


def downgrade() -> None:
    op.drop_index("ix_product_cards_sold_out", "product_cards")
    ddl.drop(op.get_bind())
    texts = ddl_of_texts.WITH_FACETS
    _documents(*(sa.Column(name, sa.Text(), nullable=False) for name in texts))
    ddl_of_texts.create(op.get_bind(), texts)


def _documents(*columns: sa.Column[str] | sa.Column[int] | sa.Column[bytes]) -> None:
    """Make the table anew, empty."""
    op.drop_table("search_documents")
    op.create_table(
        "search_documents",
        sa.Column("id", ID, nullable=False),
        sa.Column("product_id", ID, nullable=False),
        sa.Column("name_key", sa.String(length=200), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_search_documents_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_documents")),
        sa.UniqueConstraint("product_id", name=op.f("uq_search_documents_product_id")),
    )
    op.create_index(
        op.f("ix_search_documents_name_key"), "search_documents", ["name_key"], unique=False
    )
