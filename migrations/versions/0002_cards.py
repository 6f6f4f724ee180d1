"""Cards: pay pages, money that goes back to a card, what a person has to look at.

Revision ID: 0002
Revises: 0001
Create Date: 2026-11-24 02:31:10.118245
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

PAYMENT_STATES = ("open", "paid", "lapsed", "cancelled")
ATTEMPT_STATES = ("started", "open", "paid", "expired", "failed")
GOING_ON = sa.text("state IN ('started', 'open')")
PAID = sa.text("state = 'paid'")


def upgrade() -> None:
    _allow("payments", (*PAYMENT_STATES, "replaced", "returned"))
    _allow("payment_attempts", (*ATTEMPT_STATES, "returned"))
    with op.batch_alter_table("payment_attempts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("amount", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("intent_ref", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("cost", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True))
    # A page asks for what its payment asks for.
    payments = sa.table("payments", sa.column("id"), sa.column("amount"))
    attempts = sa.table("payment_attempts", sa.column("payment_id"), sa.column("amount"))
    asked = sa.select(payments.c.amount).where(payments.c.id == attempts.c.payment_id)
    op.execute(attempts.update().values(amount=asked.scalar_subquery()))
    with op.batch_alter_table("payment_attempts", schema=None) as batch_op:
        batch_op.alter_column("amount", existing_type=sa.BigInteger(), nullable=False)
        # A gateway's addresses carry what its page needs to know; some are longer than 600.
        batch_op.alter_column(
            "page_url", existing_type=sa.String(length=600), type_=sa.Text(), nullable=True
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_payment_attempts_intent_ref"), ["intent_ref"]
        )
        batch_op.create_index(
            "uq_payment_attempts_going_on",
            ["payment_id"],
            unique=True,
            sqlite_where=GOING_ON,
            postgresql_where=GOING_ON,
        )
        batch_op.create_index(
            "uq_payment_attempts_paid",
            ["payment_id"],
            unique=True,
            sqlite_where=PAID,
            postgresql_where=PAID,
        )
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("attempt_id", sa.String(length=22), nullable=True))
        batch_op.add_column(sa.Column("gateway_ref", sa.String(length=120), nullable=True))
        batch_op.add_column(sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
        batch_op.create_foreign_key(
            batch_op.f("fk_refunds_attempt_id"), "payment_attempts", ["attempt_id"], ["id"]
        )
        batch_op.create_unique_constraint(batch_op.f("uq_refunds_gateway_ref"), ["gateway_ref"])
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.alter_column(
            "tries", existing_type=sa.Integer(), existing_nullable=False, server_default=None
        )
    op.create_table(
        "gateway_alerts",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "unknown_page",
                "other_environment",
                "wrong_amount",
                "wrong_currency",
                "refund_failed",
                "refunded_outside",
                "dispute",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("object_ref", sa.String(length=120), nullable=True),
        sa.Column("payment_id", ID, nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_by_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_gateway_alerts_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_alerts")),
        sa.UniqueConstraint("key", name=op.f("uq_gateway_alerts_key")),
    )
    with op.batch_alter_table("gateway_alerts", schema=None) as batch_op:
        batch_op.create_index("ix_gateway_alerts_open", ["resolved_at", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("gateway_alerts", schema=None) as batch_op:
        batch_op.drop_index("ix_gateway_alerts_open")
    op.drop_table("gateway_alerts")
    with op.batch_alter_table("refunds", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_refunds_gateway_ref"), type_="unique")
        batch_op.drop_constraint(batch_op.f("fk_refunds_attempt_id"), type_="foreignkey")
        batch_op.drop_column("tries")
        batch_op.drop_column("gateway_ref")
        batch_op.drop_column("attempt_id")
    with op.batch_alter_table("payment_attempts", schema=None) as batch_op:
        batch_op.drop_index("uq_payment_attempts_paid", sqlite_where=PAID, postgresql_where=PAID)
        batch_op.drop_index(
            "uq_payment_attempts_going_on", sqlite_where=GOING_ON, postgresql_where=GOING_ON
        )
        batch_op.drop_constraint(batch_op.f("uq_payment_attempts_intent_ref"), type_="unique")
        batch_op.drop_column("paid_at")
        batch_op.drop_column("cost")
        batch_op.drop_column("intent_ref")
        batch_op.drop_column("amount")
        batch_op.alter_column(
            "page_url",
            existing_type=sa.Text(),
            type_=sa.String(length=600),
            nullable=True,
            postgresql_using="left(page_url, 600)",
        )
    # The older words for the same: a bill that is over, money that came.
    _rename("payments", "replaced", "cancelled")
    _rename("payments", "returned", "paid")
    _rename("payment_attempts", "returned", "paid")
    _allow("payment_attempts", ATTEMPT_STATES)
    _allow("payments", PAYMENT_STATES)


def _allow(table: str, states: tuple[str, ...]) -> None:
    """Let a table's state be one of these."""
    named = ", ".join(f"'{state}'" for state in states)
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f(f"ck_{table}_state"), type_="check")
        batch_op.create_check_constraint(batch_op.f(f"ck_{table}_state"), f"state IN ({named})")


def _rename(table: str, before: str, after: str) -> None:
    rows = sa.table(table, sa.column("state"))
    op.execute(rows.update().where(rows.c.state == before).values(state=after))
