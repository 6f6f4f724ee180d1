"""Money of vouchers that stands for an order, and its way back to who gave it (rule R10)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.core.values.money import Rupiah
from shop.payments.ledger import actions as ledger
from shop.payments.ledger.actions import Posting
from shop.payments.ledger.models import AccountKind, LedgerAccount, LedgerEntry, LedgerPosting
from shop.sales.orders.models import Order
from shop.sales.vouchers.queries import sponsor_of

KINDS = ("voucher", "voucher-back")
"""Kinds of entries: put in at the sale, given back with what is not sold after all."""


def booked(order_number: str) -> str:
    """The cause under which an order's voucher stands in the books."""
    return f"voucher:{order_number}"


def book_vouchers(
    session: Session, purchase_id: int, sold: Sequence[Order], *, now: datetime
) -> None:
    """Let the sponsor put the discount of each order to what is held for it.

    The platform's is its cost; a cooperative's own is taken from what it is due.
    """
    discounted = [order for order in sold if order.discount_total]
    if not discounted:
        return
    sponsor = sponsor_of(session, purchase_id)
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


def voucher_held(session: Session, order_id: int) -> Rupiah:
    """What of its *titipan* a sponsor gave and did not get back."""
    total = session.scalar(
        select(func.sum(LedgerPosting.amount))
        .join(LedgerEntry, LedgerEntry.id == LedgerPosting.entry_id)
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        .where(LedgerEntry.kind.in_(KINDS), LedgerAccount.kind == AccountKind.ESCROW)
        .where(LedgerPosting.order_id == order_id)
    )
    return Rupiah(-int(total or 0))


def give_voucher_back(
    session: Session,
    order: Order,
    *,
    cause: str,
    now: datetime,
    amount: int | None = None,
    person_id: int | None = None,
) -> None:
    """Let a sponsor have back what it gave for packs that go back.

    :param cause: of the refund, unique for ever.
    :param amount: None: all that still stands.
    """
    if not order.discount_total:
        return
    amount = voucher_held(session, order.id) if amount is None else amount
    if not amount:
        return
    # Who put it in stands in the books.
    sponsor = session.scalar(
        select(LedgerPosting.account_id)
        .join(LedgerEntry, LedgerEntry.id == LedgerPosting.entry_id)
        .where(LedgerEntry.reason == booked(order.number), LedgerPosting.amount > 0)
    )
    assert sponsor is not None  # something stands, so somebody gave it
    escrow = ledger.account(session, AccountKind.ESCROW, cooperative_id=order.cooperative_id)
    ledger.post(
        session,
        kind="voucher-back",
        reason=f"voucher-back:{cause}",
        postings=[Posting(escrow, amount, order.id), Posting(sponsor, -amount, order.id)],
        now=now,
        actor_id=person_id,
    )
