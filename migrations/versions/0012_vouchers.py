"""Vouchers, and who used which for what.

Revision ID: 0012
Revises: 0011
Create Date: 2026-11-26 20:08:08
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | None = "0011"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "vouchers",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("cooperative_id", ID, nullable=True),
        sa.Column("percent_bp", sa.Integer(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("least_goods", sa.BigInteger(), nullable=False),
        sa.Column("most_discount", sa.BigInteger(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("most_uses", sa.Integer(), nullable=True),
        sa.Column("most_per_buyer", sa.Integer(), nullable=True),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", ID, nullable=True),
        sa.CheckConstraint(
            "(percent_bp IS NULL) <> (amount IS NULL)",
            name=op.f("ck_vouchers_either_percent_or_amount"),
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_vouchers_amount_positive")),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_vouchers_ends_after_it_starts")),
        sa.CheckConstraint("least_goods >= 0", name=op.f("ck_vouchers_least_goods_not_negative")),
        sa.CheckConstraint("most_discount > 0", name=op.f("ck_vouchers_most_discount_positive")),
        sa.CheckConstraint(
            "most_uses > 0 AND most_per_buyer > 0", name=op.f("ck_vouchers_limits_positive")
        ),
        sa.CheckConstraint(
            "percent_bp BETWEEN 1 AND 10000", name=op.f("ck_vouchers_percent_range")
        ),
        sa.CheckConstraint(
            "used >= 0 AND (most_uses IS NULL OR used <= most_uses)",
            name=op.f("ck_vouchers_used_within_limit"),
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_vouchers_cooperative_id")
        ),
        sa.ForeignKeyConstraint(["made_by_id"], ["people.id"], name=op.f("fk_vouchers_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vouchers")),
        sa.UniqueConstraint("code", name=op.f("uq_vouchers_code")),
    )
    with op.batch_alter_table("vouchers", schema=None) as batch_op:
        batch_op.create_index("ix_vouchers_sponsor", ["cooperative_id", "id"], unique=False)

    op.create_table(
        "voucher_uses",
        sa.Column("id", ID, nullable=False),
        sa.Column("voucher_id", ID, nullable=False),
        sa.Column("purchase_id", ID, nullable=False),
        sa.Column("contact_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("given_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_voucher_uses_amount_positive")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contacts.id"], name=op.f("fk_voucher_uses_contact_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_voucher_uses_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["purchase_id"], ["purchases.id"], name=op.f("fk_voucher_uses_purchase_id")
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id"], ["vouchers.id"], name=op.f("fk_voucher_uses_voucher_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voucher_uses")),
        sa.UniqueConstraint("purchase_id", name=op.f("uq_voucher_uses_purchase_id")),
    )
    with op.batch_alter_table("voucher_uses", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_voucher_uses_contact_id"), ["contact_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_voucher_uses_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "ix_voucher_uses_voucher", ["voucher_id", "given_back_at"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("voucher_uses", schema=None) as batch_op:
        batch_op.drop_index("ix_voucher_uses_voucher")
        batch_op.drop_index(batch_op.f("ix_voucher_uses_person_id"))
        batch_op.drop_index(batch_op.f("ix_voucher_uses_contact_id"))

    op.drop_table("voucher_uses")
    with op.batch_alter_table("vouchers", schema=None) as batch_op:
        batch_op.drop_index("ix_vouchers_sponsor")

    op.drop_table("vouchers")
