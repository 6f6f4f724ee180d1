"""When the parcels of a purchase arrive, as its pages tell the shopper."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from shop.catalog.products.queries import Sellable
from shop.core.database import settings_by_date
from shop.core.values import clock
from shop.people.cooperatives.rules import Calendar
from shop.people.working_days.queries import calendars
from shop.sales.orders.rules import DeliveryKind, OrderState
from shop.sales.orders.shopper_orders import OrderView
from shop.shipping.quotes.arrival_estimates import Road, arrival
from shop.shipping.quotes.queries import roads

AT_HOME = frozenset({OrderState.UNPAID, OrderState.NEW, OrderState.ACCEPTED, OrderState.READY})
"""The parcel has not left."""
ON_THE_ROAD = frozenset({OrderState.ON_THE_WAY, OrderState.UNDELIVERED})

Days = tuple[date, date]


def delivery_estimates(
    session: Session, orders: Sequence[OrderView], goods: Mapping[int, Sellable], now: datetime
) -> dict[int, Days]:
    """First and last day on which each order can be in the shopper's hands, by order id.

    What is there, was called off, or is later than its way allows, is left out. Nothing is asked
    once all of it is there; else three statements.
    """
    coming = [order for order in orders if order.state in AT_HOME | ON_THE_ROAD]
    if not coming:
        return {}
    today = clock.day_in(clock.HOME_ZONE, now)
    days = calendars(session, [order.seller.id for order in coming], today)
    known = roads(session, [order.rate_code or "" for order in coming])
    spare = settings_by_date.settings_on(session, today)["ship_extra_working_days"]
    found = {}
    for order in coming:
        calendar = days[order.seller.id]
        road = known.get(order.rate_code or "") or Road(
            order.delivery_kind.value, order.days_least, order.days_most
        )
        days_of = (
            _on_the_road(order, calendar, now)
            if order.state in ON_THE_ROAD
            else _from_home(order, road, calendar, _making(order, goods), now, spare)
        )
        if days_of is not None:
            found[order.id] = days_of
    return found


def counted_on(session: Session, orders: Sequence[OrderView], now: datetime) -> dict[int, datetime]:
    """Until when each courier's parcel is waited for, by parcel id; then it counts as arrived.

    Rule R13: the days that its rate named and some working days of its cooperative. Nothing is
    asked while none is under way; else two statements.
    """
    waiting = [
        (order, box, box.promised_on)
        for order in orders
        if order.needs is None
        for box in order.under_way
        if box.promised_on and (order.delivery_kind is DeliveryKind.COURIER or box.extra)
    ]
    if not waiting:
        return {}
    today = clock.day_in(clock.HOME_ZONE, now)
    days = calendars(session, [order.seller.id for order, _, _ in waiting], today)
    extra = settings_by_date.settings_on(session, today)["arrival_extra_working_days"]
    return {
        box.id: days[order.seller.id].add_working_days(clock.noon_of(promised), extra)
        for order, box, promised in waiting
    }


def _making(order: OrderView, goods: Mapping[int, Sellable]) -> int:
    known = [goods[line.variant_id] for line in order.lines if line.variant_id in goods]
    return max((one.days_to_make for one in known), default=0)


def _from_home(
    order: OrderView, road: Road, calendar: Calendar, making: int, now: datetime, spare: int
) -> Days:
    """What was told at the checkout, moved on where time has moved on without the parcel."""
    made = 0 if order.state is OrderState.READY else making
    told = arrival(
        road,
        calendar,
        at=order.paid_at or (order.placed_at if order.is_promised else now),
        make_days=made,
        spare=spare,
    )
    soonest = arrival(road, calendar, at=now)
    first = max(told[0], soonest[0])
    return first, max(told[1], soonest[1], first)


def _on_the_road(order: OrderView, calendar: Calendar, now: datetime) -> Days | None:
    """From the hand-over on the days of the rate card count; after the last nobody knows."""
    left = [box.handed_over_at for box in order.parcels if box.handed_over_at]
    if not left or order.days_most is None:
        return None
    today = clock.day_in(calendar.zone, now)
    gone = clock.day_in(calendar.zone, left[-1])
    last = gone + timedelta(days=order.days_most)
    if last < today:
        return None
    return max(today, gone + timedelta(days=order.days_least or 0)), last
