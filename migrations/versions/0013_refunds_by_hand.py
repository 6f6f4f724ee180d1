"""What went back of an order, and refunds that a second person has to allow.

Revision ID: 0013
Revises: 0012
Create Date: 2026-11-26 21:05:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | None = "0012"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

ORDERS = sa.table(
    "orders",
    sa.column("id", sa.BigInteger),
    sa.column("total", sa.BigInteger),
    sa.column("refunded", sa.BigInteger),
)
REFUNDS = sa.table(
    "refunds",
    sa.column("order_id", sa.BigInteger),
    sa.column("amount", sa.BigInteger),
    sa.column("reason", sa.String),
)


def upgrade() -> None:
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("refunded", sa.BigInteger(), nullable=False, server_default="0")
        )
    back = (
        sa.select(sa.func.sum(REFUNDS.c.amount))
        .where(REFUNDS.c.order_id == ORDERS.c.id, REFUNDS.c.reason != "unique_code")
        .scalar_subquery()
    )
    # A late payment went back with its unique code, which is none of the order's total.
    op.execute(
        ORDERS.update()
        .where(ORDERS.c.id.in_(sa.select(REFUNDS.c.order_id)))
        .values(
            refunded=sa.case(
                (sa.func.coalesce(back, 0) > ORDERS.c.total, ORDERS.c.total),
                else_=sa.func.coalesce(back, 0),
            )
        )
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.alter_column(
            "refunded", existing_type=sa.BigInteger(), existing_nullable=False, server_default=None
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_orders_refunded_within_total"), "refunded >= 0 AND refunded <= total"
        )
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("delivery", sa.BigInteger(), nullable=False, server_default="0")
        )
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.alter_column(
            "delivery", existing_type=sa.BigInteger(), existing_nullable=False, server_default=None
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_refunds_delivery_within_amount"), "delivery >= 0 AND delivery <= amount"
        )

    op.create_table(
        "refund_requests",
        sa.Column("id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("wish", sa.JSON(), nullable=False),
        sa.Column("asked_by_id", ID, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", ID, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_allowed", sa.Boolean(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_refund_requests_amount_positive")),
        sa.CheckConstraint(
            "decided_by_id IS NULL OR decided_by_id <> asked_by_id OR NOT is_allowed",
            name=op.f("ck_refund_requests_second_person"),
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_refund_requests_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["people.id"], name=op.f("fk_refund_requests_asked_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["people.id"], name=op.f("fk_refund_requests_decided_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refund_requests")),
    )
    with op.batch_alter_table("refund_requests", schema=None) as batch_op:
        batch_op.create_index(
            "uq_refund_requests_open",
            ["order_id"],
            unique=True,
            sqlite_where=sa.text("decided_at IS NULL"),
            postgresql_where=sa.text("decided_at IS NULL"),
        )


def downgrade() -> None:
    with op.batch_alter_table("refund_requests", schema=None) as batch_op:
        batch_op.drop_index("uq_refund_requests_open")
    op.drop_table("refund_requests")
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_refunds_delivery_within_amount"), type_="check")
        batch_op.drop_column("delivery")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_orders_refunded_within_total"), type_="check")
        batch_op.drop_column("refunded")
