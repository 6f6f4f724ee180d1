"""What the front page looks through stands whole in the indexes it is read from.

Revision ID: 0048
Revises: 0047
Create Date: 2026-11-27 08:10:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0048"
down_revision: str | None = "0047"
branch_labels: None = None
depends_on: None = None

POPULARITY = "ix_falling_product_cards_popularity"
PUBLISHED = "ix_falling_product_cards_published"


def upgrade() -> None:
    fallen: list[str | sa.TextClause] = [sa.text("popularity DESC"), "turn", "product_id"]
    op.drop_index(POPULARITY, "product_cards")
    op.create_index(POPULARITY, "product_cards", [*fallen, "cooperative_id"])
    newest = [sa.text("published_at DESC"), sa.text("product_id DESC")]
    op.drop_index("ix_product_cards_published", "product_cards")
    op.create_index(PUBLISHED, "product_cards", [*newest, "cooperative_id"])
    op.create_index(
        "ix_falling_product_cards_pictured",
        "product_cards",
        ["cooperative_id", *fallen],
        sqlite_where=sa.text("pictures <> ''"),
        postgresql_where=sa.text("pictures <> ''"),
    )


def downgrade() -> None:
    op.drop_index("ix_falling_product_cards_pictured", "product_cards")
    op.drop_index(PUBLISHED, "product_cards")
    op.create_index("ix_product_cards_published", "product_cards", ["published_at", "product_id"])
    op.drop_index(POPULARITY, "product_cards")
    op.create_index(POPULARITY, "product_cards", [sa.text("popularity DESC"), "turn", "product_id"])
