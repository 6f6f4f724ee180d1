"""Every change that a shopper could see is told, so that pages can be kept ready.

Revision ID: 0034
Revises: 0033
Create Date: 2026-11-27 03:45:00
"""

import sqlalchemy as sa
from alembic import op

from shop.web.page_cache import triggers as page_ddl

revision: str = "0034"
down_revision: str | None = "0033"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "page_changes",
        sa.Column("id", ID, nullable=False),
        sa.Column("product_id", sa.BigInteger(), nullable=True),
        sa.Column("cooperative_id", sa.BigInteger(), nullable=True),
        sa.Column("lists", sa.Boolean(), nullable=False),
        sa.Column("xact", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_changes")),
    )
    with op.batch_alter_table("page_changes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_page_changes_xact"), ["xact"], unique=False)
        batch_op.create_index(batch_op.f("ix_page_changes_at"), ["at"], unique=False)
    page_ddl.create(op.get_bind())


def downgrade() -> None:
    page_ddl.drop(op.get_bind())
    op.drop_table("page_changes")
