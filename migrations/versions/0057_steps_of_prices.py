"""Marks of prices in finer steps, and how many goods of each mark stand at which.

Documents are made from the catalogue: dropped here, made anew by ``lumbung db upgrade`` or
``lumbung search rebuild``.

Revision ID: 0057
Revises: 0056
Create Date: 2026-11-27 11:40:00
"""

from alembic import op

from shop.storefront.search_index import index_tables as ddl

revision: str = "0057"
down_revision: str | None = "0056"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    _forget()


def downgrade() -> None:
    _forget()


def _forget() -> None:
    """Leave no document, nothing in the index beside them, and no word counted."""
    ddl.drop(op.get_bind())
    for table in ("search_documents", "search_words", "search_spellings"):
        op.execute(f"DELETE FROM {table}")
    ddl.create(op.get_bind())
