"""Handing orders to their cooperatives: packs leave the shelf, managers are told."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalog.inventory.errors import InsufficientStock
from shop.catalog.inventory.holds import consume, lock
from shop.catalog.products.actions import count_sold
from shop.core.database import settings_by_date
from shop.core.values import clock
from shop.people.cooperatives.queries import is_suspended, managers_to_tell
from shop.people.working_days.queries import calendar_of
from shop.sales.orders.actions import advance
from shop.sales.orders.models import Actor, Order, OrderLine, OrderState, Purchase
from shop.services.outbox.actions import notify


def lock_shelves(session: Session, orders: Sequence[Order]) -> None:
    """Keep the shelves of all these orders from others until the transaction ends."""
    # All of them at once and in id order: taken order by order, they could meet a placement
    # that holds the second cooperative's shelf and waits for the first one's.
    wanted = select(OrderLine.variant_id).where(
        OrderLine.order_id.in_([order.id for order in orders])
    )
    lock(session, session.scalars(wanted).all())


def release_to_cooperatives(
    session: Session,
    purchase: Purchase,
    order: Order,
    now: datetime,
    person_id: int | None,
    *,
    discounted: bool = True,
    is_paid: bool = True,
) -> bool:
    """Take an order's packs off the shelf and hand it to its cooperative.

    :param discounted: False: the voucher that its price rests on was used up by others.
    :param is_paid: False: it is promised in cash against the parcel.
    :return: False when it is over: called off, or lapsed with its packs sold to others.
    """
    if order.state not in (OrderState.UNPAID, OrderState.LAPSED):
        return False
    variants = session.scalars(
        select(OrderLine.variant_id).where(OrderLine.order_id == order.id)
    ).all()
    facts = {"payment": "late"} if order.state is OrderState.LAPSED else {}
    actor = Actor.OPERATOR if person_id else Actor.SHOP
    missing = "late_voucher" if order.discount_total and not discounted else None
    if order.state is OrderState.LAPSED and is_suspended(session, order.cooperative_id):
        missing = "late_suspended"  # its bill had ended, so nothing was promised any more
    try:
        with session.begin_nested():
            if missing is None:
                consume(session, holder=purchase.code, variant_ids=variants, now=now)
    except InsufficientStock:
        missing = "late_sold_out"
    if missing is not None:
        advance(
            session,
            order,
            OrderState.CANCELLED,
            actor=actor,
            person_id=person_id,
            now=now,
            reason=missing,
        )
        return False
    calendar = calendar_of(session, order.cooperative_id, clock.day_in(clock.HOME_ZONE, now))
    days = settings_by_date.settings_on(session, clock.day_in(clock.HOME_ZONE, now))[
        "accept_working_days"
    ]
    order.paid_at = now if is_paid else None
    order.accept_by = calendar.add_working_days(now, days)
    session.flush()
    advance(
        session,
        order,
        OrderState.NEW,
        actor=actor,
        person_id=person_id,
        now=now,
        facts=facts,
    )
    return True


def count_packs(session: Session, sold: Sequence[Order]) -> None:
    """Let "terlaris" know: the catalogue's order is by packs sold."""
    packs = session.execute(
        select(OrderLine.product_id, func.sum(OrderLine.packs))
        .where(OrderLine.order_id.in_([order.id for order in sold]))
        .group_by(OrderLine.product_id)
    )
    count_sold(session, {product_id: int(count) for product_id, count in packs})


def notify_buyer(
    session: Session, purchase: Purchase, kind: str, first: Order, now: datetime
) -> None:
    """Tell the shopper that the cooperatives have the orders; once for each first order."""
    notify(
        session,
        key=f"{kind.replace('_', '-')}:{purchase.id}:{first.id}",
        kind=kind,
        contact_id=purchase.contact_id,
        purchase_id=purchase.id,
        now=now,
    )


def notify_managers(session: Session, sold: Sequence[Order], now: datetime) -> None:
    """Tell the managers of each cooperative that has work now."""
    managers = managers_to_tell(session, [order.cooperative_id for order in sold])
    for order in sold:
        for cooperative_id, contact_id in managers:
            if cooperative_id == order.cooperative_id:
                notify(
                    session,
                    key=f"order-new:{order.id}:{contact_id}",
                    kind="order_new",
                    contact_id=contact_id,
                    cooperative_id=cooperative_id,
                    order_id=order.id,
                    now=now,
                )
