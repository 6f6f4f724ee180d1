"""A pack that is hidden while its last unit sells is counted out once.

Revision ID: 0043
Revises: 0042
Create Date: 2026-11-27 07:30:00
"""

from alembic import op

from shop.core.database import append_only_triggers as ddl

revision: str = "0043"
down_revision: str | None = "0042"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    ddl.open_packs(op.get_bind())


def downgrade() -> None:
    """What counts keeps counting right: an older shop asks nothing else of it."""
