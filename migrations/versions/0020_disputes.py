"""Disputes of card payments, divided over their orders.

Revision ID: 0020
Revises: 0019
Create Date: 2026-11-26 21:42:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0020"
down_revision: str | None = "0019"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "disputes",
        sa.Column("id", ID, nullable=False),
        sa.Column("dispute_ref", sa.String(length=90), nullable=False),
        sa.Column("payment_id", ID, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "won",
                "lost",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("respond_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_disputes_amount_positive")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_disputes_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disputes")),
        sa.UniqueConstraint("dispute_ref", name=op.f("uq_disputes_dispute_ref")),
    )
    with op.batch_alter_table("disputes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_disputes_payment_id"), ["payment_id"], unique=False)
        batch_op.create_index("ix_disputes_state", ["state", "id"], unique=False)
    op.create_table(
        "dispute_parts",
        sa.Column("dispute_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("bearer", sa.String(length=20), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_dispute_parts_amount_positive")),
        sa.ForeignKeyConstraint(
            ["dispute_id"], ["disputes.id"], name=op.f("fk_dispute_parts_dispute_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_dispute_parts_order_id")
        ),
        sa.PrimaryKeyConstraint("dispute_id", "order_id", name=op.f("pk_dispute_parts")),
    )
    with op.batch_alter_table("dispute_parts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dispute_parts_order_id"), ["order_id"], unique=False)


def downgrade() -> None:
    op.drop_table("dispute_parts")
    op.drop_table("disputes")
