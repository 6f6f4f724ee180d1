"""What became of a purchase: its orders, their parcels, the bill."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.accounts.models import Contact
from shop.catalog.queries import sellable
from shop.checkout.rules import zone_of
from shop.cooperatives.models import Cooperative
from shop.core.clock import HOME_ZONE
from shop.core.money import Rupiah
from shop.core.paging import Page, page_of, read_cursor
from shop.media.picture import Picture
from shop.orders.models import DeliveryKind, Order, OrderLine, OrderState, Parcel, Purchase
from shop.payments.models import PaymentState, Refund, RefundState
from shop.payments.queries import PaymentView, payments_of
from shop.shipping.models import Address

LISTED = 20


@dataclass(frozen=True, slots=True)
class LineView:
    """One kind of goods of an order, as it was sold."""

    name: str
    net_label: str
    packs: int
    accepted: int
    refusal: str | None
    unit_price: Rupiah
    goods_total: Rupiah
    picture: Picture | None
    product_slug: str | None


@dataclass(frozen=True, slots=True)
class OrderView:
    """One cooperative's part, with the times of its steps."""

    order: Order
    cooperative: str
    cooperative_slug: str
    dye: str
    motif: str
    zone: str
    """Whose clock its times are shown by: where it arrives, or where it is fetched."""
    lines: tuple[LineView, ...]
    parcel: Parcel | None
    refunds: tuple[tuple[Rupiah, RefundState], ...] = ()

    @property
    def is_pickup(self) -> bool:
        """Whether the shopper fetches it."""
        return self.order.delivery_kind is DeliveryKind.PICKUP

    @property
    def can_be_received(self) -> bool:
        """Whether the shopper may tap "Sudah saya terima"."""
        return self.order.state is OrderState.ON_THE_WAY


@dataclass(frozen=True, slots=True)
class PurchaseView:
    """A purchase with its orders and its bill."""

    purchase: Purchase
    name: str
    phone: str | None
    address: Address | None
    zone: str
    orders: tuple[OrderView, ...]
    payments: tuple[PaymentView, ...] = field(default=())

    @property
    def first_name(self) -> str:
        """All of the name that a stranger with the link sees."""
        return self.name.split()[0] if self.name.split() else ""

    @property
    def open_payment(self) -> PaymentView | None:
        """The bill that waits to be paid."""
        return next((one for one in self.payments if one.state is PaymentState.OPEN), None)

    @property
    def last_payment(self) -> PaymentView | None:
        """The bill that tells most: the latest."""
        return self.payments[-1] if self.payments else None

    @property
    def is_over(self) -> bool:
        """Lapsed or called off before anything was paid."""
        return self.purchase.settled_at is None and self.purchase.ended_at is not None

    @property
    def is_lapsed(self) -> bool:
        """Whether the time to pay ran out."""
        return self.is_over and all(one.order.state is OrderState.LAPSED for one in self.orders)


@dataclass(frozen=True, slots=True)
class Listed:
    """One purchase in a person's list."""

    code: str
    placed_at: datetime
    total: Rupiah
    parts: tuple[tuple[str, str, OrderState, DeliveryKind], ...]
    """Number, cooperative and state of each order, and how it travels."""


def purchase_view(session: Session, code: str) -> PurchaseView | None:
    """The purchase behind a code; a fixed number of statements."""
    return _view(session, Purchase.code == code)


def purchase_of_order(session: Session, number: str) -> PurchaseView | None:
    """The purchase that an order belongs to."""
    inside = select(Order.purchase_id).where(Order.number == number).scalar_subquery()
    return _view(session, Purchase.id == inside)


def phone_of_order(session: Session, number: str) -> tuple[str, str] | None:
    """Purchase code and phone behind an order number."""
    found = session.execute(
        select(Purchase.code, Contact.phone)
        .join(Order, Order.purchase_id == Purchase.id)
        .join(Contact, Contact.id == Purchase.contact_id)
        .where(Order.number == number, Contact.erased_at.is_(None), Contact.phone.is_not(None))
    ).one_or_none()
    return None if found is None else (found[0], found[1] or "")


def packs_of_purchase(session: Session, purchase_id: int) -> dict[int, int]:
    """Packs by variant of everything that was ordered."""
    rows = session.execute(
        select(OrderLine.variant_id, func.sum(OrderLine.packs))
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.purchase_id == purchase_id)
        .group_by(OrderLine.variant_id)
    ).all()
    return {variant_id: int(packs) for variant_id, packs in rows}


