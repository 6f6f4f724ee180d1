"""What money out does in the books: one entry when it left, and one that undoes it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.finance.payouts.models import Payout, PayoutOrder
from shop.payments.bills.holding_accounts import PASSING
from shop.payments.bills.models import PayeeKind
from shop.payments.bills.queries import operator_payee
from shop.payments.ledger import actions as ledger
from shop.payments.ledger.actions import Posting
from shop.payments.ledger.models import AccountKind, LedgerEntry, LedgerPosting
from shop.payments.transfers.actions import accounts_of

PAID, FAILED = "payout", "payout-failed"
"""Kinds of entries."""


def post_payout(session: Session, payout: Payout, now: datetime, person_id: int) -> None:
    """Post a payout: money that left the bank or the cooperative's drawer."""
    mine, member_id = payout.cooperative_id, payout.member_id
    passing = ledger.account(session, AccountKind.CASH_DRAWER, cooperative_id=mine, owner=PASSING)
    parts = session.scalars(
        select(PayoutOrder).where(PayoutOrder.payout_id == payout.id).order_by(PayoutOrder.order_id)
    ).all()
    postings = []
    if member_id is None:
        due = ledger.account(session, AccountKind.COOPERATIVE_DUE, cooperative_id=mine)
        payee = operator_payee(session, PayeeKind.BANK)
        assert payee is not None  # money came in through it
        bank, _unknown = accounts_of(session, payee.id)
        postings.append(Posting(bank, -payout.amount))
        for part in parts:
            postings.append(Posting(due, part.own, part.order_id))
            postings.append(Posting(passing, part.members, part.order_id))
    else:
        due = ledger.account(
            session, AccountKind.MEMBER_DUE, cooperative_id=mine, member_id=member_id
        )
        for part in parts:
            postings.append(Posting(due, part.members, part.order_id))
            postings.append(Posting(passing, -part.members, part.order_id))
    ledger.post(
        session,
        kind=PAID,
        reason=f"{PAID}:{payout.code}",
        postings=postings,
        now=now,
        actor_id=person_id,
    )


def reverse_payout(session: Session, payout: Payout, now: datetime, person_id: int) -> None:
    """Reverse the entry of a payout that failed."""
    written = session.scalars(
        select(LedgerPosting)
        .join(LedgerEntry, LedgerEntry.id == LedgerPosting.entry_id)
        .where(LedgerEntry.reason == f"{PAID}:{payout.code}")
        .order_by(LedgerPosting.position)
    )
    ledger.post(
        session,
        kind=FAILED,
        reason=f"{FAILED}:{payout.code}",
        postings=[Posting(one.account_id, -one.amount, one.order_id) for one in written],
        now=now,
        actor_id=person_id,
    )
