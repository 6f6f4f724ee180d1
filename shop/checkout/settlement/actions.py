"""Money in becomes orders: one commit moves the payment, the orders, the shelves and the books."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.checkout.settlement.duplicate_payments import (
    UNPAID,
    competing_payments,
    lock_purchase,
    refund_duplicate,
    replace,
)
from shop.checkout.settlement.order_release import (
    count_packs,
    lock_shelves,
    notify_buyer,
    notify_managers,
    release_to_cooperatives,
)
from shop.core.database import settings_by_date
from shop.core.values import clock
from shop.payments.bills import actions as bills
from shop.payments.bills import queries
from shop.payments.bills.errors import NoSuchPayment, WrongAmount
from shop.payments.bills.models import BY_STATEMENT, Payment, PaymentState, Receipt
from shop.payments.bills.payment_costs import source_account
from shop.payments.bills.refunds import PLATFORM, request_refund
from shop.payments.bills.voucher_money import book_vouchers
from shop.payments.ledger import actions as ledger
from shop.payments.ledger.actions import Posting
from shop.payments.ledger.models import AccountKind, LedgerEntry
from shop.payments.transfers import actions as transfers
from shop.people.accounts.models import Contact
from shop.sales.orders.models import Order, Purchase
from shop.sales.vouchers.actions import redeem_again, release
from shop.services.audit import actions as audit
from shop.services.outbox.actions import notify

LATE = "late"
"""Reason of a refund: the money came after the bill had lapsed and the goods were gone."""


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a payment that was found paid."""

    payment_id: int
    purchase_id: int
    is_repeat: bool
    """It was settled before; this delivery changed nothing."""
    new_orders: tuple[int, ...] = ()
    refunded_orders: tuple[int, ...] = ()
    """Orders whose goods were gone when the money came."""
    is_returned: bool = False
    """The orders had been paid another way: all of it goes back."""


def settle_purchase(
    session: Session,
    *,
    payment_id: int,
    now: datetime,
    person_id: int | None = None,
    accept_difference: bool = False,
    return_rest: bool = False,
) -> Settlement:
    """Turn a payment whose money has come into orders of the cooperatives, once.

    Webhook, landing page, reconcile and the person who confirms transfers all call this. The
    money of a transfer has to be recorded and matched before (``payments.transfers``).

    :param accept_difference: let a difference of at most ``rounding_most`` go to *selisih*.
    :param return_rest: promise back what came above the amount.
    :raises WrongAmount: when what was matched is not what was asked; nothing has moved then.
    """
    payment = session.get(Payment, payment_id)
    if payment is None:
        raise NoSuchPayment(str(payment_id))
    # Bills over the same orders follow one another: the second has to see the first.
    purchase = lock_purchase(session, payment.purchase_id)
    others = competing_payments(session, payment)
    is_first = not any(other.state is PaymentState.PAID for other in others)
    to = PaymentState.PAID if is_first else PaymentState.RETURNED
    with session.begin_nested():  # a wrong amount leaves the payment where it was
        left = bills.move(session, payment, to, expected=UNPAID, now=now)
        if left is None:
            return Settlement(payment.id, payment.purchase_id, is_repeat=True)
        money = _money_in(session, payment, now, accept_difference, return_rest)
    if not is_first:
        refund_duplicate(session, payment, money, now=now, person_id=person_id)
        return Settlement(payment.id, payment.purchase_id, is_repeat=False, is_returned=True)
    replace(session, others, now)
    orders = queries.orders_of(session, payment.id)
    lock_shelves(session, orders)
    discounted = restore_voucher(session, purchase)
    sold = [
        order
        for order in orders
        if release_to_cooperatives(session, purchase, order, now, person_id, discounted=discounted)
    ]
    gone = [order for order in orders if order not in sold]
    _post(session, payment, money, sold, gone, now=now, person_id=person_id)
    book_vouchers(session, purchase.id, sold, now=now)
    if not sold:
        release(session, purchase.id, now=now)
    for order in gone:
        # The unique code goes back with the last refund of a purchase that is wholly cancelled.
        rest = payment.unique_code if not sold and order is gone[-1] else 0
        request_refund(
            session,
            key=f"{LATE}:{order.number}",
            payment_id=payment.id,
            order=order,
            amount=order.total + rest,
            reason=LATE,
            bearer=PLATFORM,
            from_escrow=False,
            beyond=rest,
            now=now,
        )
    if not queries.is_open(session, purchase.id):
        purchase.settled_at = now
    if sold:
        purchase.ended_at = None  # it had lapsed; the late money brought it back
    count_packs(session, sold)
    if sold:
        notify_buyer(session, purchase, "purchase_paid", sold[0], now)
    for order in gone:
        _tell_sold_out(session, purchase, order, now)
    notify_managers(session, sold, now)
    audit.record(
        session,
        action="payment.settled",
        subject=f"payment:{payment.id}",
        actor_id=person_id,
        before={"state": left.value},
        after={"amount": payment.amount, "orders": len(sold), "refunded": len(gone)},
        now=now,
    )
    session.flush()
    return Settlement(
        payment.id,
        payment.purchase_id,
        is_repeat=False,
        new_orders=tuple(order.id for order in sold),
        refunded_orders=tuple(order.id for order in gone),
    )


