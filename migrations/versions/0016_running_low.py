"""Shelves remember whether running low is still to be told.

Revision ID: 0016
Revises: 0015
Create Date: 2026-11-26 21:05:40
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | None = "0015"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    # False: what is low already when this comes is on the desk's list and was not just crossed.
    with op.batch_alter_table("stock_items", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("tells_low", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("stock_items", schema=None) as batch_op:
        batch_op.alter_column("tells_low", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("stock_items", schema=None) as batch_op:
        batch_op.drop_column("tells_low")
