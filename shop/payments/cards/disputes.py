"""Disputes of card payments (rule R24): told, booked as *sengketa*, won or lost.

While one is open the money of its orders goes nowhere: ``is_disputed`` is what whoever finishes
an order or pays a cooperative asks first.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from shop.core.database.upserts import insert_if_absent
from shop.core.values.money import allocate
from shop.payments.bills.models import Payment
from shop.payments.bills.payment_costs import source_account
from shop.payments.bills.queries import orders_of
from shop.payments.bills.refunds import COOPERATIVE, PLATFORM
from shop.payments.cards.gateway import DisputeProgress, DisputeSeen
from shop.payments.cards.models import (
    AttemptState,
    Dispute,
    DisputePart,
    DisputeState,
    PaymentAttempt,
)
from shop.payments.ledger import actions as ledger
from shop.payments.ledger.actions import Posting
from shop.payments.ledger.models import AccountKind, LedgerEntry
from shop.sales.orders.models import Order, OrderState, Parcel

_SHOWN = (OrderState.ARRIVED, OrderState.DONE)


def record_dispute(session: Session, seen: DisputeSeen, *, now: datetime) -> Dispute | None:
    """Record a dispute's state and book its money; a repeat changes nothing.

    :return: None for a payment that is not ours, or money that is no whole rupiah.
    """
    attempt = session.scalars(
        select(PaymentAttempt).where(
            PaymentAttempt.intent_ref == seen.intent_ref,
            PaymentAttempt.state == AttemptState.PAID,
        )
    ).one_or_none()
    if attempt is None or seen.amount is None or not 0 < seen.amount <= attempt.amount:
        return None
    dispute = _opened(session, seen, attempt.payment_id, now)
    if seen.took_money or seen.progress is not DisputeProgress.OPEN:
        _withdraw(session, dispute, now)
    if seen.progress is DisputeProgress.WON:
        _end(session, dispute, DisputeState.WON, now)
    elif seen.progress is DisputeProgress.LOST:
        _end(session, dispute, DisputeState.LOST, now)
    return dispute


def choose_order(session: Session, dispute_id: int, order_id: int, *, now: datetime) -> bool:
    """Say that a dispute is about one order of its payment, as long as no bank has decided.

    :return: False when it is over, or the order is not of this payment or too small.
    """
    dispute = session.get_one(Dispute, dispute_id, with_for_update=True)
    mine = {order.id: order for order in orders_of(session, dispute.payment_id)}
    if dispute.state is not DisputeState.OPEN or order_id not in mine:
        return False
    if dispute.amount > mine[order_id].total:
        return False
    before = _parts(session, dispute)
    if [part.order_id for part in before] == [order_id]:
        return True  # the second of two clicks
    if dispute.withdrawn_at is not None:
        _book_anew(session, dispute, before, order_id, now)
    for part in before:
        session.delete(part)
    session.flush()
    session.add(DisputePart(dispute_id=dispute.id, order_id=order_id, amount=dispute.amount))
    session.flush()
    return True


def is_disputed(session: Session, order_id: int) -> bool:
    """Whether the money of an order is kept where it is until a dispute ends."""
    return bool(session.scalar(select(has_open_dispute(order_id))))


def lost_of(session: Session, order_id: int) -> int:
    """Rupiah of an order that banks took for good: its shopper has them already."""
    total = session.scalar(
        select(func.sum(DisputePart.amount))
        .join(Dispute, Dispute.id == DisputePart.dispute_id)
        .where(DisputePart.order_id == order_id, Dispute.state == DisputeState.LOST)
    )
    return int(total or 0)


def has_open_dispute(order_id: int | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """The same as a condition beside a query: an open dispute over this order."""
    return exists().where(
        DisputePart.order_id == order_id,
        DisputePart.dispute_id == Dispute.id,
        Dispute.state == DisputeState.OPEN,
    )


def _opened(session: Session, seen: DisputeSeen, payment_id: int, now: datetime) -> Dispute:
    made = insert_if_absent(
        session,
        Dispute,
        {
            "dispute_ref": seen.ref,
            "payment_id": payment_id,
            "amount": seen.amount,
            "state": DisputeState.OPEN,
            "respond_by": seen.respond_by,
            "opened_at": now,
        },
        key=["dispute_ref"],
    )
    dispute = session.scalars(
        select(Dispute).where(Dispute.dispute_ref == seen.ref).with_for_update()
    ).one()
    if made is not None:
        orders = sorted(orders_of(session, payment_id), key=lambda order: order.id)
        shares = allocate(dispute.amount, [order.total for order in orders])
        session.add_all(
            DisputePart(dispute_id=dispute.id, order_id=order.id, amount=share)
            for order, share in zip(orders, shares, strict=True)
            if share
        )
        session.flush()
    return dispute


def _withdraw(session: Session, dispute: Dispute, now: datetime) -> None:
    """The bank took the money until it has decided."""
    if dispute.withdrawn_at is not None:
        return
    dispute.withdrawn_at = now
    _book(session, dispute, "dispute", 1, now)


def _end(session: Session, dispute: Dispute, to: DisputeState, now: datetime) -> None:
    ended = session.scalar(
        update(Dispute)
        .where(Dispute.id == dispute.id, Dispute.state == DisputeState.OPEN)
        .values(state=to, closed_at=now)
        .returning(Dispute.id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(dispute)
    if ended is None:
        return
    if to is DisputeState.WON:
        _book(session, dispute, "dispute-won", -1, now)
        return
    suspense = ledger.account(session, AccountKind.DISPUTE)
    postings = []
    for part in _parts(session, dispute):
        order = session.get_one(Order, part.order_id)
        part.bearer = PLATFORM if shows_delivery(session, order) else COOPERATIVE
        bears = (
            ledger.account(session, AccountKind.PAYMENT_COST)
            if part.bearer == PLATFORM
            else ledger.account(
                session, AccountKind.COOPERATIVE_DUE, cooperative_id=order.cooperative_id
            )
        )
        postings += [
            Posting(bears, part.amount, part.order_id),
            Posting(suspense, -part.amount, part.order_id),
        ]
    ledger.post(
        session,
        kind="dispute-lost",
        reason=f"dispute-lost:{dispute.dispute_ref}"[:120],
        postings=postings,
        now=now,
    )
    session.flush()


def shows_delivery(session: Session, order: Order) -> bool:
    """Whether its cooperative can show that a parcel got there: then the platform bears the loss.

    Arrived, and with a tracking number, a receiver's name, or the pick-up code that was said.
    """
    if order.state not in _SHOWN:
        return False
    if order.pickup_code is not None:
        return True
    proof = func.coalesce(Parcel.tracking_number, Parcel.receiver_name)
    shown = exists().where(Parcel.order_id == order.id, proof.is_not(None))
    return bool(session.scalar(select(shown)))


def _book(session: Session, dispute: Dispute, kind: str, sign: int, now: datetime) -> None:
    """Move its money from the gateway's account into *sengketa*, or back."""
    suspense = ledger.account(session, AccountKind.DISPUTE)
    source = source_account(session, session.get_one(Payment, dispute.payment_id))
    ledger.post(
        session,
        kind=kind,
        reason=f"{kind}:{dispute.dispute_ref}"[:120],
        postings=[
            posting
            for part in _parts(session, dispute)
            for posting in (
                Posting(suspense, sign * part.amount, part.order_id),
                Posting(source, -sign * part.amount, part.order_id),
            )
        ],
        now=now,
    )
    session.flush()


def _book_anew(
    session: Session,
    dispute: Dispute,
    before: Sequence[DisputePart],
    order_id: int,
    now: datetime,
) -> None:
    """What stands as *sengketa* of some orders stands there for the chosen one."""
    suspense = ledger.account(session, AccountKind.DISPUTE)
    kind = "dispute-chosen"
    cause = f"{kind}:{dispute.dispute_ref}"[:110]
    earlier = select(func.count()).where(
        LedgerEntry.reason.startswith(f"{cause}:", autoescape=True)
    )
    ledger.post(
        session,
        kind=kind,
        reason=f"{cause}:{session.scalar(earlier) or 0}",
        postings=[
            Posting(suspense, dispute.amount, order_id),
            *(Posting(suspense, -part.amount, part.order_id) for part in before),
        ],
        now=now,
    )


def _parts(session: Session, dispute: Dispute) -> Sequence[DisputePart]:
    return session.scalars(
        select(DisputePart)
        .where(DisputePart.dispute_id == dispute.id)
        .order_by(DisputePart.order_id)
    ).all()
