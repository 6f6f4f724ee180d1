"""Issued documents keep the paper that was first drawn of them.

Revision ID: 0029
Revises: 0028
Create Date: 2026-11-27 03:30:00
"""

import sqlalchemy as sa
from alembic import op

from shop.core.database.append_only_triggers import append_only, emptied_only

revision: str = "0029"
down_revision: str | None = "0028"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "document_files",
        sa.Column("id", ID, nullable=False),
        sa.Column("document_id", ID, nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["document_id"],
            ["issued_documents.id"],
            name=op.f("fk_document_files_document_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_files")),
        sa.UniqueConstraint("document_id", name=op.f("uq_document_files_document_id")),
    )
    emptied_only(op.get_bind(), "document_files", "pdf")
    with op.batch_alter_table("issued_documents", schema=None) as batch_op:
        batch_op.create_index("ix_issued_documents_issued", ["issued_at"], unique=False)
    append_only(op.get_bind(), ["issued_documents"])


def downgrade() -> None:
    with op.batch_alter_table("issued_documents", schema=None) as batch_op:
        batch_op.drop_index("ix_issued_documents_issued")
    append_only(op.get_bind(), ["issued_documents"])
    op.drop_table("document_files")
