"""Invoices and credit notes, their running numbers, and who bought.

Revision ID: 0024
Revises: 0023
Create Date: 2026-11-26 23:55:00
"""

import sqlalchemy as sa
from alembic import op

from shop.core.database.append_only_triggers import append_only

revision: str = "0024"
down_revision: str | None = "0023"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KIND = sa.Enum(
    "invoice",
    "credit_note",
    name="kind",
    native_enum=False,
    create_constraint=True,
    length=24,
)


def upgrade() -> None:
    op.create_table(
        "document_counters",
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cooperative_id"],
            ["cooperatives.id"],
            name=op.f("fk_document_counters_cooperative_id"),
        ),
        sa.PrimaryKeyConstraint(
            "cooperative_id", "kind", "year", name=op.f("pk_document_counters")
        ),
    )
    op.create_table(
        "buyer_identities",
        sa.Column("order_id", ID, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_buyer_identities_order_id")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_buyer_identities")),
    )
    with op.batch_alter_table("buyer_identities", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_buyer_identities_keep_until"), ["keep_until"], unique=False
        )
    op.create_table(
        "issued_documents",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", KIND, nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("refund_id", ID, nullable=True),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("running", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_issued_documents_cooperative_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_issued_documents_order_id")
        ),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["refunds.id"], name=op.f("fk_issued_documents_refund_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_documents")),
        sa.UniqueConstraint("number", name=op.f("uq_issued_documents_number")),
        sa.UniqueConstraint("refund_id", name=op.f("uq_issued_documents_refund_id")),
    )
    with op.batch_alter_table("issued_documents", schema=None) as batch_op:
        batch_op.create_index(
            "uq_issued_documents_running",
            ["cooperative_id", "kind", "year", "running"],
            unique=True,
        )
        batch_op.create_index(
            "uq_issued_documents_invoice",
            ["order_id"],
            unique=True,
            sqlite_where=sa.text("kind = 'invoice'"),
            postgresql_where=sa.text("kind = 'invoice'"),
        )
        batch_op.create_index("ix_issued_documents_order", ["order_id", "id"], unique=False)
    append_only(op.get_bind(), ["issued_documents"])


def downgrade() -> None:
    op.drop_table("issued_documents")
    op.drop_table("buyer_identities")
    op.drop_table("document_counters")
