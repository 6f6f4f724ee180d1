"""What must always be true of packs that members brought."""

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from shop.catalog.packaging.models import Batch
from shop.core.database.invariants import Check, no_rows
from shop.fulfilment.collecting.models import CollectedLine, LineReceipt, Withdrawal
from shop.sales.orders.models import Order, OrderLine


def verify(session: Session) -> dict[str, Check]:
    """What was received is what its receipts say, and no more than asked for or made."""
    counted = func.coalesce(func.sum(LineReceipt.packs), 0)
    aside = (
        select(func.coalesce(func.sum(Withdrawal.packs), 0))
        .where(Withdrawal.order_line_id == OrderLine.id)
        .correlate(OrderLine)
        .scalar_subquery()
    )
    return {
        "received_packs_are_their_receipts": no_rows(
            session.execute(
                select(Order.number, OrderLine.position, CollectedLine.received, counted - aside)
                .join(OrderLine, OrderLine.id == CollectedLine.order_line_id)
                .join(Order, Order.id == OrderLine.order_id)
                .outerjoin(LineReceipt, LineReceipt.order_line_id == OrderLine.id)
                .group_by(OrderLine.id, Order.number, OrderLine.position, CollectedLine.received)
                .having(CollectedLine.received != counted - aside)
            ),
            "line {}.{}: {} received, its receipts say {}",
        ),
        "no_more_received_than_ordered": no_rows(
            session.execute(
                select(Order.number, OrderLine.position, CollectedLine.received, OrderLine.packs)
                .join(OrderLine, OrderLine.id == CollectedLine.order_line_id)
                .join(Order, Order.id == OrderLine.order_id)
                .where(CollectedLine.received > OrderLine.packs)
            ),
            "line {}.{}: {} received of {} ordered",
        ),
        "batches_bring_no_more_than_was_made": no_rows(
            session.execute(
                select(Batch.id, Batch.made, Batch.brought, counted)
                .outerjoin(LineReceipt, LineReceipt.batch_id == Batch.id)
                .group_by(Batch.id, Batch.made, Batch.brought)
                .having(or_(Batch.brought != counted, Batch.brought > Batch.made))
            ),
            "batch {}: {} made, {} brought, its receipts say {}",
        ),
    }
