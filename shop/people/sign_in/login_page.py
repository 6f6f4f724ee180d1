"""What every way in ends with: a session in this browser, or a page that says how long to wait."""

from collections.abc import Callable

from flask import flash, make_response, redirect, render_template, request
from flask import session as browser
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.core.values import clock
from shop.people.accounts import events
from shop.people.accounts.passwords import is_password
from shop.people.accounts.queries import Known, known_person
from shop.people.accounts.rules import device_of
from shop.people.sign_in.actions import start_session
from shop.people.sign_in.guards import clear_session_cookie, set_session_cookie, sign_in_cookie
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash
from shop.web.i18n.language import ENGLISH, in_language, language, written_in
from shop.web.rendering.forms import ShopForm
from shop.web.security.csrf import CART_COOKIE
from shop.web.security.rate_limits import Limit, RateLimitExceeded, hit_all, undo_hit

HOME = "/akun"
OWN_PASSWORD = Limit("password-change", 10, 300)
"""Tries of one's own password, on whatever page it is asked again."""


def enter(
    known: Known,
    path: str,
    message: str | None = None,
    *,
    new_hash: str | None = None,
    is_borrowed: bool = False,
    by_pin: bool = False,
) -> ResponseReturnValue:
    """Start a session in this browser, tell whoever listens, and lead on.

    :param path: the page that was wanted; empty: home, in the person's own language.
    """
    now = clock.now()
    with database().writing() as session:
        secret = start_session(
            session,
            known,
            now=now,
            replaces=sign_in_cookie(),
            new_hash=new_hash,
            device=device_of(request.user_agent.string),
            is_borrowed=is_borrowed,
            by_pin=by_pin,
            address=request.remote_addr,
        )
        for listen in events.on_sign_in:
            listen(session, known.person_id, request.cookies.get(CART_COOKIE))
    led = redirect_with_flash(path, message) if path else _lead_home(known.language, message)
    return set_session_cookie(make_response(led), secret, is_borrowed=is_borrowed)


def confirm_password(person_id: int, typed: str) -> bool:
    """Confirm the signed-in person's password. Only wrong attempts count.

    :raises RateLimitExceeded: after ten of them in five minutes.
    """
    tried = (OWN_PASSWORD, str(person_id))
    hit_all(tried)
    with database().reading() as session:
        known = known_person(session, person_id)
    if known is None or not is_password(typed, known.password_hash):
        return False
    undo_hit(tried)
    return True


def leave() -> ResponseReturnValue:
    """Let this browser forget who was signed in, and what they proved to know in it."""
    # What the last digits of a phone opened must not stay open to whoever comes next.
    browser.clear()
    return clear_session_cookie(make_response(redirect_with_flash("/", _("Anda sudah keluar."))))


def redirect_in_language(
    wanted: str, address: str, say: Callable[[], str], scheme: str = "ok"
) -> ResponseReturnValue:
    """Redirect (303) to a page in the given language, with its message."""
    with written_in(wanted):
        flash(say(), scheme)
    return redirect(in_language(wanted, address), code=303)


def _lead_home(chosen: str, message: str | None) -> ResponseReturnValue:
    if chosen == language() or chosen != ENGLISH:
        return redirect_with_flash(HOME, message)
    # Who came through an Indonesian page and wished for English once is not asked again.
    return redirect_in_language(
        ENGLISH,
        HOME,
        lambda: _("Halaman ini dalam bahasa Inggris, sesuai pilihan bahasa di akun Anda."),
        "info",
    )


def too_many(template: str, form: ShopForm, limit: RateLimitExceeded) -> ResponseReturnValue:
    """The same page with what was typed, saying how long to wait."""
    page = render_template(template, form=form, wait_minutes=limit.wait_minutes)
    response = make_response(page, 429)
    response.headers["Retry-After"] = str(limit.wait_seconds)
    return response
