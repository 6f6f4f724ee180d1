"""An index for the prices of a main category, in place of one that nothing reads any more.

Revision ID: 0049
Revises: 0048
Create Date: 2026-11-27 08:20:00
"""

from alembic import op

revision: str = "0049"
down_revision: str | None = "0048"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.drop_index("ix_product_cards_category", "product_cards")
    op.create_index(
        "ix_product_cards_top", "product_cards", ["category_top", "price", "product_id"]
    )


def downgrade() -> None:
    op.drop_index("ix_product_cards_top", "product_cards")
    op.create_index("ix_product_cards_category", "product_cards", ["category_path", "popularity"])
