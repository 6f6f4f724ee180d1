"""Placing a purchase: one cart becomes one payment and one order per cooperative."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from sqlalchemy import Delete, Row, Update, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from shop.catalog.inventory.holds import reserve
from shop.checkout.cart.models import Cart, CartLine
from shop.checkout.cart.queries import CartKey
from shop.checkout.placing.cash_option import sell_for_cash
from shop.checkout.placing.errors import (
    CheckoutAsksMore,
    NothingToBuy,
    NoWayToPay,
    PriceChanged,
    TooManyOpen,
)
from shop.checkout.placing.review import Review
from shop.checkout.placing.rules import split_by_cooperative
from shop.checkout.settlement.actions import settle_purchase
from shop.core.database.engine import advisory_lock
from shop.core.database.schema import BigId, table_of
from shop.core.values.codes import hash_token, new_code, new_secret
from shop.payments.bills.actions import hold_duration, open_payment
from shop.payments.bills.models import BY_STATEMENT, CASH, Method
from shop.payments.cash.queries import record_of
from shop.payments.payees.actions import lock_open_payee
from shop.people.accounts.actions import create_contact
from shop.people.accounts.models import Contact
from shop.sales.orders.actions import PurchaseDraft, Written, create_purchase
from shop.sales.orders.models import Purchase
from shop.sales.vouchers.actions import redeem
from shop.services.outbox.actions import notify
from shop.shipping.addresses.actions import keep_address
from shop.shipping.rates.actions import add_address


@dataclass(frozen=True, slots=True)
class Buyer:
    """Who buys and how the parcel's receiver is called and reached."""

    key: CartKey
    name: str
    phone: str
    """E.164."""
    street: str = ""
    courier_note: str = ""
    browser_hash: str | None = None
    """SHA-256 of the cookie that may see the purchase; a person sees it by signing in."""
    language: str = "id"


@dataclass(frozen=True, slots=True)
class AgreedPurchase:
    """A purchase whose every condition was checked, ready to be written in this transaction."""

    shown: Review
    buyer: Buyer
    method: Method
    total: int
    """What the shopper saw and what it costs now, in rupiah."""
    packs: Mapping[int, int]
    """By variant."""
    hold_until: datetime


@dataclass(frozen=True, slots=True)
class Placed:
    """The purchase of a checkout, and how it is to be paid."""

    code: str
    method: Method


def check_purchase(
    session: Session,
    *,
    shown: Review,
    buyer: Buyer,
    method: Method,
    seen_total: int | None,
    now: datetime,
) -> AgreedPurchase:
    """Whether this checkout may be placed as the shopper saw it.

    :param shown: what ``review`` read with ``is_placing``, of goods locked in this transaction.
    :param seen_total: what the shopper's button said; compared, never used.
    :raises NothingToBuy: when nothing in the cart can be had that way.
    :raises CheckoutAsksMore: when goods changed, or a price is not known yet.
    :raises VoucherRefused: when the typed voucher gives nothing (any more).
    :raises PriceChanged: when the total is not the one that was seen.
    :raises TooManyOpen: when this phone has too many unpaid purchases.
    :raises NoWayToPay: when the method is not offered (any more).
    """
    total = _agreed_total(shown, seen_total)
    if method not in shown.methods:
        raise NoWayToPay
    max_open = shown.figures["open_purchases_per_phone"]
    _refuse_hoarding(session, buyer, max_open, now)
    if method in CASH and record_of(session, buyer.phone).open >= max_open:
        raise NoWayToPay  # counted again in turn: another cart with this phone came first
    lines = [line for choice in shown.bought for line in choice.parcel.lines]
    one_piece = any(line.goods and line.goods.is_one_piece for line in lines)
    return AgreedPurchase(
        shown,
        buyer,
        method,
        total,
        packs={line.variant_id: line.packs for line in lines},
        hold_until=now + hold_duration(method, shown.figures, one_piece=one_piece),
    )


def place_purchase(session: Session, agreed: AgreedPurchase, *, now: datetime) -> Placed:
    """Hold the goods, write down purchase, orders and payment, and empty the cart: all or nothing.

    A total of Rp0 is settled at once (rule R3).

    :raises InsufficientStock: with every variant that fell short.
    :raises NoWayToPay: when the account that it would be paid to was closed meanwhile.
    :raises VoucherRefused: when somebody else took its last use.
    """
    shown, buyer = agreed.shown, agreed.buyer
    code = new_code()
    reserve(session, packs_by_variant=agreed.packs, holder=code, until=agreed.hold_until)
    contact_id, address_id = _where_to(session, shown, buyer, now)
    purchase = create_purchase(
        session,
        draft=PurchaseDraft(
            code=code,
            checkout_token=shown.token,
            person_id=buyer.key.person_id,
            contact_id=contact_id,
            address_id=address_id,
            viewer_hash=_viewer(buyer),
            language=buyer.language,
            hold_until=agreed.hold_until,
            orders=split_by_cooperative(
                shown.bought,
                shown.draft.notes,
                discount=shown.discount,
                figures=shown.figures,
            ),
        ),
        figures=shown.figures,
        now=now,
    )
    if purchase.orders_total != agreed.total:
        raise AssertionError(f"{purchase.orders_total} was written, {agreed.total} was agreed")
    if shown.discount.total:
        redeem(
            session,
            voucher_id=shown.discount.voucher_id,
            purchase_id=purchase.id,
            contact_id=contact_id,
            person_id=buyer.key.person_id,
            phone=buyer.phone,
            amount=shown.discount.total,
            now=now,
        )
    _bill(session, agreed, purchase, contact_id, now)
    _begin_next_checkout(session, agreed, now)
    return Placed(code, agreed.method)


