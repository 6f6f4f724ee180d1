"""What a bank is shown in a dispute: everything the shop knows about the orders, and no more.

Read when it is printed, kept nowhere: names and addresses stand where erasure finds them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shop.aftersales.refunds.errors import NoSuchDispute
from shop.payments.bills.models import PaymentOrder, Refund
from shop.payments.cards.models import AttemptState, Dispute, DisputePart, PaymentAttempt
from shop.people.accounts.models import Contact
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import Order, OrderEvent, OrderLine, Parcel, Purchase
from shop.services.outbox.models import Notice
from shop.services.outbox.notices import contacts, worded
from shop.shipping.places.models import Address


@dataclass(frozen=True, slots=True)
class Message:
    """Something the shopper was told, and when it left."""

    at: datetime
    subject: str


@dataclass(frozen=True, slots=True)
class OrderFile:
    """One disputed order with all that was written down about it."""

    order: Order
    cooperative: str
    zone: str
    disputed: int
    lines: Sequence[OrderLine]
    events: Sequence[OrderEvent]
    parcels: Sequence[Parcel]
    refunds: Sequence[Refund]


@dataclass(frozen=True, slots=True)
class Evidence:
    """A dispute as a bank can follow it."""

    dispute: Dispute
    purchase: Purchase
    contact: Contact
    address: Address | None
    attempt: PaymentAttempt | None
    orders: Sequence[OrderFile]
    messages: Sequence[Message]


def evidence(session: Session, dispute_id: int) -> Evidence:
    """All of it; the number of statements does not grow with what happened.

    :raises NoSuchDispute: when there is none.
    """
    dispute = session.get(Dispute, dispute_id)
    if dispute is None:
        raise NoSuchDispute(dispute_id)
    rows = session.execute(
        select(DisputePart.order_id, DisputePart.amount).where(DisputePart.dispute_id == dispute.id)
    )
    parts = dict(rows.all())
    purchase, contact, address = session.execute(
        select(Purchase, Contact, Address)
        .join(Order, Order.purchase_id == Purchase.id)
        .join(PaymentOrder, PaymentOrder.order_id == Order.id)
        .join(Contact, Contact.id == Purchase.contact_id)
        .outerjoin(Address, Address.id == Purchase.address_id)
        .where(PaymentOrder.payment_id == dispute.payment_id)
        .limit(1)
    ).one()
    attempt = session.scalars(
        select(PaymentAttempt).where(
            PaymentAttempt.payment_id == dispute.payment_id,
            PaymentAttempt.state == AttemptState.PAID,
        )
    ).one_or_none()
    return Evidence(
        dispute,
        purchase,
        contact,
        address,
        attempt,
        _orders(session, parts),
        _messages(session, purchase, parts),
    )


def _orders(session: Session, parts: dict[int, int]) -> tuple[OrderFile, ...]:
    lines = session.scalars(
        select(OrderLine)
        .where(OrderLine.order_id.in_(parts))
        .order_by(OrderLine.order_id, OrderLine.position)
    ).all()
    events = session.scalars(
        select(OrderEvent).where(OrderEvent.order_id.in_(parts)).order_by(OrderEvent.id)
    ).all()
    parcels = session.scalars(
        select(Parcel).where(Parcel.order_id.in_(parts)).order_by(Parcel.id)
    ).all()
    refunds = session.scalars(
        select(Refund).where(Refund.order_id.in_(parts)).order_by(Refund.id)
    ).all()
    rows = session.execute(
        select(Order, Cooperative.name, Cooperative.zone)
        .join(Cooperative, Cooperative.id == Order.cooperative_id)
        .where(Order.id.in_(parts))
        .order_by(Order.position)
    )
    return tuple(
        OrderFile(
            order,
            name,
            zone,
            parts[order.id],
            [one for one in lines if one.order_id == order.id],
            [one for one in events if one.order_id == order.id],
            [one for one in parcels if one.order_id == order.id],
            [one for one in refunds if one.order_id == order.id],
        )
        for order, name, zone in rows
    )


def _messages(session: Session, purchase: Purchase, parts: dict[int, int]) -> tuple[Message, ...]:
    """What reached the shopper about the purchase and these orders, oldest first."""
    notices = session.scalars(
        select(Notice)
        .where(Notice.contact_id == purchase.contact_id, Notice.sent_at.is_not(None))
        .where(or_(Notice.purchase_id == purchase.id, Notice.order_id.in_(parts)))
        .order_by(Notice.sent_at, Notice.id)
    ).all()
    words = worded(session, notices, contacts(session, [purchase.contact_id]))
    return tuple(
        Message(notice.sent_at, words[notice.id].subject)
        for notice in notices
        if notice.sent_at is not None and notice.id in words
    )
