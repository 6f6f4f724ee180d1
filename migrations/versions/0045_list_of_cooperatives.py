"""The list of cooperatives is read by name, and by province and name.

Revision ID: 0045
Revises: 0044
Create Date: 2026-11-27 07:55:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0045"
down_revision: str | None = "0044"
branch_labels: None = None
depends_on: None = None

INDEXES = {
    "ix_cooperatives_listed": ["short_name", "id"],
    "ix_cooperatives_province": ["province", "short_name", "id"],
}


def upgrade() -> None:
    sells = sa.text("suspended_at IS NULL")
    for name, columns in INDEXES.items():
        op.create_index(name, "cooperatives", columns, sqlite_where=sells, postgresql_where=sells)


def downgrade() -> None:
    for name in INDEXES:
        op.drop_index(name, table_name="cooperatives")
