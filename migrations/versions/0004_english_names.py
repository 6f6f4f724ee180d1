"""Cards of goods carry the English name, so that lists need no further table for it.

Revision ID: 0004
Revises: 0003
Create Date: 2026-11-24 02:51:32.968769
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0004"
down_revision: str | None = "0003"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    with op.batch_alter_table("product_cards", schema=None) as batch_op:
        batch_op.add_column(sa.Column("name_en", sa.String(length=160), nullable=True))
    op.execute(
        "UPDATE product_cards SET name_en ="
        " (SELECT name_en FROM products WHERE products.id = product_cards.product_id)"
    )


def downgrade() -> None:
    with op.batch_alter_table("product_cards", schema=None) as batch_op:
        batch_op.drop_column("name_en")
