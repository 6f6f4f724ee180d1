"""A cooperative's own account takes payments when it says so, and knows who added it.

Revision ID: 0026
Revises: 0025
Create Date: 2026-11-27 00:20:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0026"
down_revision: str | None = "0025"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("payees", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("takes_payments", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("added_by_id", ID, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("payees", schema=None) as batch_op:
        batch_op.drop_column("added_by_id")
        batch_op.drop_column("takes_payments")
