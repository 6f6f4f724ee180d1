"""Signing in on a borrowed phone with code and PIN, and being asked again before money is shown."""

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, ValidationError

from shop.core.values import clock
from shop.people.accounts.passwords import is_password
from shop.people.cooperatives.member_pins import (
    PinTry,
    begin_own_try,
    record_pin_success,
    start_pin_attempt,
)
from shop.people.cooperatives.rules import is_pin, read_member_code
from shop.people.sign_in.actions import show_money
from shop.people.sign_in.guards import current_person, signed_in
from shop.people.sign_in.login_page import OWN_PASSWORD, confirm_password, enter, too_many
from shop.web.http.access import anyone, open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash, render_invalid, safe_next
from shop.web.rendering.forms import PlainText, Required, ShopForm
from shop.web.security.rate_limits import (
    Limit,
    RateLimitExceeded,
    hit_all,
    undo_hit,
    visitor_address,
)

bp = Blueprint("cooperatives_shared_phone", __name__)

STALL = "/lapak"
BY_CODE = Limit("pin:code", 5, 900)
BY_ADDRESS = Limit("pin:address", 20, 900)
"""A whole village may stand around one phone; only wrong tries count."""


class PinForm(ShopForm):
    """A member's code and PIN."""

    kode = PlainText(
        _l("Kode anggota"),
        [Required(_l("Tulis kode anggota Anda, misalnya GYO-M01."))],
        max_length=40,
        description=_l("Ada di kartu anggota, misalnya GYO-M01."),
        render_kw={
            "autocomplete": "off",
            "autocapitalize": "characters",
            "spellcheck": "false",
        },
    )
    pin = PasswordField(
        _l("PIN"),
        [Required(_l("Tulis PIN Anda: 6 angka dari meja koperasi."))],
        description=_l("6 angka dari meja koperasi."),
        render_kw={"autocomplete": "off", "inputmode": "numeric", "maxlength": 20},
    )
    lanjut = HiddenField()

    def validate_pin(self, field: PasswordField) -> None:
        """Tell what cannot be a PIN from a wrong one: it costs no try."""
        if not is_pin((field.data or "").strip()):
            raise ValidationError(_("PIN itu 6 angka, tanpa huruf dan tanpa titik."))


class AgainForm(ShopForm):
    """The secret that opened this borrowed phone, once more."""

    rahasia = PasswordField(
        _l("Sandi"),
        [Required(_l("Tulis sekali lagi untuk membuka halaman uang."))],
        render_kw={"autocomplete": "off", "maxlength": 1_000},
    )
    lanjut = HiddenField()


@bp.get("/masuk/pin")
@open_to(anyone)
def pin_page() -> ResponseReturnValue:
    """Ask a member for code and PIN; who is signed in already goes on."""
    wanted = safe_next(request.args.get("lanjut"), "")
    if current_person() is not None:
        return redirect(wanted or STALL, code=303)
    return render_template("people/cooperatives/masuk_pin.html", form=PinForm(lanjut=wanted))


@bp.post("/masuk/pin")
@open_to(anyone)
def sign_in_by_pin() -> ResponseReturnValue:
    """Let a member in. Unknown codes, locked and wrong PINs are answered alike, and as slowly."""
    form = PinForm()
    if not form.validate():
        return render_invalid("people/cooperatives/masuk_pin.html", form)
    code = read_member_code(form.kode.data or "")
    tries = ((BY_CODE, code), (BY_ADDRESS, visitor_address()))
    try:
        hit_all(*tries)
    except RateLimitExceeded as limit:
        return too_many("people/cooperatives/masuk_pin.html", form, limit)
    with database().writing() as session:
        begun = start_pin_attempt(session, code, clock.now())
    if not _is_right((form.pin.data or "").strip(), begun) or begun is None:
        form.pin.errors = [
            _(
                "Kode anggota atau PIN belum cocok. Setelah beberapa kali salah, PIN terkunci dan"
                " hanya dapat dibuat baru di meja koperasi."
            )
        ]
        return render_invalid("people/cooperatives/masuk_pin.html", form)
    response = enter(begun.known, safe_next(form.lanjut.data, STALL), is_borrowed=True, by_pin=True)
    undo_hit(*tries)
    return response


@bp.get("/lapak/buka-uang")
@open_to(signed_in)
def again_page() -> ResponseReturnValue:
    """Ask once more, before a borrowed phone shows anybody's money."""
    form = AgainForm(lanjut=safe_next(request.args.get("lanjut"), ""))
    return render_template("people/cooperatives/buka_uang.html", form=form)


@bp.post("/lapak/buka-uang")
@open_to(signed_in)
def again() -> ResponseReturnValue:
    """Open the pages about money for a few minutes."""
    form, person = AgainForm(), current_person()
    assert person is not None  # the guard let nobody else in
    if not form.validate():
        return render_invalid("people/cooperatives/buka_uang.html", form)
    typed, knows = form.rahasia.data or "", _knows_pin if person.by_pin else confirm_password
    try:
        is_known = knows(person.id, typed)
    except RateLimitExceeded as limit:
        return too_many("people/cooperatives/buka_uang.html", form, limit)
    if not is_known:
        form.rahasia.errors = [_("Belum cocok. Periksa lalu coba lagi.")]
        return render_invalid("people/cooperatives/buka_uang.html", form)
    with database().writing() as session:
        show_money(session, person.session_id, clock.now())
    return redirect_with_flash(safe_next(form.lanjut.data, STALL))


def _knows_pin(person_id: int, typed: str) -> bool:
    tried = (OWN_PASSWORD, str(person_id))
    hit_all(tried)
    if not is_pin(typed.strip()):
        return False
    with database().writing() as session:
        begun = begin_own_try(session, person_id, clock.now())
    if not _is_right(typed.strip(), begun):
        return False
    undo_hit(tried)
    return True


def _is_right(typed: str, begun: PinTry | None) -> bool:
    # Hashed also for nobody: an unknown code takes as long as a wrong PIN.
    if not is_password(typed, begun.pin_hash if begun else None) or begun is None:
        return False
    with database().writing() as session:
        record_pin_success(session, begun)
    return True