def own_purchases(session: Session, person_id: int, cursor: str | None) -> Page[Listed]:
    """A person's purchases, newest first; two statements a page."""
    after = read_cursor(cursor, (int,))
    wanted = select(Purchase).where(Purchase.person_id == person_id)
    if after is not None:
        wanted = wanted.where(Purchase.id < after[0])
    purchases = session.scalars(wanted.order_by(Purchase.id.desc()).limit(LISTED + 1)).all()
    page = page_of(purchases, LISTED, lambda purchase: (purchase.id,))
    parts: dict[int, list[tuple[str, str, OrderState, DeliveryKind]]] = {}
    for row in session.execute(
        select(
            Order.purchase_id,
            Order.number,
            Cooperative.short_name,
            Order.state,
            Order.delivery_kind,
        )
        .join(Cooperative, Cooperative.id == Order.cooperative_id)
        .where(Order.purchase_id.in_([purchase.id for purchase in page.rows]))
        .order_by(Order.position)
    ):
        parts.setdefault(row[0], []).append((row[1], row[2], row[3], row[4]))
    return Page(
        tuple(
            Listed(
                purchase.code,
                purchase.placed_at,
                Rupiah(purchase.orders_total),
                tuple(parts.get(purchase.id, ())),
            )
            for purchase in page.rows
        ),
        page.next_cursor,
    )


def _view(session: Session, where: object) -> PurchaseView | None:
    found = session.execute(
        select(Purchase, Contact, Address)
        .join(Contact, Contact.id == Purchase.contact_id)
        .outerjoin(Address, Address.id == Purchase.address_id)
        .where(where)  # type: ignore[arg-type]  # one comparison of our own
    ).one_or_none()
    if found is None:
        return None
    purchase, contact, address = found
    orders = _orders(session, purchase.id, address)
    return PurchaseView(
        purchase=purchase,
        name=contact.name,
        phone=contact.phone,
        address=address,
        zone=_zone(address, orders),
        orders=orders,
        payments=payments_of(session, purchase.id),
    )


def _zone(address: Address | None, orders: Sequence[OrderView]) -> str:
    """Where it arrives; where all of it is fetched; else WIB (rule R14)."""
    if address is not None:
        return zone_of(address.village_code)
    zones = {one.zone for one in orders}
    return zones.pop() if len(zones) == 1 else HOME_ZONE


def _orders(session: Session, purchase_id: int, address: Address | None) -> tuple[OrderView, ...]:
    rows = session.execute(
        select(Order, Cooperative)
        .join(Cooperative, Cooperative.id == Order.cooperative_id)
        .where(Order.purchase_id == purchase_id)
        .order_by(Order.position)
    ).all()
    ids = [order.id for order, _cooperative in rows]
    lines = _lines(session, ids)
    parcels = {
        parcel.order_id: parcel
        for parcel in session.scalars(
            select(Parcel).where(Parcel.order_id.in_(ids)).order_by(Parcel.id)
        )
    }
    refunds: dict[int, list[tuple[Rupiah, RefundState]]] = {}
    for order_id, amount, state in session.execute(
        select(Refund.order_id, Refund.amount, Refund.state)
        .where(Refund.order_id.in_(ids))
        .order_by(Refund.id)
    ):
        refunds.setdefault(order_id or 0, []).append((Rupiah(amount), state))
    return tuple(
        OrderView(
            order=order,
            cooperative=cooperative.short_name,
            cooperative_slug=cooperative.slug,
            dye=cooperative.dye,
            motif=cooperative.motif,
            zone=cooperative.zone
            if order.delivery_kind is DeliveryKind.PICKUP or address is None
            else zone_of(address.village_code),
            lines=lines.get(order.id, ()),
            parcel=parcels.get(order.id),
            refunds=tuple(refunds.get(order.id, ())),
        )
        for order, cooperative in rows
    )


def _lines(session: Session, order_ids: Sequence[int]) -> dict[int, tuple[LineView, ...]]:
    lines = session.scalars(
        select(OrderLine).where(OrderLine.order_id.in_(order_ids)).order_by(OrderLine.position)
    ).all()
    goods = sellable(session, [line.variant_id for line in lines])
    found: dict[int, list[LineView]] = {}
    for line in lines:
        now = goods.get(line.variant_id)
        found.setdefault(line.order_id, []).append(
            LineView(
                name=line.name + (f" · {line.variant_name}" if line.variant_name else ""),
                net_label=line.net_label,
                packs=line.packs,
                accepted=line.accepted,
                refusal=line.refusal,
                unit_price=Rupiah(line.unit_price),
                goods_total=Rupiah(line.goods_total),
                picture=now.picture if now else None,
                product_slug=now.product_slug if now and now.is_published else None,
            )
        )
    return {order_id: tuple(lines) for order_id, lines in found.items()}
