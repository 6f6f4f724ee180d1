"""Why a cooperative is suspended.

Revision ID: 0017
Revises: 0016
Create Date: 2026-11-26 21:20:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0017"
down_revision: str | None = "0016"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.add_column("cooperatives", sa.Column("suspension", sa.String(length=300), nullable=True))


def downgrade() -> None:
    op.drop_column("cooperatives", "suspension")
