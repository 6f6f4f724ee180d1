"""Reads of the books."""

from collections.abc import Collection

from sqlalchemy import func, not_, select
from sqlalchemy.orm import Session

from shop.core.database.invariants import Check, no_rows
from shop.core.values.money import Rupiah
from shop.payments.ledger.models import AccountKind, LedgerAccount, LedgerEntry, LedgerPosting


def balance(session: Session, account_id: int) -> Rupiah:
    """What an account stands at: debit positive, credit negative."""
    total = session.scalar(
        select(func.sum(LedgerPosting.amount)).where(LedgerPosting.account_id == account_id)
    )
    return Rupiah(int(total or 0))


def balance_of(
    session: Session,
    kind: AccountKind,
    *,
    cooperative_id: int | None = None,
    member_id: int | None = None,
) -> Rupiah:
    """What all accounts of one kind stand at together, of everybody or of one owner."""
    statement = (
        select(func.sum(LedgerPosting.amount))
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        .where(LedgerAccount.kind == kind)
    )
    if cooperative_id is not None:
        statement = statement.where(LedgerAccount.cooperative_id == cooperative_id)
    if member_id is not None:
        statement = statement.where(LedgerAccount.member_id == member_id)
    return Rupiah(int(session.scalar(statement) or 0))


def held_for_orders(session: Session, order_ids: Collection[int]) -> dict[int, Rupiah]:
    """*Titipan* that still stands for each of some orders, rupiah ``>= 0``."""
    rows = session.execute(
        select(LedgerPosting.order_id, func.sum(LedgerPosting.amount))
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        .where(LedgerAccount.kind == AccountKind.ESCROW)
        .where(LedgerPosting.order_id.in_(order_ids))
        .group_by(LedgerPosting.order_id)
    )
    held = {order_id: -int(total) for order_id, total in rows if order_id is not None}
    return {order_id: Rupiah(held.get(order_id, 0)) for order_id in order_ids}


def held_for_order(session: Session, order_id: int) -> Rupiah:
    """*Titipan* that still stands for one order."""
    return held_for_orders(session, [order_id])[order_id]


def verify(session: Session) -> dict[str, Check]:
    """Every entry is sealed and sums to zero; nobody's *titipan* is below nothing."""
    total = func.sum(LedgerPosting.amount)
    return {
        "ledger_entries_are_sealed": no_rows(
            session.execute(select(LedgerEntry.reason).where(not_(LedgerEntry.sealed))),
            "entry {} is not sealed",
        ),
        "ledger_entries_sum_to_zero": no_rows(
            session.execute(
                select(LedgerEntry.reason, func.coalesce(total, 0))
                .outerjoin(LedgerPosting, LedgerPosting.entry_id == LedgerEntry.id)
                .group_by(LedgerEntry.id, LedgerEntry.reason)
                .having((func.coalesce(total, 0) != 0) | (func.count(LedgerPosting.amount) < 2))
            ),
            "entry {} is off by {}",
        ),
        "ledger_escrow_is_a_liability": no_rows(
            session.execute(
                select(LedgerPosting.order_id, total)
                .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
                .where(LedgerAccount.kind == AccountKind.ESCROW)
                .group_by(LedgerPosting.order_id)
                .having((total > 0) | LedgerPosting.order_id.is_(None))
            ),
            "order {}: {} more was released than held",
        ),
    }
