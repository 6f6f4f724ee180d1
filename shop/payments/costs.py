"""What a way to pay costs: an entry of its own, once it is known."""

from datetime import datetime

from sqlalchemy.orm import Session

from shop.core import clock, policy
from shop.ledger import actions as ledger
from shop.ledger.actions import Posting
from shop.ledger.models import AccountKind, LedgerEntry
from shop.orders.models import Order, OrderState
from shop.payments.models import Method, Payment
from shop.payments.queries import orders_of
from shop.payments.rules import divide_cost

_SOURCES = {
    Method.CARD: AccountKind.GATEWAY,
    Method.QRIS: AccountKind.BANK,
    Method.TRANSFER: AccountKind.BANK,
    Method.COD: AccountKind.CASH_DRAWER,
    Method.AT_PICKUP: AccountKind.CASH_DRAWER,
}


def source_account(session: Session, payment: Payment) -> int:
    """The ledger account that a payment's money reaches."""
    return ledger.account(session, _SOURCES[payment.method], owner=f"p{payment.payee_id}")


def post_payment_cost(
    session: Session, *, payment_id: int, cost: int, now: datetime
) -> LedgerEntry:
    """Book what a payment's method cost.

    The cost is divided over the orders by their totals. Each share is divided again: the part on
    the goods comes out of the cooperative's money, the part on the delivery is the platform's
    (rule R21; the figure ``delivery_cost_on_platform`` at 0 leaves both with the cooperative).

    :param cost: rupiah, ``> 0``.
    """
    payment = session.get_one(Payment, payment_id)
    orders = orders_of(session, payment.id)
    figures = policy.figures(session, clock.day_in(clock.HOME_ZONE, now))
    shares = divide_cost(
        [(order.goods_total - order.discount_total, order.delivery_fee) for order in orders],
        cost,
        delivery_is_ours=bool(figures["delivery_cost_on_platform"]),
    )
    postings = [
        Posting(_owed_account(session, order), of_goods, order.id)
        for order, (of_goods, _) in zip(orders, shares, strict=True)
    ]
    platform = sum(of_delivery for _, of_delivery in shares)
    postings.append(Posting(ledger.account(session, AccountKind.PAYMENT_COST), platform))
    postings.append(Posting(source_account(session, payment), -cost))
    return ledger.post(
        session,
        kind="payment-cost",
        reason=f"payment-cost:{payment.code}",
        postings=postings,
        now=now,
    )


def _owed_account(session: Session, order: Order) -> int:
    """Where the money of an order stands that its cooperative will get."""
    kind = AccountKind.COOPERATIVE_DUE if order.state is OrderState.DONE else AccountKind.ESCROW
    return ledger.account(session, kind, cooperative_id=order.cooperative_id)
