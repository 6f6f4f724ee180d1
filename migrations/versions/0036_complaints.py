"""Complaints: what is wrong with packs that arrived, what became of it, photos.

Revision ID: 0036
Revises: 0035
Create Date: 2026-11-27 03:40:00
"""

import sqlalchemy as sa
from alembic import op

from shop.core.database.append_only_triggers import append_only

revision: str = "0036"
down_revision: str | None = "0035"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "complaints",
        sa.Column("id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.Column(
            "wrong",
            sa.Enum(
                "broken",
                "missing",
                "wrong_goods",
                "spoiled",
                "not_as_said",
                name="wrong",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "wished",
            sa.Enum(
                "refund",
                "exchange",
                "rest",
                name="wished",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "promised",
                "sent",
                "answered",
                "appealed",
                "granted",
                "declined",
                "withdrawn",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("answer_words", sa.Text(), nullable=False),
        sa.Column("appeal_words", sa.Text(), nullable=False),
        sa.Column("decision_words", sa.Text(), nullable=False),
        sa.Column("granted", sa.Integer(), nullable=False),
        sa.Column("refusal", sa.String(length=40), nullable=True),
        sa.Column("request_id", ID, nullable=True),
        sa.Column("parcel_id", ID, nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("appealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (state NOT IN ('granted', 'declined', 'withdrawn'))",
            name=op.f("ck_complaints_closed_when_over"),
        ),
        sa.CheckConstraint(
            "granted >= 0 AND granted <= packs", name=op.f("ck_complaints_granted_within_packs")
        ),
        sa.CheckConstraint("packs > 0", name=op.f("ck_complaints_packs_positive")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_complaints_cooperative_id")
        ),
        sa.ForeignKeyConstraint(
            ["line_id"], ["order_lines.id"], name=op.f("fk_complaints_line_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_complaints_order_id")),
        sa.ForeignKeyConstraint(
            ["parcel_id"], ["parcels.id"], name=op.f("fk_complaints_parcel_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["refund_requests.id"], name=op.f("fk_complaints_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
    )
    with op.batch_alter_table("complaints", schema=None) as batch_op:
        batch_op.create_index("ix_complaints_clock", ["state", "due_at"], unique=False)
        batch_op.create_index("ix_complaints_desk", ["cooperative_id", "id"], unique=False)
        batch_op.create_index("ix_complaints_order", ["order_id"], unique=False)
        batch_op.create_index(
            "uq_complaints_line",
            ["line_id"],
            unique=True,
            sqlite_where=sa.text("state <> 'withdrawn'"),
            postgresql_where=sa.text("state <> 'withdrawn'"),
        )

    op.create_table(
        "complaint_events",
        sa.Column("id", ID, nullable=False),
        sa.Column("complaint_id", ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "actor",
            sa.Enum(
                "shopper",
                "cooperative",
                "operator",
                "shop",
                name="actor",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("person_id", ID, nullable=True),
        sa.Column(
            "from_state",
            sa.Enum(
                "open",
                "promised",
                "sent",
                "answered",
                "appealed",
                "granted",
                "declined",
                "withdrawn",
                name="from_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=True,
        ),
        sa.Column(
            "to_state",
            sa.Enum(
                "open",
                "promised",
                "sent",
                "answered",
                "appealed",
                "granted",
                "declined",
                "withdrawn",
                name="to_state",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("packs", sa.Integer(), nullable=False),
        sa.Column("refund_id", ID, nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_complaint_events_complaint_id")
        ),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["refunds.id"], name=op.f("fk_complaint_events_refund_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_events")),
    )
    with op.batch_alter_table("complaint_events", schema=None) as batch_op:
        batch_op.create_index("ix_complaint_events_complaint", ["complaint_id", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_complaint_events_refund_id"), ["refund_id"], unique=False
        )

    op.create_table(
        "complaint_photos",
        sa.Column("id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("complaint_id", ID, nullable=True),
        sa.Column("draft", sa.String(length=22), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("photo", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"], ["complaints.id"], name=op.f("fk_complaint_photos_complaint_id")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["orders.id"], name=op.f("fk_complaint_photos_order_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_photos")),
    )
    with op.batch_alter_table("complaint_photos", schema=None) as batch_op:
        batch_op.create_index("ix_complaint_photos_complaint", ["complaint_id"], unique=False)
        batch_op.create_index(
            "uq_complaint_photos_draft", ["order_id", "draft", "digest"], unique=True
        )
    append_only(op.get_bind(), ["complaint_events"])


def downgrade() -> None:
    with op.batch_alter_table("complaint_photos", schema=None) as batch_op:
        batch_op.drop_index("uq_complaint_photos_draft")
        batch_op.drop_index("ix_complaint_photos_complaint")

    op.drop_table("complaint_photos")
    with op.batch_alter_table("complaint_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_complaint_events_refund_id"))
        batch_op.drop_index("ix_complaint_events_complaint")

    op.drop_table("complaint_events")
    with op.batch_alter_table("complaints", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_complaints_line",
            sqlite_where=sa.text("state <> 'withdrawn'"),
            postgresql_where=sa.text("state <> 'withdrawn'"),
        )
        batch_op.drop_index("ix_complaints_order")
        batch_op.drop_index("ix_complaints_desk")
        batch_op.drop_index("ix_complaints_clock")

    op.drop_table("complaints")
