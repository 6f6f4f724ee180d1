"""Packs of a line that must not be sold are set aside, so that others can be brought.

Revision ID: 0042
Revises: 0041
Create Date: 2026-11-27 05:20:00
"""

import sqlalchemy as sa
from alembic import op

from shop.core.database.append_only_triggers import append_only

revision: str = "0042"
down_revision: str | None = "0041"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "line_withdrawals",
        sa.Column("id", ID, nullable=False),
        sa.Column("order_line_id", ID, nullable=False),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.CheckConstraint("packs > 0", name=op.f("ck_line_withdrawals_something_counted")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.id"], name=op.f("fk_line_withdrawals_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_lines.id"], name=op.f("fk_line_withdrawals_order_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_withdrawals")),
    )
    op.create_index(
        "uq_line_withdrawals_batch",
        "line_withdrawals",
        ["order_line_id", "batch_id"],
        unique=True,
    )
    append_only(op.get_bind(), ["line_withdrawals"])


def downgrade() -> None:
    op.drop_table("line_withdrawals")
