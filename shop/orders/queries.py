"""Reads for the shopper's pages: what was bought, and how far each order is."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from shop.accounts.models import Contact
from shop.accounts.queries import contact_owners
from shop.cooperatives.models import Cooperative
from shop.core import paging
from shop.core.money import Rupiah
from shop.core.text import first_name
from shop.orders.errors import NoSuchOrder
from shop.orders.models import Order, OrderEvent, OrderLine, Purchase, ShortOffer
from shop.orders.parcel_views import ParcelView, parcels_of
from shop.orders.rules import SHORT_ASKED, DeliveryKind, OrderState, may_be_called_off
from shop.orders.timeline import Step, latest, steps_of, was_accepted
from shop.shipping.models import Address

PURCHASES_SHOWN = 10


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
        return may_be_called_off(self.state, self.delivery_kind, self.ship_by, now)

    @property
    def has_invoice(self) -> bool:
        """Whether its invoice was issued."""
        return was_accepted(self.steps)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who gets the parcels. Shown whole only to who may see it; the page's guard decides."""

    name: str
    phone: str | None
    email: str | None
    street: str | None = None
    courier_note: str | None = None
    village: str | None = None
    district: str | None = None
    regency: str | None = None
    province: str | None = None
    postcode: str | None = None
    village_code: str | None = None

    @property
    def first_name(self) -> str:
        """What everybody with the link may know, beside the district (rule R26)."""
        return first_name(self.name)


@dataclass(frozen=True, slots=True)
class PurchaseView:
    """What a shopper did: one checkout, its orders and where they go."""

    id: int
    code: str
    person_id: int | None
    viewer_hash: str
    language: str
    recipient: Recipient
    orders: tuple[OrderView, ...]
    goods_total: Rupiah
    delivery_total: Rupiah
    discount_total: Rupiah
    orders_total: Rupiah
    hold_until: datetime
    placed_at: datetime
    settled_at: datetime | None
    ended_at: datetime | None

    @property
    def state(self) -> OrderState:
        """One state for the whole: that of the order that is furthest behind."""
        return latest([order.state for order in self.orders])


@dataclass(frozen=True, slots=True)
class PurchaseCard:
    """A purchase in the list of somebody's own."""

    code: str
    placed_at: datetime
    orders_total: Rupiah
    state: OrderState
    parts: tuple[tuple[str, str, OrderState, bool], ...]
    """Order number, cooperative, state, whether it is paid."""


def purchase_view(session: Session, code: str) -> PurchaseView:
    """A purchase by its code, in five statements however many orders it has.

    :raises NoSuchOrder: when no purchase answers to the code.
    """
    return _purchase(session, Purchase.code == code)


def order_view(session: Session, number: str) -> tuple[PurchaseView, OrderView]:
    """An order by its number with the purchase it belongs to.

    :raises NoSuchOrder: when no order answers to the number.
    """
    owner = select(Order.purchase_id).where(Order.number == number)
    purchase = _purchase(session, Purchase.id == owner.scalar_subquery())
    return purchase, next(order for order in purchase.orders if order.number == number)


def purchases_of(
    session: Session, person_id: int, after: str | None = None
) -> paging.Page[PurchaseCard]:
    """What a person bought, newest first."""
    statement = (
        select(Purchase)
        .where(Purchase.person_id == person_id)
        .order_by(Purchase.id.desc())
        .limit(PURCHASES_SHOWN + 1)
    )
    start = paging.read_cursor(after, (int,))
    if start is not None:
        statement = statement.where(Purchase.id < start[0])
    bought = session.scalars(statement).all()
    page = paging.page_of(bought, PURCHASES_SHOWN, lambda purchase: (purchase.id,))
    rows = session.execute(
        select(Order.purchase_id, Order.number, Cooperative.short_name, Order.state, Order.paid_at)
        .join(Cooperative, Cooperative.id == Order.cooperative_id)
        .where(Order.purchase_id.in_([purchase.id for purchase in page.rows]))
        .order_by(Order.purchase_id, Order.position)
    )
    parts: dict[int, list[tuple[str, str, OrderState, bool]]] = defaultdict(list)
    for purchase_id, number, name, state, paid_at in rows:
        parts[purchase_id].append((number, name, state, paid_at is not None))
    cards = tuple(
        PurchaseCard(
            purchase.code,
            purchase.placed_at,
            Rupiah(purchase.orders_total),
            latest([state for _, _, state, _ in parts[purchase.id]]),
            tuple(parts[purchase.id]),
        )
        for purchase in page.rows
    )
    return paging.Page(cards, page.next_cursor)


def _purchase(session: Session, which: ColumnElement[bool]) -> PurchaseView:
    row = session.execute(
        select(Purchase, Contact, Address)
        .join(Contact, Contact.id == Purchase.contact_id)
        .outerjoin(Address, Address.id == Purchase.address_id)
        .where(which)
    ).one_or_none()
    if row is None:
        raise NoSuchOrder
    purchase, contact, address = row
    return PurchaseView(
        id=purchase.id,
        code=purchase.code,
        person_id=purchase.person_id,
        viewer_hash=purchase.viewer_hash,
        language=purchase.language,
        recipient=_recipient(contact, address),
        orders=_orders(session, purchase.id),
        goods_total=Rupiah(purchase.goods_total),
        delivery_total=Rupiah(purchase.delivery_total),
        discount_total=Rupiah(purchase.discount_total),
        orders_total=Rupiah(purchase.orders_total),
        hold_until=purchase.hold_until,
        placed_at=purchase.placed_at,
        settled_at=purchase.settled_at,
        ended_at=purchase.ended_at,
    )


def _recipient(contact: Contact, address: Address | None) -> Recipient:
    where = (
        {}
        if address is None
        else {
            "street": address.street,
            "courier_note": address.courier_note,
            "village": address.village,
            "district": address.district,
            "regency": address.regency,
            "province": address.province,
            "postcode": address.postcode,
            "village_code": address.village_code,
        }
    )
    return Recipient(contact.name, contact.phone, contact.email, **where)


def _orders(session: Session, purchase_id: int) -> tuple[OrderView, ...]:
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


def sells_suspended(session: Session, purchase_id: int) -> bool:
    """Whether any order of a purchase belongs to a cooperative that is suspended (rule R28)."""
    return (
        session.scalar(
            select(Order.id)
            .join(Cooperative, Cooperative.id == Order.cooperative_id)
            .where(Order.purchase_id == purchase_id, Cooperative.suspended_at.is_not(None))
            .limit(1)
        )
        is not None
    )


def buyers(session: Session, contact_ids: Sequence[int]) -> Mapping[int, int]:
    """Who bought with an account, by the contact of the purchase; one statement."""
    rows = session.execute(
        select(Purchase.contact_id, Purchase.person_id)
        .where(Purchase.contact_id.in_(contact_ids), Purchase.person_id.is_not(None))
        .order_by(Purchase.id)
    )
    return {contact_id: person_id for contact_id, person_id in rows if person_id is not None}


contact_owners.append(buyers)
