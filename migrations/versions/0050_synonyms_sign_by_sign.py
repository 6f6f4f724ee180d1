"""What begins like a typed word is found among synonyms in every language of a PostgreSQL server.

Revision ID: 0050
Revises: 0049
Create Date: 2026-11-27 09:15:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0050"
down_revision: str | None = "0049"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    _compare_by("C")


def downgrade() -> None:
    _compare_by(None)


def _compare_by(collation: str | None) -> None:
    if op.get_bind().dialect.name == "postgresql":  # SQLite compares sign by sign anyway
        op.alter_column(
            "synonyms",
            "term",
            existing_type=sa.String(length=60),
            type_=sa.String(length=60, collation=collation),
            existing_nullable=False,
        )
