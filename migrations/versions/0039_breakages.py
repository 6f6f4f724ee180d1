"""Packs that came broken, for whoever packed them.

Revision ID: 0039
Revises: 0038
Create Date: 2026-11-27 04:30:00
"""

import sqlalchemy as sa
from alembic import op

from shop.core.database.append_only_triggers import append_only

revision: str = "0039"
down_revision: str | None = "0038"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "pack_breakages",
        sa.Column("id", ID, nullable=False),
        sa.Column("product_id", ID, nullable=False),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("packs > 0", name=op.f("ck_pack_breakages_packs_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pack_breakages")),
        sa.UniqueConstraint("source", name=op.f("uq_pack_breakages_source")),
    )
    with op.batch_alter_table("pack_breakages", schema=None) as batch_op:
        batch_op.create_index("ix_pack_breakages_product", ["product_id", "at"], unique=False)
    append_only(op.get_bind(), ["pack_breakages"])


def downgrade() -> None:
    with op.batch_alter_table("pack_breakages", schema=None) as batch_op:
        batch_op.drop_index("ix_pack_breakages_product")
    op.drop_table("pack_breakages")
