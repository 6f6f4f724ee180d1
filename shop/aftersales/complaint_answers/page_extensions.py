"""What an order's pages tell of its complaints: steps, where they stand, the way to file one."""

from collections.abc import Collection, Mapping
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.aftersales.complaints.queries import Story, figures_on, stories
from shop.aftersales.complaints.rules import may_be_filed
from shop.aftersales.complaints.words import state_scheme, state_word, steps_of
from shop.core.values import clock
from shop.people.cooperatives.models import Cooperative
from shop.people.working_days.queries import calendars
from shop.sales.orders.models import Order
from shop.sales.orders.page_extensions import Lead, PageExtension
from shop.web.rendering.template_filters import written_moment


def tell(session: Session, numbers: Collection[str], at_desk: bool) -> Mapping[str, PageExtension]:
    """Complaints of some orders, by number; the same statements however many orders."""
    now = clock.now()
    rows = session.execute(
        select(Order, Cooperative.zone)
        .join(Cooperative, Cooperative.id == Order.cooperative_id)
        .where(Order.number.in_(numbers), Order.arrived_at.is_not(None))
    ).all()
    if not rows:
        return {}
    told = stories(session, [order.id for order, _zone in rows])
    until = {} if at_desk else _until(session, [order for order, _zone in rows], now)
    found = {}
    for order, zone in rows:
        mine = told.get(order.id, ())
        leads = [_lead(one) for one in mine]
        ends = until.get(order.id)
        if not at_desk and ends is not None and may_be_filed(order.state, ends, now):
            said = _("Bisa sampai %(until)s.", until=written_moment(ends, zone))
            leads.append(Lead("/keluhan", _("Ada yang tidak beres? Sampaikan keluhan"), said))
        if leads:
            steps = tuple(step for one in mine for step in steps_of(one, zone))
            found[order.number] = PageExtension(steps, tuple(leads))
    return found


def filed_until(session: Session, order_id: int, now: datetime) -> datetime | None:
    """Until when complaints about an order are taken; None where none is now."""
    order = session.get_one(Order, order_id)
    until = _until(session, [order], now).get(order_id)
    return until if may_be_filed(order.state, until, now) else None


def _lead(story: Story) -> Lead:
    said = _("Keluhan: %(goods)s", goods=story.line.name)
    return Lead(
        f"/keluhan/{story.line.position}",
        said,
        state_word(story.state),
        state_scheme(story.state) or "info",
    )


def _until(session: Session, orders: Collection[Order], now: datetime) -> dict[int, datetime]:
    days = figures_on(session, now)["complaint_working_days"]
    known = calendars(
        session, {order.cooperative_id for order in orders}, clock.day_in(clock.HOME_ZONE, now)
    )
    return {
        order.id: known[order.cooperative_id].add_working_days(order.arrived_at, days)
        for order in orders
        if order.arrived_at is not None
    }
