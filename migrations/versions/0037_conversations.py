"""What shoppers and cooperatives write to each other.

Revision ID: 0037
Revises: 0036
Create Date: 2026-11-27 04:10:00
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0037"
down_revision: str | None = "0036"
branch_labels: None = None
depends_on: None = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", ID, nullable=False),
        sa.Column("cooperative_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=True),
        sa.Column("product_id", ID, nullable=True),
        sa.Column("contact_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("waits_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", sa.BigInteger(), nullable=False),
        sa.Column("shopper_saw", sa.BigInteger(), nullable=False),
        sa.Column("desk_saw", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(order_id IS NULL) <> (product_id IS NULL)",
            name=op.f("ck_conversations_about_one_thing"),
        ),
        sa.CheckConstraint(
            "order_id IS NOT NULL OR person_id IS NOT NULL",
            name=op.f("ck_conversations_somebodys"),
        ),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_conversations_{column}"))
            for column, target in (
                ("cooperative_id", "cooperatives.id"),
                ("order_id", "orders.id"),
                ("product_id", "products.id"),
                ("contact_id", "contacts.id"),
                ("person_id", "people.id"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
    )
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.create_index("uq_conversations_order", ["order_id"], unique=True)
        batch_op.create_index("uq_conversations_product", ["product_id", "person_id"], unique=True)
        batch_op.create_index(
            "ix_conversations_desk", ["cooperative_id", "place", "id"], unique=False
        )
        batch_op.create_index("ix_conversations_person", ["person_id", "last_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_conversations_contact_id"), ["contact_id"], unique=False
        )
    op.create_table(
        "messages",
        sa.Column("id", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column(
            "side",
            sa.Enum(
                "shopper",
                "desk",
                name="side",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("author_id", ID, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_messages_conversation_id")
        ),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_messages_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index("uq_messages_key", ["conversation_id", "key"], unique=True)
    op.create_table(
        "message_photos",
        sa.Column("id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("photo", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_message_photos_message_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_photos")),
    )
    with op.batch_alter_table("message_photos", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_message_photos_message_id"), ["message_id"], unique=False
        )


def downgrade() -> None:
    op.drop_table("message_photos")
    op.drop_table("messages")
    op.drop_table("conversations")
