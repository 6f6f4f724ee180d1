"""A changed label also tells of its cooperative: goods that may not travel share no parcel.

Revision ID: 0044
Revises: 0043
Create Date: 2026-11-27 07:45:00
"""

from alembic import op

from shop.web.page_cache import triggers as page_ddl

revision: str = "0044"
down_revision: str | None = "0043"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    page_ddl.create(op.get_bind())


def downgrade() -> None:
    """What tells more than before does no harm: the triggers stay."""