def _money_in(
    session: Session,
    payment: Payment,
    now: datetime,
    accept_difference: bool,
    return_rest: bool,
) -> list[Posting]:
    """Where the money of a payment stands in the books now, less what came on top of it.

    :raises WrongAmount: when it is not what was asked.
    """
    if payment.method not in BY_STATEMENT:
        return [Posting(source_account(session, payment), payment.amount)]
    received = queries.matched_receipts(session, payment.id)
    # Nobody may take one of these receipts back while the payment leans on it.
    session.execute(
        select(Receipt.id).where(Receipt.id.in_(received)).order_by(Receipt.id).with_for_update()
    )
    received = queries.matched_receipts(session, payment.id)
    difference = sum(received.values()) - payment.amount
    maximum = settings_by_date.settings_on(session, clock.day_in(clock.HOME_ZONE, now))[
        "rounding_most"
    ]
    if difference > 0 and return_rest:
        request_refund(
            session,
            key=f"over:{payment.code}",
            payment_id=payment.id,
            order=None,
            amount=difference,
            reason="over",
            bearer=PLATFORM,
            from_escrow=False,
            now=now,
        )
    elif difference and not (accept_difference and abs(difference) <= maximum):
        raise WrongAmount(difference)
    bank, unknown = transfers.accounts_of(session, payment.payee_id)
    reasons = {transfers.parked_reason(receipt_id): receipt_id for receipt_id in received}
    parked = {
        reasons[reason]
        for reason in session.scalars(
            select(LedgerEntry.reason).where(LedgerEntry.reason.in_(reasons))
        )
    }
    rest = AccountKind.REFUND_DUE if return_rest else AccountKind.ROUNDING
    return [
        *(
            Posting(unknown if receipt_id in parked else bank, amount)
            for receipt_id, amount in received.items()
        ),
        Posting(ledger.account(session, rest), -difference),
    ]


def _post(
    session: Session,
    payment: Payment,
    money: list[Posting],
    sold: list[Order],
    gone: list[Order],
    *,
    now: datetime,
    person_id: int | None,
) -> None:
    """One entry: what came in against *titipan* per order, what goes back, and the unique code."""
    if not payment.amount:
        return  # the voucher's sponsor pays all of it
    refund_due = ledger.account(session, AccountKind.REFUND_DUE)
    rest = ledger.account(session, AccountKind.UNIQUE_CODE) if sold else refund_due
    # In one order for everybody: two first sales at once make the same accounts.
    escrow = {
        cooperative_id: ledger.account(session, AccountKind.ESCROW, cooperative_id=cooperative_id)
        for cooperative_id in sorted({order.cooperative_id for order in sold})
    }
    ledger.post(
        session,
        kind="payment",
        reason=f"payment:{payment.code}",
        postings=[
            *money,
            *(Posting(escrow[order.cooperative_id], -order.total, order.id) for order in sold),
            *(Posting(refund_due, -order.total, order.id) for order in gone),
            Posting(rest, -payment.unique_code, None if sold else gone[-1].id),
        ],
        now=now,
        actor_id=person_id,
    )


def _tell_sold_out(session: Session, purchase: Purchase, order: Order, now: datetime) -> None:
    notify(
        session,
        key=f"order-sold-out:{order.id}",
        kind="order_sold_out",
        contact_id=purchase.contact_id,
        purchase_id=purchase.id,
        order_id=order.id,
        now=now,
    )


def restore_voucher(session: Session, purchase: Purchase) -> bool:
    """Whether a purchase that is being paid has its voucher, taken once more after a lapse."""
    if not purchase.discount_total:
        return True
    phone = session.scalar(select(Contact.phone).where(Contact.id == purchase.contact_id))
    return redeem_again(session, purchase.id, phone=phone)
