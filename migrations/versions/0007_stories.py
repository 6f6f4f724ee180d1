"""The story of goods in parts.

Revision ID: 0007
Revises: 0006
Create Date: 2026-11-26 20:10:00.000000
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PARTS = ("siapa", "di-mana", "sejak", "bagaimana", "dengan-apa", "beda", "perubahan")


def upgrade() -> None:
    op.create_table(
        "story_texts",
        sa.Column("product_id", ID, nullable=False),
        sa.Column(
            "part",
            sa.Enum(*PARTS, name="part", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["product_id"], ["products.id"], name=op.f("fk_story_texts_product_id")
        ),
        sa.PrimaryKeyConstraint("product_id", "part", name=op.f("pk_story_texts")),
    )


def downgrade() -> None:
    op.drop_table("story_texts")
