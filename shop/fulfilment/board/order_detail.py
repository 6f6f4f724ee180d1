"""One order as the desk sees it, with no more about its shopper than the work needs."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalog.inventory.models import StockItem
from shop.core.values.money import Rupiah
from shop.fulfilment.board.order_history import DeskParcel, Happening, history_of, parcels_of
from shop.fulfilment.deadlines.completion import complaints_until
from shop.fulfilment.orders.rules import Rights, due_of, goods_name, shows_address, shows_person
from shop.payments.bills.models import Refund
from shop.payments.cards.disputes import is_disputed
from shop.payments.cash.queries import CashView, cash_of
from shop.people.accounts.models import Contact
from shop.sales.orders.errors import NoSuchOrder
from shop.sales.orders.models import (
    Actor,
    Order,
    OrderEvent,
    OrderLine,
    OrderState,
    PackedBox,
    Purchase,
)
from shop.sales.orders.rules import DeliveryKind
from shop.sales.orders.timeline import Step, steps_of, was_accepted
from shop.shipping.places.models import Address


@dataclass(frozen=True, slots=True)
class SheetLine:
    """One kind of goods of the order. ``position`` names it in forms."""

    line_id: int
    position: int
    name: str
    sku: str
    packs: int
    accepted: int
    packed: int
    shipped: int
    refusal: str | None
    unit_price: Rupiah
    goods_total: Rupiah
    on_hand: int
    """Packs on the shelf now, besides those of this order."""
    held: int

    @property
    def left(self) -> int:
        """Packs that are packed and have not left."""
        return self.packed - self.shipped


@dataclass(frozen=True, slots=True)
class Target:
    """Where a parcel goes; only for who packs or brings it."""

    street: str
    village: str
    district: str
    regency: str
    province: str
    postcode: str
    courier_note: str | None


@dataclass(frozen=True, slots=True)
class OrderDetail:
    """An order with everything that can be done to it."""

    number: str
    state: OrderState
    needs: str | None
    kind: DeliveryKind
    way: str
    billable_grams: int
    pickup_place: str | None
    who: str
    """The shopper's name as far as this person may know it; empty while unpaid."""
    phone: str | None
    reads: str
    """The language the shopper bought in, for what they are told."""
    target: Target | None
    note: str | None
    lines: tuple[SheetLine, ...]
    steps: tuple[Step, ...]
    actors: dict[OrderState, Actor]
    """Who brought it to each state."""
    parcels: tuple[DeskParcel, ...]
    history: tuple[Happening, ...]
    """Every step: who, when, from where to where, why."""
    is_disputed: bool
    """A bank decides about its money: nothing should leave before (rule R24)."""
    box: PackedBox | None
    """The real box, once it was weighed."""
    can_be_weighed: bool
    refunds: tuple[tuple[str, Rupiah], ...]
    """Reason and rupiah of what goes back to the shopper."""
    reason: str | None
    """Why it was refused or called off."""
    goods_total: Rupiah
    delivery_fee: Rupiah
    discount_total: Rupiah
    total: Rupiah
    fee: Rupiah
    """The platform's, as it was frozen."""
    to_members: Rupiah
    placed_at: datetime
    paid_at: datetime | None
    due: datetime | None
    """Until when the next step is promised."""
    complaints_until: datetime | None
    cash: CashView | None
    """What is taken for it at the door or the counter; None: it is paid otherwise."""

    @property
    def is_paid(self) -> bool:
        """Whether its money is there."""
        return self.paid_at is not None

    @property
    def takes_cash(self) -> bool:
        """Whether handing it over asks for cash."""
        return self.cash is not None and self.cash.is_asked and self.cash.asked > 0

    @property
    def has_invoice(self) -> bool:
        """Whether its invoice was issued."""
        return was_accepted(self.steps)

    @property
    def packs(self) -> int:
        """Packs that were ordered."""
        return sum(line.packs for line in self.lines)

    @property
    def is_in_parts(self) -> bool:
        """Whether it goes in more than one parcel."""
        return len(self.parcels) > 1 or (
            bool(self.parcels) and any(line.left for line in self.lines)
        )

    @property
    def under_way(self) -> tuple[DeskParcel, ...]:
        """Parcels that left and of which nothing was heard since."""
        return tuple(one for one in self.parcels if one.is_under_way)

    @property
    def failed(self) -> tuple[DeskParcel, ...]:
        """Parcels that were not handed over."""
        return tuple(one for one in self.parcels if one.has_failed)

    @property
    def can_leave_in_parts(self) -> bool:
        """Whether a part of it may leave first: more than one pack is there, no cash is asked."""
        return sum(line.left for line in self.lines) > 1 and not self.takes_cash


