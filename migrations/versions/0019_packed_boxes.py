"""The real box of a parcel, recorded once at packing.

Revision ID: 0019
Revises: 0018
Create Date: 2026-11-26 21:40:00
"""

import sqlalchemy as sa
from alembic import op

from shop.core.database.append_only_triggers import append_only

revision: str = "0019"
down_revision: str | None = "0018"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "packed_boxes",
        sa.Column("id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("grams", sa.Integer(), nullable=False),
        sa.Column("length_mm", sa.Integer(), nullable=False),
        sa.Column("width_mm", sa.Integer(), nullable=False),
        sa.Column("height_mm", sa.Integer(), nullable=False),
        sa.Column("billable_grams", sa.Integer(), nullable=False),
        sa.Column("fee", sa.BigInteger(), nullable=False),
        sa.Column("packed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("packed_by_id", ID, nullable=True),
        sa.CheckConstraint(
            "grams > 0 AND length_mm > 0 AND width_mm > 0 AND height_mm > 0 AND fee >= 0",
            name=op.f("ck_packed_boxes_measures_positive"),
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_packed_boxes_order_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packed_boxes")),
        sa.UniqueConstraint("order_id", name=op.f("uq_packed_boxes_order_id")),
    )
    append_only(op.get_bind(), ["packed_boxes"])


def downgrade() -> None:
    op.drop_table("packed_boxes")
