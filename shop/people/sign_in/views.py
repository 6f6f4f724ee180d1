"""Signing in and out, and a person's own page."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.core.values import clock
from shop.people.accounts import events
from shop.people.accounts.passwords import hash_password, is_password, renewed_hash
from shop.people.accounts.queries import known_by
from shop.people.sign_in.actions import change_password, end_session
from shop.people.sign_in.forms import ChangePasswordForm, SignInForm
from shop.people.sign_in.guards import current_person, sign_in_cookie, signed_in
from shop.people.sign_in.login_page import HOME, confirm_password, enter, leave, too_many
from shop.web.http.access import anyone, open_to
from shop.web.http.app_state import database
from shop.web.http.responses import render_invalid, safe_next
from shop.web.i18n.language import localized_url
from shop.web.security.rate_limits import (
    Limit,
    RateLimitExceeded,
    hit_all,
    undo_hit,
    visitor_address,
)

bp = Blueprint("accounts", __name__)

BY_LOGIN = Limit("sign-in:login", 10, 300)
BY_ADDRESS = Limit("sign-in:address", 10, 300)


@bp.get("/masuk")
@open_to(anyone)
def sign_in_page() -> ResponseReturnValue:
    """Ask for number or e-mail and password; who is signed in already goes on."""
    wanted = safe_next(request.args.get("lanjut"), "")
    if current_person() is not None:
        return redirect(wanted or localized_url(HOME), code=303)
    return render_template("people/sign_in/masuk.html", form=SignInForm(lanjut=wanted))


@bp.post("/masuk")
@open_to(anyone)
def sign_in() -> ResponseReturnValue:
    """Let a person in. Unknown, blocked and mistyped are answered alike, and as slowly."""
    form = SignInForm()
    if not form.validate():
        return render_invalid("people/sign_in/masuk.html", form)
    tries = ((BY_LOGIN, form.subject()), (BY_ADDRESS, visitor_address()))
    try:
        hit_all(*tries)
    except RateLimitExceeded as limit:
        return too_many("people/sign_in/masuk.html", form, limit)
    with database().reading() as session:
        known = known_by(session, form.read())
    password = form.sandi.data or ""
    if not is_password(password, known.password_hash if known else None) or known is None:
        form.sandi.errors = [_("Nomor, surel atau sandinya belum cocok. Periksa lalu coba lagi.")]
        return render_invalid("people/sign_in/masuk.html", form)
    response = enter(
        known,
        safe_next(form.lanjut.data, ""),
        new_hash=renewed_hash(password, known.password_hash or ""),
        is_borrowed=bool(form.pinjam.data),
    )
    # Only wrong tries count: a whole village may come through one address.
    undo_hit(*tries)
    return response


@bp.post("/keluar")
@open_to(anyone)
def sign_out() -> ResponseReturnValue:
    """End the session here; twice is as good as once."""
    secret = sign_in_cookie()
    if secret is not None:
        with database().writing() as session:
            end_session(session, secret, clock.now())
    return leave()


@bp.get("/akun")
@open_to(signed_in)
def account_page() -> ResponseReturnValue:
    """Who is signed in, how they are reached, and where they can go."""
    person = current_person()
    assert person is not None
    with database().reading() as session:
        links = [link for found in events.account_links for link in found(session, person)]
    return render_template(
        "people/sign_in/akun.html",
        links=[link for link in links if not link.is_desk],
        desks=[link for link in links if link.is_desk],
    )


@bp.get("/akun/sandi")
@open_to(signed_in)
def password_page() -> ResponseReturnValue:
    """Ask for the old password and a new one."""
    return render_template("people/sign_in/ganti_sandi.html", form=ChangePasswordForm())


@bp.post("/akun/sandi")
@open_to(signed_in)
def new_password() -> ResponseReturnValue:
    """Change the password: everywhere else the person is signed out."""
    person = current_person()
    assert person is not None
    form = ChangePasswordForm()
    if not form.validate():
        return render_invalid("people/sign_in/ganti_sandi.html", form)
    try:
        is_known = confirm_password(person.id, form.sandi_lama.data or "")
    except RateLimitExceeded as limit:
        return too_many("people/sign_in/ganti_sandi.html", form, limit)
    if not is_known:
        form.sandi_lama.errors = [_("Sandi sekarang belum cocok.")]
        return render_invalid("people/sign_in/ganti_sandi.html", form)
    password_hash = hash_password(form.sandi.data or "")
    with database().writing() as session:
        changed = change_password(session, person.id, password_hash, clock.now())
    return enter(
        changed,
        HOME,
        _("Sandi sudah diganti. Perangkat lain sudah dikeluarkan."),
        is_borrowed=person.is_borrowed,
    )
