"""Sending packs after: an exchange, or what was missing. Each verb is for one transaction."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.aftersales.complaints import notices
from shop.aftersales.complaints.errors import NoGoodsLeft, PaidBackMeanwhile
from shop.aftersales.complaints.models import Actor, Complaint
from shop.aftersales.complaints.queries import figures_on, goods_by, line_of
from shop.aftersales.complaints.rules import State, packs_to_complain_of, refund_reason
from shop.aftersales.complaints.transitions import require, transition
from shop.aftersales.refunds.errors import Disputed
from shop.catalog.inventory import holds
from shop.catalog.inventory.errors import InsufficientStock
from shop.fulfilment.order_steps.actions import confirm_arrival
from shop.fulfilment.orders.queries import working_days_on
from shop.fulfilment.parcels.actions import send_another
from shop.payments.cards.disputes import is_disputed
from shop.sales.orders.models import Order, OrderLine, Parcel
from shop.sales.orders.rules import DeliveryKind


def reserve_replacement(
    session: Session,
    order: Order,
    complaint: Complaint,
    *,
    words: str,
    now: datetime,
    person_id: int | None = None,
) -> None:
    """Reserve replacement packs at once, so that nobody else buys them.

    The extra freight is the cooperative's (rule R16).

    :raises NoGoodsLeft: when fewer are free.
    :raises Disputed, PaidBackMeanwhile: when the shopper would have both, packs and money.
    """
    require(complaint, State.OPEN)
    line = line_of(session, order.id, complaint.line_id)
    _refuse_both(session, complaint, line)
    until = goods_by(session, order.cooperative_id, now)
    try:
        holds.reserve(
            session,
            packs_by_variant={line.variant_id: complaint.packs},
            holder=_holder(complaint),
            until=until,
        )
    except InsufficientStock as refusal:
        raise NoGoodsLeft(refusal.shortages[0].available) from refusal
    transition(
        session,
        complaint,
        State.PROMISED,
        allowed=(State.OPEN,),
        actor=Actor.COOPERATIVE,
        person_id=person_id,
        now=now,
        changes={"answer_words": words, "answered_at": now, "due_at": until},
    )
    notices.tell_shopper(session, order, complaint, "complaint_answered", now)


def keep_until(session: Session, complaint: Complaint, until: datetime) -> None:
    """Promised packs are sent by another day: as long they are held."""
    holds.extend(session, holder=_holder(complaint), until=until)
    complaint.due_at = until


def release_replacement(session: Session, complaint: Complaint) -> None:
    """Release replacement packs that did not leave."""
    holds.release(session, holder=_holder(complaint))


def send(
    session: Session,
    order: Order,
    complaint: Complaint,
    *,
    now: datetime,
    tracking: str = "",
    courier: str = "",
    person_id: int | None = None,
) -> None:
    """The second parcel leaves: with the courier, or by hand. Its shopper is told as of every one.

    :raises NotATrackingNumber: when a courier's parcel has none that can be one.
    :raises Disputed, PaidBackMeanwhile: when the shopper would have both, packs and money.
    """
    require(complaint, State.PROMISED)
    _refuse_both(session, complaint, line_of(session, order.id, complaint.line_id))
    by_courier = order.delivery_kind is DeliveryKind.COURIER
    # Freed and taken in one commit: the packs that were held are those that leave.
    release_replacement(session, complaint)
    parcel, _same_number = send_another(
        session,
        order,
        packs={complaint.line_id: complaint.packs},
        reason=refund_reason(complaint.wrong),
        tracking=tracking if by_courier else None,
        courier=(courier or order.delivery_name) if by_courier else None,
        person_id=person_id,
        now=now,
    )
    # What is handed over by hand has come as soon as its shopper does not say otherwise.
    days = figures_on(session, now)["arrival_extra_working_days"]
    days += (order.days_most or 0) if by_courier else 0
    transition(
        session,
        complaint,
        State.SENT,
        allowed=(State.PROMISED,),
        actor=Actor.COOPERATIVE,
        person_id=person_id,
        now=now,
        changes={
            "parcel_id": parcel.id,
            "due_at": working_days_on(session, order.cooperative_id, now, days),
        },
    )


def arrived(
    session: Session,
    order: Order,
    complaint: Complaint,
    *,
    actor: Actor,
    now: datetime,
    person_id: int | None = None,
) -> None:
    """The second parcel is there: the shopper says so, or the days of its way are over."""
    parcel_id = complaint.parcel_id
    _settle(session, complaint, actor, person_id, now)
    confirm_arrival(session, order, actor=actor, parcel_id=parcel_id, person_id=person_id, now=now)


def hear_parcel(session: Session, _order: Order, parcel: Parcel, now: datetime) -> None:
    """A parcel on top of its order is there, whoever said so: it answers its complaint."""
    complaint = session.scalars(
        select(Complaint).where(Complaint.parcel_id == parcel.id, Complaint.state == State.SENT)
    ).one_or_none()
    if complaint is not None:
        _settle(session, complaint, Actor.SHOP, None, now)


def _settle(
    session: Session, complaint: Complaint, actor: Actor, person_id: int | None, now: datetime
) -> None:
    transition(
        session,
        complaint,
        State.GRANTED,
        allowed=(State.SENT,),
        actor=actor,
        person_id=person_id,
        now=now,
        packs=complaint.packs,
        changes={"granted": complaint.packs},
    )


def _refuse_both(session: Session, complaint: Complaint, line: OrderLine) -> None:
    """Send nothing for money that went back by hand, or that a bank decides about."""
    if is_disputed(session, complaint.order_id):
        raise Disputed(complaint.order_id)
    left = packs_to_complain_of(line)
    if complaint.packs > left:
        raise PaidBackMeanwhile(left)


def _holder(complaint: Complaint) -> str:
    return f"complaint:{complaint.id}"
