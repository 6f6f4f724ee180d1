"""Clocks of open orders follow the days of their cooperative: a closing pauses them (rule R14)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.database import settings_by_date
from shop.core.values import clock
from shop.fulfilment.orders.queries import lines_to_work_on, ship_by, working_days_on
from shop.fulfilment.parcels.missing_parcels import paid_back
from shop.payments.bills.refunds import refund_promised
from shop.people.cooperatives.events import on_calendar_change
from shop.sales.orders.models import Order, OrderState


def recalculate_deadlines(session: Session, cooperative_id: int, now: datetime) -> None:
    """Recalculate a cooperative's open deadlines; those already expired stay expired."""
    days = settings_by_date.settings_on(session, clock.day_in(clock.HOME_ZONE, now))[
        "accept_working_days"
    ]
    orders = session.scalars(
        select(Order)
        .where(Order.cooperative_id == cooperative_id)
        .where(Order.state.in_((OrderState.NEW, OrderState.ACCEPTED, OrderState.READY)))
        .order_by(Order.id)
        .with_for_update()
    ).all()
    for order in orders:
        if order.state is OrderState.NEW:
            if order.needs is None and order.accept_by is not None and order.accept_by > now:
                since = order.paid_at or order.placed_at
                order.accept_by = working_days_on(session, cooperative_id, since, days)
        elif order.ship_by is not None and order.ship_by > now and order.accepted_at is not None:
            lines = lines_to_work_on(session, order.id)
            order.ship_by = ship_by(session, order, lines, order.accepted_at)
    session.flush()


def init_app(_app: object, _settings: object) -> None:
    """Listen to cooperatives that change their days, and to money that goes back."""
    if recalculate_deadlines not in on_calendar_change:
        on_calendar_change.append(recalculate_deadlines)
    if paid_back not in refund_promised:
        refund_promised.append(paid_back)
