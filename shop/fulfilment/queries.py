"""Orders as a cooperative's desk sees them. Every read goes through the cooperative's own id."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.cooperatives.calendar import calendar_of
from shop.cooperatives.models import Cooperative
from shop.core.clock import HOME_ZONE, day_in
from shop.orders.errors import NoSuchOrder
from shop.orders.models import Order, OrderLine, OrderState, Parcel


def order_to_work_on(session: Session, cooperative_id: int, number: str) -> Order:
    """An order of this cooperative, kept from others until the transaction ends.

    :raises NoSuchOrder: for another cooperative's too.
    """
    order = session.scalars(
        select(Order)
        .where(Order.number == number, Order.cooperative_id == cooperative_id)
        .with_for_update()
    ).one_or_none()
    if order is None:
        raise NoSuchOrder(number)
    return order


def state_of(session: Session, cooperative_id: int, number: str) -> OrderState:
    """Where an order of this cooperative stands.

    :raises NoSuchOrder: for another cooperative's too.
    """
    state = session.scalar(
        select(Order.state).where(Order.number == number, Order.cooperative_id == cooperative_id)
    )
    if state is None:
        raise NoSuchOrder(number)
    return state


def lines_to_work_on(session: Session, order_id: int) -> Sequence[OrderLine]:
    """The lines of an order that was taken up."""
    return session.scalars(
        select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.position)
    ).all()


def working_days_on(session: Session, cooperative_id: int, moment: datetime, days: int) -> datetime:
    """The end of so many working days of a cooperative, counted by its own calendar (R14)."""
    calendar = calendar_of(session, cooperative_id, day_in(HOME_ZONE, moment))
    return calendar.add_working_days(moment, days)


def zone_of(session: Session, cooperative_id: int) -> str:
    """Where a cooperative's days are counted (rule R14)."""
    zone = session.scalar(select(Cooperative.zone).where(Cooperative.id == cooperative_id))
    return zone or HOME_ZONE


def others_with_tracking(session: Session, order: Order, tracking: str) -> tuple[str, ...]:
    """Other orders of the same cooperative that carry this tracking number."""
    return tuple(
        session.scalars(
            select(Order.number)
            .join(Parcel, Parcel.order_id == Order.id)
            .where(Parcel.tracking_number == tracking, Order.id != order.id)
            .where(Order.cooperative_id == order.cooperative_id)
            .order_by(Order.number)
            .limit(5)
        )
    )
