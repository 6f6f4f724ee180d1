"""Placing without the page: plain values in, a purchase out."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.checkout.cart.actions import add_to_cart
from shop.checkout.cart.queries import CartKey, cart_of, cart_with_lines
from shop.checkout.placing.actions import (
    Buyer,
    Placed,
    check_purchase,
    place_purchase,
)
from shop.checkout.placing.errors import AlreadyPlaced
from shop.checkout.placing.queries import lock_checkout, review
from shop.checkout.placing.review import Review
from shop.checkout.placing.rules import Draft
from shop.core.database.engine import Database
from shop.payments.bills.models import Method
from shop.sales.orders.models import Purchase
from tests.checkout.conftest import JATIWARINGIN
from tests.factories import NOON, Goods

PHONE = "+6281234567890"


def browser(name: str) -> CartKey:
    """The cart of a browser."""
    return CartKey(token_hash=(name * 64)[:64])


def fill(db: Database, key: CartKey, packs: dict[Goods, int]) -> str:
    """A cart with goods; its checkout token."""
    for goods, count in packs.items():
        with db.writing() as session:
            add_to_cart(session, key=key, variant_id=goods.variant_id, packs=count, now=NOON)
    with db.reading() as session:
        cart = cart_of(session, key)
        assert cart is not None
        return cart.checkout_token


def place_in(
    session: Session,
    buyer: Buyer,
    token: str,
    draft: Draft,
    method: Method = Method.TRANSFER,
    *,
    seen: int | None,
    now: datetime = NOON,
    shown: Review | None = None,
) -> Placed:
    """Press Pay, without the page; ``shown`` was read before, without a lock."""
    if shown is None:
        cart, lines = lock_checkout(session, buyer.key, token, browser_hash=buyer.browser_hash)
        shown = review(
            session,
            cart=cart,
            lines=lines,
            draft=draft,
            person_id=buyer.key.person_id,
            now=now,
            is_placing=True,
        )
    agreed = check_purchase(
        session, shown=shown, buyer=buyer, method=method, seen_total=seen, now=now
    )
    return place_purchase(session, agreed, now=now)


def sari_at(key: CartKey, phone: str = PHONE) -> Buyer:
    """Who presses Pay in a browser."""
    return Buyer(key, "Sari Dewi", phone, "Jl. Melati 12", browser_hash=key.token_hash)


def place(
    db: Database,
    key: CartKey,
    token: str,
    seen: int | None,
    *,
    village: str = JATIWARINGIN,
    phone: str = PHONE,
    shown: Review | None = None,
) -> Placed:
    """Press Pay, to be paid by transfer; pressed again it is the same purchase."""
    draft = Draft(village_code=village)
    try:
        with db.writing() as session:
            return place_in(session, sari_at(key, phone), token, draft, seen=seen, shown=shown)
    except AlreadyPlaced as before:
        return Placed(before.code, Method.TRANSFER)


def count(db: Database, rows: type) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(rows)) or 0


def look_at(db: Database, key: CartKey) -> Review:
    """What a page sees of the checkout, before anybody presses Pay."""
    with db.reading() as session:
        found = cart_with_lines(session, key)
        assert found is not None
        return review(
            session,
            cart=found[0],
            lines=found[1],
            draft=Draft(village_code=JATIWARINGIN),
            person_id=None,
            now=NOON,
            is_placing=True,
        )


def codes(db: Database) -> set[str]:
    with db.reading() as session:
        return set(session.scalars(select(Purchase.code)))
