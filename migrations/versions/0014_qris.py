"""An account may be a QRIS code, with the amount written into it where its owner wants that.

Revision ID: 0014
Revises: 0013
Create Date: 2026-11-26 21:20:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | None = "0013"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    with op.batch_alter_table("payees", schema=None) as batch_op:
        batch_op.add_column(sa.Column("qris", sa.String(length=512), nullable=True))
        batch_op.add_column(
            sa.Column("qris_with_amount", sa.Boolean(), server_default=sa.false(), nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("payees", schema=None) as batch_op:
        batch_op.drop_column("qris_with_amount")
        batch_op.drop_column("qris")
