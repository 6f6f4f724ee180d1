"""What a manager can sell in a chat, what that costs, and which of it waits to be paid."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.products.models import Product, ProductState, Variant
from shop.catalog.products.queries import sellable
from shop.checkout.cart.queries import CartHead
from shop.checkout.chat_orders.models import ChatPurchase
from shop.checkout.chat_orders.rules import Offer, lines_of
from shop.checkout.placing.queries import review
from shop.checkout.placing.review import Review
from shop.checkout.placing.rules import Draft
from shop.core.values.errors import NotFound
from shop.core.values.money import Rupiah
from shop.core.values.text import first_name
from shop.people.accounts.models import Contact
from shop.sales.orders.models import Order, OrderState, Purchase
from shop.sales.orders.rules import goods_name

MAX_OFFERS = 2_000
LATEST = 20


@dataclass(frozen=True, slots=True)
class ChatOrder:
    """An order that was typed, with the link that its shopper pays by."""

    number: str
    code: str
    """Of the purchase: the unguessable part of the link."""
    state: OrderState
    total: Rupiah
    """Without the unique code that a transfer adds."""
    hold_until: datetime
    name: str
    phone: str | None

    @property
    def first_name(self) -> str:
        """What the list calls its shopper while nothing is paid (rule R26)."""
        return first_name(self.name)

    @property
    def is_open(self) -> bool:
        """Whether its link still leads to a bill."""
        return self.state is OrderState.UNPAID


def offers(session: Session, cooperative_id: int) -> tuple[Offer, ...]:
    """What this cooperative sells now, by name; two statements."""
    ids = session.scalars(
        select(Variant.id)
        .join(Product, Product.id == Variant.product_id)
        .where(Product.cooperative_id == cooperative_id, Product.state == ProductState.PUBLISHED)
        .where(Variant.is_hidden.is_(False))
        .order_by(Product.name, Variant.id)
        .limit(MAX_OFFERS)
    ).all()
    goods = sellable(session, ids)
    return tuple(
        Offer(
            variant_id,
            one.sku,
            goods_name(one.name, one.variant_name, one.net_label),
            one.price,
            max(one.available, 0),
        )
        for variant_id in ids
        if (one := goods.get(variant_id)) is not None and one.is_published
    )


def reckon(
    session: Session,
    *,
    cooperative_id: int,
    packs: Mapping[int, int],
    draft: Draft,
    token: str,
    now: datetime,
    is_placing: bool = False,
    takes_cards: bool = False,
) -> Review:
    """The checkout of these packs, as the page of a shopper would show it.

    Who names no place comes for it themselves, where that can be done.

    :raises NotFound: when a pack is not this cooperative's.
    """
    goods = sellable(session, packs, lock=is_placing)
    if any(key not in goods or goods[key].cooperative_id != cooperative_id for key in packs):
        raise NotFound
    lines = lines_of(packs, goods)

    def look(draft: Draft) -> Review:
        return review(
            session,
            cart=CartHead(0, token, {}),  # there is none: nothing of it is stored
            lines=lines,
            draft=draft,
            person_id=None,
            now=now,
            is_placing=is_placing,
            takes_cards=takes_cards,
        )

    shown = look(draft)
    if draft.place_text or draft.village_code or draft.ways.get(cooperative_id):
        return shown
    fetched = [
        quote for choice in shown.parcels for quote in choice.quotes if quote.kind == "pickup"
    ]
    if not fetched:
        return shown
    return look(replace(draft, ways={cooperative_id: fetched[0].choice}))


def chat_order(session: Session, cooperative_id: int, number: str) -> ChatOrder:
    """One that was typed here.

    :raises NotFound: for every other order too.
    """
    found = _found(session, cooperative_id, number)
    if not found:
        raise NotFound
    return found[0]


def waiting(session: Session, cooperative_id: int) -> tuple[ChatOrder, ...]:
    """The latest that nobody has paid yet; one statement."""
    return _found(session, cooperative_id, None)


def _found(session: Session, cooperative_id: int, number: str | None) -> tuple[ChatOrder, ...]:
    wanted = (
        select(
            Order.number,
            Purchase.code,
            Order.state,
            Order.total,
            Purchase.hold_until,
            Contact.name,
            Contact.phone,
        )
        .join(Purchase, Purchase.id == Order.purchase_id)
        .join(ChatPurchase, ChatPurchase.purchase_id == Purchase.id)
        .join(Contact, Contact.id == Purchase.contact_id)
        .where(ChatPurchase.cooperative_id == cooperative_id)
        .order_by(ChatPurchase.purchase_id.desc())
        .limit(LATEST)
    )
    if number is None:
        wanted = wanted.where(Order.state == OrderState.UNPAID)
    else:
        wanted = wanted.where(Order.number == number)
    return tuple(
        ChatOrder(order_number, code, state, Rupiah(total), until, name, phone)
        for order_number, code, state, total, until, name, phone in session.execute(wanted)
    )
