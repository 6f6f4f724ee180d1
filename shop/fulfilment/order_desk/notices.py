"""What the messages about an order's steps say: facts by notice, looked up when they are sent."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.core.database import settings_by_date
from shop.core.formats.indonesia import format_phone
from shop.core.values import clock
from shop.payments.bills.models import Refund
from shop.payments.cash.queries import cash_of
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import Order, OrderLine, OrderState, Parcel, Purchase, ShortOffer
from shop.services.outbox.mailer import post
from shop.services.outbox.models import Notice
from shop.services.outbox.notices import describes

Facts = Mapping[int, Mapping[str, object]]
"""By notice id."""


@describes(
    "order_accepted",
    "order_refused",
    "order_ready_pickup",
    "order_shipped",
    "order_arrived",
    "order_undelivered",
    "order_returned",
    "order_refunded",
    "order_unfetched",
    "order_not_fetched",
)
def about_steps(session: Session, notices: Sequence[Notice]) -> Facts:
    """What a step means for the shopper; six statements however many notices."""
    ids = {notice.order_id for notice in notices if notice.order_id is not None}
    fewer: dict[int, list[tuple[str, int, int]]] = {}
    for line in session.scalars(
        select(OrderLine)
        .where(OrderLine.order_id.in_(ids), OrderLine.accepted < OrderLine.packs)
        .order_by(OrderLine.order_id, OrderLine.position)
    ):
        fewer.setdefault(line.order_id, []).append((line.name, line.accepted, line.packs))
    refunds = dict(
        session.execute(
            select(Refund.order_id, func.sum(Refund.amount))
            .where(Refund.order_id.in_(ids))
            .group_by(Refund.order_id)
        ).all()
    )
    parcels: dict[int, list[Parcel]] = {}
    for parcel in session.scalars(
        select(Parcel).where(Parcel.order_id.in_(ids)).order_by(Parcel.id)
    ):
        parcels.setdefault(parcel.order_id, []).append(parcel)
    cash = cash_of(session, ids)
    figures = settings_by_date.settings_on(session, clock.day_in(clock.HOME_ZONE, clock.now()))
    days = figures["pickup_end_days"] - figures["pickup_reminder_days"]
    facts: dict[int, dict[str, object]] = {}
    for order, cooperative, zone, code, language in session.execute(
        select(Order, Cooperative.short_name, Cooperative.zone, Purchase.code, Purchase.language)
        .join(Cooperative, Cooperative.id == Order.cooperative_id)
        .join(Purchase, Purchase.id == Order.purchase_id)
        .where(Order.id.in_(ids))
    ):
        facts[order.id] = {
            "number": order.number,
            "cooperative": cooperative,
            "zone": zone,
            "ship_by": order.ship_by,
            "fewer": fewer.get(order.id, []),
            "refund": int(refunds.get(order.id) or 0),
            "cash": cash[order.id].asked if order.id in cash else None,
            "place": order.pickup_place or "",
            "code": order.pickup_code or "",
            "link": post().link(f"/pembelian/{code}"),
            "language": language,
        }
    told = _by_notice(notices, facts)
    # The clock of what nobody fetches runs from the reminder, however late it is read.
    return {
        one.id: {
            **told[one.id],
            **_parcel_of(one, parcels),
            "until": one.created_at + timedelta(days=days),
        }
        for one in notices
        if one.id in told
    }


def _parcel_of(notice: Notice, parcels: Mapping[int, Sequence[Parcel]]) -> dict[str, object]:
    """The parcel that a notice is about: the first, or the one its key counts to."""
    mine = parcels.get(notice.order_id or 0, ())
    turn = notice.key.split(":")[2:3]
    place = int(turn[0]) if turn and turn[0].isdigit() else 1
    parcel = mine[min(place, len(mine)) - 1] if mine else None
    return {
        "courier": parcel.courier if parcel else None,
        "tracking": parcel.tracking_number if parcel else None,
        "parcel": place if len(mine) > 1 else None,
    }


@describes("order_short")
def about_missing_packs(session: Session, notices: Sequence[Notice]) -> Facts:
    """What is missing and until when the shopper may choose; two statements."""
    ids = {notice.order_id for notice in notices if notice.order_id is not None}
    lines = {
        line.id: line
        for line in session.scalars(select(OrderLine).where(OrderLine.order_id.in_(ids)))
    }
    facts = {
        order.id: {
            "number": order.number,
            "cooperative": name,
            "zone": zone,
            "fewer": [
                (lines[int(line_id)].name, told["packs"], lines[int(line_id)].packs)
                for line_id, told in offer.lines.items()
            ],
            "complete_on": offer.complete_on,
            "until": offer.answer_by,
            "link": post().link(f"/pesanan/{order.number}"),
            "language": language,
        }
        for order, offer, name, zone, language in session.execute(
            select(Order, ShortOffer, Cooperative.short_name, Cooperative.zone, Purchase.language)
            .join(ShortOffer, ShortOffer.order_id == Order.id)
            .join(Cooperative, Cooperative.id == Order.cooperative_id)
            .join(Purchase, Purchase.id == Order.purchase_id)
            .where(Order.id.in_(ids))
        )
    }
    return _by_notice(notices, facts)


@describes("order_new", "order_called_off", "order_waiting", "order_missed")
def about_new_orders(session: Session, notices: Sequence[Notice]) -> Facts:
    """What waits for a cooperative's managers; in two statements."""
    ids = {notice.order_id for notice in notices if notice.order_id is not None}
    cash = cash_of(session, ids)
    packs = (
        select(func.coalesce(func.sum(OrderLine.packs), 0))
        .where(OrderLine.order_id == Order.id)
        .correlate(Order)
        .scalar_subquery()
    )
    facts = {
        order.id: {
            "number": order.number,
            "packs": int(count),
            "is_rest": order.state is not OrderState.CANCELLED,
            "accept_by": order.accept_by,
            "cash": cash[order.id].asked if order.id in cash else None,
            "zone": zone,
            "link": post().link(f"/kelola/{slug}/pesanan/{order.number}"),
        }
        for order, slug, zone, count in session.execute(
            select(Order, Cooperative.slug, Cooperative.zone, packs)
            .join(Cooperative, Cooperative.id == Order.cooperative_id)
            .where(Order.id.in_(ids))
        )
    }
    return _by_notice(notices, facts)


