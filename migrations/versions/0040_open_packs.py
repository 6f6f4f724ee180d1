"""A card knows whether anything of its goods can be bought now.

Revision ID: 0040
Revises: 0039
Create Date: 2026-11-27 04:10:00
"""

import sqlalchemy as sa
from alembic import op

from migrations import search_index_until_0032 as search_ddl
from shop.core.database import append_only_triggers as ddl

revision: str = "0040"
down_revision: str | None = "0039"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    # Not in a batch: rebuilding the table would drop what watches it.
    op.add_column(
        "product_cards", sa.Column("open_packs", sa.Integer(), nullable=False, server_default="0")
    )
    ddl.open_packs(op.get_bind())
    # Words of names are marked from here on: the documents are made anew after this.
    search_ddl.drop(op.get_bind())
    op.execute("DELETE FROM search_documents")
    search_ddl.create(op.get_bind(), search_ddl.WITH_FACETS)


def downgrade() -> None:
    ddl.no_open_packs(op.get_bind())
    op.drop_column("product_cards", "open_packs")
