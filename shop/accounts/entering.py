"""What every way in ends with: a session in this browser, or a page that says how long to wait."""

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from shop.accounts import events
from shop.accounts.guards import give_cookie, sign_in_cookie
from shop.accounts.queries import Known
from shop.accounts.sessions import start_session
from shop.core import clock
from shop.web import database
from shop.web.csrf import CART_COOKIE
from shop.web.forms import ShopForm
from shop.web.limits import TooMany
from shop.web.pages import lead_on

HOME = "/akun"


def enter(
    known: Known, path: str, message: str | None = None, *, new_hash: str | None = None
) -> ResponseReturnValue:
    """Start a session in this browser, tell whoever listens, and lead on."""
    now = clock.now()
    with database().writing() as session:
        secret = start_session(
            session,
            known,
            now=now,
            replaces=sign_in_cookie(),
            new_hash=new_hash,
            address=request.remote_addr,
        )
        for listen in events.on_sign_in:
            listen(session, known.person_id, request.cookies.get(CART_COOKIE))
    return give_cookie(make_response(lead_on(path, message)), secret)


def too_many(template: str, form: ShopForm, limit: TooMany) -> ResponseReturnValue:
    """The same page with what was typed, saying how long to wait."""
    page = render_template(template, form=form, wait_minutes=limit.wait_minutes)
    response = make_response(page, 429)
    response.headers["Retry-After"] = str(limit.wait_seconds)
    return response
