"""Members sign in on borrowed phones with code and PIN; money is shown there after asking again.

Revision ID: 0006
Revises: 0005
Create Date: 2026-11-26 20:05:12.418207
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "member_pins",
        sa.Column("person_id", ID, nullable=False),
        sa.Column("pin_hash", sa.String(length=200), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("set_by_id", ID, nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_member_pins_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["people.id"], name=op.f("fk_member_pins_set_by_id")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_member_pins")),
    )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("by_pin", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        batch_op.add_column(sa.Column("money_until", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.alter_column(
            "by_pin", existing_type=sa.Boolean(), existing_nullable=False, server_default=None
        )


def downgrade() -> None:
    # What a PIN opened must not go on as a session with a password behind it.
    sessions = sa.table("sessions", sa.column("by_pin", sa.Boolean))
    op.execute(sessions.delete().where(sessions.c.by_pin))
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_column("money_until")
        batch_op.drop_column("by_pin")
    op.drop_table("member_pins")
