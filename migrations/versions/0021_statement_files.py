"""Lists of a bank that were sent in and wait for somebody's yes.

Revision ID: 0021
Revises: 0020
Create Date: 2026-11-26 21:30:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0021"
down_revision: str | None = "0020"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "statement_files",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.Column("payee_id", ID, nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("sent_by_id", ID, nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["payee_id"], ["payees.id"], name=op.f("fk_statement_files_payee_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement_files")),
        sa.UniqueConstraint("code", name=op.f("uq_statement_files_code")),
    )
    with op.batch_alter_table("statement_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_statement_files_sent_at"), ["sent_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("statement_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_statement_files_sent_at"))
    op.drop_table("statement_files")
