"""What a gateway tells about a pay page becomes a settlement, money that goes back, or an alert.

Webhook, landing page, reconcile and the worker all come here. Nothing else believes a gateway.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.checkout.settlement.actions import settle_purchase
from shop.checkout.settlement.duplicate_payments import lock_purchase, refund_duplicate
from shop.core.values import clock
from shop.payments.bills.models import WAS_PAID, Payment, Receipt
from shop.payments.bills.payment_costs import source_account
from shop.payments.cards import actions as cards
from shop.payments.cards.dashboard_refunds import record_dashboard_refund
from shop.payments.cards.disputes import record_dispute
from shop.payments.cards.gateway import (
    EventSeen,
    PageState,
    PaymentPage,
    RefundProgress,
    RefundTold,
)
from shop.payments.cards.jobs import is_ours, note_failed_refund
from shop.payments.cards.models import AlertKind, AttemptState, PaymentAttempt
from shop.payments.ledger.actions import Posting
from shop.payments.transfers import actions as transfers

RUPIAH = "idr"
MAX_RUPIAH = 10**15
MONEY_CAME = ("checkout.session.completed", "checkout.session.async_payment_succeeded")
MONEY_FAILED = "checkout.session.async_payment_failed"
REFUND_FAILED = "refund.failed"
DISPUTES = "charge.dispute."


class Taken(StrEnum):
    """What became of something that a gateway told."""

    SETTLED = "settled"
    RETURNED = "returned"
    """Paid on top of what was paid: it goes back."""
    REPEAT = "repeat"
    """Nothing new."""
    WAITING = "waiting"
    """No money yet; it may still come."""
    EXPIRED = "expired"
    """No money, and none can come on this page."""
    ALERT = "alert"
    """Nothing moved; a person is asked to look at it."""


def process_event(session: Session, event: EventSeen, *, is_live: bool, now: datetime) -> Taken:
    """Process a signed event once, however often and late it comes.

    It is kept in the same transaction as what follows from it: whatever fails leaves no trace,
    and the gateway tells it again.

    :param is_live: whether this shop takes real money.
    """
    if not cards.record_event(session, event, now=now):
        return Taken.REPEAT
    if event.is_live is not is_live:
        return _alert(session, AlertKind.OTHER_ENVIRONMENT, event.object_ref or event.ref, now)
    if event.page is not None:
        return process_page(session, event.page, is_live=is_live, now=now, kind=event.kind)
    if event.kind.startswith(DISPUTES):
        if event.dispute is not None:
            record_dispute(session, event.dispute, now=now)
        return _alert(session, AlertKind.DISPUTE, event.object_ref or event.ref, now)
    if event.refund is not None:
        return _refund_told(session, event, event.refund, now)
    return Taken.WAITING


def _refund_told(session: Session, event: EventSeen, told: RefundTold, now: datetime) -> Taken:
    """Our own refunds end as their answers say; others were sent back at the gateway itself."""
    if is_ours(session, told.ref, told.key):
        if event.kind == REFUND_FAILED:
            note_failed_refund(session, told.ref, now=now)
        return Taken.WAITING
    payment_id = record_dashboard_refund(session, told, now=now)
    if payment_id is None and told.progress is RefundProgress.FAILED:
        return Taken.WAITING  # it never went
    return _alert(
        session,
        AlertKind.REFUNDED_OUTSIDE,
        told.ref,
        now,
        payment_id=payment_id,
        amount=told.amount,
    )


def process_page(
    session: Session, page: PaymentPage, *, is_live: bool, now: datetime, kind: str | None = None
) -> Taken:
    """Process the state of a pay page.

    :param kind: of the event that told it; None when the gateway was asked for the page itself.
    """
    if page.is_live is not is_live:
        return _alert(session, AlertKind.OTHER_ENVIRONMENT, page.ref, now)
    attempt = cards.of_page(session, page)
    if attempt is None:
        if not page.is_paid:
            return Taken.WAITING
        return _alert(session, AlertKind.UNKNOWN_PAGE, page.ref, now, amount=page.amount)
    payment = session.get_one(Payment, attempt.payment_id)
    # In one order for everybody: purchase, payment, attempt.
    lock_purchase(session, payment.purchase_id)
    session.refresh(payment)
    session.refresh(attempt)
    if attempt.state in cards.HAS_MONEY:
        return Taken.REPEAT
    if not page.is_paid or (kind is not None and kind not in MONEY_CAME):
        return _unpaid(session, attempt, page, kind)
    return _paid(session, page, payment, attempt, now)


def _paid(
    session: Session, page: PaymentPage, payment: Payment, attempt: PaymentAttempt, now: datetime
) -> Taken:
    wrong = _wrong(page, payment, attempt)
    if wrong is not None:
        return _strange_money(session, wrong, page, payment, attempt, now)
    if payment.state in WAS_PAID:
        cards.note_money(session, attempt, AttemptState.RETURNED, page, now=now)
        money = [Posting(source_account(session, payment), payment.amount)]
        refund_duplicate(session, payment, money, attempt_id=attempt.id, now=now)
        return Taken.RETURNED
    cards.note_money(session, attempt, AttemptState.PAID, page, now=now)
    settlement = settle_purchase(session, payment_id=payment.id, now=now)
    return Taken.RETURNED if settlement.is_returned else Taken.SETTLED


def _unpaid(
    session: Session, attempt: PaymentAttempt, page: PaymentPage, kind: str | None
) -> Taken:
    if page.state is PageState.EXPIRED and not page.is_paid:
        cards.expire(session, attempt, AttemptState.EXPIRED)
        return Taken.EXPIRED
    if kind == MONEY_FAILED:
        cards.expire(session, attempt, AttemptState.FAILED)
        return Taken.EXPIRED
    return Taken.WAITING


def _wrong(page: PaymentPage, payment: Payment, attempt: PaymentAttempt) -> AlertKind | None:
    """Why money that came is not the money that was asked for."""
    if page.amount is None or page.currency.lower() != RUPIAH:
        return AlertKind.WRONG_CURRENCY
    if page.amount != attempt.amount or page.amount != payment.amount:
        return AlertKind.WRONG_AMOUNT
    return AlertKind.UNKNOWN_PAGE if page.reference != payment.code else None


def _strange_money(
    session: Session,
    kind: AlertKind,
    page: PaymentPage,
    payment: Payment,
    attempt: PaymentAttempt,
    now: datetime,
) -> Taken:
    """Money came that was not asked for: rupiah stand as *belum dikenali*, and a person looks."""
    cards.expire(session, attempt, AttemptState.FAILED)
    attempt.session_ref = attempt.session_ref or page.ref
    attempt.intent_ref = page.intent_ref
    source_key = f"card:{attempt.id}"
    known = session.scalar(select(Receipt.id).where(Receipt.source_key == source_key))
    if kind is AlertKind.WRONG_AMOUNT and _is_money(page.amount) and known is None:
        assert page.amount is not None
        receipt = transfers.record_receipt(
            session,
            payee_id=payment.payee_id,
            received_on=clock.day_in(clock.HOME_ZONE, now),
            amount=page.amount,
            source_key=source_key,
            now=now,
        )
        transfers.set_aside(session, receipt, now=now)
    return _alert(session, kind, page.ref, now, payment_id=payment.id, amount=page.amount)


def _is_money(amount: int | None) -> bool:
    """Whether somebody can have paid this much; anything else is no figure for the books."""
    return amount is not None and 0 < amount <= MAX_RUPIAH


def _alert(
    session: Session,
    kind: AlertKind,
    object_ref: str,
    now: datetime,
    *,
    payment_id: int | None = None,
    amount: int | None = None,
) -> Taken:
    is_new = cards.raise_alert(
        session,
        kind,
        subject=object_ref,
        object_ref=object_ref[:120],
        payment_id=payment_id,
        amount=amount if _is_money(amount) else None,
        now=now,
    )
    return Taken.ALERT if is_new else Taken.REPEAT
