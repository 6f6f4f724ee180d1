"""What must always be true of purchases and orders."""

from collections.abc import Iterator
from itertools import groupby

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from shop.core.database.invariants import Check, no_rows
from shop.sales.orders.models import Order, OrderEvent, OrderLine, Parcel, ParcelLine, Purchase
from shop.sales.orders.rules import NOT_FROM_QUANTITIES, OrderState, Quantities, state_of

AT_ONCE = 1_000


def verify(session: Session) -> dict[str, Check]:
    """Totals are sums, shares add up, and every state follows from packs and events."""
    return {
        "orders_are_the_sum_of_their_lines": _order_totals(session),
        "purchases_are_the_sum_of_their_orders": _purchase_totals(session),
        "order_lines_add_up": no_rows(_uneven_lines(session), "line {}: parts give {}, net is {}"),
        "order_states_follow_from_packs": no_rows(
            _odd_states(session), "order {} is {}, its lines tell {}"
        ),
        "order_parcels_carry_what_arrived": _parcels(session),
        "order_events_chain_to_the_state": _chains(session),
    }


def _order_totals(session: Session) -> Check:
    goods, discount = func.sum(OrderLine.goods_total), func.sum(OrderLine.discount)
    return no_rows(
        session.execute(
            select(Order.number, Order.goods_total, func.coalesce(goods, 0))
            .outerjoin(OrderLine, OrderLine.order_id == Order.id)
            .group_by(Order.id, Order.number, Order.goods_total, Order.discount_total)
            .having(
                or_(
                    func.coalesce(goods, 0) != Order.goods_total,
                    func.coalesce(discount, 0) != Order.discount_total,
                )
            )
        ),
        "order {}: goods {}, lines give {}",
    )


def _purchase_totals(session: Session) -> Check:
    total, delivery = func.sum(Order.total), func.sum(Order.delivery_fee)
    return no_rows(
        session.execute(
            select(Purchase.id, Purchase.orders_total, func.coalesce(total, 0))
            .outerjoin(Order, Order.purchase_id == Purchase.id)
            .group_by(Purchase.id, Purchase.orders_total, Purchase.delivery_total)
            .having(
                or_(
                    func.coalesce(total, 0) != Purchase.orders_total,
                    func.coalesce(delivery, 0) != Purchase.delivery_total,
                )
            )
        ),
        "purchase {}: total {}, orders give {}",
    )


def _uneven_lines(session: Session) -> Iterator[tuple[int, int, int]]:
    rows = session.execute(
        select(
            OrderLine.id,
            OrderLine.goods_total - OrderLine.discount,
            OrderLine.member_share,
            OrderLine.parts,
        ).execution_options(yield_per=AT_ONCE)
    )
    for line_id, net, member_share, parts in rows:
        given = member_share + sum(parts.values())
        if given != net:
            yield line_id, given, net


def _odd_states(session: Session) -> Iterator[tuple[str, str, str]]:
    rows = session.execute(
        select(
            Order.number,
            Order.state,
            OrderLine.packs,
            OrderLine.accepted,
            OrderLine.packed,
            OrderLine.shipped,
            OrderLine.delivered,
            OrderLine.returned,
            OrderLine.refusal,
        )
        .join(OrderLine, OrderLine.order_id == Order.id)
        .order_by(Order.id)
        .execution_options(yield_per=AT_ONCE)
    )
    for (number, state), part in groupby(rows, key=lambda row: (row[0], row[1])):
        told = state_of(
            [Quantities(*row[2:]) for row in part],
            confirmed=state is not OrderState.UNPAID,
            beside=state if state in NOT_FROM_QUANTITIES else None,
        )
        if told is not state:
            yield number, state, told


def _parcels(session: Session) -> Check:
    """What lies in the parcels of a line is what its packs tell, as far as parcels are known."""
    arrived = func.sum(case((Parcel.arrived_at.is_not(None), ParcelLine.packs), else_=0))
    sent = func.sum(case((Parcel.returned_at.is_(None), ParcelLine.packs), else_=0))
    rows = session.execute(
        select(OrderLine.id, OrderLine.shipped, OrderLine.delivered, sent, arrived)
        .join(ParcelLine, ParcelLine.line_id == OrderLine.id)
        .join(Parcel, Parcel.id == ParcelLine.parcel_id)
        .where(Parcel.extra.is_(None), Parcel.given_up_at.is_(None))
        .group_by(OrderLine.id, OrderLine.shipped, OrderLine.delivered)
        .having(or_(arrived != OrderLine.delivered, sent > OrderLine.shipped))
    )
    return no_rows(rows, "line {}: {} sent, {} arrived, its parcels carry {} and {}")


def _chains(session: Session) -> Check:
    """Each event starts where the one before it ended, and the last one tells the state."""
    before = func.lag(OrderEvent.to_state).over(
        partition_by=OrderEvent.order_id, order_by=OrderEvent.id
    )
    steps = select(
        OrderEvent.id,
        OrderEvent.order_id,
        OrderEvent.from_state,
        OrderEvent.to_state,
        before.label("before"),
    ).subquery()
    # Joined, not looked up in a list: SQLite would go through the list of all for each order.
    last = (
        select(OrderEvent.order_id, func.max(OrderEvent.id).label("id"))
        .group_by(OrderEvent.order_id)
        .subquery()
    )
    torn = (
        select(Order.number, steps.c.from_state, steps.c.before)
        .join(steps, steps.c.order_id == Order.id)
        .where(steps.c.from_state.is_distinct_from(steps.c.before))
    )
    stray = (
        select(Order.number, Order.state, OrderEvent.to_state)
        .outerjoin(last, last.c.order_id == Order.id)
        .outerjoin(OrderEvent, OrderEvent.id == last.c.id)
        .where(Order.state.is_distinct_from(OrderEvent.to_state))
    )
    rows = [*session.execute(torn), *session.execute(stray)]
    return no_rows(rows, "order {}: {} stands beside {}")