@describes("order_unanswered")
def about_unanswered(session: Session, notices: Sequence[Notice]) -> Facts:
    """Whom the operator calls; in one statement."""
    ids = {notice.order_id for notice in notices if notice.order_id is not None}
    facts = {
        order_id: {
            "number": number,
            "cooperative": name,
            "phone": format_phone(phone) if phone else "",
            "link": post().link("/operator/koperasi"),
        }
        for order_id, number, name, phone in session.execute(
            select(Order.id, Order.number, Cooperative.short_name, Cooperative.phone)
            .join(Cooperative, Cooperative.id == Order.cooperative_id)
            .where(Order.id.in_(ids))
        )
    }
    return _by_notice(notices, facts)


@describes("cooperative_suspended", "cooperative_resumed")
def about_suspensions(session: Session, notices: Sequence[Notice]) -> Facts:
    """Why a cooperative was suspended, or that it sells again; in one statement."""
    ids = {notice.id: int(notice.key.split(":")[1]) for notice in notices}
    facts = {
        cooperative_id: {
            "cooperative": name,
            "reason": reason or "",
            "link": post().link(f"/kelola/{slug}"),
        }
        for cooperative_id, name, slug, reason in session.execute(
            select(
                Cooperative.id, Cooperative.name, Cooperative.slug, Cooperative.suspension
            ).where(Cooperative.id.in_(set(ids.values())))
        )
    }
    return {notice: facts[found] for notice, found in ids.items() if found in facts}


def _by_notice(notices: Sequence[Notice], facts: Mapping[int, Mapping[str, object]]) -> Facts:
    return {
        notice.id: facts[notice.order_id]
        for notice in notices
        if notice.order_id is not None and notice.order_id in facts
    }
