"""Indexes that keep an order board quick after years of trade.

Revision ID: 0038
Revises: 0037
Create Date: 2026-11-27 04:10:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0038"
down_revision: str | None = "0037"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_index("ix_orders_paid", "orders", ["cooperative_id", "paid_at"], unique=False)
    needing = sa.text("needs IS NOT NULL")
    op.create_index(
        "ix_orders_needing",
        "orders",
        ["cooperative_id", "id"],
        unique=False,
        sqlite_where=needing,
        postgresql_where=needing,
    )


def downgrade() -> None:
    op.drop_index("ix_orders_needing", table_name="orders")
    op.drop_index("ix_orders_paid", table_name="orders")
