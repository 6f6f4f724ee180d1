"""What people change about their own account: name and number, language, devices."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.core.formats.indonesia import format_phone
from shop.core.values import clock
from shop.people.accounts.errors import LastLogin
from shop.people.profile.actions import (
    change_contact,
    choose_language,
    devices_of,
    end_device,
    end_other_devices,
)
from shop.people.sign_in.forms import ContactForm, LanguageForm
from shop.people.sign_in.guards import SignedIn, current_person, signed_in
from shop.people.sign_in.login_page import (
    HOME,
    confirm_password,
    leave,
    redirect_in_language,
    too_many,
)
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash, render_invalid
from shop.web.security.rate_limits import Limit, RateLimitExceeded, hit_all

bp = Blueprint("accounts_mine", __name__)

CHANGES = Limit("account:changes", 60, 3_600)
NUMBERS = Limit("account:numbers", 5, 24 * 3_600)
"""Each change of number says a little about who has an account; nobody needs many."""
DEVICES = "/akun/perangkat"


def _me() -> SignedIn:
    person = current_person()
    assert person is not None  # the guard let nobody else in
    return person


@bp.get("/akun/data-diri")
@open_to(signed_in)
def contact_page() -> ResponseReturnValue:
    """Name and number as they are."""
    person = _me()
    shown = format_phone(person.phone) if person.phone else ""
    return render_template(
        "people/profile/data_diri.html", form=ContactForm(nama=person.name, whatsapp=shown)
    )


@bp.post("/akun/data-diri")
@open_to(signed_in)
def new_contact() -> ResponseReturnValue:
    """Change name and number; a new number only with the password."""
    person, form = _me(), ContactForm()
    if not form.validate():
        return render_invalid("people/profile/data_diri.html", form)
    phone = form.whatsapp.data or None
    is_new_number = phone != person.phone
    try:
        hit_all((CHANGES, str(person.id)))
        if is_new_number and not _knows_password(person, form):
            return render_invalid("people/profile/data_diri.html", form)
        if is_new_number:
            hit_all((NUMBERS, str(person.id)))
    except RateLimitExceeded as limit:
        return too_many("people/profile/data_diri.html", form, limit)
    try:
        with database().writing() as session:
            change_contact(
                session,
                person.id,
                name=form.nama.data or "",
                phone=phone,
                now=clock.now(),
                address=request.remote_addr,
            )
    except LastLogin:
        form.whatsapp.errors = [
            _("Tanpa nomor ini Anda tidak dapat masuk lagi. Tulis nomor lain, bukan kosong.")
        ]
        return render_invalid("people/profile/data_diri.html", form)
    if not is_new_number or phone is None:
        return redirect_with_flash(HOME, _("Data diri sudah disimpan."))
    return redirect_with_flash(
        HOME,
        _(
            "Nomor baru sudah disimpan. Kalau belum dipakai akun lain, nomor itu juga untuk masuk;"
            " kalau sudah, Anda tetap masuk dengan cara yang lama."
        ),
    )


def _knows_password(person: SignedIn, form: ContactForm) -> bool:
    if not form.sandi.data:
        form.sandi.errors = [_("Tulis sandi yang sekarang untuk mengganti nomor.")]
        return False
    if confirm_password(person.id, form.sandi.data):
        return True
    form.sandi.errors = [_("Sandi sekarang belum cocok.")]
    return False


@bp.get("/akun/bahasa")
@open_to(signed_in)
def language_page() -> ResponseReturnValue:
    """The language the person chose."""
    return render_template("people/profile/bahasa.html", form=LanguageForm(bahasa=_me().language))


@bp.post("/akun/bahasa")
@open_to(signed_in)
def new_language() -> ResponseReturnValue:
    """Write workspaces and letters in another language, and go on in it."""
    person, form = _me(), LanguageForm()
    if not form.validate():
        return render_invalid("people/profile/bahasa.html", form)
    chosen = str(form.bahasa.data)
    try:
        hit_all((CHANGES, str(person.id)))
    except RateLimitExceeded as limit:
        return too_many("people/profile/bahasa.html", form, limit)
    with database().writing() as session:
        choose_language(session, person.id, chosen)
    return redirect_in_language(chosen, HOME, lambda: _("Bahasa akun Anda sudah diganti."))


@bp.get(DEVICES)
@open_to(signed_in)
def devices_page() -> ResponseReturnValue:
    """Where the person is signed in."""
    person = _me()
    with database().reading() as session:
        devices = devices_of(session, person.id, here=person.session_id, now=clock.now())
    return render_template("people/profile/perangkat.html", devices=devices)


@bp.post(f"{DEVICES}/<code>/keluarkan")
@open_to(signed_in)
def end_one(code: str) -> ResponseReturnValue:
    """Sign out of one device; this one too, if it is meant."""
    person = _me()
    hit_all((CHANGES, str(person.id)))
    with database().writing() as session:
        ended = end_device(session, person.id, code, now=clock.now(), address=request.remote_addr)
    if ended == person.session_id:
        return leave()
    return redirect_with_flash(DEVICES, _("Perangkat itu sudah dikeluarkan."))


@bp.post(f"{DEVICES}/keluarkan-lain")
@open_to(signed_in)
def end_others() -> ResponseReturnValue:
    """Sign out everywhere but here."""
    person = _me()
    hit_all((CHANGES, str(person.id)))
    with database().writing() as session:
        count = end_other_devices(
            session,
            person.id,
            here=person.session_id,
            now=clock.now(),
            address=request.remote_addr,
        )
    if not count:
        return redirect_with_flash(DEVICES, _("Tidak ada perangkat lain yang masuk."))
    return redirect_with_flash(DEVICES, _("Semua perangkat lain sudah dikeluarkan."))
