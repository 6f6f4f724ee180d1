"""Goods lose indexes that no question asks, and a moment that no page reads.

Revision ID: 0055
Revises: 0054
Create Date: 2026-11-27 11:30:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0055"
down_revision: str | None = "0054"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.drop_index(op.f("ix_stock_items_cooperative_id"), "stock_items")
    op.drop_index(op.f("ix_products_category_id"), "products")
    op.drop_index("ix_products_cooperative", "products")
    op.create_index(op.f("ix_products_cooperative_id"), "products", ["cooperative_id"])
    op.drop_column("products", "created_at")
    op.drop_index("ix_regions_parent", "regions")
    op.create_index(op.f("ix_regions_parent_code"), "regions", ["parent_code"])


def downgrade() -> None:
    op.drop_index(op.f("ix_regions_parent_code"), "regions")
    op.create_index("ix_regions_parent", "regions", ["parent_code", "name"])
    # A moment of the past, since every row needs one before it can be told better.
    begun = sa.text("'1970-01-01 00:00:00.000000'")
    moment = sa.DateTime(timezone=True)
    op.add_column("products", sa.Column("created_at", moment, nullable=False, server_default=begun))
    op.execute("UPDATE products SET created_at = published_at WHERE published_at IS NOT NULL")
    op.drop_index(op.f("ix_products_cooperative_id"), "products")
    op.create_index("ix_products_cooperative", "products", ["cooperative_id", "state"])
    op.create_index(op.f("ix_products_category_id"), "products", ["category_id"])
    op.create_index(op.f("ix_stock_items_cooperative_id"), "stock_items", ["cooperative_id"])
