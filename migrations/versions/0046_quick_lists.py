"""Indexes for the order of the catalogue, what can be bought now, and who sells most.

Revision ID: 0046
Revises: 0045
Create Date: 2026-11-27 07:40:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0046"
down_revision: str | None = "0045"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.drop_index("ix_product_cards_popularity", "product_cards")
    op.create_index(
        "ix_falling_product_cards_popularity",
        "product_cards",
        [sa.text("popularity DESC"), "turn", "product_id"],
    )
    op.create_index(
        "ix_product_cards_open",
        "product_cards",
        ["product_id"],
        sqlite_where=sa.text("open_packs > 0"),
        postgresql_where=sa.text("open_packs > 0"),
    )
    op.create_index(
        "ix_search_words_sellers",
        "search_words",
        [sa.text("goods DESC"), "word"],
        sqlite_where=sa.literal_column("word >= ':kop:' AND word < ':kop;'"),
        postgresql_where=sa.literal_column("word >= ':kop:' AND word < ':kop;'"),
    )


def downgrade() -> None:
    op.drop_index("ix_search_words_sellers", "search_words")
    op.drop_index("ix_product_cards_open", "product_cards")
    op.drop_index("ix_falling_product_cards_popularity", "product_cards")
    op.create_index(
        "ix_product_cards_popularity", "product_cards", ["popularity", "turn", "product_id"]
    )
