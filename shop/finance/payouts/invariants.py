"""What must always be true of money out."""

from sqlalchemy import and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from shop.core.database.invariants import Check, no_rows
from shop.finance.payouts.ledger_entries import FAILED, PAID
from shop.finance.payouts.models import BatchState, Payout, PayoutBatch, PayoutOrder, PayoutState
from shop.payments.ledger.models import AccountKind, LedgerAccount, LedgerEntry, LedgerPosting
from shop.sales.orders.models import Order


def verify(session: Session) -> dict[str, Check]:
    """Batches and payouts add up, paid means posted, nobody gets more than was owed."""
    return {
        "payout_batches_are_the_sum_of_their_payouts": _batches(session),
        "payouts_are_the_sum_of_their_orders": _payouts(session),
        "paid_payouts_are_posted": _posted(session),
        "payouts_do_not_exceed_what_was_owed": _owed(session),
        "members_get_at_most_what_was_owed_to_them": _members(session),
        "payout_orders_are_open_while_their_payout_is": _open(session),
    }


def _batches(session: Session) -> Check:
    parts = func.coalesce(func.sum(Payout.amount), 0)
    return no_rows(
        session.execute(
            select(PayoutBatch.code, PayoutBatch.total, parts)
            .outerjoin(Payout, Payout.batch_id == PayoutBatch.id)
            .group_by(PayoutBatch.id, PayoutBatch.code, PayoutBatch.total)
            .having(parts != PayoutBatch.total)
        ),
        "batch {}: {} in all, its payouts give {}",
    )


def _payouts(session: Session) -> Check:
    parts = func.coalesce(func.sum(PayoutOrder.own + PayoutOrder.members), 0)
    return no_rows(
        session.execute(
            select(Payout.code, Payout.amount, parts)
            .outerjoin(PayoutOrder, PayoutOrder.payout_id == Payout.id)
            .group_by(Payout.id, Payout.code, Payout.amount)
            .having(parts != Payout.amount)
        ),
        "payout {}: {} in all, its orders give {}",
    )


def _posted(session: Session) -> Check:
    """Paid: one entry. Failed: none, or one and the one that undoes it."""
    paid = exists().where(LedgerEntry.reason == func.concat(f"{PAID}:", Payout.code))
    undone = exists().where(LedgerEntry.reason == func.concat(f"{FAILED}:", Payout.code))
    return no_rows(
        session.execute(
            select(Payout.code, Payout.state).where(
                or_(
                    and_(Payout.state == PayoutState.PAID, or_(~paid, undone)),
                    and_(Payout.state == PayoutState.FAILED, paid != undone),
                    and_(
                        Payout.state.in_((PayoutState.WAITING, PayoutState.DROPPED)),
                        or_(paid, undone),
                    ),
                )
            )
        ),
        "payout {} is {}",
    )


def _owed(session: Session) -> Check:
    """For each order, what cooperatives were paid is at most what the books credited them with."""
    is_credit = and_(LedgerPosting.amount < 0, LedgerEntry.kind.not_in((PAID, FAILED)))
    credited = (
        select(
            LedgerPosting.order_id,
            func.sum(case((is_credit, -LedgerPosting.amount), else_=0)).label("amount"),
        )
        .join(LedgerEntry, LedgerEntry.id == LedgerPosting.entry_id)
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        .where(LedgerAccount.kind.in_((AccountKind.COOPERATIVE_DUE, AccountKind.MEMBER_DUE)))
        .group_by(LedgerPosting.order_id)
        .subquery()
    )
    paid = func.sum(PayoutOrder.own + PayoutOrder.members)
    owed = func.coalesce(credited.c.amount, 0)
    return no_rows(
        session.execute(
            select(Order.number, owed, paid)
            .join(PayoutOrder, PayoutOrder.order_id == Order.id)
            .join(Payout, Payout.id == PayoutOrder.payout_id)
            .outerjoin(credited, credited.c.order_id == Order.id)
            .where(Payout.state == PayoutState.PAID, Payout.member_id.is_(None))
            .group_by(Order.id, Order.number, credited.c.amount)
            .having(paid > owed)
        ),
        "order {}: {} was owed, {} was paid",
    )


def _members(session: Session) -> Check:
    """For each order, what a member was paid is at most what the books credited them with."""
    is_payout = LedgerEntry.kind.in_((PAID, FAILED))
    paid = func.sum(case((is_payout, LedgerPosting.amount), else_=0))
    is_credit = and_(~is_payout, LedgerPosting.amount < 0)
    owed = func.sum(case((is_credit, -LedgerPosting.amount), else_=0))
    return no_rows(
        session.execute(
            select(LedgerAccount.code, LedgerPosting.order_id, owed, paid)
            .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
            .join(LedgerEntry, LedgerEntry.id == LedgerPosting.entry_id)
            .where(LedgerAccount.kind == AccountKind.MEMBER_DUE)
            .group_by(LedgerAccount.code, LedgerPosting.order_id)
            .having(paid > owed)
        ),
        "{}, order {}: {} was owed, {} was paid",
    )


def _open(session: Session) -> Check:
    is_alive = and_(Payout.state == PayoutState.WAITING, PayoutBatch.state != BatchState.DROPPED)
    return no_rows(
        session.execute(
            select(Payout.code, Payout.state)
            .join(PayoutBatch, PayoutBatch.id == Payout.batch_id)
            .join(PayoutOrder, PayoutOrder.payout_id == Payout.id)
            .where(PayoutOrder.is_open != is_alive)
            .distinct()
        ),
        "payout {} is {}",
    )
