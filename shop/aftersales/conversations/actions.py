"""Writing to each other: once, told once, and forgotten when its shopper is."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from shop.aftersales.conversations.errors import ConversationClosed
from shop.aftersales.conversations.models import Conversation, Message, MessagePhoto
from shop.aftersales.conversations.queries import Subject, about
from shop.aftersales.conversations.rules import Side, place_at_desk
from shop.core.database.upserts import insert_if_absent, insert_row
from shop.people.accounts.models import Contact
from shop.people.cooperatives.queries import managers_to_tell
from shop.services.outbox.actions import mark_read_about, notify


def write(
    session: Session,
    subject: Subject,
    side: Side,
    *,
    text: str,
    key: str,
    now: datetime,
    photos: Sequence[bytes] = (),
    author_id: int | None = None,
) -> bool:
    """Add a message to what was written on a subject, and tell the other side.

    :param key: of the form that was sent: the second time adds nothing.
    :param photos: written anew by us (``image_processing.readable``).
    :return: whether it was new.
    :raises ConversationClosed: while the cooperative is suspended.
    """
    if subject.is_closed:
        raise ConversationClosed(str(subject.cooperative_id))
    conversation = _begun(session, subject, now)
    values = {
        "conversation_id": conversation.id,
        "key": key,
        "side": side,
        "author_id": author_id,
        "text": text,
        "sent_at": now,
    }
    message_id = insert_if_absent(session, Message, values, key=["conversation_id", "key"])
    if message_id is None:
        return False
    for photo in photos:
        insert_row(session, MessagePhoto, {"message_id": message_id, "photo": photo})
    if side is Side.SHOPPER:
        conversation.waits_since = conversation.waits_since or now
        _tell_desk(session, conversation, now)
    else:
        conversation.waits_since = None
        _tell_shopper(session, conversation, now)
    conversation.last_at = now
    conversation.place = place_at_desk(waits_since=conversation.waits_since, last_at=now)
    return True


def see(
    session: Session,
    conversation_id: int,
    side: Side,
    *,
    newest: int,
    now: datetime,
    person_id: int | None,
) -> None:
    """Note that a side had everything up to a message before its eyes.

    What comes after it is told anew. The notices that led here count as read.
    """
    column = Conversation.shopper_saw if side is Side.SHOPPER else Conversation.desk_saw
    session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id, column < newest)
        .values({column: newest})
        .execution_options(synchronize_session=False)
    )
    if person_id is not None:
        kind = "message-answer" if side is Side.SHOPPER else "message-new"
        mark_read_about(session, person_id, f"{kind}:{conversation_id}:", now)


def erase_for_people(session: Session, limit: int = 200) -> int:
    """Overwrite what was written with shoppers who are to be forgotten, and drop the photos.

    :return: how many messages there were.
    """
    theirs = (
        select(Message.id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Contact, Contact.id == Conversation.contact_id)
        .outerjoin(MessagePhoto, MessagePhoto.message_id == Message.id)
        .where(Contact.erased_at.is_not(None))
        .where((Message.text != "") | MessagePhoto.id.is_not(None))
        .limit(limit)
    )
    found = set(session.scalars(theirs))
    session.execute(delete(MessagePhoto).where(MessagePhoto.message_id.in_(found)))
    session.execute(
        update(Message)
        .where(Message.id.in_(found))
        .values(text="")
        .execution_options(synchronize_session=False)
    )
    return len(found)


def _begun(session: Session, subject: Subject, now: datetime) -> Conversation:
    """The conversation on a subject, begun if need be, and ours until the transaction ends."""
    values = {
        "cooperative_id": subject.cooperative_id,
        "order_id": subject.order_id,
        "product_id": subject.product_id,
        "contact_id": subject.contact_id,
        "person_id": subject.person_id,
        "last_at": now,
        "waits_since": None,
        "place": place_at_desk(waits_since=None, last_at=now),
        "shopper_saw": 0,
        "desk_saw": 0,
    }
    key = ["order_id"] if subject.order_id is not None else ["product_id", "person_id"]
    insert_if_absent(session, Conversation, values, key=key)
    # Two messages at once follow one another: place and waiting are written by what was read.
    return session.scalars(about(subject).with_for_update()).one()


def _tell_desk(session: Session, conversation: Conversation, now: datetime) -> None:
    for cooperative_id, contact_id in managers_to_tell(session, [conversation.cooperative_id]):
        notify(
            session,
            # Until the desk has looked, further messages are the same news.
            key=f"message-new:{conversation.id}:{conversation.desk_saw}:{contact_id}",
            kind="message_new",
            contact_id=contact_id,
            cooperative_id=cooperative_id,
            order_id=conversation.order_id,
            now=now,
        )


def _tell_shopper(session: Session, conversation: Conversation, now: datetime) -> None:
    notify(
        session,
        key=(
            f"message-answer:{conversation.id}:{conversation.shopper_saw}:{conversation.contact_id}"
        ),
        kind="message_answer",
        contact_id=conversation.contact_id,
        cooperative_id=conversation.cooperative_id,
        order_id=conversation.order_id,
        now=now,
    )
