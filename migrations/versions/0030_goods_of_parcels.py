"""A parcel says which packs are in it, and what became of it by itself.

Revision ID: 0030
Revises: 0029
Create Date: 2026-11-27 03:30:00
"""

import sqlalchemy as sa
from alembic import op

from shop.core.database.append_only_triggers import append_only

revision: str = "0030"
down_revision: str | None = "0029"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# Until today each order left in one parcel: all of its packs that left are in the latest.
FILL = """
    INSERT INTO parcel_lines (parcel_id, line_id, packs)
    SELECT latest.id, order_lines.id, order_lines.shipped
    FROM order_lines
    JOIN (SELECT order_id, max(id) AS id FROM parcels GROUP BY order_id) AS latest
      ON latest.order_id = order_lines.order_id
    WHERE order_lines.shipped > 0
"""
# What came back, or stands in the van, was one parcel too.
FAILED = """
    UPDATE parcels SET failed_at = (
        SELECT max(at) FROM order_events
        WHERE order_events.order_id = parcels.order_id AND to_state = 'undelivered')
    WHERE order_id IN (SELECT id FROM orders WHERE state = 'undelivered')
"""
RETURNED = """
    UPDATE parcels SET returned_at = (
        SELECT ended_at FROM orders WHERE orders.id = parcels.order_id)
    WHERE order_id IN (SELECT id FROM orders WHERE state = 'returned')
"""


def upgrade() -> None:
    with op.batch_alter_table("parcels", schema=None) as batch_op:
        for name in ("failed_at", "returned_at", "given_up_at"):
            batch_op.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("extra", sa.String(length=40), nullable=True))
    op.create_table(
        "parcel_lines",
        sa.Column("parcel_id", ID, nullable=False),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.CheckConstraint("packs > 0", name=op.f("ck_parcel_lines_packs_positive")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["order_lines.id"], name=op.f("fk_parcel_lines_line_id")
        ),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcels.id"], name=op.f("fk_parcel_lines_parcel_id")
        ),
        sa.PrimaryKeyConstraint("parcel_id", "line_id", name=op.f("pk_parcel_lines")),
    )
    op.create_index("ix_parcel_lines_line", "parcel_lines", ["line_id"], unique=False)
    for statement in (FILL, FAILED, RETURNED):
        op.execute(statement)
    append_only(op.get_bind(), ["parcel_lines"])


def downgrade() -> None:
    op.drop_table("parcel_lines")
    with op.batch_alter_table("parcels", schema=None) as batch_op:
        for name in ("extra", "given_up_at", "returned_at", "failed_at"):
            batch_op.drop_column(name)
