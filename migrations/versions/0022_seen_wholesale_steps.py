"""The wholesale steps that a shopper accepted stand on the cart's line, beside the price.

Revision ID: 0022
Revises: 0021
Create Date: 2026-11-26 23:55:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0022"
down_revision: str | None = "0021"
branch_labels: None = None
depends_on: None = None

LINES = sa.table("cart_lines", sa.column("variant_id"), sa.column("seen_steps", sa.Text))
VARIANTS = sa.table("variants", sa.column("id"), sa.column("product_id"))
STEPS = sa.table(
    "wholesale_steps", sa.column("product_id"), sa.column("least_packs"), sa.column("unit_price")
)


def upgrade() -> None:
    with op.batch_alter_table("cart_lines", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seen_steps", sa.Text(), nullable=False, server_default=""))
    # Whoever has goods in a cart now has seen the steps of now.
    step = sa.cast(STEPS.c.least_packs, sa.String) + ":" + sa.cast(STEPS.c.unit_price, sa.String)
    steps = (
        sa.select(sa.func.aggregate_strings(step, " "))
        .join_from(STEPS, VARIANTS, VARIANTS.c.product_id == STEPS.c.product_id)
        .where(VARIANTS.c.id == LINES.c.variant_id)
        .correlate(LINES)
        .scalar_subquery()
    )
    op.execute(sa.update(LINES).values(seen_steps=sa.func.coalesce(steps, "")))
    with op.batch_alter_table("cart_lines", schema=None) as batch_op:
        batch_op.alter_column("seen_steps", existing_type=sa.Text(), server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("cart_lines", schema=None) as batch_op:
        batch_op.drop_column("seen_steps")
