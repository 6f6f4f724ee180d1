"""Notices stand in a list of their reader's, and may be kept for one mail a day.

Revision ID: 0033
Revises: 0032
Create Date: 2026-11-27 03:40:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0033"
down_revision: str | None = "0032"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BEFORE = ("waiting", "sent", "by_hand")
AFTER = ("waiting", "sending", "collected", "sent", "by_hand")


def upgrade() -> None:
    _know(AFTER)
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.add_column(sa.Column("person_id", ID, nullable=True))
        batch_op.add_column(sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("digest_on", sa.Date(), nullable=True))
        batch_op.create_index("ix_notices_person", ["person_id", "id"], unique=False)
        batch_op.create_index(
            "ix_notices_unread",
            ["person_id"],
            unique=False,
            sqlite_where=sa.text("read_at IS NULL"),
            postgresql_where=sa.text("read_at IS NULL"),
        )
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.add_column(sa.Column("digest_zone", sa.String(length=40), nullable=True))
    # What was told before there was a list counts as read; it stands there all the same.
    op.execute(
        "UPDATE notices SET read_at = created_at, person_id = coalesce("
        "(SELECT min(p.id) FROM people p WHERE p.contact_id = notices.contact_id),"
        "(SELECT min(b.person_id) FROM purchases b WHERE b.contact_id = notices.contact_id))"
    )


def downgrade() -> None:
    # Its job still runs; what was kept for the morning has none any more, and a person tells it.
    op.execute("UPDATE notices SET state = 'waiting' WHERE state = 'sending'")
    op.execute("UPDATE notices SET state = 'by_hand' WHERE state = 'collected'")
    with op.batch_alter_table("people", schema=None) as batch_op:
        batch_op.drop_column("digest_zone")
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_index("ix_notices_unread")
        batch_op.drop_index("ix_notices_person")
        batch_op.drop_column("digest_on")
        batch_op.drop_column("read_at")
        batch_op.drop_column("person_id")
    _know(BEFORE)


def _know(states: tuple[str, ...]) -> None:
    """Let a notice be in these states and no other."""
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_notices_state"), type_="check")
    names = ", ".join(f"'{state}'" for state in states)
    with op.batch_alter_table("notices", schema=None) as batch_op:
        batch_op.create_check_constraint(batch_op.f("ck_notices_state"), f"state IN ({names})")
