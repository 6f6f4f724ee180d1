"""Packs of a product may differ in two things, each with an option of its own.

Revision ID: 0010
Revises: 0009
Create Date: 2026-11-26 20:27:40.771903
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | None = "0009"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.add_column(sa.Column("other_choice_name", sa.String(length=40), nullable=True))
    with op.batch_alter_table("variants", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("option", sa.String(length=80), nullable=False, server_default="")
        )
        batch_op.add_column(
            sa.Column("other_option", sa.String(length=40), nullable=False, server_default="")
        )
    # So far there was one choice, and a pack was called by its option.
    op.execute("UPDATE variants SET option = name")
    with op.batch_alter_table("variants", schema=None) as batch_op:
        for column, length in (("option", 80), ("other_option", 40)):
            batch_op.alter_column(
                column,
                existing_type=sa.String(length=length),
                existing_nullable=False,
                server_default=None,
            )


def downgrade() -> None:
    with op.batch_alter_table("variants", schema=None) as batch_op:
        batch_op.drop_column("other_option")
        batch_op.drop_column("option")
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.drop_column("other_choice_name")
