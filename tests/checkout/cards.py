"""Bills that are paid by card, without a page."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from shop.checkout.money_in import confirm_money
from shop.core import codes
from shop.core.database import Database
from shop.inventory import actions as inventory
from shop.orders.models import Purchase
from shop.payments.models import (
    AttemptState,
    Method,
    Payee,
    PayeeKind,
    Payment,
    PaymentAttempt,
)
from tests.factories import NOON, Placed

HOLD = timedelta(minutes=41)


def make_gateway_payee(db: Database) -> int:
    """Where the operator's cards are paid; the same every time."""
    with db.writing() as session:
        found = session.scalar(select(Payee.id).where(Payee.kind == PayeeKind.GATEWAY))
        if found is not None:
            return found
        payee = Payee(kind=PayeeKind.GATEWAY, provider="Stripe", verified_at=NOON)
        session.add(payee)
        session.flush()
        return payee.id


def as_card(db: Database, placed: Placed) -> Placed:
    """Turn a bill into one that is to be paid by card, without a unique code."""
    payee_id = make_gateway_payee(db)
    with db.writing() as session:
        payment = session.get_one(Payment, placed.payment_id)
        payment.method, payment.unique_code, payment.payee_id = Method.CARD, 0, payee_id
        payment.amount, payment.code_held = payment.orders_total, False
        purchase = session.get_one(Purchase, placed.purchase_id)
        payment.due_at = purchase.hold_until = payment.created_at + HOLD
        inventory.extend(session, holder=placed.code, until=payment.due_at)
    return replace(placed, amount=placed.orders_total)


def paid_attempt(db: Database, placed: Placed) -> str:
    """The try whose money has come, as the gateway's word would leave it."""
    with db.writing() as session:
        attempt = PaymentAttempt(
            id=codes.new_code(),
            payment_id=placed.payment_id,
            state=AttemptState.PAID,
            amount=placed.orders_total,
            session_ref=f"page-{placed.payment_id}",
            intent_ref=f"intent-{placed.payment_id}",
            expires_at=NOON,
            created_at=NOON,
            paid_at=NOON,
        )
        session.add(attempt)
        session.flush()
        return attempt.id


def confirm(db: Database, payment: Payment) -> None:
    """The operator sees the money of a transfer."""
    with db.writing() as session:
        confirm_money(
            session,
            payment_code=payment.code,
            amount=payment.amount,
            received_on=NOON.date(),
            source_key=f"form:{payment.code}",
            person_id=None,
            now=NOON,
        )
