"""What shoppers and a cooperative write to each other, about one order or one product."""

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
)
from sqlalchemy.orm import Mapped, mapped_column

from shop.aftersales.conversations.rules import Side
from shop.core.database.schema import Base, BigId, UtcDateTime, states


class Conversation(Base):
    """A thread between a shopper and a cooperative. About what: an order, or a product."""

    __tablename__ = "conversations"
    __table_args__ = (
        CheckConstraint("(order_id IS NULL) <> (product_id IS NULL)", name="about_one_thing"),
        # Who asks about goods has an account: a thread without an order is somebody's.
        CheckConstraint("order_id IS NOT NULL OR person_id IS NOT NULL", name="somebodys"),
        Index("uq_conversations_order", "order_id", unique=True),
        Index("uq_conversations_product", "product_id", "person_id", unique=True),
        Index("ix_conversations_desk", "cooperative_id", "place", "id"),
        Index("ix_conversations_person", "person_id", "last_at"),
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    cooperative_id: Mapped[int] = mapped_column(ForeignKey("cooperatives.id"))
    order_id: Mapped[int | None] = mapped_column(ForeignKey("orders.id"))
    product_id: Mapped[int | None] = mapped_column(ForeignKey("products.id"))
    contact_id: Mapped[int] = mapped_column(ForeignKey("contacts.id"), index=True)
    """The shopper's; told what is answered."""
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """The shopper's account; none: a guest's order."""
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)
    waits_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    """Since when the shopper waits for an answer."""
    place: Mapped[int] = mapped_column(BigInteger)
    """In the desk's list (``rules.place_at_desk``)."""
    shopper_saw: Mapped[int] = mapped_column(BigInteger, default=0)
    """The newest message that the shopper had before their eyes, by id."""
    desk_saw: Mapped[int] = mapped_column(BigInteger, default=0)


class Message(Base):
    """One message. Its words are overwritten when its shopper is forgotten."""

    __tablename__ = "messages"
    __table_args__ = (Index("uq_messages_key", "conversation_id", "key", unique=True),)

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    key: Mapped[str] = mapped_column(String(64))
    """Made from the form that was sent: sent twice, it is one message."""
    side: Mapped[Side] = mapped_column(states(Side, "side"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    """Who wrote it; none: a guest. Shown to nobody, kept for the day somebody asks."""
    text: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MessagePhoto(Base):
    """A photo in a message, written anew by us; for the two sides only."""

    __tablename__ = "message_photos"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"), index=True)
    photo: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
