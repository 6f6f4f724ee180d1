"""Money that was too little for its bill goes back.

Revision ID: 0028
Revises: 0027
Create Date: 2026-11-27 00:40:00
"""

import sqlalchemy as sa
from alembic import op

from shop.core.database.append_only_triggers import append_only

revision: str = "0028"
down_revision: str | None = "0027"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "receipt_returns",
        sa.Column("id", ID, nullable=False),
        sa.Column("receipt_id", ID, nullable=False),
        sa.Column("payment_id", ID, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_receipt_returns_amount_positive")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_receipt_returns_payment_id")
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipts.id"], name=op.f("fk_receipt_returns_receipt_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt_returns")),
    )
    with op.batch_alter_table("receipt_returns", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_receipt_returns_payment_id"), ["payment_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_receipt_returns_receipt_id"), ["receipt_id"], unique=False
        )
    append_only(op.get_bind(), ["receipt_returns"])


def downgrade() -> None:
    op.drop_table("receipt_returns")
