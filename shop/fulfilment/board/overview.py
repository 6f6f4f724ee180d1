"""What a cooperative has to do, in figures: stages, what is late, what to collect from whom."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from shop.core.values.clock import in_zone
from shop.core.values.money import Rupiah
from shop.fulfilment.orders.rules import NOT_SENT, STATES, Stage, goods_name
from shop.payments.bills.models import Refund
from shop.payments.ledger.models import AccountKind
from shop.payments.ledger.queries import balance_of
from shop.people.accounts.models import Contact
from shop.people.cooperatives.models import Member
from shop.sales.orders.models import Order, OrderLine, OrderState
from shop.sales.orders.rules import DeliveryKind

_OVER = (OrderState.REFUSED, OrderState.CANCELLED, OrderState.RETURNED)


@dataclass(frozen=True, slots=True)
class Figures:
    """The row of figures above the board."""

    due_today: int
    late: int
    sales: Rupiah
    """Goods of this week's paid orders, without what was paid back."""
    due_to_members: Rupiah


@dataclass(frozen=True, slots=True)
class Pick:
    """So many packs of one variant to collect for the orders of some stages."""

    name: str
    member: str
    sku: str
    packs: int


def counts(session: Session, cooperative_id: int) -> dict[Stage, int]:
    """How many orders stand in each stage; one statement.

    Both counts are read from an index alone: years of trade are never laid open for them.
    """
    mine = Order.cooperative_id == cooperative_id
    needing = select(func.count()).where(mine, Order.needs.is_not(None)).correlate(None)
    rows = session.execute(
        select(Order.state, func.count(), needing.scalar_subquery())
        .where(mine)
        .group_by(Order.state)
    ).all()
    found = dict.fromkeys(Stage, 0)
    for state, count, needs in rows:
        for stage, states in STATES.items():
            if state in states:
                found[stage] += count
        found[Stage.NEEDS] = needs
    return found


def figures(session: Session, cooperative_id: int, zone: str, now: datetime) -> Figures:
    """What has to be done today, what is late, what was sold this week; two statements."""
    today = in_zone(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow, monday = today + timedelta(days=1), today - timedelta(days=today.weekday())
    to_do = or_(
        Order.state == OrderState.ACCEPTED,
        and_(Order.state == OrderState.READY, Order.delivery_kind != DeliveryKind.PICKUP),
    )
    is_late = or_(
        and_(Order.state == OrderState.NEW, Order.accept_by < now),
        and_(to_do, Order.ship_by < now),
    )
    # Neither looks at what is over: one asks what is at work, the other this week's.
    sold = (
        select(func.sum(goods_not_refunded()))
        .where(Order.cooperative_id == cooperative_id)
        .where(Order.paid_at >= monday, Order.state.not_in(_OVER))
        .correlate(None)
        .scalar_subquery()
    )
    due_today, late, sales = session.execute(
        select(
            func.count(case((and_(to_do, Order.ship_by < tomorrow), 1))),
            func.count(case((is_late, 1))),
            sold,
        ).where(Order.cooperative_id == cooperative_id, Order.state.in_(NOT_SENT))
    ).one()
    owed = -balance_of(session, AccountKind.MEMBER_DUE, cooperative_id=cooperative_id)
    return Figures(due_today, late, Rupiah(int(sales or 0)), Rupiah(owed))


def goods_not_refunded() -> ColumnElement[int]:
    """Goods of the order at hand, after discounts, that were not paid back."""
    back = (
        select(func.sum(Refund.amount))
        .where(Refund.order_id == Order.id)
        .correlate(Order)
        .scalar_subquery()
    )
    return Order.goods_total - Order.discount_total - func.coalesce(back, 0)


def pick_list(session: Session, cooperative_id: int, stages: Collection[Stage]) -> tuple[Pick, ...]:
    """What to collect from which member for new and accepted orders; one statement."""
    states = [state for stage in stages for state in STATES[stage]]
    packs = func.sum(
        case(
            (Order.state == OrderState.NEW, OrderLine.packs),
            (Order.state == OrderState.READY, OrderLine.accepted - OrderLine.shipped),
            else_=OrderLine.accepted,
        )
    )
    rows = session.execute(
        select(
            OrderLine.name,
            OrderLine.variant_name,
            OrderLine.net_label,
            Contact.name,
            OrderLine.sku,
            packs,
        )
        .join(Order, Order.id == OrderLine.order_id)
        .join(Member, Member.id == OrderLine.member_id)
        .join(Contact, Contact.id == Member.contact_id)
        .where(Order.cooperative_id == cooperative_id, Order.state.in_(states))
        .group_by(
            OrderLine.name,
            OrderLine.variant_name,
            OrderLine.net_label,
            Contact.name,
            OrderLine.sku,
        )
        .having(packs > 0)
        .order_by(Contact.name, OrderLine.name, OrderLine.sku)
    )
    return tuple(
        Pick(goods_name(name, variant, net), member, sku, int(count))
        for name, variant, net, member, sku, count in rows
    )