def sheet(session: Session, cooperative_id: int, number: str, rights: Rights) -> OrderDetail:
    """An order of this cooperative; a fixed number of statements.

    :raises NoSuchOrder: for another cooperative's too.
    """
    row = session.execute(
        select(Order, Contact, Address, Purchase.language)
        .join(Purchase, Purchase.id == Order.purchase_id)
        .join(Contact, Contact.id == Purchase.contact_id)
        .outerjoin(Address, Address.id == Purchase.address_id)
        .where(Order.number == number, Order.cooperative_id == cooperative_id)
    ).one_or_none()
    if row is None:
        raise NoSuchOrder(number)
    order, contact, address, reads = row
    is_confirmed = order.is_confirmed
    is_shown = shows_person(order.state, is_confirmed=is_confirmed, rights=rights)
    reached, actors, reason = _history(session, order.id)
    fee, to_members = session.execute(
        select(func.sum(OrderLine.fee), func.sum(OrderLine.member_share)).where(
            OrderLine.order_id == order.id
        )
    ).one()
    return OrderDetail(
        number=order.number,
        state=order.state,
        needs=order.needs,
        kind=order.delivery_kind,
        way=order.delivery_name,
        billable_grams=order.billable_grams,
        pickup_place=order.pickup_place,
        who=_who(contact.name, is_confirmed=is_confirmed, is_shown=is_shown),
        phone=contact.phone if is_shown else None,
        reads=reads,
        target=_target(address)
        if shows_address(order.state, order.delivery_kind, is_confirmed=is_confirmed, rights=rights)
        else None,
        note=order.note if is_confirmed else None,
        lines=_lines(session, order.id),
        steps=steps_of(order.delivery_kind, order.state, reached),
        actors=actors,
        parcels=parcels_of(session, order),
        history=history_of(session, order.id),
        is_disputed=is_disputed(session, order.id),
        box=session.scalars(select(PackedBox).where(PackedBox.order_id == order.id)).first(),
        can_be_weighed=order.delivery_kind is DeliveryKind.COURIER
        and order.state in (OrderState.ACCEPTED, OrderState.READY)
        and (order.rate_code or "").startswith("courier:"),
        refunds=tuple(
            (refund_reason, Rupiah(amount))
            for refund_reason, amount in session.execute(
                select(Refund.reason, Refund.amount)
                .where(Refund.order_id == order.id)
                .order_by(Refund.id)
            )
        ),
        reason=reason,
        goods_total=Rupiah(order.goods_total),
        delivery_fee=Rupiah(order.delivery_fee),
        discount_total=Rupiah(order.discount_total),
        total=Rupiah(order.total),
        fee=Rupiah(int(fee or 0)),
        to_members=Rupiah(int(to_members or 0)),
        placed_at=order.placed_at,
        paid_at=order.paid_at,
        due=due_of(order),
        complaints_until=complaints_until(session, cooperative_id, order.arrived_at)
        if order.state is OrderState.ARRIVED and order.arrived_at
        else None,
        cash=cash_of(session, [order.id]).get(order.id),
    )


def _who(name: str, *, is_confirmed: bool, is_shown: bool) -> str:
    if not is_confirmed:
        return ""
    return name if is_shown else (name.split() or [""])[0]


def _target(address: Address | None) -> Target | None:
    if address is None:
        return None
    return Target(
        address.street,
        address.village,
        address.district,
        address.regency,
        address.province,
        address.postcode,
        address.courier_note,
    )


def _lines(session: Session, order_id: int) -> tuple[SheetLine, ...]:
    rows = session.execute(
        select(OrderLine, StockItem.on_hand, StockItem.reserved)
        .outerjoin(StockItem, StockItem.variant_id == OrderLine.variant_id)
        .where(OrderLine.order_id == order_id)
        .order_by(OrderLine.position)
    )
    return tuple(
        SheetLine(
            line_id=line.id,
            position=line.position,
            name=goods_name(line.name, line.variant_name, line.net_label),
            sku=line.sku,
            packs=line.packs,
            accepted=line.accepted,
            packed=line.packed,
            shipped=line.shipped,
            refusal=line.refusal,
            unit_price=Rupiah(line.unit_price),
            goods_total=Rupiah(line.goods_total),
            on_hand=on_hand or 0,
            held=reserved or 0,
        )
        for line, on_hand, reserved in rows
    )


def _history(
    session: Session, order_id: int
) -> tuple[dict[OrderState, datetime], dict[OrderState, Actor], str | None]:
    reached: dict[OrderState, datetime] = {}
    actors: dict[OrderState, Actor] = {}
    reason: str | None = None
    for state, at, actor, why in session.execute(
        select(OrderEvent.to_state, OrderEvent.at, OrderEvent.actor, OrderEvent.reason)
        .where(OrderEvent.order_id == order_id)
        .where(OrderEvent.from_state.is_distinct_from(OrderEvent.to_state))
        .order_by(OrderEvent.id)
    ):
        reached[state], actors[state] = at, actor
        reason = why or reason
    return reached, actors, reason
