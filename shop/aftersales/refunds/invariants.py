"""What must always be true of money that people send back."""

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import Session

from shop.core.database.invariants import Check, no_rows
from shop.payments.bills.models import Refund, RefundState, RefundTransfer, TransferState
from shop.payments.ledger.models import LedgerEntry
from shop.sales.orders.models import Order


def verify(session: Session) -> dict[str, Check]:
    """A transfer is the sum of what it pays; what went stands in the books; orders count it."""
    pays = func.coalesce(
        select(func.sum(Refund.amount))
        .where(Refund.transfer_id == RefundTransfer.id)
        .correlate(RefundTransfer)
        .scalar_subquery(),
        0,
    )
    goes = RefundTransfer.state != TransferState.FAILED
    went = exists().where(LedgerEntry.reason == func.concat("refund-transfer:", RefundTransfer.id))
    back = exists().where(
        LedgerEntry.reason == func.concat("refund-transfer-back:", RefundTransfer.id)
    )
    promised = func.coalesce(
        select(func.sum(Refund.amount))
        .where(Refund.order_id == Order.id)
        .correlate(Order)
        .scalar_subquery(),
        0,
    )
    return {
        "refund_transfers_are_the_sum_of_what_they_pay": no_rows(
            session.execute(
                select(RefundTransfer.id, RefundTransfer.amount, pays).where(
                    or_(goes & (pays != RefundTransfer.amount), ~goes & (pays != 0))
                )
            ),
            "transfer {}: {} sent, its refunds are {}",
        ),
        "refund_transfers_that_went_are_posted": no_rows(
            session.execute(
                select(RefundTransfer.id, RefundTransfer.state).where(
                    or_(
                        (RefundTransfer.state == TransferState.PAID) & ~(went & ~back),
                        (RefundTransfer.state != TransferState.PAID) & went & ~back,
                    )
                )
            ),
            "transfer {} is {}",
        ),
        "refunds_under_way_have_a_sender": no_rows(
            session.execute(
                select(Refund.key, RefundTransfer.state)
                .join(RefundTransfer, RefundTransfer.id == Refund.transfer_id)
                .where(
                    or_(
                        (Refund.state == RefundState.DONE)
                        != (RefundTransfer.state == TransferState.PAID),
                        Refund.state.not_in((RefundState.SENT, RefundState.DONE)),
                    )
                )
            ),
            "refund {} beside a transfer that is {}",
        ),
        # Unique codes go back on top of an order's own money, so the sum may be more.
        "orders_count_what_went_back": no_rows(
            session.execute(
                select(Order.number, Order.refunded, promised).where(Order.refunded > promised)
            ),
            "order {}: {} counted, {} promised",
        ),
    }
