"""Purchases that a cooperative typed for somebody in a chat.

Revision ID: 0031
Revises: 0030
Create Date: 2026-11-27 03:50:00
"""

import sqlalchemy as sa
from alembic import op

from shop.core.database.append_only_triggers import append_only

revision: str = "0031"
down_revision: str | None = "0030"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "chat_purchases",
        sa.Column("purchase_id", ID, autoincrement=False, nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("typed_by_id", ID, nullable=False),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cooperative_id"],
            ["cooperatives.id"],
            name=op.f("fk_chat_purchases_cooperative_id"),
        ),
        sa.ForeignKeyConstraint(
            ["purchase_id"], ["purchases.id"], name=op.f("fk_chat_purchases_purchase_id")
        ),
        sa.PrimaryKeyConstraint("purchase_id", name=op.f("pk_chat_purchases")),
    )
    with op.batch_alter_table("chat_purchases", schema=None) as batch_op:
        batch_op.create_index(
            "ix_chat_purchases_latest", ["cooperative_id", "purchase_id"], unique=False
        )
    append_only(op.get_bind(), ["chat_purchases"])


def downgrade() -> None:
    op.drop_table("chat_purchases")
