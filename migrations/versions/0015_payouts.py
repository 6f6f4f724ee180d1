"""Payouts: batches, what each owner gets, and for which orders.

Revision ID: 0015
Revises: 0014
Create Date: 2026-11-26 21:08:26
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | None = "0014"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "payout_batches",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.Column("cooperative_id", ID, nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "prepared",
                "approved",
                "dropped",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("prepared_by_id", ID, nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by_id", ID, nullable=True),
        sa.CheckConstraint("total > 0", name=op.f("ck_payout_batches_total_positive")),
        sa.ForeignKeyConstraint(
            ["approved_by_id"], ["people.id"], name=op.f("fk_payout_batches_approved_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_payout_batches_cooperative_id")
        ),
        sa.ForeignKeyConstraint(
            ["prepared_by_id"], ["people.id"], name=op.f("fk_payout_batches_prepared_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_batches")),
        sa.UniqueConstraint("code", name=op.f("uq_payout_batches_code")),
    )
    with op.batch_alter_table("payout_batches", schema=None) as batch_op:
        batch_op.create_index("ix_payout_batches_desk", ["cooperative_id", "id"], unique=False)

    op.create_table(
        "payouts",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=True),
        sa.Column("payee_id", ID, nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "paid",
                "failed",
                "dropped",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("reference", sa.String(length=60), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paid_by_id", ID, nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_by_id", ID, nullable=True),
        sa.CheckConstraint(
            "state <> 'paid' OR reference IS NOT NULL", name=op.f("ck_payouts_paid_has_a_reference")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_payouts_amount_positive")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["payout_batches.id"], name=op.f("fk_payouts_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_payouts_cooperative_id")
        ),
        sa.ForeignKeyConstraint(
            ["failed_by_id"], ["people.id"], name=op.f("fk_payouts_failed_by_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["members.id"], name=op.f("fk_payouts_member_id")),
        sa.ForeignKeyConstraint(["paid_by_id"], ["people.id"], name=op.f("fk_payouts_paid_by_id")),
        sa.ForeignKeyConstraint(["payee_id"], ["payees.id"], name=op.f("fk_payouts_payee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payouts")),
        sa.UniqueConstraint("code", name=op.f("uq_payouts_code")),
    )
    with op.batch_alter_table("payouts", schema=None) as batch_op:
        batch_op.create_index("ix_payouts_cooperative", ["cooperative_id", "id"], unique=False)
        batch_op.create_index("ix_payouts_member", ["member_id", "id"], unique=False)
        batch_op.create_index(
            "uq_payouts_owner", ["batch_id", "cooperative_id", "member_id"], unique=True
        )

    op.create_table(
        "payout_orders",
        sa.Column("id", ID, nullable=False),
        sa.Column("payout_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("member_id", ID, nullable=True),
        sa.Column("own", sa.BigInteger(), nullable=False),
        sa.Column("members", sa.BigInteger(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["members.id"], name=op.f("fk_payout_orders_member_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_payout_orders_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["payouts.id"], name=op.f("fk_payout_orders_payout_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payout_orders")),
    )
    with op.batch_alter_table("payout_orders", schema=None) as batch_op:
        batch_op.create_index("ix_payout_orders_order", ["order_id"], unique=False)
        batch_op.create_index("ix_payout_orders_payout", ["payout_id"], unique=False)
        batch_op.create_index(
            "uq_payout_orders_open",
            ["order_id"],
            unique=True,
            sqlite_where=sa.text("is_open AND member_id IS NULL"),
            postgresql_where=sa.text("is_open AND member_id IS NULL"),
        )
        batch_op.create_index(
            "uq_payout_orders_open_member",
            ["order_id", "member_id"],
            unique=True,
            sqlite_where=sa.text("is_open AND member_id IS NOT NULL"),
            postgresql_where=sa.text("is_open AND member_id IS NOT NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("payout_orders", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_payout_orders_open_member",
            sqlite_where=sa.text("is_open AND member_id IS NOT NULL"),
            postgresql_where=sa.text("is_open AND member_id IS NOT NULL"),
        )
        batch_op.drop_index(
            "uq_payout_orders_open",
            sqlite_where=sa.text("is_open AND member_id IS NULL"),
            postgresql_where=sa.text("is_open AND member_id IS NULL"),
        )
        batch_op.drop_index("ix_payout_orders_payout")
        batch_op.drop_index("ix_payout_orders_order")

    op.drop_table("payout_orders")
    with op.batch_alter_table("payouts", schema=None) as batch_op:
        batch_op.drop_index("uq_payouts_owner")
        batch_op.drop_index("ix_payouts_member")
        batch_op.drop_index("ix_payouts_cooperative")

    op.drop_table("payouts")
    with op.batch_alter_table("payout_batches", schema=None) as batch_op:
        batch_op.drop_index("ix_payout_batches_desk")

    op.drop_table("payout_batches")
