"""Goods that another maker goes on with tell of their cooperative, whose page names its makers.

Revision ID: 0051
Revises: 0050
Create Date: 2026-11-27 09:16:00
"""

from alembic import op

from shop.web.page_cache import triggers as page_ddl

revision: str = "0051"
down_revision: str | None = "0050"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    page_ddl.create(op.get_bind())


def downgrade() -> None:
    """What tells more than before does no harm: the triggers stay."""
