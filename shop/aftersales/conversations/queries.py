"""Reading conversations: one by what it is about, and lists of them."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from shop.aftersales.conversations.models import Conversation, Message, MessagePhoto
from shop.aftersales.conversations.rules import SHOWN, Side
from shop.catalog.products.models import Product
from shop.core.database.pagination import PAGE_ROWS, Page, page_of
from shop.core.values.text import first_name
from shop.people.accounts.models import Contact
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import Order, Purchase


@dataclass(frozen=True, slots=True)
class Subject:
    """What is asked about, with everything a first message needs."""

    cooperative_id: int
    cooperative: str
    is_closed: bool
    """Its cooperative is suspended."""
    about: str
    """The order's number, or the product's name."""
    contact_id: int
    person_id: int | None
    order_id: int | None = None
    product_id: int | None = None


@dataclass(frozen=True, slots=True)
class MessageView:
    """One message as both sides see it."""

    id: int
    side: Side
    text: str
    sent_at: datetime
    photo_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Thread:
    """A conversation with its newest messages, oldest first."""

    id: int
    messages: tuple[MessageView, ...]
    has_older: bool
    shopper_saw: int
    desk_saw: int

    def unseen(self, by: Side) -> int:
        """The newest message that this side has not had before its eyes; 0: none."""
        saw = self.shopper_saw if by is Side.SHOPPER else self.desk_saw
        newest = max((one.id for one in self.messages if one.side is not by), default=0)
        return newest if newest > saw else 0


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation in a list."""

    id: int
    about: str
    order_number: str | None
    product_slug: str | None
    who: str
    """The shopper's first name (rule R26), or for shoppers the cooperative's."""
    last: str
    """The newest message; empty where it is a photo alone."""
    last_at: datetime
    is_unread: bool
    waits_since: datetime | None
    place: int


def subject_of_order(session: Session, order_id: int) -> Subject:
    """An order as something to write about; whether whoever asks may is for the caller to know."""
    order, purchase, cooperative = session.execute(
        select(Order, Purchase, Cooperative)
        .join(Purchase, Purchase.id == Order.purchase_id)
        .join(Cooperative, Cooperative.id == Order.cooperative_id)
        .where(Order.id == order_id)
    ).one()
    return Subject(
        cooperative_id=cooperative.id,
        cooperative=cooperative.short_name,
        is_closed=cooperative.suspension is not None,
        about=order.number,
        contact_id=purchase.contact_id,
        person_id=purchase.person_id,
        order_id=order.id,
    )


def order_of_desk(session: Session, cooperative_id: int, number: str) -> int | None:
    """The order of this cooperative by its number."""
    return session.scalar(
        select(Order.id).where(Order.cooperative_id == cooperative_id, Order.number == number)
    )


def subject_of_product(
    session: Session, slug: str, *, contact_id: int, person_id: int
) -> Subject | None:
    """Goods that are for sale as something to ask about; None where there are none such."""
    found = session.execute(
        select(Product, Cooperative)
        .join(Cooperative, Cooperative.id == Product.cooperative_id)
        .where(Product.slug == slug, Product.published_at.is_not(None))
    ).one_or_none()
    if found is None:
        return None
    product, cooperative = found
    return Subject(
        cooperative_id=cooperative.id,
        cooperative=cooperative.short_name,
        is_closed=cooperative.suspension is not None,
        about=product.name,
        contact_id=contact_id,
        person_id=person_id,
        product_id=product.id,
    )


def subject_of(session: Session, cooperative_id: int, conversation_id: int) -> Subject | None:
    """What a conversation of this cooperative about goods is about; None where it is not its."""
    found = session.execute(
        select(Conversation, Product, Cooperative)
        .join(Product, Product.id == Conversation.product_id)
        .join(Cooperative, Cooperative.id == Conversation.cooperative_id)
        .where(Conversation.id == conversation_id, Conversation.cooperative_id == cooperative_id)
    ).one_or_none()
    if found is None:
        return None
    conversation, product, cooperative = found
    return Subject(
        cooperative_id=cooperative.id,
        cooperative=cooperative.short_name,
        is_closed=cooperative.suspension is not None,
        about=product.name,
        contact_id=conversation.contact_id,
        person_id=conversation.person_id,
        product_id=product.id,
    )


def about(subject: Subject) -> Select[Conversation]:
    """The conversation on a subject, if it has begun."""
    query = select(Conversation).where(Conversation.cooperative_id == subject.cooperative_id)
    if subject.order_id is not None:
        return query.where(Conversation.order_id == subject.order_id)
    return query.where(
        Conversation.product_id == subject.product_id,
        Conversation.person_id == subject.person_id,
    )


