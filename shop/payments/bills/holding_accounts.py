"""Where the money of an order lies in the books while a cooperative itself keeps it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.payments.bills.models import CASH, Payee, Payment, PaymentOrder, PaymentState
from shop.payments.ledger import actions as ledger
from shop.payments.ledger.models import AccountKind

PASSING = "members"
"""Owner of the drawer in which a cooperative keeps its members' money until it hands it on."""
ROAD, TILL = "road", "till"
"""Owners of a cooperative's cash: whoever took it at a door or a counter, and the treasurer."""


def cash_account(session: Session, cooperative_id: int, owner: str) -> int:
    """The account of a cooperative's cash, on the road or with the treasurer."""
    return ledger.account(
        session, AccountKind.CASH_DRAWER, cooperative_id=cooperative_id, owner=owner
    )


def holding_account_of_order(session: Session, order_id: int) -> int | None:
    """The account on which a cooperative keeps the money of an order; None: the operator has it.

    Cash is the treasurer's by the time anybody asks: an order is not over before.
    """
    payment_id = session.scalar(
        select(Payment.id)
        .join(PaymentOrder, PaymentOrder.payment_id == Payment.id)
        .where(PaymentOrder.order_id == order_id, Payment.state == PaymentState.PAID)
    )
    return None if payment_id is None else holding_account(session, payment_id)


def holding_account(session: Session, payment_id: int) -> int | None:
    """The same for a bill: its drawer, or the cooperative's own account that it was paid to."""
    method, payee_id, cooperative_id = session.execute(
        select(Payment.method, Payee.id, Payee.cooperative_id)
        .join(Payee, Payee.id == Payment.payee_id)
        .where(Payment.id == payment_id)
    ).one()
    if cooperative_id is None:
        return None
    if method in CASH:
        return cash_account(session, cooperative_id, TILL)
    return ledger.account(session, AccountKind.BANK, owner=f"p{payee_id}")
