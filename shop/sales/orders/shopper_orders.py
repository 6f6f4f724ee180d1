"""The orders of a purchase as a shopper follows them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, Row, bindparam, select
from sqlalchemy.orm import Session

from shop.core.database.schema import columns_of, table_of
from shop.core.values.money import Rupiah
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import Order, OrderEvent, OrderLine, Parcel, ParcelLine, ShortOffer
from shop.sales.orders.rules import SHORT_ASKED, DeliveryKind, OrderState, is_cancellable
from shop.sales.orders.timeline import Step, steps_of, was_accepted


@dataclass(frozen=True, slots=True)
class ParcelView:
    """A box on its way, with what lies in it."""

    id: int
    place: int
    """Which of its order's parcels, from 1."""
    courier: str | None
    tracking_number: str | None
    receiver_name: str | None
    handed_over_at: datetime | None
    arrived_at: datetime | None
    failed_at: datetime | None
    returned_at: datetime | None
    given_up_at: datetime | None
    promised_on: date | None
    """The last day that its way named."""
    extra: str | None
    """Why it went on top of what was ordered, as a code."""
    packs: Mapping[int, int]
    """By line id."""

    @property
    def is_under_way(self) -> bool:
        """Whether it left and nothing was heard of it since."""
        return not (self.arrived_at or self.failed_at or self.returned_at or self.given_up_at)


@dataclass(frozen=True, slots=True)
class LineView:
    """One line as it was sold, and what became of its packs."""

    id: int
    product_id: int
    variant_id: int
    name: str
    variant_name: str
    net_label: str
    unit_price: Rupiah
    packs: int
    goods_total: Rupiah
    discount: Rupiah
    accepted: int
    delivered: int
    refunded: int
    refusal: str | None


@dataclass(frozen=True, slots=True)
class Seller:
    """The cooperative of an order, as a page shows it."""

    id: int
    code: str
    slug: str
    name: str
    short_name: str
    regency: str
    zone: str
    dye: str
    motif: str
    phone: str | None


@dataclass(frozen=True, slots=True)
class ShortView:
    """What is missing of an order, and until when its shopper may choose (rule R9)."""

    there: Mapping[int, int]
    """Packs that can be sent, by id of the lines that are short."""
    complete_on: date | None
    answer_by: datetime


@dataclass(frozen=True, slots=True)
class OrderView:
    """One cooperative's part of a purchase, with all that its page shows."""

    id: int
    number: str
    position: int
    state: OrderState
    needs: str | None
    seller: Seller
    delivery_kind: DeliveryKind
    delivery_name: str
    days_least: int | None
    days_most: int | None
    rate_code: str | None
    """Which way it goes, as the quote named it."""
    pickup_place: str | None
    pickup_code: str | None
    """Only while it can be used: ready at the counter."""
    note: str | None
    lines: tuple[LineView, ...]
    parcels: tuple[ParcelView, ...]
    steps: tuple[Step, ...]
    goods_total: Rupiah
    delivery_fee: Rupiah
    discount_total: Rupiah
    total: Rupiah
    placed_at: datetime
    paid_at: datetime | None
    accept_by: datetime | None
    ship_by: datetime | None
    ended_at: datetime | None
    short: ShortView | None = None
    """Packs are missing, and the shopper may choose; None: nobody asked, or it is answered."""

    @property
    def is_promised(self) -> bool:
        """Whether its cooperative works on it before it is paid: in cash, at the door (R7)."""
        return self.paid_at is None and self.accept_by is not None

    @property
    def under_way(self) -> tuple[ParcelView, ...]:
        """Parcels that left and of which nothing was heard since."""
        return tuple(one for one in self.parcels if one.is_under_way)

    @property
    def has_left_in_part(self) -> bool:
        """Whether a part of it left while the rest still stands at its cooperative."""
        return self.state is OrderState.READY and any(
            not one.returned_at and not one.given_up_at for one in self.parcels
        )

    @property
    def packs(self) -> int:
        """All packs of the order."""
        return sum(line.packs for line in self.lines)

    def may_be_called_off(self, now: datetime) -> bool:
        """Whether its shopper may end it with one tap."""
        return is_cancellable(self.state, self.delivery_kind, self.ship_by, now)

    @property
    def has_invoice(self) -> bool:
        """Whether its invoice was issued."""
        return was_accepted(self.steps)


