"""Making a purchase and moving its orders."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from shop.core.database import settings_by_date
from shop.core.database.schema import table_of
from shop.core.database.upserts import add_rows, increment_counter, insert_row
from shop.core.values import clock, codes
from shop.sales.orders.errors import AlreadyMoved, MoveRefused, QuantitiesDisagree
from shop.sales.orders.models import Actor, Order, OrderCounter, OrderEvent, OrderLine, Purchase
from shop.sales.orders.rules import (
    ALLOWED_TRANSITIONS,
    ENDS,
    NOT_FROM_QUANTITIES,
    DeliveryKind,
    LineDraft,
    OrderState,
    QuoteSnapshot,
    advance_quantities,
    freeze_line,
    state_of,
)


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """One cooperative's part of a purchase that is about to be placed."""

    cooperative_id: int
    cooperative_code: str
    zone: str
    contribution_bp: int
    is_pkp: bool
    quote: QuoteSnapshot
    lines: tuple[LineDraft, ...]
    note: str | None = None


@dataclass(frozen=True, slots=True)
class PurchaseDraft:
    """All that is known when a shopper places a purchase."""

    checkout_token: str
    contact_id: int
    viewer_hash: str
    hold_until: datetime
    orders: tuple[OrderDraft, ...]
    code: str
    person_id: int | None = None
    address_id: int | None = None
    language: str = "id"


@dataclass(frozen=True, slots=True)
class WrittenOrder:
    """One order of a purchase that was just written down."""

    id: int
    number: str
    cooperative_id: int
    total: int


@dataclass(frozen=True, slots=True)
class Written:
    """What there is of a purchase after it was written down, for what follows at once."""

    id: int
    orders_total: int
    orders: tuple[WrittenOrder, ...]


def create_purchase(
    session: Session,
    *,
    draft: PurchaseDraft,
    now: datetime,
    figures: Mapping[str, int] | None = None,
) -> Written:
    """Write down a purchase with one order per cooperative, prices and shares frozen (rule R12).

    Stock and payment are for the caller, in the same transaction. The number of statements does
    not grow with cooperatives or lines.

    :param figures: ``settings_on`` of today, where the caller has read them already.
    """
    if figures is None:
        figures = settings_by_date.settings_on(session, clock.day_in(clock.HOME_ZONE, now))
    numbers = _next_numbers(session, draft, now)
    parts = [
        order_row(part, numbers[part.cooperative_id], position, now)
        for position, part in enumerate(draft.orders, start=1)
    ]
    total = sum(part["total"] for part in parts)
    purchase = {
        "code": draft.code,
        "checkout_token": draft.checkout_token,
        "person_id": draft.person_id,
        "contact_id": draft.contact_id,
        "address_id": draft.address_id,
        "viewer_hash": draft.viewer_hash,
        "language": draft.language,
        "goods_total": sum(part["goods_total"] for part in parts),
        "delivery_total": sum(part["delivery_fee"] for part in parts),
        "discount_total": sum(part["discount_total"] for part in parts),
        "orders_total": total,
        "hold_until": draft.hold_until,
        "placed_at": now,
    }
    purchase_id = insert_row(session, Purchase, purchase)
    rows = session.execute(
        _adding_orders(), [{**part, "purchase_id": purchase_id} for part in parts]
    )
    ids = {row[1]: row[0] for row in rows}
    orders = tuple(
        WrittenOrder(
            ids[part["cooperative_id"]], part["number"], part["cooperative_id"], part["total"]
        )
        for part in parts
    )
    lines = [
        line_row(order.id, part, line, place, figures)
        for order, part in zip(orders, draft.orders, strict=True)
        for place, line in enumerate(part.lines, start=1)
    ]
    add_rows(session, OrderLine, lines)
    events: list[dict[str, Any]] = [
        {
            "order_id": order.id,
            "at": now,
            "actor": Actor.SHOPPER,
            "person_id": draft.person_id,
            "from_state": None,
            "to_state": OrderState.UNPAID,
            "facts": {},
        }
        for order in orders
    ]
    add_rows(session, OrderEvent, events)
    return Written(purchase_id, total, orders)


@cache
def _adding_orders() -> ReturningInsert[int, int]:
    orders = table_of(Order)
    return insert(orders).returning(orders.c.id, orders.c.cooperative_id)


