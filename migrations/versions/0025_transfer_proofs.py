"""Photos of transfers that shoppers send.

Revision ID: 0025
Revises: 0024
Create Date: 2026-11-27 00:20:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0025"
down_revision: str | None = "0024"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "transfer_proofs",
        sa.Column("id", ID, nullable=False),
        sa.Column("payment_id", ID, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("photo", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_transfer_proofs_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transfer_proofs")),
    )
    with op.batch_alter_table("transfer_proofs", schema=None) as batch_op:
        batch_op.create_index("uq_transfer_proofs_photo", ["payment_id", "digest"], unique=True)
        batch_op.create_index("ix_transfer_proofs_digest", ["digest"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("transfer_proofs", schema=None) as batch_op:
        batch_op.drop_index("ix_transfer_proofs_digest")
        batch_op.drop_index("uq_transfer_proofs_photo")
    op.drop_table("transfer_proofs")
