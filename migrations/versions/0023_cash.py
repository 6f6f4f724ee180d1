"""Cash at the door and at pick-up: up to where it is taken, and each parcel's way of it.

Revision ID: 0023
Revises: 0022
Create Date: 2026-11-26 23:50:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0023"
down_revision: str | None = "0022"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BEFORE = ("open", "paid", "lapsed", "cancelled", "replaced", "returned")


def _states(*names: str) -> sa.Enum:
    return sa.Enum(*names, name="state", native_enum=False, create_constraint=True, length=24)


def _payment_states(names: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{name}'" for name in names)
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_payments_state"), type_="check")
        batch_op.create_check_constraint(batch_op.f("ck_payments_state"), f"state IN ({listed})")


def upgrade() -> None:
    _payment_states((BEFORE[0], "promised", *BEFORE[1:]))
    op.create_table(
        "cash_terms",
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("payee_id", ID, nullable=False),
        sa.Column("at_door", sa.Boolean(), nullable=False),
        sa.Column("pickup_most", sa.BigInteger(), nullable=True),
        sa.Column("grams_most", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "pickup_most IS NULL OR pickup_most > 0",
            name=op.f("ck_cash_terms_pickup_most_positive"),
        ),
        sa.CheckConstraint("grams_most > 0", name=op.f("ck_cash_terms_grams_most_positive")),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_cash_terms_cooperative_id")
        ),
        sa.ForeignKeyConstraint(["payee_id"], ["payees.id"], name=op.f("fk_cash_terms_payee_id")),
        sa.PrimaryKeyConstraint("cooperative_id", name=op.f("pk_cash_terms")),
    )
    op.create_table(
        "cash_dues",
        sa.Column("order_id", ID, nullable=False),
        sa.Column("payment_id", ID, nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column(
            "state",
            _states("asked", "collected", "handed_over", "refused", "dropped"),
            nullable=False,
        ),
        sa.Column("asked", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", ID, nullable=True),
        sa.Column("collected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("collected_by_id", ID, nullable=True),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_to_id", ID, nullable=True),
        sa.CheckConstraint("asked >= 0", name=op.f("ck_cash_dues_asked_not_negative")),
        sa.CheckConstraint(
            "(collected_at IS NULL) = (state NOT IN ('collected', 'handed_over'))",
            name=op.f("ck_cash_dues_collected_when"),
        ),
        sa.CheckConstraint(
            "(handed_at IS NULL) = (state <> 'handed_over')", name=op.f("ck_cash_dues_handed_when")
        ),
        sa.ForeignKeyConstraint(
            ["cooperative_id"], ["cooperatives.id"], name=op.f("fk_cash_dues_cooperative_id")
        ),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_cash_dues_order_id")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_cash_dues_payment_id")
        ),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_cash_dues")),
        sa.UniqueConstraint("payment_id", name=op.f("uq_cash_dues_payment_id")),
    )
    with op.batch_alter_table("cash_dues", schema=None) as batch_op:
        batch_op.create_index(
            "ix_cash_dues_desk", ["cooperative_id", "state", "order_id"], unique=False
        )


def downgrade() -> None:
    op.drop_table("cash_dues")
    op.drop_table("cash_terms")
    # The old house knows no promise: such a bill waits for its money like any other.
    op.execute("UPDATE payments SET state = 'open' WHERE state = 'promised'")
    _payment_states(BEFORE)
