"""Whose cart a request is about. The cookie proves it; the database keeps only its hash."""

import re
from typing import cast

from flask import Flask, g, request
from flask.wrappers import Response
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from shop.checkout.cart.actions import merge
from shop.checkout.cart.queries import CartKey, packs_in_cart
from shop.core.values import clock
from shop.core.values.codes import hash_token, new_secret
from shop.core.values.errors import ShopError
from shop.people.accounts.events import on_sign_in
from shop.people.sign_in.guards import current_person
from shop.web.http.app_state import database, runtime
from shop.web.page_cache.slots import define_slot
from shop.web.security.csrf import CART_COOKIE

COOKIE_DAYS = 180
"""As long as a guest's cart is kept (``cart.jobs``)."""
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


def cart_cookie() -> str | None:
    """The value of this browser's cart cookie, if it is one that we could have given."""
    value = request.cookies.get(CART_COOKIE, "")
    return value if _SECRET.fullmatch(value) else None


def browser_hash() -> str | None:
    """What a purchase remembers of the browser that placed it."""
    cookie = cart_cookie()
    return hash_token(cookie) if cookie else None


def cart_key() -> CartKey:
    """Whose cart this request is about: the signed-in person's, else this browser's."""
    person = current_person()
    if person is not None:
        return CartKey(person_id=person.id)
    return CartKey(token_hash=browser_hash())


def cart_key_for_adding() -> tuple[CartKey, str | None]:
    """The same, made at the first add: with the secret that the answer has to carry."""
    key = cart_key()
    if not key.is_new:
        return key, None
    secret = new_secret()
    return CartKey(token_hash=hash_token(secret)), secret


def set_cart_cookie(response: Response, secret: str) -> None:
    """Set the cart cookie (HttpOnly, SameSite)."""
    response.set_cookie(
        CART_COOKIE,
        secret,
        max_age=COOKIE_DAYS * 24 * 3600,
        httponly=True,
        samesite="Lax",
        secure=runtime().https,
    )


def clear_cart_cookie(response: Response) -> None:
    """The browser forgets its cart, the purchases that only it could open, and what it saw last."""
    response.delete_cookie(CART_COOKIE, httponly=True, samesite="Lax", secure=runtime().https)
    response.headers["Clear-Site-Data"] = '"storage"'


def cart_count() -> int:
    """Packs in this visitor's cart, for the header. Nothing is asked for who has no cookie."""
    if "cart_count" not in g:
        g.cart_count = _cart_count()
    return cast("int", g.cart_count)


def note_cart_count(packs: int) -> None:
    """The page has read its cart already: the header needs no question of its own."""
    g.cart_count = packs


def _cart_count() -> int:
    try:
        key = cart_key()
        if key.is_new:
            return 0
        with database().connect_readonly() as connection:
            return packs_in_cart(connection, key)
    except (SQLAlchemyError, ShopError):
        # The page that says "the database is away" must not need the database.
        return 0


def cart_comes_along(session: Session, person_id: int, cookie: str | None) -> None:
    """What a guest put in joins the person's cart at sign-in."""
    if cookie and _SECRET.fullmatch(cookie):
        merge(
            session,
            guest_token_hash=hash_token(cookie),
            person_id=person_id,
            now=clock.now(),
        )


def init_app(app: Flask, _settings: object) -> None:
    """Give every page the count in its header; let carts come along at sign-in."""
    define_slot(app, "cart_count", lambda: str(cart_count()))
    define_slot(app, "cart_hidden", lambda: "" if cart_count() else " hidden")
    if cart_comes_along not in on_sign_in:
        on_sign_in.append(cart_comes_along)
