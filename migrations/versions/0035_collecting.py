"""What members bring for orders, and batches that are called back.

Revision ID: 0035
Revises: 0034
Create Date: 2026-11-27 03:40:00
"""

import sqlalchemy as sa
from alembic import op

from shop.core.database.append_only_triggers import append_only

revision: str = "0035"
down_revision: str | None = "0034"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _states(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def upgrade() -> None:
    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.add_column(sa.Column("made", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("brought", sa.Integer(), nullable=False, server_default=sa.text("0"))
        )
        batch_op.create_check_constraint(
            op.f("ck_batches_no_more_than_made"),
            "made > 0 AND brought >= 0 AND brought <= made",
        )
    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.alter_column("brought", server_default=None)
    op.create_table(
        "collection_days",
        sa.Column("id", ID, nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("village", sa.String(length=60), nullable=False),
        sa.Column("weekdays", sa.String(length=7), nullable=False),
        sa.ForeignKeyConstraint(
            ["cooperative_id"],
            ["cooperatives.id"],
            name=op.f("fk_collection_days_cooperative_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collection_days")),
    )
    with op.batch_alter_table("collection_days", schema=None) as batch_op:
        batch_op.create_index(
            "uq_collection_days_village", ["cooperative_id", "village"], unique=True
        )
    op.create_table(
        "collected_lines",
        sa.Column("id", ID, nullable=False),
        sa.Column("order_line_id", ID, nullable=False),
        sa.Column("received", sa.Integer(), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ready_by_id", ID, nullable=True),
        sa.CheckConstraint("received >= 0", name=op.f("ck_collected_lines_received_not_negative")),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_lines.id"], name=op.f("fk_collected_lines_order_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collected_lines")),
        sa.UniqueConstraint("order_line_id", name=op.f("uq_collected_lines_order_line_id")),
    )
    op.create_table(
        "line_receipts",
        sa.Column("id", ID, nullable=False),
        sa.Column("order_line_id", ID, nullable=False),
        sa.Column("batch_id", ID, nullable=True),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.Column("turned_away", sa.Integer(), nullable=False),
        sa.Column(
            "fault",
            _states(
                "fault", "damaged", "wet", "not_sealed", "wrong_label", "wrong_goods", "too_old"
            ),
            nullable=True,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.CheckConstraint(
            "packs >= 0 AND turned_away >= 0 AND packs + turned_away > 0",
            name=op.f("ck_line_receipts_something_counted"),
        ),
        sa.CheckConstraint(
            "(turned_away = 0) = (fault IS NULL)",
            name=op.f("ck_line_receipts_fault_where_turned_away"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["batches.id"], name=op.f("fk_line_receipts_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_line_id"], ["order_lines.id"], name=op.f("fk_line_receipts_order_line_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_receipts")),
    )
    with op.batch_alter_table("line_receipts", schema=None) as batch_op:
        batch_op.create_index("ix_line_receipts_line", ["order_line_id", "id"], unique=False)
        batch_op.create_index("ix_line_receipts_batch", ["batch_id"], unique=False)
    op.create_table(
        "recalls",
        sa.Column("id", ID, nullable=False),
        sa.Column("batch_id", ID, nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column(
            "reason",
            _states("reason", "spoiled", "foreign", "allergen", "wrong_label", "authority"),
            nullable=False,
        ),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name=op.f("fk_recalls_batch_id")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_recalls_cooperative_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recalls")),
        sa.UniqueConstraint("batch_id", name=op.f("uq_recalls_batch_id")),
    )
    with op.batch_alter_table("recalls", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_recalls_cooperative_id"), ["cooperative_id"], unique=False
        )
    append_only(op.get_bind(), ["line_receipts", "recalls"])


def downgrade() -> None:
    op.drop_table("recalls")
    op.drop_table("line_receipts")
    op.drop_table("collected_lines")
    op.drop_table("collection_days")
    with op.batch_alter_table("batches", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_batches_no_more_than_made"), type_="check")
        batch_op.drop_column("brought")
        batch_op.drop_column("made")
