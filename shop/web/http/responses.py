"""Answering with a page, refusing with one, and leading on safely."""

from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Flask, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException
from wtforms import Form

from shop.core.values.errors import (
    InvalidInput,
    NotAllowed,
    NotFound,
    OutsideUnavailable,
    RuleBroken,
    ShopError,
)
from shop.web.i18n.language import localized_url

_FAMILIES: tuple[tuple[type[ShopError], int], ...] = (
    (NotFound, 404),
    (NotAllowed, 403),
    (RuleBroken, 409),
    (InvalidInput, 422),
    (OutsideUnavailable, 503),
)
_PAGES = frozenset({400, 403, 404, 405, 409, 413, 422, 429, 500, 503})


def render_invalid(template: str, form: Form, **values: object) -> ResponseReturnValue:
    """Render the form again with its input and errors."""
    return render_template(template, form=form, **values), 422


def redirect_with_flash(
    address: str, message: str | None = None, scheme: str = "ok"
) -> ResponseReturnValue:
    """Redirect (303) after an accepted POST, with a message on the next page."""
    if message:
        flash(message, scheme)
    return redirect(localized_url(address), code=303)


def safe_next(wanted: str | None, otherwise: str) -> str:
    """``wanted`` when it is a path of this shop, else ``otherwise``: no link leads astray."""
    if not wanted or not wanted.startswith("/") or len(wanted) > 1_000:
        return otherwise
    if "\\" in wanted or not wanted.isprintable() or " " in wanted:
        return otherwise
    # Two strokes name another site, also behind an "/en" that somebody may take off.
    if "//" in wanted.partition("?")[0]:
        return otherwise
    parts = urlsplit(wanted)
    return otherwise if parts.scheme or parts.netloc else wanted


def referrer_or(otherwise: str) -> str:
    """The referrer if it is a page of this shop, else ``otherwise``."""
    try:
        parts = urlsplit(request.referrer or "")
    except ValueError:  # half an address, such as "http://["
        return otherwise
    if parts.netloc != request.host:
        return otherwise
    return safe_next(parts.path + (f"?{parts.query}" if parts.query else ""), otherwise)


def init_app(app: Flask) -> None:
    """Answer refusals and faults with the page of their family."""
    for family, status in _FAMILIES:
        app.register_error_handler(family, _family_page(status))
    app.register_error_handler(HTTPException, _http_page)
    app.register_error_handler(Exception, _fault_page)


def _family_page(status: int) -> Callable[[ShopError], ResponseReturnValue]:
    def answer(_error: ShopError) -> ResponseReturnValue:
        return error_page(status)

    return answer


def _http_page(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None or (error.code or 500) < 400:
        return error.get_response()
    return error_page(error.code or 500)


def _fault_page(error: Exception) -> ResponseReturnValue:
    if current_app.config.get("PROPAGATE_EXCEPTIONS"):
        raise error
    current_app.logger.error("unexpected fault", exc_info=error)
    return error_page(500)


def error_page(status: int, **values: object) -> ResponseReturnValue:
    """The shop's page for a status, with a way on."""
    shown = status if status in _PAGES else (500 if status >= 500 else 400)
    return render_template(f"errors/{shown}.html", **values), status
