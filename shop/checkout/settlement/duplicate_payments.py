"""Several bills over the same orders: one settles, what comes on top of it goes back (rule R3)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.payments.bills import actions as bills
from shop.payments.bills.models import ENDED_UNPAID, Payment, PaymentOrder, PaymentState
from shop.payments.bills.refunds import PLATFORM, request_refund
from shop.payments.cards import actions as cards
from shop.payments.ledger import actions as ledger
from shop.payments.ledger.actions import Posting
from shop.payments.ledger.models import AccountKind
from shop.sales.orders.models import Purchase
from shop.services.audit import actions as audit
from shop.services.outbox.actions import notify

UNPAID = (PaymentState.OPEN, *ENDED_UNPAID)
TWICE = "twice"
"""Reason of a refund: what the money was for had been paid before."""


def lock_purchase(session: Session, purchase_id: int) -> Purchase:
    """Keep others from paying, ending or changing a purchase until this transaction ends."""
    return session.scalars(
        select(Purchase)
        .where(Purchase.id == purchase_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def competing_payments(session: Session, payment: Payment) -> list[Payment]:
    """Other bills over the same orders, as they stand now."""
    mine = select(PaymentOrder.order_id).where(PaymentOrder.payment_id == payment.id)
    theirs = select(PaymentOrder.payment_id).where(PaymentOrder.order_id.in_(mine))
    return list(
        session.scalars(
            select(Payment)
            .where(Payment.id.in_(theirs), Payment.id != payment.id)
            .order_by(Payment.id)
            .execution_options(populate_existing=True)
        )
    )


def replace(session: Session, others: Sequence[Payment], now: datetime) -> None:
    """Another payment is the one that counts; on the pages of these nobody shall pay any more."""
    unpaid = tuple(state for state in UNPAID if state is not PaymentState.REPLACED)
    for other in others:
        bills.move(session, other, PaymentState.REPLACED, expected=unpaid, now=now)
        attempt = cards.open_attempt(session, other.id)
        if attempt is not None:
            cards.close_later(session, attempt.id, now=now)


def refund_duplicate(
    session: Session,
    payment: Payment,
    money: Sequence[Posting],
    *,
    now: datetime,
    person_id: int | None = None,
    attempt_id: str | None = None,
) -> None:
    """Promise all of some money back.

    :param money: where it stands in the books now.
    :param attempt_id: the try it came by, where the payment itself had been settled by another.
    """
    subject = attempt_id or payment.code
    due = ledger.account(session, AccountKind.REFUND_DUE)
    ledger.post(
        session,
        kind="payment",
        reason=f"payment-again:{attempt_id}" if attempt_id else f"payment:{payment.code}",
        postings=[*money, Posting(due, -payment.amount)],
        now=now,
        actor_id=person_id,
    )
    request_refund(
        session,
        key=f"{TWICE}:{subject}",
        payment_id=payment.id,
        attempt_id=attempt_id,
        order=None,
        amount=payment.amount,
        reason=TWICE,
        bearer=PLATFORM,
        from_escrow=False,
        now=now,
    )
    purchase = session.get_one(Purchase, payment.purchase_id)
    notify(
        session,
        key=f"paid-twice:{subject}",
        kind="paid_twice",
        contact_id=purchase.contact_id,
        purchase_id=purchase.id,
        now=now,
    )
    audit.record(
        session,
        action="payment.returned",
        subject=f"payment:{payment.id}",
        actor_id=person_id,
        after={"amount": payment.amount},
        now=now,
    )
    session.flush()
