"""Days that an order promises: when it leaves, and when the chosen way brings it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalog.models import Product
from shop.core import clock, policy
from shop.fulfilment.queries import working_days_on, zone_of
from shop.orders.models import Order, OrderLine


def ship_by(session: Session, order: Order, lines: Sequence[OrderLine], now: datetime) -> datetime:
    """The shipping promise: the longest making of what is sent, and two working days (R8)."""
    sent = [line.product_id for line in lines if line.accepted]
    longest = session.scalar(select(func.max(Product.days_to_make)).where(Product.id.in_(sent)))
    extra = policy.figures(session, clock.day_in(clock.HOME_ZONE, now))["ship_extra_working_days"]
    return working_days_on(session, order.cooperative_id, now, (longest or 0) + extra)


def promised_on(session: Session, order: Order, now: datetime) -> date | None:
    """The last day that the chosen way named, counted from the hand-over."""
    if order.days_most is None:
        return None
    return clock.day_in(zone_of(session, order.cooperative_id), now) + timedelta(
        days=order.days_most
    )


def counts_as_arrived_on(
    session: Session, cooperative_id: int, promised: date, days: int
) -> datetime:
    """Until when a courier's parcel is waited for; after that it counts as arrived (rule R13).

    :param promised: the last day that its rate named.
    :param days: working days of its cooperative that are waited on top.
    """
    return working_days_on(session, cooperative_id, clock.noon_of(promised), days)
