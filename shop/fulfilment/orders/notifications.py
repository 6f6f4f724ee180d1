"""Telling a shopper of a step of an order."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.people.cooperatives.queries import managers_to_tell
from shop.sales.orders.models import Order, Purchase
from shop.services.outbox.actions import notify


def notify_shopper(
    session: Session, order: Order, kind: str, now: datetime, *, turn: int = 1
) -> None:
    """Notify the shopper, once for each step.

    :param turn: how often the order has come to this step: each time is told.
    """
    contact_id = session.scalar(select(Purchase.contact_id).where(Purchase.id == order.purchase_id))
    assert contact_id is not None
    notify(
        session,
        key=f"{kind}:{order.id}" + (f":{turn}" if turn > 1 else ""),
        kind=kind,
        contact_id=contact_id,
        cooperative_id=order.cooperative_id,
        order_id=order.id,
        purchase_id=order.purchase_id,
        now=now,
    )


def tell_called_off(session: Session, order: Order, now: datetime) -> None:
    """Those who were told of the new order are told that it is none."""
    for _cooperative_id, contact_id in managers_to_tell(session, [order.cooperative_id]):
        notify(
            session,
            key=f"order-called-off:{order.id}:{contact_id}",
            kind="order_called_off",
            contact_id=contact_id,
            cooperative_id=order.cooperative_id,
            order_id=order.id,
            now=now,
        )
