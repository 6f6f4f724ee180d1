"""Two indexes keep less: packs of goods are found by their product, open goods only counted.

Revision ID: 0056
Revises: 0055
Create Date: 2026-11-27 11:40:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0056"
down_revision: str | None = "0055"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.drop_index("ix_variants_product", "variants")
    op.create_index(op.f("ix_variants_product_id"), "variants", ["product_id"])
    _open("open_packs")


def downgrade() -> None:
    _open("product_id")
    op.drop_index(op.f("ix_variants_product_id"), "variants")
    op.create_index("ix_variants_product", "variants", ["product_id", "position"])


def _open(column: str) -> None:
    op.drop_index("ix_product_cards_open", "product_cards")
    is_open = sa.text("open_packs > 0")
    op.create_index(
        "ix_product_cards_open",
        "product_cards",
        [column],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )
