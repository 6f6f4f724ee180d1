"""Finishing orders: when the time for complaints is over, their money moves on."""

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.database import settings_by_date
from shop.core.database.engine import Database
from shop.core.values import clock
from shop.fulfilment.orders.held_money import release_held_money
from shop.fulfilment.orders.queries import working_days_on
from shop.payments.cards.disputes import has_open_dispute, is_disputed
from shop.payments.cash.queries import is_with_driver
from shop.sales.orders.actions import advance
from shop.sales.orders.models import Actor, Order, OrderState
from shop.services.outbox.worker import periodic

BATCH = 200


def complete_due_orders(session: Session, now: datetime) -> int:
    """Complete every order whose complaint period is over; returns how many."""
    return sum(close(session, order_id, now) for order_id in due_orders(session, now))


def due_orders(session: Session, now: datetime) -> tuple[int, ...]:
    """Orders that may be over by the calendar alone, oldest first; ``close`` looks closer."""
    days = _complaint_days(session, now)
    return tuple(
        session.scalars(
            select(Order.id)
            .where(Order.state == OrderState.ARRIVED, Order.needs.is_(None))
            .where(~has_open_dispute(Order.id), ~is_with_driver(Order.id))
            .where(Order.arrived_at < now - timedelta(days=days))
            .order_by(Order.arrived_at, Order.id)
            .limit(BATCH)
        )
    )


def close(session: Session, order_id: int, now: datetime) -> bool:
    """Finish one order and divide its money.

    What was picked up waits as long as what was sent: complaints are open to everybody for the
    same time (rule R13), and only then is an order due (rule R20).

    :return: False when its time is not over yet, or somebody has something to settle first.
    """
    order = session.scalars(select(Order).where(Order.id == order_id).with_for_update()).one()
    if order.state is not OrderState.ARRIVED or order.needs or order.arrived_at is None:
        return False
    if now <= complaints_until(session, order.cooperative_id, order.arrived_at):
        return False
    if is_disputed(session, order.id):
        return False  # its money stays where it is until the bank has decided (rule R24)
    if session.scalar(select(is_with_driver(order.id))):
        return False  # the treasurer has not got its cash yet (rule R18)
    advance(session, order, OrderState.DONE, actor=Actor.SHOP, now=now)
    release_held_money(session, order, now=now)
    return True


def complaints_until(session: Session, cooperative_id: int, arrived_at: datetime) -> datetime:
    """Until when a shopper may complain about what arrived (rule R13)."""
    days = _complaint_days(session, arrived_at)
    return working_days_on(session, cooperative_id, arrived_at, days)


@periodic("close-orders", every_seconds=600)
def close_orders(db: Database, now: datetime) -> None:
    """Finish what is due, each order in a transaction of its own."""
    with db.reading() as session:
        due = due_orders(session, now)
    for order_id in due:
        db.write(partial(close, order_id=order_id, now=now))


def _complaint_days(session: Session, on: datetime) -> int:
    return settings_by_date.settings_on(session, clock.day_in(clock.HOME_ZONE, on))[
        "complaint_working_days"
    ]
