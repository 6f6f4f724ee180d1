"""The orders of a purchase as a shopper follows them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

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


def shopper_orders(session: Session, purchase_id: int) -> tuple[OrderView, ...]:
    """The orders of a purchase, in the order in which the shopper first met them.

    Four statements, and a fifth while anybody is asked about missing packs.
    """
    rows = session.execute(
        select(Order, Cooperative)
        .join(Cooperative, Cooperative.id == Order.cooperative_id)
        .where(Order.purchase_id == purchase_id)
        .order_by(Order.position)
    ).all()
    ids = [row[0].id for row in rows]
    lines, reached, parcels = (
        _lines(session, ids),
        _reached(session, ids),
        parcels_of(session, ids),
    )
    offers = _offers(session, [order.id for order, _ in rows if order.needs == SHORT_ASKED])
    return tuple(
        OrderView(
            id=order.id,
            number=order.number,
            position=order.position,
            state=order.state,
            needs=order.needs,
            seller=_seller(cooperative),
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
        for order, cooperative in rows
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


def _seller(cooperative: Cooperative) -> Seller:
    return Seller(
        id=cooperative.id,
        code=cooperative.code,
        slug=cooperative.slug,
        name=cooperative.name,
        short_name=cooperative.short_name,
        regency=cooperative.regency,
        zone=cooperative.zone,
        dye=cooperative.dye,
        motif=cooperative.motif,
        phone=cooperative.phone,
    )


def _lines(session: Session, order_ids: Sequence[int]) -> dict[int, list[LineView]]:
    lines: dict[int, list[LineView]] = defaultdict(list)
    for line in session.scalars(
        select(OrderLine)
        .where(OrderLine.order_id.in_(order_ids))
        .order_by(OrderLine.order_id, OrderLine.position)
    ):
        lines[line.order_id].append(
            LineView(
                id=line.id,
                product_id=line.product_id,
                variant_id=line.variant_id,
                name=line.name,
                variant_name=line.variant_name,
                net_label=line.net_label,
                unit_price=Rupiah(line.unit_price),
                packs=line.packs,
                goods_total=Rupiah(line.goods_total),
                discount=Rupiah(line.discount),
                accepted=line.accepted,
                delivered=line.delivered,
                refunded=line.refunded,
                refusal=line.refusal,
            )
        )
    return lines


def _reached(session: Session, order_ids: Sequence[int]) -> dict[int, dict[OrderState, datetime]]:
    """When each state was last entered, by order."""
    reached: dict[int, dict[OrderState, datetime]] = defaultdict(dict)
    for order_id, state, at in session.execute(
        select(OrderEvent.order_id, OrderEvent.to_state, OrderEvent.at)
        .where(OrderEvent.order_id.in_(order_ids))
        .where(OrderEvent.from_state.is_distinct_from(OrderEvent.to_state))
        .order_by(OrderEvent.id)
    ):
        reached[order_id][state] = at
    return reached


def parcels_of(session: Session, order_ids: Sequence[int]) -> dict[int, list[ParcelView]]:
    """Parcels by order, in the order they left, with what lies in them; one statement."""
    boxes: dict[int, Parcel] = {}
    packs: dict[int, dict[int, int]] = defaultdict(dict)
    for parcel, line_id, count in session.execute(
        select(Parcel, ParcelLine.line_id, ParcelLine.packs)
        .outerjoin(ParcelLine, ParcelLine.parcel_id == Parcel.id)
        .where(Parcel.order_id.in_(order_ids))
        .order_by(Parcel.id, ParcelLine.line_id)
    ):
        boxes[parcel.id] = parcel
        if line_id is not None:
            packs[parcel.id][line_id] = count
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
