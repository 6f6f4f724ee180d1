"""What the gateway kept of the money of an attempt."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from shop.payments.bills.models import Payment, PaymentState
from shop.payments.bills.payment_costs import post_payment_cost, source_account
from shop.payments.cards.models import AttemptState, PaymentAttempt
from shop.payments.ledger import actions as ledger
from shop.payments.ledger.actions import Posting
from shop.payments.ledger.models import AccountKind


def post_attempt_cost(session: Session, attempt_id: str, cost: int, now: datetime) -> None:
    """Book what a gateway kept of the money of one attempt, once.

    For money that went back whole, because all had been paid already, the platform pays.

    :param cost: rupiah, ``>= 0``.
    """
    noted = session.scalar(
        update(PaymentAttempt)
        .where(PaymentAttempt.id == attempt_id, PaymentAttempt.cost.is_(None))
        .values(cost=cost)
        .returning(PaymentAttempt.payment_id)
        .execution_options(synchronize_session=False)
    )
    if noted is None or not cost:
        return
    attempt = session.get_one(PaymentAttempt, attempt_id, populate_existing=True)
    payment = session.get_one(Payment, noted)
    if attempt.state is AttemptState.PAID and payment.state is PaymentState.PAID:
        post_payment_cost(session, payment_id=payment.id, cost=cost, now=now)
        return
    ledger.post(
        session,
        kind="payment-cost",
        reason=f"payment-cost:{attempt.id}",
        postings=[
            Posting(ledger.account(session, AccountKind.PAYMENT_COST), cost),
            Posting(source_account(session, payment), -cost),
        ],
        now=now,
    )
