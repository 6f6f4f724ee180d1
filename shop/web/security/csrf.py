"""Every form carries a token; a POST without the right one is refused before any page sees it.

Two kinds. A browser that holds a cookie of ours gets a token bound to that cookie, different in
each page so that compressed pages give nothing away. A visitor without cookies gets the day's
token, the same for everybody, because such pages are cached for all; it counts only while nobody
is signed in, and only when the browser says that the form came from our own pages.
"""

import base64
import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from flask import Flask, current_app, g, request
from werkzeug.exceptions import BadRequest

from shop.web.http.app_state import runtime

SIGN_IN_COOKIE = "lumbung_masuk"
CART_COOKIE = "lumbung_keranjang"
FIELD = "csrf_token"
DAY_TOKEN_DAYS = 2
_EXEMPT = "csrf_exempt"


class StaleForm(BadRequest):
    """The form's token is missing, foreign or too old."""


def token() -> str:
    """The token for the forms of the page that is being made."""
    made: str | None = g.get(FIELD)
    if made is None:
        made = _token()
        setattr(g, FIELD, made)
    return made


def _token() -> str:
    cookie = _bound_to()
    if cookie is None:
        return _day_token(datetime.now(UTC).date().isoformat(), runtime().secret_keys[0])
    nonce = secrets.token_urlsafe(9)
    return f"s.{nonce}.{_sign('csrf', f'{nonce}.{cookie}')}"


@lru_cache(2)
def _day_token(day: str, _key: str) -> str:
    return f"a.{day}.{_sign('csrf-day', day)}"


def exempt(endpoint: str, app: Flask) -> None:
    """Let a machine's endpoint go without token; it proves itself otherwise (webhooks)."""
    app.config.setdefault(_EXEMPT, set()).add(endpoint)


def init_app(app: Flask) -> None:
    """Check every request that may change something."""
    app.before_request(_check)


def _check() -> None:
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    if request.endpoint in current_app.config.get(_EXEMPT, ()):
        return
    if not _is_ours(request.form.get(FIELD, "") or request.headers.get("X-CSRF-Token", "")):
        raise StaleForm


def _is_ours(given: str) -> bool:
    kind, _, rest = given[:200].partition(".")
    middle, _, signature = rest.partition(".")
    if kind == "s":
        cookie = _bound_to()
        return cookie is not None and _is_signed("csrf", f"{middle}.{cookie}", signature)
    # A page made before the first cookie may still be open after it: with a cart alone the
    # day's token goes on to count, with a sign-in it does not.
    return (
        kind == "a"
        and SIGN_IN_COOKIE not in request.cookies
        and _is_signed("csrf-day", middle, signature)
        and _is_fresh(middle)
        and _from_own_page()
    )


def _is_fresh(day: str) -> bool:
    made = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return datetime.now(UTC) - made < timedelta(days=DAY_TOKEN_DAYS)


def _from_own_page() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    try:
        return urlsplit(request.headers.get("Origin", "")).netloc == request.host
    except ValueError:  # half an address, such as "http://["
        return False


def _bound_to() -> str | None:
    return request.cookies.get(SIGN_IN_COOKIE) or request.cookies.get(CART_COOKIE) or None


def _sign(purpose: str, text: str) -> str:
    """The signature of ``text`` for one purpose, with the newest key."""
    return _signature(runtime().secret_keys[0], purpose, text)


def _is_signed(purpose: str, text: str, signature: str) -> bool:
    """Whether ``signature`` was made for this text and purpose, with any key still in use."""
    # As bytes: compare_digest raises on text that is not ASCII.
    given = signature.encode()
    return any(
        hmac.compare_digest(_signature(key, purpose, text).encode(), given)
        for key in runtime().secret_keys
    )


def _signature(key: str, purpose: str, text: str) -> str:
    digest = hmac.new(key.encode(), f"{purpose}\n{text}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
