"""Bills that are paid by card, without a page."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import func, select

from shop.catalog.inventory import holds
from shop.checkout.card_payment.gateway_events import Taken, process_event
from shop.checkout.card_payment.pay_page import PayPage, open_pay_page
from shop.checkout.confirmation.actions import confirm_money
from shop.core.database.engine import Database
from shop.core.values import codes
from shop.payments.bills.models import Method, Payee, PayeeKind, Payment
from shop.payments.cards.gateway import EventSeen
from shop.payments.cards.models import AttemptState, PaymentAttempt
from shop.sales.orders.models import Order, OrderState, Purchase
from shop.services.outbox.worker import run_once
from tests.factories import NOON, Placed
from tests.support.fake_gateway import FakeGateway

MINUTE = timedelta(minutes=1)
HOLD = 41 * MINUTE


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
        holds.extend(session, holder=placed.code, until=payment.due_at)
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


def open_page(db: Database, gateway: FakeGateway, placed: Placed, now: datetime = NOON) -> PayPage:
    return open_pay_page(
        db,
        gateway,
        payment_code=placed.payment_code,
        public_url="http://localhost",
        words=lambda count, language: f"{count} {language}",
        now=now,
    )


def take(db: Database, event: EventSeen, now: datetime = NOON) -> Taken:
    return db.write(lambda session: process_event(session, event, is_live=False, now=now))


def payment(db: Database, placed: Placed) -> Payment:
    with db.reading() as session:
        return session.get_one(Payment, placed.payment_id)


def states(db: Database, placed: Placed) -> list[OrderState]:
    with db.reading() as session:
        return list(session.scalars(select(Order.state).where(Order.id.in_(placed.order_ids))))


def work(db: Database, now: datetime = NOON + MINUTE) -> None:
    """What the worker does after a commit."""
    while run_once(db, now):
        pass


def count(db: Database, rows: type) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(rows)) or 0
