"""What must always be true of orders that are over."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.core.database.invariants import Check, no_rows
from shop.payments.ledger.models import AccountKind, LedgerAccount, LedgerEntry, LedgerPosting
from shop.sales.orders.models import Order
from shop.sales.orders.rules import ENDS, OrderState

BORNE = "refund-borne"
"""Kind of an entry: the till pays a maker for packs whose price went back."""


def verify(session: Session) -> dict[str, Check]:
    """Nothing is held for an order that is over; whose money moved on is done."""
    held = func.sum(LedgerPosting.amount)
    of_kind = (
        select(Order.number, Order.state, held)
        .join(LedgerPosting, LedgerPosting.order_id == Order.id)
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        .group_by(Order.id, Order.number, Order.state)
    )
    # Where the till bears a refund, the maker keeps what was promised, whatever becomes of it.
    earned = of_kind.join(LedgerEntry, LedgerEntry.id == LedgerPosting.entry_id).where(
        LedgerEntry.kind != BORNE
    )
    return {
        "fulfilment_holds_nothing_for_ended_orders": no_rows(
            session.execute(
                of_kind.where(LedgerAccount.kind == AccountKind.ESCROW, Order.state.in_(ENDS))
                .having(held != 0)
                .order_by(Order.number)
            ),
            "order {} is {}, {} stands in escrow",
        ),
        "fulfilment_pays_members_for_done_orders_only": no_rows(
            session.execute(
                earned.where(
                    LedgerAccount.kind == AccountKind.MEMBER_DUE, Order.state != OrderState.DONE
                )
                .having(held != 0)
                .order_by(Order.number)
            ),
            "order {} is {}, members were credited {}",
        ),
    }
