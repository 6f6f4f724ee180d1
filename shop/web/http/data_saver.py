"""Saving data: pages without pictures, fonts and script, for whoever asked for them.

The wish lives in a cookie, so it holds on every page, survives signing out, and needs no account;
stored pages for everybody are not touched, as whoever holds a cookie gets a page of their own.
"""

from typing import Final

from flask import Blueprint, Flask, has_request_context, make_response, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.web.http.access import anyone, open_to
from shop.web.http.app_state import runtime
from shop.web.http.responses import redirect_with_flash, referrer_or, safe_next

bp = Blueprint("saving", __name__)

COOKIE: Final = "lumbung_hemat"
ON: Final = "1"
KEPT_SECONDS: Final = 365 * 24 * 3_600


def is_data_saver_on() -> bool:
    """Whether the visitor asked for pages of text alone."""
    return has_request_context() and request.cookies.get(COOKIE) == ON


@bp.post("/hemat-data")
@open_to(anyone)
def switch() -> ResponseReturnValue:
    """Turn it on or off, and lead back to the page it was asked on."""
    back = safe_next(request.form.get("kembali"), referrer_or("/"))
    if request.form.get("hemat") != ON:
        answer = make_response(
            redirect_with_flash(back, _("Mode hemat data mati. Gambar tampil lagi."))
        )
        answer.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=runtime().https)
        return answer
    said = _("Mode hemat data menyala: gambar, huruf khusus dan skrip tidak diunduh.")
    answer = make_response(redirect_with_flash(back, said))
    answer.set_cookie(
        COOKIE,
        ON,
        max_age=KEPT_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=runtime().https,
    )
    return answer


def init_app(app: Flask) -> None:
    """Let templates know."""
    app.jinja_env.globals["is_data_saver_on"] = is_data_saver_on
