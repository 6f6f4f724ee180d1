"""Buyers who stand at the till, each with a cart of their own, one press away from a purchase."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import Flask
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from bench.rush import post
from bench.shopper import MARKET, SAME_ORIGIN, Shopper, new_phone
from shop.catalog.packaging.models import PackFacts
from shop.catalog.products.models import Product, ProductState, Variant
from shop.checkout.cart.models import Cart, CartLine
from shop.core.values.codes import hash_token, new_code, new_secret
from shop.payments.bills.models import Payment
from shop.sales.orders.models import Order
from shop.web.http.app_state import EXTENSION
from shop.web.security import csrf

TILLS = 8
"""So many sets of goods: buyers at one moment want different ones."""
VENDORS = 3


@dataclass(frozen=True)
class Till:
    """A checkout that was walked through once, page by page; others are copies of it."""

    cookie_hash: str
    action: str
    fields: dict[str, list[str]]


@dataclass
class Buyers:
    """Makes buyers over the database of one shop."""

    shop: Flask
    tills: list[Till] = field(default_factory=list)

    def at_the_till(self, wanted: int) -> list[str]:
        """The last request of so many buyers, each to be sent once."""
        if not self.tills:
            self.tills = [self._till(variants) for variants in self._goods()]
        database = self.shop.extensions[EXTENSION].database
        with database.writing() as session:
            # Buyers of one till all owe the same, which no market's buyers do: without this they
            # would run out of unique codes.
            session.execute(update(Payment).where(Payment.code_held).values(code_held=False))
            return [
                self._copy(session, self.tills[number % len(self.tills)])
                for number in range(wanted)
            ]

    def orders(self) -> int:
        """How many orders there are, to prove that all were placed."""
        with self.shop.extensions[EXTENSION].database.reading() as session:
            return session.scalar(select(func.count()).select_from(Order)) or 0

    def _goods(self) -> list[list[int]]:
        """Three cooperatives' packs for each till, no pack twice."""
        with self.shop.extensions[EXTENSION].database.reading() as session:
            rows = session.execute(
                select(Product.cooperative_id, Variant.id)
                .join(Product, Product.id == Variant.product_id)
                .outerjoin(PackFacts, PackFacts.product_id == Product.id)
                .where(Product.state == ProductState.PUBLISHED, Product.least_packs == 1)
                .where(PackFacts.send_limit.is_(None), Variant.is_hidden.is_(False))
                .order_by(Variant.id)
            ).all()
        by_cooperative: dict[int, list[int]] = {}
        for cooperative_id, variant_id in rows:
            by_cooperative.setdefault(cooperative_id, []).append(variant_id)
        shelves = [iter(variants) for variants in by_cooperative.values()]
        return [
            [next(shelves[(till + 4 * vendor) % len(shelves)]) for vendor in range(VENDORS)]
            for till in range(TILLS)
        ]

    def _till(self, variants: Sequence[int]) -> Till:
        shopper = Shopper(self.shop)
        shopper.put_in(list(variants))
        action, fields = shopper.ready_to_pay(new_phone())
        cookie = shopper.client.get_cookie(csrf.CART_COOKIE, domain="127.0.0.1")
        if cookie is None:
            raise RuntimeError("the cart has no cookie")
        return Till(hash_token(cookie.value), action, fields)

    def _copy(self, session: Session, till: Till) -> str:
        """The same cart and choices for another browser and phone."""
        secret, token = new_secret(), new_code()
        cart = session.scalars(select(Cart).where(Cart.token_hash == till.cookie_hash)).one()
        columns = Cart.__table__.c
        made = session.scalar(
            insert(Cart)
            .values(
                {column.key: getattr(cart, column.key) for column in columns if column.key != "id"}
                | {"token_hash": hash_token(secret), "checkout_token": token}
            )
            .returning(columns.id)
        )
        lines = select(CartLine).where(CartLine.cart_id == cart.id)
        for line in session.scalars(lines).all():
            values = {column.key: getattr(line, column.key) for column in CartLine.__table__.c}
            session.execute(insert(CartLine).values({**values, "cart_id": made}))
        cookie = f"{csrf.CART_COOKIE}={secret}"
        with self.shop.test_request_context(base_url=MARKET, headers={"Cookie": cookie}):
            form_token = csrf.token()
        own = {"tanda": [token], csrf.FIELD: [form_token], "wa": [new_phone()]}
        return post(till.action, till.fields | own, {**SAME_ORIGIN, "Cookie": cookie})