def thread(session: Session, subject: Subject) -> Thread | None:
    """What was written on a subject; None before the first message. Three statements."""
    found = session.scalar(about(subject))
    if found is None:
        return None
    newest = session.scalars(
        select(Message)
        .where(Message.conversation_id == found.id)
        .order_by(Message.id.desc())
        .limit(SHOWN + 1)
    ).all()
    shown = newest[SHOWN - 1 :: -1] if len(newest) > SHOWN else newest[::-1]
    photos: dict[int, tuple[int, ...]] = {}
    for message_id, photo_id in session.execute(
        select(MessagePhoto.message_id, MessagePhoto.id)
        .where(MessagePhoto.message_id.in_([one.id for one in shown]))
        .order_by(MessagePhoto.id)
    ):
        photos[message_id] = (*photos.get(message_id, ()), photo_id)
    return Thread(
        id=found.id,
        messages=tuple(
            MessageView(one.id, one.side, one.text, one.sent_at, photos.get(one.id, ()))
            for one in shown
        ),
        has_older=len(newest) > SHOWN,
        shopper_saw=found.shopper_saw,
        desk_saw=found.desk_saw,
    )


def photo_of(session: Session, subject: Subject, photo_id: int) -> bytes | None:
    """The bytes of a photo on this subject; None where it has no such photo."""
    return session.scalar(
        select(MessagePhoto.photo)
        .join(Message, Message.id == MessagePhoto.message_id)
        .where(MessagePhoto.id == photo_id)
        .where(Message.conversation_id.in_(about(subject).with_only_columns(Conversation.id)))
    )


def conversations_at_desk(
    session: Session,
    cooperative_id: int,
    after: tuple[int, int] | None = None,
    size: int = PAGE_ROWS,
) -> Page[Row]:
    """A page of a desk's list, unanswered ones first; one statement.

    :param after: place and id of the last row of the page before.
    """
    unread = _newest_of(Side.SHOPPER) > Conversation.desk_saw
    query = (
        _rows(Contact.name, unread)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(Conversation.cooperative_id == cooperative_id)
        .order_by(Conversation.place, Conversation.id)
    )
    if after is not None:
        place, last_id = after
        query = query.where(
            (Conversation.place > place)
            | ((Conversation.place == place) & (Conversation.id > last_id))
        )
    rows = [Row(*row) for row in session.execute(query.limit(size + 1))]
    found = [replace(row, who=first_name(row.who)) for row in rows]
    return page_of(found, size, lambda row: (row.place, row.id))


def conversations_of(
    session: Session, person_id: int, before: int | None = None, size: int = PAGE_ROWS
) -> Page[Row]:
    """A page of what a person wrote about, newest first by beginning; one statement."""
    unread = _newest_of(Side.DESK) > Conversation.shopper_saw
    query = (
        _rows(Cooperative.name, unread)
        .join(Cooperative, Cooperative.id == Conversation.cooperative_id)
        .where(Conversation.person_id == person_id)
        .order_by(Conversation.id.desc())
    )
    if before is not None:
        query = query.where(Conversation.id < before)
    found = [Row(*row) for row in session.execute(query.limit(size + 1))]
    return page_of(found, size, lambda row: (row.id,))


def count_unanswered(session: Session, cooperative_id: int) -> int:
    """How many shoppers wait for an answer of this cooperative."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Conversation)
            .where(Conversation.cooperative_id == cooperative_id)
            .where(Conversation.waits_since.is_not(None))
        )
        or 0
    )


def _newest_of(side: Side) -> ScalarSelect[int]:
    return (
        select(func.coalesce(func.max(Message.id), 0))
        .where(Message.conversation_id == Conversation.id, Message.side == side)
        .correlate(Conversation)
        .scalar_subquery()
    )


def _rows(who: InstrumentedAttribute[str], unread: ColumnElement[bool]) -> Select[Any]:
    # Any: the type of ten columns says less than Row, which takes them in this order.
    last = (
        select(Message.text)
        .where(Message.conversation_id == Conversation.id)
        .order_by(Message.id.desc())
        .limit(1)
        .correlate(Conversation)
        .scalar_subquery()
    )
    columns = (
        Conversation.id,
        func.coalesce(Order.number, Product.name),
        Order.number,
        Product.slug,
        who,
        last,
        Conversation.last_at,
        unread,
        Conversation.waits_since,
        Conversation.place,
    )
    return (
        select(*columns)
        .select_from(Conversation)
        .outerjoin(Order, Order.id == Conversation.order_id)
        .outerjoin(Product, Product.id == Conversation.product_id)
    )
