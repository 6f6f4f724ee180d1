"""What is asked again before a batch is agreed to, or a payout of it paid."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from shop.core import policy
from shop.core.clock import HOME_ZONE, day_in
from shop.orders.models import Order
from shop.payouts.due import changed_accounts, due_to_members, owed_for_orders
from shop.payouts.errors import AccountChanged, BatchStale
from shop.payouts.models import Payout, PayoutBatch, PayoutOrder


def require_still_owed(session: Session, batch: PayoutBatch) -> None:
    """Each order of a batch is still owed just what the batch would pay for it.

    :raises BatchStale: with the orders that are not.
    """
    payouts = list(session.scalars(select(Payout.id).where(Payout.batch_id == batch.id)))
    parts = session.scalars(select(PayoutOrder).where(PayoutOrder.payout_id.in_(payouts))).all()
    orders = {part.order_id for part in parts}
    # In id order, and before they are read: whoever gives money back locks the order as well.
    session.execute(
        select(Order.id).where(Order.id.in_(orders)).order_by(Order.id).with_for_update()
    ).all()
    owed: dict[tuple[int, int | None], tuple[int, int]]
    if batch.cooperative_id is None:
        owed = {
            (one.order_id, None): (one.own, one.members)
            for one in owed_for_orders(session, order_ids=orders, except_payouts=payouts)
            if not one.waits
        }
    else:
        owed = {
            (order_id, one.member_id): (0, amount)
            for one in due_to_members(session, batch.cooperative_id, except_payouts=payouts)
            for order_id, amount in one.parts.items()
        }
    stale = {
        part.order_id
        for part in parts
        if owed.get((part.order_id, part.member_id)) != (part.own, part.members)
    }
    if stale:
        raise BatchStale(
            session.scalars(select(Order.number).where(Order.id.in_(stale)).order_by(Order.id))
        )


def require_accounts(session: Session, batch: PayoutBatch, wanted: Select[int]) -> None:
    """Money goes to the newest account that was checked before the batch was put together.

    Members have no account with us: their batches name none.

    :param wanted: ids of the payouts that are asked about.
    :raises AccountChanged: with the owners whose account is another by now.
    """
    names = [name for _payout, name in changed_accounts(session, batch, wanted)]
    if names:
        raise AccountChanged(names)


def second_person_limit(session: Session, now: datetime) -> int:
    """Rupiah of a batch up to which one person is enough (record 0221)."""
    return policy.figures(session, day_in(HOME_ZONE, now))["payout_second_person_above"]
