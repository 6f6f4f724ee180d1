"""Cards of the demo's year: opened, tried and paid at the payment double, at their own moment."""

from contextlib import suppress
from datetime import timedelta
from urllib.error import HTTPError

from sqlalchemy import select, update

from shop.checkout.card import Stands, look_at_page, open_pay_page
from shop.core.database import Database
from shop.demo.history_steps import Step
from shop.outbox.models import JobState, OutboxJob
from shop.payments import gateways
from shop.payments.attempts import COST_JOB
from shop.payments.card_jobs import learn_cost, send_refund
from shop.payments.models import Method, Payment, PaymentAttempt
from shop.payments.refunds import SEND_JOB
from shop.payments.sandbox_past import act

DECLINED_EACH = 9
"""One card of so many is refused at first and goes through a moment later."""

TYPING = timedelta(seconds=40)
SOON = timedelta(minutes=1)


def are_there() -> bool:
    """Whether cards can be paid in the past: at the double alone."""
    access = gateways.access()
    return access is not None and access.is_double


def pay_by_card(database: Database, step: Step, payment: Payment) -> None:
    """Lead to the pay page, pay there, and settle by what the gateway says."""
    gateway = gateways.gateway()
    assert gateway is not None
    if payment.method is not Method.CARD:
        raise ValueError(f"{payment.code} is not paid by card")
    opened = step.at - TYPING
    with gateways.pretending(opened):
        open_pay_page(
            database,
            gateway,
            payment_code=payment.code,
            public_url=gateways.page_origin() or "",
            words=lambda _orders, _language: "Lumbung",
            now=opened,
        )
    with database.reading() as session:
        page = session.scalars(
            select(PaymentAttempt.session_ref)
            .where(PaymentAttempt.payment_id == payment.id)
            .order_by(PaymentAttempt.created_at.desc())
            .limit(1)
        ).one()
    assert page is not None
    # A load that was interrupted here finds the card paid already, and the double says so.
    with suppress(HTTPError):
        if step.purchase % DECLINED_EACH == 0:
            act(page, "declined", step.at - TYPING / 2)
        act(page, "paid", step.at)
    with gateways.pretending(step.at):
        found = look_at_page(database, gateway, payment_code=payment.code, now=step.at)
    if found is not Stands.PAID:
        raise RuntimeError(f"the double says {found} of a card that was paid")


def do_card_jobs(database: Database) -> None:
    """Learn what cards cost and send refunds back, when the worker would have."""
    gateway = gateways.gateway()
    if gateway is None or not are_there():
        return
    with database.reading() as session:
        jobs = session.scalars(
            select(OutboxJob)
            .where(OutboxJob.kind.in_([COST_JOB, SEND_JOB]), OutboxJob.state == JobState.WAITING)
            .order_by(OutboxJob.id)
        ).all()
    for job in jobs:
        moment = job.created_at + SOON
        with gateways.pretending(moment):
            if job.kind == COST_JOB:
                learn_cost(database, gateway, str(job.payload["attempt_id"]), moment)
            else:
                send_refund(database, gateway, int(job.payload["refund_id"]), moment)
        with database.writing() as session:
            session.execute(
                update(OutboxJob)
                .where(OutboxJob.id == job.id)
                .values(state=JobState.DONE, done_at=moment)
            )
