"""What a payment's method costs, and how the orders of the payment share it (rule R21)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from shop.core.database import settings_by_date
from shop.core.values import clock
from shop.core.values.money import Rupiah, allocate
from shop.payments.bills.models import Method, Payment, Refund
from shop.payments.bills.queries import orders_of
from shop.payments.bills.refunds import PLATFORM
from shop.payments.bills.voucher_money import voucher_held
from shop.payments.ledger import actions as ledger
from shop.payments.ledger.actions import Posting
from shop.payments.ledger.models import AccountKind, LedgerEntry
from shop.payments.ledger.queries import held_for_order
from shop.sales.orders.models import Order, OrderState
from shop.sales.orders.rules import ENDS

_ACCOUNT_BY_METHOD = {
    Method.CARD: AccountKind.GATEWAY,
    Method.QRIS: AccountKind.BANK,
    Method.TRANSFER: AccountKind.BANK,
    Method.COD: AccountKind.CASH_DRAWER,
    Method.AT_PICKUP: AccountKind.CASH_DRAWER,
}


def source_account(session: Session, payment: Payment) -> int:
    """The ledger account that a payment's money reaches."""
    return ledger.account(session, _ACCOUNT_BY_METHOD[payment.method], owner=f"p{payment.payee_id}")


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
    figures = settings_by_date.settings_on(session, clock.day_in(clock.HOME_ZONE, now))
    shares = divide_cost(
        [(order.goods_total - order.discount_total, order.delivery_fee) for order in orders],
        cost,
        delivery_is_ours=bool(figures["delivery_cost_on_platform"]),
    )
    postings = [
        Posting(_owed_account(session, order, of_goods), of_goods, order.id)
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


def _owed_account(session: Session, order: Order, share: int) -> int:
    """Who pays what the payment of an order cost: whoever gets, or got, its money (R21, R24)."""
    if order.state not in ENDS:
        # Money that went back already is not there to pay from: then it is a debt.
        # What a voucher gave is its sponsor's until the goods are sold.
        paid_in = held_for_order(session, order.id) - voucher_held(session, order.id)
        if paid_in < share and _platform_bears(session, order):
            return ledger.account(session, AccountKind.PAYMENT_COST)
        kind = AccountKind.ESCROW if paid_in >= share else AccountKind.COOPERATIVE_DUE
    elif order.state is not OrderState.DONE and _platform_bears(session, order):
        return ledger.account(session, AccountKind.PAYMENT_COST)
    else:
        kind = AccountKind.COOPERATIVE_DUE
    return ledger.account(session, kind, cooperative_id=order.cooperative_id)


def _platform_bears(session: Session, order: Order) -> bool:
    """Whether an order ended through no fault of its cooperative."""
    by_us = exists().where(Refund.order_id == order.id, Refund.bearer == PLATFORM)
    return bool(session.scalar(select(by_us)))


def divide_cost(
    parts: Sequence[tuple[int, int]], cost: int, *, delivery_is_ours: bool
) -> tuple[tuple[Rupiah, Rupiah], ...]:
    """What each order bears of the cost of its payment, and what of it the platform takes over.

    :param parts: goods after discount and delivery fee of each order, in the order of their ids.
    :param delivery_is_ours: whether the cost on the delivery part is the platform's (rule R21).
    :return: for each order the cooperative's and the platform's rupiah; together they are the
        order's share of the cost, and all shares together the cost.
    """
    shares = allocate(cost, [goods + delivery for goods, delivery in parts])
    if not delivery_is_ours:
        return tuple((share, Rupiah(0)) for share in shares)
    divided = []
    for share, (goods, delivery) in zip(shares, parts, strict=True):
        of_goods, of_delivery = allocate(share, (goods, delivery)) if share else (share, share)
        divided.append((of_goods, of_delivery))
    return tuple(divided)
