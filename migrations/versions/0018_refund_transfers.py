"""Where shoppers want money back, and the transfers that people make there.

Revision ID: 0018
Revises: 0017
Create Date: 2026-11-26 21:20:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0018"
down_revision: str | None = "0017"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    # Nobody could name a destination before: the table is empty.
    with op.batch_alter_table("refund_destinations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("purchase_id", ID, nullable=False))
        batch_op.add_column(sa.Column("refused_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_refund_destinations_purchase_id"), "purchases", ["purchase_id"], ["id"]
        )
        batch_op.create_index(
            batch_op.f("ix_refund_destinations_purchase_id"), ["purchase_id"], unique=False
        )

    op.create_table(
        "refund_transfers",
        sa.Column("id", ID, nullable=False),
        sa.Column("destination_id", ID, nullable=False),
        sa.Column("payee_id", ID, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("reference", sa.String(length=60), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "paid",
                "failed",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("made_by_id", ID, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("allowed_by_id", ID, nullable=True),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_transfers_amount_positive")),
        sa.CheckConstraint(
            "allowed_by_id IS NULL OR allowed_by_id <> made_by_id",
            name=op.f("ck_refund_transfers_second_person"),
        ),
        sa.ForeignKeyConstraint(
            ["destination_id"],
            ["refund_destinations.id"],
            name=op.f("fk_refund_transfers_destination_id"),
        ),
        sa.ForeignKeyConstraint(
            ["payee_id"], ["payees.id"], name=op.f("fk_refund_transfers_payee_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_transfers")),
    )
    with op.batch_alter_table("refund_transfers", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_refund_transfers_destination_id"), ["destination_id"], unique=False
        )
        batch_op.create_index("ix_refund_transfers_state", ["state", "id"], unique=False)
        batch_op.create_index(
            "uq_refund_transfers_reference",
            ["payee_id", "reference"],
            unique=True,
            sqlite_where=sa.text("state <> 'failed'"),
            postgresql_where=sa.text("state <> 'failed'"),
        )
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("transfer_id", ID, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_refunds_transfer_id"), "refund_transfers", ["transfer_id"], ["id"]
        )
        batch_op.create_index(batch_op.f("ix_refunds_transfer_id"), ["transfer_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_refunds_destination_id"), ["destination_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refunds_destination_id"))
        batch_op.drop_index(batch_op.f("ix_refunds_transfer_id"))
        batch_op.drop_constraint(batch_op.f("fk_refunds_transfer_id"), type_="foreignkey")
        batch_op.drop_column("transfer_id")
    op.drop_table("refund_transfers")
    with op.batch_alter_table("refund_destinations", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_refund_destinations_purchase_id"))
        batch_op.drop_constraint(
            batch_op.f("fk_refund_destinations_purchase_id"), type_="foreignkey"
        )
        batch_op.drop_column("refused_at")
        batch_op.drop_column("purchase_id")
