"""Choosing another way to pay: the old bill ends, a new one over the same orders begins (R3)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache, partial
from typing import Any

from sqlalchemy import Select, bindparam, exists, select
from sqlalchemy.orm import Session

from shop.catalog.inventory import holds
from shop.catalog.products.models import Product
from shop.checkout.card_payment.pay_page import PageStatus, close_pay_page
from shop.checkout.settlement.duplicate_payments import lock_purchase
from shop.core.database import settings_by_date
from shop.core.database.engine import Database
from shop.core.database.schema import table_of
from shop.core.values import clock
from shop.payments.bills import actions as bills
from shop.payments.bills import queries
from shop.payments.bills.errors import NoSuchPayment
from shop.payments.bills.models import (
    BY_STATEMENT,
    WAS_PAID,
    Method,
    PayeeKind,
    Payment,
    PaymentState,
)
from shop.payments.bills.qris import MAX_QRIS_RUPIAH
from shop.payments.cards import actions as cards
from shop.payments.cards.gateway import Gateway
from shop.payments.payees.actions import lock_open_payee
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import Order, OrderLine, Purchase
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
    takes_cards = gateway is not None
    with db.reading() as session:
        bill = _bill(session, payment_code)
        offered = _offered(session, bill, now, takes_cards=takes_cards)
    if bill.method is method:
        return ChangeOutcome.MADE
    if method not in offered:
        return ChangeOutcome.NOT_OFFERED
    if close_pay_page(db, gateway, bill.id, now) in (PageStatus.PAID, PageStatus.WAITING):
        return ChangeOutcome.PAID
    return db.write(
        partial(
            _choose,
            payment_id=bill.id,
            method=method,
            takes_cards=takes_cards,
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
    bill = _bill(session, payment_code)
    return _offered(session, bill, now, takes_cards=takes_cards, owners=cooperative_ids)


@dataclass(frozen=True, slots=True)
class _Bill:
    """What decides how else a bill can be paid."""

    id: int
    purchase_id: int
    method: Method
    state: PaymentState
    orders_total: int
    received: int
    placed_at: datetime
    sells_suspended: bool
    has_one_piece: bool


def _bill(session: Session, payment_code: str) -> _Bill:
    """The bill behind a code, in one statement.

    :raises NoSuchPayment: when none answers to it.
    """
    row = session.execute(_bills(), {"code": payment_code}).one_or_none()
    if row is None:
        raise NoSuchPayment(payment_code)
    return _Bill(*row)


@cache
def _bills() -> Select[*tuple[Any, ...]]:
    payments, purchases, orders = table_of(Payment), table_of(Purchase), table_of(Order)
    lines, products, sellers = table_of(OrderLine), table_of(Product), table_of(Cooperative)
    own = orders.c.purchase_id == payments.c.purchase_id
    suspended = exists().where(
        own, sellers.c.id == orders.c.cooperative_id, sellers.c.suspended_at.is_not(None)
    )
    one_piece = exists().where(
        own,
        lines.c.order_id == orders.c.id,
        products.c.id == lines.c.product_id,
        products.c.is_one_piece,
    )
    return (
        select(
            payments.c.id,
            payments.c.purchase_id,
            payments.c.method,
            payments.c.state,
            payments.c.orders_total,
            queries.received_now(),
            purchases.c.placed_at,
            suspended.correlate(payments),
            one_piece.correlate(payments),
        )
        .join_from(payments, purchases, purchases.c.id == payments.c.purchase_id)
        .where(payments.c.code == bindparam("code"))
    )


def _offered(
    session: Session,
    bill: _Bill,
    now: datetime,
    *,
    takes_cards: bool,
    owners: Collection[int] | None = None,
) -> tuple[Method, ...]:
    """The other ways that a bill can be paid."""
    # What was paid in part is paid the same way to its end, and another way would hold the goods
    # of a suspended cooperative longer (rule R28).
    if bill.state is not PaymentState.OPEN or bill.received or bill.sells_suspended:
        return ()
    figures = settings_by_date.settings_on(session, clock.day_in(clock.HOME_ZONE, now))
    payees = _payees(session, bill.id, owners)
    return tuple(
        method
        for method in PAYEES
        if method is not bill.method
        and method in payees
        and _takes(bill, method, figures, now, takes_cards=takes_cards)
    )


def _takes(
    bill: _Bill, method: Method, figures: Mapping[str, int], now: datetime, *, takes_cards: bool
) -> bool:
    """Whether this way takes such a sum, and would still hold the goods."""
    if method is Method.CARD:
        return takes_cards and bill.orders_total >= figures["card_least_total"]
    if method is Method.QRIS and bill.orders_total + bills.MAX_UNIQUE_CODE > MAX_QRIS_RUPIAH:
        return False
    return _hold_until(bill, method, figures, now) > now


def _choose(
    session: Session, payment_id: int, method: Method, takes_cards: bool, now: datetime
) -> ChangeOutcome:
    payment = session.get_one(Payment, payment_id)
    purchase = lock_purchase(session, payment.purchase_id)
    session.refresh(payment)
    if payment.state in WAS_PAID:
        return ChangeOutcome.PAID
    bill = _bill(session, payment.code)
    payee = _payees(session, payment.id).get(method)
    if payee is None or method not in _offered(session, bill, now, takes_cards=takes_cards):
        return ChangeOutcome.NOT_OFFERED
    if payee.cooperative_id and not lock_open_payee(session, payee.id):
        return ChangeOutcome.NOT_OFFERED
    figures = settings_by_date.settings_on(session, clock.day_in(clock.HOME_ZONE, now))
    until = _hold_until(bill, method, figures, now)
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
    session: Session, payment_id: int, owners: Collection[int] | None = None
) -> dict[Method, queries.OpenPayee]:
    """Where the same orders can be paid, by the way it goes."""
    if owners is None:
        owners = {order.cooperative_id for order in queries.orders_of(session, payment_id)}
    found = queries.payees_for(session, owners)
    return {method: found[kind] for method, kind in PAYEES.items() if kind in found}


def _hold_until(bill: _Bill, method: Method, figures: Mapping[str, int], now: datetime) -> datetime:
    """Until when the goods are held then: a card's from now on, a transfer's from the placing.

    So nobody holds goods for longer by going to and fro.
    """
    start = now if method is Method.CARD else bill.placed_at
    return start + bills.hold_duration(method, figures, one_piece=bill.has_one_piece)
