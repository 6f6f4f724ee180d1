"""Who is behind a request, and whether they may go on."""

import logging
from typing import Any, cast

from flask import Flask, Response, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user
from sqlalchemy.exc import SQLAlchemyError

from shop.core.values import clock
from shop.core.values.errors import NotFound, ShopError
from shop.people.accounts import passwords
from shop.people.accounts.errors import SignInNeeded
from shop.people.accounts.models import OperatorRight
from shop.people.accounts.queries import SignedIn, signed_in_by
from shop.people.accounts.rules import SESSION_LONGEST, is_worth_noting
from shop.people.sign_in.actions import remember_seen
from shop.web.http.access import Guard
from shop.web.http.app_state import database, runtime
from shop.web.i18n.language import here, localized_url, set_language_selector
from shop.web.i18n.language import word as _
from shop.web.page_cache.slots import define_slot, slot_macro
from shop.web.security.csrf import SIGN_IN_COOKIE

__all__ = ["SignedIn", "current_person", "init_app", "operator", "signed_in"]

log = logging.getLogger(__name__)


class _Visitor(UserMixin):
    """What Flask-Login carries: our own person inside its wrapping."""

    def __init__(self, person: SignedIn) -> None:
        self.person = person

    def get_id(self) -> str:
        return str(self.person.id)


def current_person() -> SignedIn | None:
    """The person who is signed in here; asked of the database once a request at most."""
    # Without our cookie nobody can be signed in, and the page stays free of any lookup.
    if not sign_in_cookie():
        return None
    return cast("SignedIn | None", getattr(current_user, "person", None))


def sign_in_cookie() -> str | None:
    """The secret this browser brought, whatever it is worth."""
    secret = request.cookies.get(SIGN_IN_COOKIE, "")
    return secret if 0 < len(secret) <= 100 else None


def set_session_cookie(response: Response, secret: str, *, is_borrowed: bool = False) -> Response:
    """Set the session cookie (HttpOnly, SameSite).

    :param is_borrowed: only until the browser is closed.
    """
    response.set_cookie(
        SIGN_IN_COOKIE,
        secret,
        max_age=None if is_borrowed else int(SESSION_LONGEST.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=runtime().https,
    )
    return response


def clear_session_cookie(response: Response) -> Response:
    """Clear the session cookie."""
    response.delete_cookie(SIGN_IN_COOKIE, httponly=True, samesite="Lax", secure=runtime().https)
    return response


def signed_in() -> None:
    """Only who is signed in."""
    if current_person() is None:
        raise SignInNeeded


def operator(right: OperatorRight = OperatorRight.OPERATE) -> Guard:
    """Only who holds a right of the operator's. For others the page does not exist."""

    def guard() -> None:
        person = current_person()
        if person is None:
            raise SignInNeeded
        if right not in person.operator_rights or person.by_pin:
            raise NotFound

    return guard


def init_app(app: Flask, _settings: object) -> None:
    """Let Flask-Login load people through our sessions, and pages know who is here."""
    passwords.use_fast_hashes(app.extensions["lumbung"].fast_passwords)
    login = LoginManager()
    login.session_protection = None
    login.request_loader(_load)
    login.init_app(app, add_context_processor=False)
    app.context_processor(_who)
    define_slot(app, "account_url", lambda: localized_url("/akun" if _is_here() else "/masuk"))
    define_slot(app, "account_word", lambda: _("Akun") if _is_here() else _("Masuk"))
    define_slot(app, "my_account_word", lambda: _("Akun saya") if _is_here() else _("Masuk"))
    define_slot(app, "register_link", lambda: "" if _is_here() else slot_macro("register_link"))
    define_slot(app, "bell", _bell)
    set_language_selector(app, _requested_language)
    app.register_error_handler(SignInNeeded, _to_sign_in)
    app.after_request(_note_seen)


def _load(_request: object) -> _Visitor | None:
    secret = sign_in_cookie()
    if secret is None:
        return None
    with database().connect_readonly() as connection:
        person = signed_in_by(connection, secret, clock.now())
    return None if person is None else _Visitor(person)


def _who() -> dict[str, Any]:
    return {"person": _person_if_reachable()}


def _requested_language() -> str | None:
    person = _person_if_reachable()
    return person.language if person else None


def _person_if_reachable() -> SignedIn | None:
    try:
        return current_person()
    except (SQLAlchemyError, ShopError):
        # The page that says "the database is away" must not need the database.
        return None


def _is_here() -> bool:
    return _person_if_reachable() is not None


def _bell() -> str:
    person = _person_if_reachable()
    return "" if person is None else slot_macro("bell", person.unread)


def _to_sign_in(_error: ShopError) -> ResponseReturnValue:
    # A form that was posted is gone with the session; its page cannot be asked for by GET.
    wanted = here() if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in_page", lanjut=wanted), code=303)


def _note_seen(response: Response) -> Response:
    """Once in a while: after the page, so that no transaction of the page is open."""
    visitor = g.get("_login_user")
    person = getattr(visitor, "person", None)
    if person is None:
        return response
    now = clock.now()
    if is_worth_noting(person.seen_at, now, is_borrowed=person.is_borrowed):
        try:
            with database().writing() as session:
                remember_seen(session, person, now)
        except (SQLAlchemyError, ShopError):
            log.warning("could not note that a session is in use", exc_info=True)
    return response
