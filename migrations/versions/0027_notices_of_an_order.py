"""Notices are found by their order: what was told already is not told again.

Revision ID: 0027
Revises: 0026
Create Date: 2026-11-27 00:25:00
"""

from alembic import op

revision: str = "0027"
down_revision: str | None = "0026"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_index("ix_notices_order", "notices", ["order_id", "kind"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_notices_order", table_name="notices")