def advance(
    session: Session,
    order: Order,
    to: OrderState,
    *,
    actor: Actor,
    now: datetime,
    person_id: int | None = None,
    reason: str | None = None,
    facts: Mapping[str, Any] | None = None,
    bound_for: OrderState | None = None,
) -> None:
    """Move an order. Nothing else writes its state.

    The packs on its lines move along (``rules.advance_quantities``); before ``ACCEPTED`` the
    caller has set ``line.accepted`` on each line, and ``line.refusal`` where it is fewer than was
    ordered.

    :param reason: a code, never free text; ``facts`` are ids and figures.
    :param bound_for: the state that the lines tell already, where this is a step on the way there.
    :raises MoveRefused: when ``ALLOWED_TRANSITIONS`` knows no such way.
    :raises AlreadyMoved: when somebody else moved it meanwhile.
    :raises QuantitiesDisagree: when the lines tell another state.
    """
    before = order.state
    if to not in ALLOWED_TRANSITIONS[before]:
        raise MoveRefused(order.number, before, to)
    moved = session.scalar(
        update(Order)
        .where(Order.id == order.id, Order.state == before)
        .values(state=to, needs=None, **_times(order, to, now))
        .returning(Order.id)
        # The row is the truth about who came first; the object follows it below.
        .execution_options(synchronize_session=False)
    )
    if moved is None:
        raise AlreadyMoved(order.number, before)
    session.refresh(order, ["state", "needs", *_times(order, to, now)])
    lines = session.scalars(
        select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.position)
    ).all()
    for line in lines:
        advance_quantities(line, to, reason=reason)
    aim = bound_for or to
    told = state_of(lines, confirmed=True, beside=aim if aim in NOT_FROM_QUANTITIES else None)
    if told is not aim:
        raise QuantitiesDisagree(order.number, aim, told)
    session.add(
        OrderEvent(
            order_id=order.id,
            at=now,
            actor=actor,
            person_id=person_id,
            from_state=before,
            to_state=to,
            reason=reason,
            facts=dict(facts or {}),
        )
    )
    session.flush()


def _times(order: Order, to: OrderState, now: datetime) -> dict[str, datetime]:
    """Which of an order's times a move writes."""
    times = {
        OrderState.ACCEPTED: "accepted_at",
        OrderState.READY: "ready_at",
        OrderState.ON_THE_WAY: "handed_over_at",
        OrderState.ARRIVED: "arrived_at",
    }
    wanted = {times[to]} if to in times else set()
    if order.state is OrderState.READY and to is OrderState.ACCEPTED:
        wanted.clear()  # unpacked again: it was accepted when it was accepted
    if to is OrderState.ARRIVED and order.handed_over_at is None:
        wanted.add("handed_over_at")  # taken at the counter: handed over and there at once
    if to in ENDS:
        wanted.add("ended_at")
    return dict.fromkeys(sorted(wanted), now)


def order_row(part: OrderDraft, number: str, position: int, now: datetime) -> dict[str, Any]:
    """One cooperative's part of a purchase as it is placed, not paid yet."""
    goods = sum(line.goods_total for line in part.lines)
    discount = sum(line.discount for line in part.lines)
    quote = part.quote
    return {
        "number": number,
        "cooperative_id": part.cooperative_id,
        "position": position,
        "state": OrderState.UNPAID,
        "delivery_kind": quote.kind,
        "delivery_name": quote.name,
        "rate_code": quote.rate_code,
        "scale_grams": quote.scale_grams,
        "billable_grams": quote.billable_grams,
        "days_least": quote.days_least,
        "days_most": quote.days_most,
        "pickup_place": quote.place,
        "pickup_code": codes.new_pickup_code() if quote.kind is DeliveryKind.PICKUP else None,
        "goods_total": goods,
        "delivery_fee": quote.fee,
        "discount_total": discount,
        "total": goods + quote.fee - discount,
        "note": part.note,
        "placed_at": now,
    }


def line_row(
    order_id: int, part: OrderDraft, line: LineDraft, position: int, figures: Mapping[str, int]
) -> dict[str, Any]:
    """A line as it is sold: its price and its shares are frozen (rule R12)."""
    frozen = freeze_line(
        line.goods_total,
        contribution_bp=part.contribution_bp,
        is_pkp=part.is_pkp,
        figures=figures,
        discount=line.discount,
        platform_pays=line.platform_pays,
        fee_bp=line.fee_bp,
    )
    return {
        "order_id": order_id,
        "position": position,
        "variant_id": line.variant_id,
        "product_id": line.product_id,
        "member_id": line.member_id,
        "name": line.name,
        "variant_name": line.variant_name,
        "sku": line.sku,
        "net_label": line.net_label,
        "unit_price": line.unit_price,
        "packs": line.packs,
        "goods_total": line.goods_total,
        "discount": line.discount,
        "unit_grams": line.unit_grams,
        "length_mm": line.length_mm,
        "width_mm": line.width_mm,
        "height_mm": line.height_mm,
        "contribution_bp": part.contribution_bp,
        "member_share": frozen.member_share,
        "fee_bp": frozen.fee_bp,
        "fee": frozen.fee,
        "fee_ppn": frozen.fee_ppn,
        "tax_base": frozen.tax_base,
        "ppn": frozen.ppn,
        "pph22": frozen.pph22,
        "parts": dict(frozen.parts),
    }


def _next_numbers(session: Session, draft: PurchaseDraft, now: datetime) -> dict[int, str]:
    """The next order number of each cooperative, in one statement.

    The counter's row is what makes two placements at once follow one another; the rows come in
    id order, so that two purchases over the same cooperatives cannot wait for each other.
    """
    years = {
        part.cooperative_id: clock.day_in(part.zone, now).year
        for part in sorted(draft.orders, key=lambda part: part.cooperative_id)
    }
    counted = increment_counter(
        session,
        OrderCounter,
        [
            {"cooperative_id": cooperative_id, "year": year}
            for cooperative_id, year in years.items()
        ],
    )
    return {
        part.cooperative_id: codes.order_number(
            part.cooperative_code,
            years[part.cooperative_id],
            counted[part.cooperative_id, years[part.cooperative_id]],
        )
        for part in draft.orders
    }
