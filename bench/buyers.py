"""Requests of buyers with a cart of their own each: adding to it, paying, a whole checkout."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import NamedTuple

from flask import Flask
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from bench.http_clients import LOCATION, Request, Task, get, post
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


class Post(NamedTuple):
    """A form as it is posted."""

    action: str
    fields: dict[str, list[str]]


@dataclass(frozen=True)
class Till:
    """A checkout that was walked through once, page by page; others are copies of it."""

    variants: Sequence[int]
    filled_cart: str
    """Token hash of a cart with these variants."""
    address: Post
    ready_cart: str
    """Token hash of a cart whose buyer only has to press the button that pays."""
    pay: Post


class Browser(NamedTuple):
    """A cart's cookie, and the fields that only its forms have."""

    headers: dict[str, str]
    fields: dict[str, list[str]]

    def post(self, form: Post) -> Request:
        """This form, as this browser posts it."""
        own = {name: value for name, value in self.fields.items() if name in form.fields}
        return post(form.action, form.fields | own, {**SAME_ORIGIN, **self.headers})


@dataclass
class Buyers:
    """Makes buyers over the database of one shop."""

    shop: Flask
    tills: list[Till] = field(default_factory=list)

    def paying(self, wanted: int) -> list[Task]:
        """The request that places a purchase, of so many buyers."""
        return [
            [browser.post(till.pay)]
            for till, browser in self._browsers(wanted, lambda till: till.ready_cart)
        ]

    def checkouts(self, wanted: int) -> list[Task]:
        """The five requests of a whole checkout, of so many buyers."""
        return [
            [
                get("/checkout", browser.headers),
                browser.post(till.address),
                get("/checkout", browser.headers),
                browser.post(till.pay),
                get(LOCATION, browser.headers),
            ]
            for till, browser in self._browsers(wanted, lambda till: till.filled_cart)
        ]

    def adding(self, wanted: int) -> list[Task]:
        """The request that puts a second pack into a cart, of so many buyers."""
        return [
            [browser.post(_adding(till.variants[1]))]
            for till, browser in self._browsers(wanted, lambda till: till.filled_cart, lines=1)
        ]

    def _browsers(
        self, wanted: int, cart: Callable[[Till], str], *, lines: int = VENDORS
    ) -> list[tuple[Till, Browser]]:
        """So many new browsers, each with a copy of its till's cart."""
        if not self.tills:
            self.tills = [self._till(variants) for variants in self.goods()]
        database = self.shop.extensions[EXTENSION].database
        tills = list(islice(cycle(self.tills), wanted))
        with database.writing() as session:
            # Buyers of one till all owe the same, which no market's buyers do: without this they
            # would run out of unique codes.
            session.execute(update(Payment).where(Payment.code_held).values(code_held=False))
            return [(till, self._copy(session, cart(till), lines)) for till in tills]

    def orders(self) -> int:
        """How many orders there are, to prove that all were placed."""
        with self.shop.extensions[EXTENSION].database.reading() as session:
            return session.scalar(select(func.count()).select_from(Order)) or 0

    def goods(self) -> list[list[int]]:
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
        first, second = Shopper(self.shop), Shopper(self.shop)
        first.put_in(list(variants))
        second.put_in(list(variants))
        return Till(
            variants,
            filled_cart=_cart_of(first),
            address=Post(*first.address(new_phone())),
            ready_cart=_cart_of(second),
            pay=Post(*second.ready_to_pay(new_phone())),
        )

    def _copy(self, session: Session, token_hash: str, lines: int) -> Browser:
        """The same cart with so many of its lines, for another browser and phone."""
        secret, token = new_secret(), new_code()
        cart = session.scalars(select(Cart).where(Cart.token_hash == token_hash)).one()
        columns = Cart.__table__.c
        made = session.scalar(
            insert(Cart)
            .values(
                {column.key: getattr(cart, column.key) for column in columns if column.key != "id"}
                | {"token_hash": hash_token(secret), "checkout_token": token}
            )
            .returning(columns.id)
        )
        found = select(CartLine).where(CartLine.cart_id == cart.id).limit(lines)
        for line in session.scalars(found).all():
            values = {column.key: getattr(line, column.key) for column in CartLine.__table__.c}
            session.execute(insert(CartLine).values({**values, "cart_id": made}))
        cookie = f"{csrf.CART_COOKIE}={secret}"
        with self.shop.test_request_context(base_url=MARKET, headers={"Cookie": cookie}):
            form_token = csrf.token()
        own = {"tanda": [token], csrf.FIELD: [form_token], "wa": [new_phone()]}
        return Browser({"Cookie": cookie}, own)


def _adding(variant_id: int) -> Post:
    return Post("/keranjang/isi", {"varian": [str(variant_id)], "jumlah": ["1"], csrf.FIELD: [""]})


def _cart_of(shopper: Shopper) -> str:
    cookie = shopper.client.get_cookie(csrf.CART_COOKIE, domain="127.0.0.1")
    if cookie is None:
        raise RuntimeError("the cart has no cookie")
    return hash_token(cookie.value)