def _begin_next_checkout(session: Session, agreed: AgreedPurchase, now: datetime) -> None:
    """Take what was bought out of the cart, and give the cart a new token for its next checkout."""
    shown = agreed.shown
    # The second of two purchases goes to the same place.
    draft = replace(shown.draft, is_parted=False, method="").to_json() if shown.is_parted else {}
    values = {
        "cart": shown.cart_id,
        "bought": sorted(agreed.packs),
        "token": new_code(),
        "kept": draft,
        "now": now,
    }
    for statement in _leaving_cart(one_trip=session.get_bind().dialect.name != "sqlite"):
        session.execute(statement, values)


@cache
def _leaving_cart(*, one_trip: bool) -> tuple[Delete | Update, ...]:
    lines, carts = table_of(CartLine).c, table_of(Cart).c
    cart = bindparam("cart", type_=BigId)
    bought = bindparam("bought", type_=BigId, expanding=True)
    taken = delete(table_of(CartLine)).where(lines.cart_id == cart, lines.variant_id.in_(bought))
    # Counted without what was bought, so that neither statement has to wait for the other.
    left = (
        select(func.coalesce(func.sum(lines.packs), 0))
        .where(lines.cart_id == cart, ~lines.saved_for_later, lines.variant_id.not_in(bought))
        .scalar_subquery()
    )
    renewed = (
        update(table_of(Cart))
        .where(carts.id == cart)
        .values(
            packs=left,
            checkout_token=bindparam("token"),
            draft=bindparam("kept"),
            touched_at=bindparam("now"),
        )
    )
    return (renewed.add_cte(taken.cte("taken")),) if one_trip else (taken, renewed)


def _bill(
    session: Session, agreed: AgreedPurchase, purchase: Written, contact_id: int, now: datetime
) -> None:
    """Ask for the money: cash when the parcel comes, everything else now."""
    shown, method = agreed.shown, agreed.method
    if method in CASH and agreed.total:
        sell_for_cash(session, purchase.id, shown.cash.payees, now=now)
        return
    # What costs nothing is paid nowhere: any account will do.
    payee = shown.payees.get(method) or next(iter(shown.payees.values()), None)
    if payee is None or (payee.cooperative_id and not lock_open_payee(session, payee.id)):
        raise NoWayToPay
    payment = open_payment(
        session,
        purchase_id=purchase.id,
        method=method,
        payee_id=payee.id,
        orders={order.id: order.total for order in purchase.orders},
        due_at=agreed.hold_until,
        now=now,
    )
    if not agreed.total:
        settle_purchase(session, payment_id=payment.id, now=now)
    elif method in BY_STATEMENT:  # who pays by card is led to the page at once
        notify(
            session,
            key=f"purchase-placed:{purchase.id}",
            kind="purchase_placed",
            contact_id=contact_id,
            purchase_id=purchase.id,
            now=now,
        )


def _agreed_total(shown: Review, seen_total: int | None) -> int:
    if not shown.bought:
        raise NothingToBuy
    total = shown.totals.total
    if shown.has_marks or total is None:
        raise CheckoutAsksMore
    if not shown.is_all_pickup and shown.place is None:
        raise CheckoutAsksMore
    if shown.refusal is not None:
        raise shown.refusal
    if seen_total != total:
        raise PriceChanged(seen_total, total)
    return total


def _refuse_hoarding(session: Session, buyer: Buyer, maximum: int, now: datetime) -> None:
    # Counted in turn: two carts with one phone would otherwise both be its last purchase.
    advisory_lock(session, f"phone:{buyer.phone}")
    open_ones = _open_purchases(session, buyer.phone, now)
    if len(open_ones) >= maximum:
        own = [
            row.code
            for row in open_ones
            if row.viewer_hash == buyer.browser_hash
            or (row.person_id is not None and row.person_id == buyer.key.person_id)
        ]
        raise TooManyOpen(maximum, own)


def _open_purchases(
    session: Session, phone: str, now: datetime
) -> Sequence[Row[str, int | None, str]]:
    """What holds goods for a phone and is not paid yet."""
    return session.execute(_OPEN_PURCHASES, {"phone": phone, "now": now}).all()


_purchases, _contacts = table_of(Purchase), table_of(Contact)
_OPEN_PURCHASES = (
    select(_purchases.c.code, _purchases.c.person_id, _purchases.c.viewer_hash)
    .join(_contacts, _contacts.c.id == _purchases.c.contact_id)
    .where(_contacts.c.phone == bindparam("phone"))
    .where(_purchases.c.settled_at.is_(None), _purchases.c.ended_at.is_(None))
    .where(_purchases.c.hold_until > bindparam("now"))
    .order_by(_purchases.c.id)
)


def _where_to(
    session: Session, shown: Review, buyer: Buyer, now: datetime
) -> tuple[int, int | None]:
    """Contact and address of the purchase; new rows unless a saved address was chosen."""
    if shown.address is not None and not shown.is_all_pickup:
        return shown.address.contact_id, shown.address.address_id
    contact_id = create_contact(session, name=buyer.name, phone=buyer.phone, email=None, now=now)
    if shown.is_all_pickup or shown.place is None:
        return contact_id, None
    address_id = add_address(
        session,
        contact_id=contact_id,
        street=buyer.street,
        place=shown.place,
        courier_note=buyer.courier_note or None,
        now=now,
    )
    # Who has an account finds it again; a guest's address stands for this purchase alone.
    if buyer.key.person_id is not None:
        keep_address(session, person_id=buyer.key.person_id, address_id=address_id, now=now)
    return contact_id, address_id


def _viewer(buyer: Buyer) -> str:
    """Who may see the purchase by cookie. A person's never: others may use their browser."""
    if buyer.key.person_id is None and buyer.browser_hash is not None:
        return buyer.browser_hash
    return hash_token(new_secret())
