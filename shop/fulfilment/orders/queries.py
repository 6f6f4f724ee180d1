"""Days that an order promises: when it leaves, and when the chosen way brings it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalog.products.models import Product
from shop.core.database import settings_by_date
from shop.core.values import clock
from shop.core.values.clock import HOME_ZONE, day_in
from shop.fulfilment.collecting.queries import collected_for
from shop.people.cooperatives.models import Cooperative
from shop.people.working_days.queries import calendar_of
from shop.sales.orders.errors import NoSuchOrder
from shop.sales.orders.models import Order, OrderLine, OrderState, Parcel, ShortOffer
from shop.sales.orders.rules import ShortageChoice


def ship_by(session: Session, order: Order, lines: Sequence[OrderLine], now: datetime) -> datetime:
    """The shipping promise: the longest making of what is sent, and two working days (R8).

    Where somebody collects from the makers, those two begin with the collection (R16).
    """
    sent = [line for line in lines if line.accepted]
    extra = settings_by_date.settings_on(session, clock.day_in(clock.HOME_ZONE, now))[
        "ship_extra_working_days"
    ]
    calendar = calendar_of(session, order.cooperative_id, clock.day_in(clock.HOME_ZONE, now))
    longest = session.scalar(
        select(func.max(Product.days_to_make)).where(
            Product.id.in_([line.product_id for line in sent])
        )
    )
    promised = calendar.add_working_days(now, (longest or 0) + extra)
    collected = collected_for(session, calendar, order.cooperative_id, sent, now)
    if collected is not None:
        promised = max(promised, calendar.add_working_days(clock.noon_of(collected), extra))
    return max(promised, _awaited(session, order) or promised)


def _awaited(session: Session, order: Order) -> datetime | None:
    """The end of the day that the shopper chose to wait for: what was promised to them (R9)."""
    day = session.scalar(
        select(ShortOffer.complete_on).where(
            ShortOffer.order_id == order.id, ShortOffer.answer == ShortageChoice.WAIT
        )
    )
    if day is None:
        return None
    zone = ZoneInfo(zone_of(session, order.cooperative_id))
    return datetime.combine(day, time(23, 59, 59), zone).astimezone(UTC)


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
