"""Money of a wrong amount that came by card: the operator sends it back where it came from."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.payments.bills.models import Receipt
from shop.payments.bills.refunds import PLATFORM, STRANGE, request_refund
from shop.payments.cards import actions as cards
from shop.payments.cards.models import AlertKind, GatewayAlert, PaymentAttempt
from shop.payments.ledger import actions as ledger
from shop.payments.ledger.actions import Posting
from shop.payments.ledger.models import AccountKind
from shop.payments.transfers import actions as transfers


def send_back(session: Session, alert_id: int, *, person_id: int, now: datetime) -> bool:
    """Let the whole of it go back to the card, and close the alert with it.

    :return: False when there is nothing to send back, or somebody else did.
    """
    alert = session.get(GatewayAlert, alert_id, with_for_update=True, populate_existing=True)
    if alert is None or alert.kind is not AlertKind.WRONG_AMOUNT or alert.payment_id is None:
        return False
    attempt = session.scalars(
        select(PaymentAttempt).where(PaymentAttempt.session_ref == alert.object_ref)
    ).one_or_none()
    if attempt is None or attempt.intent_ref is None:
        return False
    receipt = session.scalars(
        select(Receipt).where(Receipt.source_key == f"card:{attempt.id}")
    ).one_or_none()
    if receipt is None or not cards.resolve(session, alert.id, person_id=person_id, now=now):
        return False
    _place, unknown = transfers.accounts_of(session, receipt.payee_id)
    due = ledger.account(session, AccountKind.REFUND_DUE)
    key = f"{STRANGE}:{attempt.id}"
    ledger.post(
        session,
        kind="refund",
        reason=f"refund:{key}",
        postings=[Posting(unknown, receipt.amount), Posting(due, -receipt.amount)],
        now=now,
        actor_id=person_id,
    )
    request_refund(
        session,
        key=key,
        payment_id=alert.payment_id,
        attempt_id=attempt.id,
        order=None,
        amount=receipt.amount,
        reason=STRANGE,
        bearer=PLATFORM,
        from_escrow=False,
        person_id=person_id,
        now=now,
    )
    return True
