"""An address book of one's own, and which device a session lives on.

Revision ID: 0003
Revises: 0002
Create Date: 2026-11-24 02:34:20.186142
"""

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | None = "0002"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOST_SAVED = 20


def upgrade() -> None:
    op.create_table(
        "address_book",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.String(length=22), nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("address_id", ID, nullable=False),
        sa.Column("is_main", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["address_id"], ["addresses.id"], name=op.f("fk_address_book_address_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_address_book_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_book")),
        sa.UniqueConstraint("code", name=op.f("uq_address_book_code")),
    )
    with op.batch_alter_table("address_book", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_address_book_address_id"), ["address_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_address_book_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_address_book_main",
            ["person_id"],
            unique=True,
            sqlite_where=sa.text("is_main"),
            postgresql_where=sa.text("is_main"),
        )
    _fill_book()
    with op.batch_alter_table("addresses", schema=None) as batch_op:
        batch_op.drop_column("saved")
    with op.batch_alter_table("purchases", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_purchases_address_id"), ["address_id"], unique=False)
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("browser", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("system", sa.String(length=20), nullable=True))
        batch_op.add_column(
            sa.Column("is_borrowed", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.alter_column(
            "is_borrowed", existing_type=sa.Boolean(), existing_nullable=False, server_default=None
        )


def _fill_book() -> None:
    """What people had things sent to so far stands in their book; the latest one is the main one."""
    purchases = sa.table(
        "purchases", sa.column("id"), sa.column("person_id"), sa.column("address_id")
    )
    addresses = sa.table("addresses", sa.column("id"), sa.column("saved", sa.Boolean))
    book = sa.table(
        "address_book",
        sa.column("code"),
        sa.column("person_id"),
        sa.column("address_id"),
        sa.column("is_main", sa.Boolean),
        sa.column("created_at", sa.DateTime(timezone=True)),
    )
    now, kept = datetime.now(UTC), dict[int, int]()
    used = op.get_bind().execute(
        sa.select(purchases.c.person_id, purchases.c.address_id)
        .join(addresses, addresses.c.id == purchases.c.address_id)
        .where(purchases.c.person_id.is_not(None), addresses.c.saved)
        .group_by(purchases.c.person_id, purchases.c.address_id)
        .order_by(sa.func.max(purchases.c.id).desc())
    )
    rows = []
    for person_id, address_id in used:
        place = kept[person_id] = kept.get(person_id, 0) + 1
        if place <= MOST_SAVED:
            rows.append(
                {
                    "code": secrets.token_urlsafe(16),
                    "person_id": person_id,
                    "address_id": address_id,
                    "is_main": place == 1,
                    "created_at": now,
                }
            )
    if rows:
        # The oldest first: the book shows what came last on top.
        op.bulk_insert(book, rows[::-1])


def downgrade() -> None:
    with op.batch_alter_table("sessions", schema=None) as batch_op:
        batch_op.drop_column("is_borrowed")
        batch_op.drop_column("system")
        batch_op.drop_column("browser")
    with op.batch_alter_table("purchases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_purchases_address_id"))
    with op.batch_alter_table("addresses", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("saved", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    addresses = sa.table("addresses", sa.column("id"), sa.column("saved", sa.Boolean))
    book = sa.table("address_book", sa.column("address_id"), sa.column("removed_at"))
    op.execute(
        addresses.update()
        .values(saved=True)
        .where(addresses.c.id.in_(sa.select(book.c.address_id).where(book.c.removed_at.is_(None))))
    )
    with op.batch_alter_table("addresses", schema=None) as batch_op:
        batch_op.alter_column(
            "saved", existing_type=sa.Boolean(), existing_nullable=False, server_default=None
        )
    with op.batch_alter_table("address_book", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_address_book_main",
            sqlite_where=sa.text("is_main"),
            postgresql_where=sa.text("is_main"),
        )
        batch_op.drop_index(batch_op.f("ix_address_book_person_id"))
        batch_op.drop_index(batch_op.f("ix_address_book_address_id"))
    op.drop_table("address_book")