_ORDERS, _LINES, _EVENTS = table_of(Order), table_of(OrderLine), table_of(OrderEvent)
_PARCELS, _PACKED = table_of(Parcel), table_of(ParcelLine)
_ORDER_IDS: BindParameter[int] = bindparam("orders", expanding=True)
_SELLER = columns_of(
    Cooperative.id,
    Cooperative.code,
    Cooperative.slug,
    Cooperative.name,
    Cooperative.short_name,
    Cooperative.regency,
    Cooperative.zone,
    Cooperative.dye,
    Cooperative.motif,
    Cooperative.phone,
)
"""What a :class:`Seller` is made of, in the order of its fields."""
# Read by columns, and built once: building these statements cost as much as running them, and
# objects of models cost several times as much as rows.
_ORDERS_OF_PURCHASE = (
    select(
        *columns_of(
            Order.id,
            Order.number,
            Order.position,
            Order.state,
            Order.needs,
            Order.delivery_kind,
            Order.delivery_name,
            Order.days_least,
            Order.days_most,
            Order.rate_code,
            Order.pickup_place,
            Order.pickup_code,
            Order.note,
            Order.goods_total,
            Order.delivery_fee,
            Order.discount_total,
            Order.total,
            Order.placed_at,
            Order.paid_at,
            Order.accept_by,
            Order.ship_by,
            Order.ended_at,
        ),
        *_SELLER,
    )
    .join_from(
        _ORDERS,
        table_of(Cooperative),
        table_of(Cooperative).c.id == _ORDERS.c.cooperative_id,
    )
    .where(_ORDERS.c.purchase_id == bindparam("purchase"))
    .order_by(_ORDERS.c.position)
)
_LINES_OF_ORDERS = (
    select(
        *columns_of(
            OrderLine.order_id,
            OrderLine.id,
            OrderLine.product_id,
            OrderLine.variant_id,
            OrderLine.name,
            OrderLine.variant_name,
            OrderLine.net_label,
            OrderLine.unit_price,
            OrderLine.packs,
            OrderLine.goods_total,
            OrderLine.discount,
            OrderLine.accepted,
            OrderLine.delivered,
            OrderLine.refunded,
            OrderLine.refusal,
        )
    )
    .where(_LINES.c.order_id.in_(_ORDER_IDS))
    .order_by(_LINES.c.order_id, _LINES.c.position)
)
_STATES_OF_ORDERS = (
    select(_EVENTS.c.order_id, _EVENTS.c.to_state, _EVENTS.c.at)
    .where(_EVENTS.c.order_id.in_(_ORDER_IDS))
    .where(_EVENTS.c.from_state.is_distinct_from(_EVENTS.c.to_state))
    .order_by(_EVENTS.c.id)
)
_PARCELS_OF_ORDERS = (
    select(
        *columns_of(
            Parcel.order_id,
            Parcel.id,
            Parcel.courier,
            Parcel.tracking_number,
            Parcel.receiver_name,
            Parcel.handed_over_at,
            Parcel.arrived_at,
            Parcel.failed_at,
            Parcel.returned_at,
            Parcel.given_up_at,
            Parcel.promised_on,
            Parcel.extra,
            ParcelLine.line_id,
            ParcelLine.packs,
        )
    )
    .outerjoin_from(_PARCELS, _PACKED, _PACKED.c.parcel_id == _PARCELS.c.id)
    .where(_PARCELS.c.order_id.in_(_ORDER_IDS))
    .order_by(_PARCELS.c.id, _PACKED.c.line_id)
)


