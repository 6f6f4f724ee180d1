"""Shoppers choose when packs are missing.

Revision ID: 0041
Revises: 0040
Create Date: 2026-11-27 04:15:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0041"
down_revision: str | None = "0040"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "short_offers",
        sa.Column("order_id", ID, nullable=False),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("complete_on", sa.Date(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", ID, nullable=True),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=24), nullable=True),
        sa.Column("answered_by", sa.String(length=24), nullable=True),
        sa.CheckConstraint(
            "answer IN ('send', 'wait', 'cancel')", name=op.f("ck_short_offers_answer")
        ),
        sa.CheckConstraint(
            "answered_by IN ('shopper', 'cooperative', 'operator', 'shop')",
            name=op.f("ck_short_offers_answered_by"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_short_offers_order_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_short_offers")),
    )
    op.create_index("ix_short_offers_answer_by", "short_offers", ["answer_by"], unique=False)


def downgrade() -> None:
    op.drop_table("short_offers")
