"""Where the money of an order lies in the books while a cooperative itself keeps it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.ledger import actions as ledger
from shop.ledger.models import AccountKind
from shop.payments.models import CASH, Payee, Payment, PaymentOrder, PaymentState

PASSING = "members"
"""Owner of the drawer in which a cooperative keeps its members' money until it hands it on."""
ROAD, TILL = "road", "till"
"""Owners of a cooperative's cash: whoever took it at a door or a counter, and the treasurer."""


def till_account(session: Session, cooperative_id: int, owner: str) -> int:
    """The account of a cooperative's cash, on the road or with the treasurer."""
    return ledger.account(
        session, AccountKind.CASH_DRAWER, cooperative_id=cooperative_id, owner=owner
    )


def kept_on(session: Session, order_id: int) -> int | None:
    """The account on which a cooperative keeps the money of an order; None: the operator has it.

    Cash is the treasurer's by the time anybody asks: an order is not over before.
    """
    found = session.execute(
        select(Payment.method, Payee.id, Payee.cooperative_id)
        .join(Payee, Payee.id == Payment.payee_id)
        .join(PaymentOrder, PaymentOrder.payment_id == Payment.id)
        .where(PaymentOrder.order_id == order_id, Payment.state == PaymentState.PAID)
    ).one_or_none()
    if found is None or found.cooperative_id is None:
        return None
    if found.method in CASH:
        return till_account(session, found.cooperative_id, TILL)
    return ledger.account(session, AccountKind.BANK, owner=f"p{found.id}")
