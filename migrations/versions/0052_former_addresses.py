"""Only addresses that goods left behind stand in a table of their own.

The present one of each product stood there too, beside the one that the product keeps itself.

Revision ID: 0052
Revises: 0051
Create Date: 2026-11-27 11:00:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0052"
down_revision: str | None = "0051"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "former_slugs",
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("product_id", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_former_slugs_product_id")
        ),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_former_slugs")),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO former_slugs (slug, product_id)"
        " SELECT slug, product_id FROM slugs WHERE NOT current"
    )
    op.drop_table("slugs")


def downgrade() -> None:
    op.create_table(
        "slugs",
        sa.Column("slug", sa.String(length=120), nullable=False),
        sa.Column("product_id", ID, nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["products.id"], name=op.f("fk_slugs_product_id")),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_slugs")),
    )
    op.create_index(op.f("ix_slugs_product_id"), "slugs", ["product_id"], unique=False)
    op.execute(
        "INSERT INTO slugs (slug, product_id, current)"
        " SELECT slug, product_id, FALSE FROM former_slugs"
    )
    op.execute("INSERT INTO slugs (slug, product_id, current) SELECT slug, id, TRUE FROM products")
    op.drop_table("former_slugs")
