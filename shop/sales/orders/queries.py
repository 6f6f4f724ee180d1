"""Reads for the shopper's pages: what was bought, and how far each order is."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from shop.core.database import pagination
from shop.core.database.schema import columns_of, table_of
from shop.core.values.money import Rupiah
from shop.core.values.text import first_name
from shop.people.accounts.models import Contact
from shop.people.accounts.queries import contact_owners
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.errors import NoSuchOrder
from shop.sales.orders.models import Order, Purchase
from shop.sales.orders.rules import OrderState
from shop.sales.orders.shopper_orders import OrderView, shopper_orders
from shop.sales.orders.timeline import latest
from shop.shipping.places.models import Address

PURCHASES_SHOWN = 10


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
    return _purchase(session, _BY_CODE, code)


def order_view(session: Session, number: str) -> tuple[PurchaseView, OrderView]:
    """An order by its number with the purchase it belongs to.

    :raises NoSuchOrder: when no order answers to the number.
    """
    purchase = _purchase(session, _BY_ORDER, number)
    return purchase, next(order for order in purchase.orders if order.number == number)


def purchases_of(
    session: Session, person_id: int, after: str | None = None
) -> pagination.Page[PurchaseCard]:
    """What a person bought, newest first."""
    statement = (
        select(Purchase)
        .where(Purchase.person_id == person_id)
        .order_by(Purchase.id.desc())
        .limit(PURCHASES_SHOWN + 1)
    )
    start = pagination.read_cursor(after, (int,))
    if start is not None:
        statement = statement.where(Purchase.id < start[0])
    bought = session.scalars(statement).all()
    page = pagination.page_of(bought, PURCHASES_SHOWN, lambda purchase: (purchase.id,))
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
    return pagination.Page(cards, page.next_cursor)


_PURCHASES, _CONTACTS, _ADDRESSES = table_of(Purchase), table_of(Contact), table_of(Address)
_RECIPIENT = columns_of(
    Contact.name,
    Contact.phone,
    Contact.email,
    Address.street,
    Address.courier_note,
    Address.village,
    Address.district,
    Address.regency,
    Address.province,
    Address.postcode,
    Address.village_code,
)
"""What a :class:`Recipient` is made of, in the order of its fields."""
_ONE_PURCHASE = (
    select(
        *columns_of(
            Purchase.id,
            Purchase.code,
            Purchase.person_id,
            Purchase.viewer_hash,
            Purchase.language,
            Purchase.goods_total,
            Purchase.delivery_total,
            Purchase.discount_total,
            Purchase.orders_total,
            Purchase.hold_until,
            Purchase.placed_at,
            Purchase.settled_at,
            Purchase.ended_at,
        ),
        *_RECIPIENT,
    )
    .join_from(_PURCHASES, _CONTACTS, _CONTACTS.c.id == _PURCHASES.c.contact_id)
    .outerjoin(_ADDRESSES, _ADDRESSES.c.id == _PURCHASES.c.address_id)
)
_BY_CODE = _ONE_PURCHASE.where(_PURCHASES.c.code == bindparam("key"))
_BY_ORDER = _ONE_PURCHASE.where(
    _PURCHASES.c.id
    == select(table_of(Order).c.purchase_id)
    .where(table_of(Order).c.number == bindparam("key"))
    .scalar_subquery()
)


def _purchase(session: Session, which: Select[*tuple[Any, ...]], key: str) -> PurchaseView:
    purchase = session.execute(which, {"key": key}).one_or_none()
    if purchase is None:
        raise NoSuchOrder
    return PurchaseView(
        id=purchase.id,
        code=purchase.code,
        person_id=purchase.person_id,
        viewer_hash=purchase.viewer_hash,
        language=purchase.language,
        recipient=Recipient(*purchase[-len(_RECIPIENT) :]),
        orders=shopper_orders(session, purchase.id),
        goods_total=Rupiah(purchase.goods_total),
        delivery_total=Rupiah(purchase.delivery_total),
        discount_total=Rupiah(purchase.discount_total),
        orders_total=Rupiah(purchase.orders_total),
        hold_until=purchase.hold_until,
        placed_at=purchase.placed_at,
        settled_at=purchase.settled_at,
        ended_at=purchase.ended_at,
    )


def sells_suspended(session: Session, purchase_id: int) -> bool:
    """Whether any order of a purchase belongs to a cooperative that is suspended (rule R28)."""
    return session.scalar(_SUSPENDED, {"purchase": purchase_id}) is not None


_SUSPENDED = (
    select(table_of(Order).c.id)
    .join(table_of(Cooperative), table_of(Cooperative).c.id == table_of(Order).c.cooperative_id)
    .where(table_of(Order).c.purchase_id == bindparam("purchase"))
    .where(table_of(Cooperative).c.suspended_at.is_not(None))
    .limit(1)
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
