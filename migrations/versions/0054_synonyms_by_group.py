"""An index by which the other words of a group of synonyms are found.

Revision ID: 0054
Revises: 0053
Create Date: 2026-11-27 11:20:00
"""

from alembic import op

revision: str = "0054"
down_revision: str | None = "0053"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    op.create_index("ix_synonyms_group", "synonyms", ["group"])


def downgrade() -> None:
    op.drop_index("ix_synonyms_group", "synonyms")
