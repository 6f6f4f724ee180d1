"""Ending what was not paid: first its pay page is closed, then its goods go free (rule R3)."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.checkout.card_payment.gateway_events import process_page
from shop.checkout.card_payment.pay_page import PageStatus, close_pay_page
from shop.checkout.confirmation import statement_matching
from shop.checkout.expiry.actions import cancel_unpaid, due_payments, expire_payment
from shop.core.database.engine import Database
from shop.payments.bills import actions as bills
from shop.payments.bills.models import Payment, PaymentState
from shop.payments.cards import actions as cards
from shop.payments.cards import gateway_setup
from shop.payments.cards.gateway import Gateway
from shop.payments.cards.models import PaymentAttempt
from shop.payments.transfers import transfer_proofs
from shop.sales.orders.models import Purchase
from shop.services.outbox.worker import handles, periodic

PATIENCE = timedelta(minutes=60)
"""How long goods of a bill that is over wait for a gateway that does not answer: somebody may
have paid in time."""
STILL_OPEN = (PageStatus.PAID, PageStatus.WAITING)


def cancel_payment(
    db: Database,
    gateway: Gateway | None,
    purchase_id: int,
    *,
    now: datetime,
    person_id: int | None = None,
) -> bool:
    """Cancel an unpaid purchase, after closing its pay page.

    While the gateway does not answer, the purchase ends all the same: the page is closed as soon
    as it does, and what is paid on it until then goes back by itself.

    :return: False when it is paid or over.
    """
    with db.reading() as session:
        open_ones = session.scalars(
            select(Payment.id)
            .where(Payment.purchase_id == purchase_id, Payment.state == PaymentState.OPEN)
            .order_by(Payment.id)
        ).all()
    for payment_id in open_ones:
        if close_pay_page(db, gateway, payment_id, now) in STILL_OPEN:
            return False

    def work(session: Session) -> bool:
        for payment_id in open_ones:
            _close_later(session, payment_id, now)
        purchase = session.get_one(Purchase, purchase_id)
        return cancel_unpaid(session, purchase, now=now, person_id=person_id)

    return db.write(work)


@periodic("lapse", every_seconds=30)
def lapse_unpaid(db: Database, now: datetime) -> None:
    """End the bills whose time is over, each in a transaction of its own."""
    with db.reading() as session:
        due = {
            payment_id: session.get_one(Payment, payment_id).due_at
            for payment_id in due_payments(session, now)
        }
    for payment_id, due_at in due.items():
        stands = close_pay_page(db, gateway_setup.gateway(), payment_id, now)
        if stands is PageStatus.PAID or (stands is PageStatus.SILENT and now < due_at + PATIENCE):
            continue
        db.write(partial(_lapse, payment_id=payment_id, now=now))


@periodic("rest-codes", every_seconds=3600)
def rest_codes(db: Database, now: datetime) -> None:
    """Set unique codes free that have rested long enough (rule R5)."""
    db.write(partial(bills.release_codes, now=now))


@periodic("forget-statements", every_seconds=3600)
def purge_statements(db: Database, now: datetime) -> None:
    """Drop the bank's lists that nobody said yes to: they name people."""
    db.write(partial(statement_matching.purge_statement_files, now=now))


@periodic("transfer-proofs", every_seconds=6 * 3600)
def purge_proofs(db: Database, now: datetime) -> None:
    """Delete photos of transfers that nobody needs any more."""
    db.write(partial(transfer_proofs.purge_proofs, now=now))


@handles(cards.CLOSE_JOB)
def close_page_job(db: Database, payload: dict[str, Any], now: datetime) -> None:
    """Close a page that was left, and take in what was paid on it meanwhile."""
    gateway = gateway_setup.gateway()
    with db.reading() as session:
        attempt = session.get_one(PaymentAttempt, str(payload["attempt_id"]))
    if gateway is None or attempt.session_ref is None or attempt.state in cards.HAS_MONEY:
        return
    page = gateway.close_page(attempt.session_ref)
    db.write(partial(process_page, page=page, is_live=gateway_setup.is_live(), now=now))


def _lapse(session: Session, payment_id: int, now: datetime) -> bool:
    _close_later(session, payment_id, now)
    return expire_payment(session, payment_id, now)


def _close_later(session: Session, payment_id: int, now: datetime) -> None:
    attempt = cards.open_attempt(session, payment_id)
    if attempt is not None:
        cards.close_later(session, attempt.id, now=now)