def shopper_orders(session: Session, purchase_id: int) -> tuple[OrderView, ...]:
    """The orders of a purchase, in the order in which the shopper first met them.

    Four statements, and a fifth while anybody is asked about missing packs.
    """
    orders = session.execute(_ORDERS_OF_PURCHASE, {"purchase": purchase_id}).all()
    ids = [order.id for order in orders]
    lines, reached, parcels = (
        _lines(session, ids),
        _reached(session, ids),
        parcels_of(session, ids),
    )
    offers = _offers(session, [order.id for order in orders if order.needs == SHORT_ASKED])
    return tuple(
        OrderView(
            id=order.id,
            number=order.number,
            position=order.position,
            state=order.state,
            needs=order.needs,
            seller=Seller(*order[-len(_SELLER) :]),
            delivery_kind=order.delivery_kind,
            delivery_name=order.delivery_name,
            days_least=order.days_least,
            days_most=order.days_most,
            rate_code=order.rate_code,
            pickup_place=order.pickup_place,
            pickup_code=order.pickup_code if order.state is OrderState.READY else None,
            note=order.note,
            lines=tuple(lines[order.id]),
            parcels=tuple(parcels[order.id]),
            steps=steps_of(order.delivery_kind, order.state, reached[order.id]),
            goods_total=Rupiah(order.goods_total),
            delivery_fee=Rupiah(order.delivery_fee),
            discount_total=Rupiah(order.discount_total),
            total=Rupiah(order.total),
            placed_at=order.placed_at,
            paid_at=order.paid_at,
            accept_by=order.accept_by,
            ship_by=order.ship_by,
            ended_at=order.ended_at,
            short=offers.get(order.id),
        )
        for order in orders
    )


def _offers(session: Session, order_ids: Sequence[int]) -> dict[int, ShortView]:
    """What shoppers may choose now; nothing is asked while nobody was."""
    if not order_ids:
        return {}
    return {
        offer.order_id: ShortView(
            {int(line_id): told["packs"] for line_id, told in offer.lines.items()},
            offer.complete_on,
            offer.answer_by,
        )
        for offer in session.scalars(
            select(ShortOffer).where(
                ShortOffer.order_id.in_(order_ids), ShortOffer.answered_at.is_(None)
            )
        )
    }


def _lines(session: Session, order_ids: Sequence[int]) -> dict[int, list[LineView]]:
    lines: dict[int, list[LineView]] = defaultdict(list)
    for order_id, *line in session.execute(_LINES_OF_ORDERS, {"orders": order_ids}):
        lines[order_id].append(LineView(*line))
    return lines


def _reached(session: Session, order_ids: Sequence[int]) -> dict[int, dict[OrderState, datetime]]:
    """When each state was last entered, by order."""
    reached: dict[int, dict[OrderState, datetime]] = defaultdict(dict)
    for order_id, state, at in session.execute(_STATES_OF_ORDERS, {"orders": order_ids}):
        reached[order_id][state] = at
    return reached


def parcels_of(session: Session, order_ids: Sequence[int]) -> dict[int, list[ParcelView]]:
    """Parcels by order, in the order they left, with what lies in them; one statement."""
    boxes: dict[int, Row[*tuple[Any, ...]]] = {}
    packs: dict[int, dict[int, int]] = defaultdict(dict)
    for row in session.execute(_PARCELS_OF_ORDERS, {"orders": order_ids}):
        boxes[row.id] = row
        if row.line_id is not None:
            packs[row.id][row.line_id] = row.packs
    parcels: dict[int, list[ParcelView]] = defaultdict(list)
    for parcel in boxes.values():
        mine = parcels[parcel.order_id]
        mine.append(
            ParcelView(
                id=parcel.id,
                place=len(mine) + 1,
                courier=parcel.courier,
                tracking_number=parcel.tracking_number,
                receiver_name=parcel.receiver_name,
                handed_over_at=parcel.handed_over_at,
                arrived_at=parcel.arrived_at,
                failed_at=parcel.failed_at,
                returned_at=parcel.returned_at,
                given_up_at=parcel.given_up_at,
                promised_on=parcel.promised_on,
                extra=parcel.extra,
                packs=packs[parcel.id],
            )
        )
    return parcels
