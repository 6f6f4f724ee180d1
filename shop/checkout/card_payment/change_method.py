"""Choosing another way to pay: the old bill ends, a new one over the same orders begins (R3)."""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from functools import partial

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from shop.catalog.inventory import holds
from shop.catalog.products.models import Product
from shop.checkout.card_payment.pay_page import PageStatus, close_pay_page
from shop.checkout.settlement.duplicate_payments import lock_purchase
from shop.core.database import settings_by_date
from shop.core.database.engine import Database
from shop.core.values import clock
from shop.payments.bills import actions as bills
from shop.payments.bills import queries
from shop.payments.bills.models import (
    BY_STATEMENT,
    WAS_PAID,
    Method,
    Payee,
    PayeeKind,
    Payment,
    PaymentState,
)
from shop.payments.bills.qris import MAX_QRIS_RUPIAH
from shop.payments.cards import actions as cards
from shop.payments.cards.gateway import Gateway
from shop.payments.payees.actions import lock_open_payee
from shop.sales.orders.models import Order, OrderLine, Purchase
from shop.sales.orders.queries import sells_suspended
from shop.services.outbox.actions import notify

PAYEES = {
    Method.CARD: PayeeKind.GATEWAY,
    Method.TRANSFER: PayeeKind.BANK,
    Method.QRIS: PayeeKind.QRIS,
}


class ChangeOutcome(StrEnum):
    """What became of the wish to pay another way."""

    MADE = "made"
    PAID = "paid"
    """The old way turned out paid: it settled instead."""
    NOT_OFFERED = "not_offered"


def change_method(
    db: Database, gateway: Gateway | None, *, payment_code: str, method: Method, now: datetime
) -> ChangeOutcome:
    """Replace a payment by one with another method; the goods stay on hold.

    A pay page that cannot be closed now, because the gateway does not answer, is closed as soon
    as it does; whatever is paid on it until then goes back by itself.
    """
    with db.reading() as session:
        payment = queries.payment_by_code(session, payment_code)
        can = _can(session, payment, method, now, takes_cards=gateway is not None)
    if payment.method is method:
        return ChangeOutcome.MADE
    if not can:
        return ChangeOutcome.NOT_OFFERED
    if close_pay_page(db, gateway, payment.id, now) in (PageStatus.PAID, PageStatus.WAITING):
        return ChangeOutcome.PAID
    return db.write(
        partial(
            _choose,
            payment_id=payment.id,
            method=method,
            takes_cards=gateway is not None,
            now=now,
        )
    )


def available_methods(
    session: Session,
    payment_code: str,
    *,
    takes_cards: bool,
    now: datetime,
    cooperative_ids: Collection[int] | None = None,
) -> tuple[Method, ...]:
    """Payment methods that a payment can still be changed to.

    :param cooperative_ids: whose orders it covers, where the caller has read them.
    """
    payment = queries.payment_by_code(session, payment_code)
    if not _may_change(session, payment):
        return ()
    payees = _payees(session, payment, cooperative_ids)
    return tuple(
        method
        for method in PAYEES
        if method is not payment.method
        and method in payees
        and _offers(session, payment, method, now, takes_cards=takes_cards)
    )


def _can(
    session: Session, payment: Payment, method: Method, now: datetime, *, takes_cards: bool
) -> bool:
    return (
        method in PAYEES
        and _may_change(session, payment)
        and method in _payees(session, payment)
        and _offers(session, payment, method, now, takes_cards=takes_cards)
    )


def _may_change(session: Session, payment: Payment) -> bool:
    """Whether a bill can be paid another way at all."""
    if payment.state is not PaymentState.OPEN:
        return False
    if queries.received_for(session, payment.id):
        return False  # a part came already; the rest comes the same way
    # Another way would hold the goods longer (rule R28).
    return not sells_suspended(session, payment.purchase_id)


def _offers(
    session: Session, payment: Payment, method: Method, now: datetime, *, takes_cards: bool
) -> bool:
    """Whether this way takes such a sum, and would still hold the goods."""
    if method is Method.CARD:
        minimum = settings_by_date.settings_on(session, clock.day_in(clock.HOME_ZONE, now))[
            "card_least_total"
        ]
        return takes_cards and payment.orders_total >= minimum
    if method is Method.QRIS and payment.orders_total + bills.MAX_UNIQUE_CODE > MAX_QRIS_RUPIAH:
        return False
    return _hold_until(session, payment, method, now) > now


def _choose(
    session: Session, payment_id: int, method: Method, takes_cards: bool, now: datetime
) -> ChangeOutcome:
    payment = session.get_one(Payment, payment_id)
    purchase = lock_purchase(session, payment.purchase_id)
    session.refresh(payment)
    if payment.state in WAS_PAID:
        return ChangeOutcome.PAID
    payee = _payees(session, payment).get(method)
    if payee is None or not _can(session, payment, method, now, takes_cards=takes_cards):
        return ChangeOutcome.NOT_OFFERED
    if payee.cooperative_id and not lock_open_payee(session, payee.id):
        return ChangeOutcome.NOT_OFFERED
    until = _hold_until(session, payment, method, now)
    attempt = cards.open_attempt(session, payment.id)
    if attempt is not None:
        cards.close_later(session, attempt.id, now=now)
    bills.move(session, payment, PaymentState.REPLACED, expected=(PaymentState.OPEN,), now=now)
    opened = bills.reopen_payment(
        session, instead_of=payment, method=method, payee_id=payee.id, due_at=until
    ) or bills.open_payment(
        session,
        purchase_id=purchase.id,
        method=method,
        payee_id=payee.id,
        orders={order.id: order.total for order in queries.orders_of(session, payment.id)},
        due_at=until,
        now=now,
    )
    holds.extend(session, holder=purchase.code, until=until)
    purchase.hold_until = until
    if method in BY_STATEMENT:
        notify(
            session,
            key=f"purchase-placed:{opened.code}",
            kind="purchase_placed",
            contact_id=purchase.contact_id,
            purchase_id=purchase.id,
            now=now,
        )
    session.flush()
    return ChangeOutcome.MADE


def _payees(
    session: Session, payment: Payment, owners: Collection[int] | None = None
) -> dict[Method, Payee]:
    """Where the same orders can be paid, by the way it goes."""
    if owners is None:
        owners = {order.cooperative_id for order in queries.orders_of(session, payment.id)}
    found = queries.payees_for(session, owners)
    return {method: found[kind] for method, kind in PAYEES.items() if kind in found}


def _hold_until(session: Session, payment: Payment, method: Method, now: datetime) -> datetime:
    """Until when the goods are held then: a card's from now on, a transfer's from the placing.

    So nobody holds goods for longer by going to and fro.
    """
    purchase = session.get_one(Purchase, payment.purchase_id)
    figures = settings_by_date.settings_on(session, clock.day_in(clock.HOME_ZONE, now))
    one_piece = session.scalar(
        select(
            exists()
            .where(OrderLine.order_id == Order.id, Order.purchase_id == purchase.id)
            .where(Product.id == OrderLine.product_id, Product.is_one_piece)
        )
    )
    start = now if method is Method.CARD else purchase.placed_at
    return start + bills.hold_duration(method, figures, one_piece=bool(one_piece))
