"""Placing a purchase: one cart becomes one payment and one order per cooperative."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from shop.catalog.inventory.holds import reserve
from shop.checkout.card_payment.extend_hold import hold_duration
from shop.checkout.cart import actions as cart_actions
from shop.checkout.cart.queries import CartKey, cart_with_lines
from shop.checkout.placing.cash_option import sell_for_cash
from shop.checkout.placing.errors import (
    CheckoutAsksMore,
    NothingToBuy,
    NoWayToPay,
    PriceChanged,
    StaleCheckout,
    TooManyOpen,
)
from shop.checkout.placing.queries import purchase_of_checkout, review
from shop.checkout.placing.review import Review
from shop.checkout.placing.rules import Draft, split_by_cooperative
from shop.checkout.settlement.actions import settle_purchase
from shop.core.database.engine import advisory_lock
from shop.core.database.schema import table_of
from shop.core.values.codes import hash_token, new_code, new_secret
from shop.payments.bills.actions import open_payment
from shop.payments.bills.models import BY_STATEMENT, CASH, Method
from shop.payments.cash.queries import record_of
from shop.payments.payees.actions import lock_open_payee
from shop.people.accounts.actions import create_contact
from shop.people.accounts.models import Contact
from shop.sales.orders.actions import PurchaseDraft, create_purchase
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
class Placed:
    """The purchase of a checkout, the same for every submit of it."""

    code: str
    is_repeat: bool
    method: Method | None = None
    """How it is to be paid; None: it was placed before."""


def place_purchase(
    session: Session,
    *,
    buyer: Buyer,
    token: str,
    draft: Draft,
    method: Method,
    seen_total: int | None,
    now: datetime,
    shown: Review | None = None,
    takes_cards: bool = False,
) -> Placed:
    """Hold the goods, write down purchase, orders and payment, and empty the cart: all or nothing.

    Whatever was posted, prices are read again here. A total of Rp0 is settled at once (rule R3).

    :param token: the cart's checkout token as the form carried it: the second submit of one
        checkout finds the first one's purchase.
    :param seen_total: what the shopper's button said; compared, never used.
    :param shown: what ``review`` read of the locked cart in this very transaction; read here
        when it is left out.
    :param takes_cards: whether this shop has a card gateway; for that reading.
    :raises StaleCheckout: when the form belongs to a checkout of somebody else.
    :raises NothingToBuy: when the cart is empty or nothing in it can be had that way.
    :raises CheckoutAsksMore: when goods changed, or a price is not known yet.
    :raises PriceChanged: when the total is not the one that was seen.
    :raises TooManyOpen: when this phone has too many unpaid purchases.
    :raises NoWayToPay: when the method is not offered (any more).
    :raises VoucherRefused: when the typed voucher gives nothing (any more).
    :raises InsufficientStock: with every variant that fell short.
    """
    if shown is None:
        found = cart_with_lines(session, buyer.key, lock=True)
        if found is None or found[0].checkout_token != token:
            code = purchase_of_checkout(
                session, token, key=buyer.key, browser_hash=buyer.browser_hash
            )
            if code is None:
                raise StaleCheckout
            return Placed(code, is_repeat=True)
        shown = review(
            session,
            cart=found[0],
            lines=found[1],
            draft=draft,
            person_id=buyer.key.person_id,
            now=now,
            is_placing=True,
            takes_cards=takes_cards,
        )
    total = _agreed_total(shown, seen_total)
    if method not in shown.methods:
        raise NoWayToPay
    figures = shown.figures
    most_open = figures["open_purchases_per_phone"]
    _refuse_hoarding(session, buyer, most_open, now)
    if method in CASH and record_of(session, buyer.phone).open >= most_open:
        raise NoWayToPay  # counted again in turn: another cart with this phone came first
    one_piece = any(
        line.goods and line.goods.is_one_piece
        for choice in shown.bought
        for line in choice.parcel.lines
    )
    hold_until = now + hold_duration(method, figures, one_piece=one_piece)
    code = new_code()
    packs = {line.variant_id: line.packs for choice in shown.bought for line in choice.parcel.lines}
    reserve(session, packs_by_variant=packs, holder=code, until=hold_until)
    contact_id, address_id = _where_to(session, shown, buyer, now)
    purchase = create_purchase(
        session,
        draft=PurchaseDraft(
            code=code,
            checkout_token=token,
            person_id=buyer.key.person_id,
            contact_id=contact_id,
            address_id=address_id,
            viewer_hash=_viewer(buyer),
            language=buyer.language,
            hold_until=hold_until,
            orders=split_by_cooperative(
                shown.bought, draft.notes, discount=shown.discount, figures=figures
            ),
        ),
        figures=figures,
        now=now,
    )
    if purchase.orders_total != total:
        raise AssertionError(f"{purchase.orders_total} was written down, {total} was agreed")
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
    if method in CASH and total:
        sell_for_cash(session, purchase.id, shown.cash.payees, now=now)
    else:
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
            due_at=hold_until,
            now=now,
        )
        if not total:
            settle_purchase(session, payment_id=payment.id, now=now)
    if total and method in BY_STATEMENT:  # who pays by card is led to the page at once
        notify(
            session,
            key=f"purchase-placed:{purchase.id}",
            kind="purchase_placed",
            contact_id=contact_id,
            purchase_id=purchase.id,
            now=now,
        )
    cart_actions.start_over(
        session,
        cart_id=shown.cart_id,
        bought=sorted(packs),
        # The second of two purchases goes to the same place.
        draft=replace(draft, is_parted=False, method="").to_json() if shown.is_parted else None,
        now=now,
    )
    return Placed(code, is_repeat=False, method=method)


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


def _refuse_hoarding(session: Session, buyer: Buyer, most: int, now: datetime) -> None:
    # Counted in turn: two carts with one phone would otherwise both be its last purchase.
    advisory_lock(session, f"phone:{buyer.phone}")
    open_ones = _open_purchases(session, buyer.phone, now)
    if len(open_ones) >= most:
        own = [
            row.code
            for row in open_ones
            if row.viewer_hash == buyer.browser_hash
            or (row.person_id is not None and row.person_id == buyer.key.person_id)
        ]
        raise TooManyOpen(most, own)


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
