"""Cards of the demo's year: opened, tried and paid at the payment double, at their own moment."""

import urllib.request
from contextlib import suppress
from datetime import datetime, timedelta
from urllib.error import HTTPError

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from demo.history.schedule import Step
from shop.checkout.card_payment.pay_page import PageStatus, open_pay_page, poll_page
from shop.core.database.engine import Database
from shop.core.values.money import Rupiah
from shop.core.values.units import Grams
from shop.payments.bills.models import Method, Payment
from shop.payments.bills.refunds import SEND_JOB
from shop.payments.cards import gateway_setup
from shop.payments.cards.actions import COST_JOB
from shop.payments.cards.gateway import fake_time
from shop.payments.cards.jobs import learn_cost, send_refund
from shop.payments.cards.models import PaymentAttempt
from shop.payments.cash.actions import confirm, hand_over, set_terms
from shop.payments.cash.models import CashDue, CashState, CashTerms
from shop.people.cooperatives.models import Cooperative, Role, Seat
from shop.sales.orders.models import Order
from shop.services.outbox.models import JobState, OutboxJob
from stripe_double.test_controls import Outcome

DECLINED_EACH = 9
"""One card of so many is refused at first and goes through a moment later."""

TYPING = timedelta(seconds=40)
SOON = timedelta(minutes=1)


def are_there() -> bool:
    """Whether cards can be paid in the past: at the double alone."""
    access = gateway_setup.access()
    return access is not None and access.is_double


def pay_by_card(database: Database, step: Step, payment: Payment) -> None:
    """Lead to the pay page, pay there, and settle by what the gateway says."""
    gateway = gateway_setup.gateway()
    assert gateway is not None
    if payment.method is not Method.CARD:
        raise ValueError(f"{payment.code} is not paid by card")
    opened = step.at - TYPING
    with fake_time(opened):
        open_pay_page(
            database,
            gateway,
            payment_code=payment.code,
            public_url=gateway_setup.page_origin() or "",
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
    with fake_time(step.at):
        found = poll_page(database, gateway, payment_code=payment.code, now=step.at)
    if found is not PageStatus.PAID:
        raise RuntimeError(f"the double says {found} of a card that was paid")


def do_card_jobs(database: Database) -> None:
    """Learn what cards cost and send refunds back, when the worker would have."""
    gateway = gateway_setup.gateway()
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
        with fake_time(moment):
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


MAX_PICKUP_TOTAL = Rupiah(300_000)


MAX_CASH_WEIGHT = Grams(10_000)


def load_terms(session: Session, *, now: datetime) -> None:
    """Let every cooperative of the demo take cash; its rounds say where and up to what."""
    known = set(session.scalars(select(CashTerms.cooperative_id)))
    for cooperative_id in session.scalars(select(Cooperative.id).order_by(Cooperative.id)):
        if cooperative_id not in known:
            set_terms(
                session,
                cooperative_id=cooperative_id,
                at_door=True,
                pickup_most=MAX_PICKUP_TOTAL,
                grams_most=MAX_CASH_WEIGHT,
                person_id=None,
                now=now,
            )


def say_yes(session: Session, purchase_id: int, *, person_id: int, now: datetime) -> None:
    """The shopper answered every cooperative's message; an interrupted load asks once more."""
    orders = session.scalars(
        select(Order)
        .join(CashDue, CashDue.order_id == Order.id)
        .where(Order.purchase_id == purchase_id, CashDue.confirmed_at.is_(None))
        .where(CashDue.state == CashState.ASKED)
        .order_by(Order.id)
    )
    for order in orders.all():
        confirm(session, order, person_id=person_id, now=now)


def asked_for(session: Session, order: Order) -> int | None:
    """What is counted for an order at the door; None: it is paid otherwise."""
    return session.scalar(select(CashDue.asked).where(CashDue.order_id == order.id))


def into_drawer(session: Session, order: Order, *, now: datetime) -> None:
    """The treasurer gets what was taken for an order, if it was paid in cash."""
    wanted = select(CashDue.order_id).where(
        CashDue.order_id == order.id, CashDue.state == CashState.COLLECTED
    )
    if session.scalar(wanted) is None:
        return
    treasurer = session.scalars(
        select(Seat.person_id)
        .where(Seat.cooperative_id == order.cooperative_id, Seat.role == Role.BENDAHARA)
        .order_by(Seat.id)
        .limit(1)
    ).one()
    hand_over(
        session,
        cooperative_id=order.cooperative_id,
        number=order.number,
        person_id=treasurer,
        now=now,
    )


def act(page_ref: str, outcome: Outcome, moment: datetime) -> None:
    """Let a page at the double be paid, declined or completed, at ``moment``.

    :raises OSError: when the double does not answer or refuses.
    """
    found = gateway_setup.access()
    if found is None or not found.is_double:
        raise RuntimeError("cards are paid at no double here: nothing can be pretended")
    ask = urllib.request.Request(  # noqa: S310 - the double's own address
        f"{found.api_base}/sandbox/sessions/{page_ref}/{outcome}",
        data=b"",
        headers={
            "Authorization": f"Bearer {found.key}",
            "Sandbox-Now": str(int(moment.timestamp())),
        },
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(ask, timeout=10):
        pass
