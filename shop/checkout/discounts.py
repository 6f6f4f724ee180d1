"""What a voucher does in the books: its sponsor puts in what the shopper need not pay."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.accounts.models import Contact
from shop.ledger import actions as ledger
from shop.ledger.actions import Posting
from shop.ledger.models import AccountKind
from shop.orders.models import Order, Purchase
from shop.payments.voucher_money import booked
from shop.promotions.actions import take_again
from shop.promotions.queries import sponsor_of


def has_voucher_again(session: Session, purchase: Purchase) -> bool:
    """Whether a purchase that is being paid has its voucher, taken once more after a lapse."""
    if not purchase.discount_total:
        return True
    phone = session.scalar(select(Contact.phone).where(Contact.id == purchase.contact_id))
    return take_again(session, purchase.id, phone=phone)


def book_vouchers(
    session: Session, purchase: Purchase, sold: Sequence[Order], *, now: datetime
) -> None:
    """Let the sponsor put the discount of each order to what is held for it.

    The platform's is its cost; a cooperative's own is taken from what it is due.
    """
    discounted = [order for order in sold if order.discount_total]
    if not discounted:
        return
    sponsor = sponsor_of(session, purchase.id)
    for order in discounted:
        gives = ledger.account(
            session,
            AccountKind.VOUCHER_COST if sponsor is None else AccountKind.COOPERATIVE_DUE,
            cooperative_id=sponsor,
        )
        escrow = ledger.account(session, AccountKind.ESCROW, cooperative_id=order.cooperative_id)
        ledger.post(
            session,
            kind="voucher",
            reason=booked(order.number),
            postings=[
                Posting(gives, order.discount_total, order.id),
                Posting(escrow, -order.discount_total, order.id),
            ],
            now=now,
        )
