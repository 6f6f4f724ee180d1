"""Pages for registering and for getting back in. Known and unknown are answered alike."""

from email import message_from_bytes, policy

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.core.values import clock
from shop.core.values.codes import new_code
from shop.core.values.errors import NotFound
from shop.people.accounts.actions import ask_registration, finish_registration, register_by_phone
from shop.people.accounts.errors import DeadLink
from shop.people.accounts.passwords import hash_password
from shop.people.accounts.queries import Known, known_by, person_of_link, registration_of_link
from shop.people.accounts.rules import read_desk_code
from shop.people.sign_in.actions import ask_recovery, recover_by_code, recover_by_link
from shop.people.sign_in.forms import DeskCodeForm, NewPasswordForm, RecoveryForm, RegistrationForm
from shop.people.sign_in.login_page import HOME, enter, too_many
from shop.services.outbox.mailer import mail_name
from shop.web.http.access import anyone, open_to
from shop.web.http.app_state import database, runtime
from shop.web.http.responses import redirect_with_flash, render_invalid
from shop.web.i18n.language import language
from shop.web.security.rate_limits import Limit, RateLimitExceeded, hit_all, visitor_address

bp = Blueprint("accounts_joining", __name__)

DAY = 24 * 3600
REGISTER_BY_LOGIN = Limit("register:login", 5, DAY)
REGISTER_BY_ADDRESS = Limit("register:address", 20, 3600)
RECOVER_BY_LOGIN = Limit("recover:login", 5, DAY)
RECOVER_BY_ADDRESS = Limit("recover:address", 20, DAY)
CODE_BY_LOGIN = Limit("desk-code:login", 5, 1800)
CODE_BY_ADDRESS = Limit("desk-code:address", 20, 1800)
LONGEST_MAIL_NAME = 100
"""Longer than any that ``mail_name`` gives, shorter than what a file system refuses."""


def demo_only() -> None:
    """A page that exists in the demo alone."""
    if not runtime().is_demo:
        raise NotFound


@bp.get("/daftar")
@open_to(anyone)
def register_page() -> ResponseReturnValue:
    """Ask for what an account needs."""
    return render_template("people/sign_in/daftar.html", form=RegistrationForm())


@bp.post("/daftar")
@open_to(anyone)
def register() -> ResponseReturnValue:
    """Begin an account: by a mailed link, or at once where there is a number only."""
    form = RegistrationForm()
    if not form.validate():
        return render_invalid("people/sign_in/daftar.html", form)
    name, email, phone = form.nama.data or "", form.surel.data or "", form.whatsapp.data or ""
    try:
        hit_all((REGISTER_BY_LOGIN, email or phone), (REGISTER_BY_ADDRESS, visitor_address()))
    except RateLimitExceeded as limit:
        return too_many("people/sign_in/daftar.html", form, limit)
    # Before the transaction, and for known logins too: it takes long on purpose.
    password_hash = hash_password(form.sandi.data or "")
    now = clock.now()
    if not email:
        with database().writing() as session:
            register_by_phone(
                session,
                name=name,
                phone=phone,
                password_hash=password_hash,
                now=now,
                language=language(),
            )
        return redirect_with_flash(
            "/masuk",
            _(
                "Pendaftaran diterima. Kalau nomor itu belum punya akun, akunnya sudah jadi:"
                " masuk dengan sandi tadi. Kalau sudah punya, sandi lamanya tetap berlaku."
            ),
        )
    key = f"registration:{new_code()}"
    with database().writing() as session:
        ask_registration(
            session,
            name=name,
            email=email,
            phone=phone or None,
            password_hash=password_hash,
            key=key,
            now=now,
            language=language(),
        )
    return redirect(url_for("accounts_joining.register_sent", surat=_shown_mail(key)), code=303)


@bp.get("/daftar/terkirim")
@open_to(anyone)
def register_sent() -> ResponseReturnValue:
    """Say what happens next, whether the address is known or not."""
    return render_template("people/sign_in/daftar_terkirim.html")


@bp.get("/daftar/<secret>")
@open_to(anyone)
def confirm_page(secret: str) -> ResponseReturnValue:
    """Show whose account is about to be made; only its button does: mail readers follow links."""
    with database().reading() as session:
        waiting = registration_of_link(session, secret, clock.now())
    if waiting is None:
        return render_template("people/sign_in/tautan_mati.html", again="/daftar"), 404
    return render_template("people/sign_in/daftar_selesai.html", waiting=waiting, secret=secret)


@bp.post("/daftar/<secret>")
@open_to(anyone)
def confirm(secret: str) -> ResponseReturnValue:
    """Make the account and sign its owner in."""
    try:
        with database().writing() as session:
            person = finish_registration(session, secret, clock.now())
            known = Known(person.id, person.password_hash, person.generation, person.language)
    except DeadLink:
        return render_template("people/sign_in/tautan_mati.html", again="/daftar"), 404
    return enter(known, HOME, _("Akun Anda sudah jadi. Selamat berbelanja."))


@bp.get("/lupa-sandi")
@open_to(anyone)
def recovery_page() -> ResponseReturnValue:
    """Ask whose password was forgotten."""
    return render_template("people/sign_in/lupa_sandi.html", form=RecoveryForm())


@bp.post("/lupa-sandi")
@open_to(anyone)
def recover() -> ResponseReturnValue:
    """Have a link mailed where there is a mail to send it to; say the same in any case."""
    form = RecoveryForm()
    if not form.validate():
        return render_invalid("people/sign_in/lupa_sandi.html", form)
    try:
        hit_all((RECOVER_BY_LOGIN, form.subject()), (RECOVER_BY_ADDRESS, visitor_address()))
    except RateLimitExceeded as limit:
        return too_many("people/sign_in/lupa_sandi.html", form, limit)
    key = f"recovery:{new_code()}"
    with database().writing() as session:
        known = known_by(session, form.read())
        ask_recovery(session, known.person_id if known else None, key=key, now=clock.now())
    return redirect(url_for("accounts_joining.recovery_sent", surat=_shown_mail(key)), code=303)


@bp.get("/lupa-sandi/terkirim")
@open_to(anyone)
def recovery_sent() -> ResponseReturnValue:
    """Say what happens next, whether the login is known or not."""
    return render_template("people/sign_in/lupa_sandi_terkirim.html")


@bp.get("/lupa-sandi/kode")
@open_to(anyone)
def code_page() -> ResponseReturnValue:
    """Ask for the code from the cooperative's desk."""
    return render_template("people/sign_in/kode.html", form=DeskCodeForm())


@bp.post("/lupa-sandi/kode")
@open_to(anyone)
def use_code() -> ResponseReturnValue:
    """Set a new password with a code from the desk, once."""
    form = DeskCodeForm()
    if not form.validate():
        return render_invalid("people/sign_in/kode.html", form)
    try:
        hit_all((CODE_BY_LOGIN, form.subject()), (CODE_BY_ADDRESS, visitor_address()))
    except RateLimitExceeded as limit:
        return too_many("people/sign_in/kode.html", form, limit)
    password_hash = hash_password(form.sandi.data or "")
    code = read_desk_code(form.kode.data or "")
    try:
        with database().writing() as session:
            known = known_by(session, form.read())
            changed = recover_by_code(
                session, known.person_id if known else 0, code, password_hash, clock.now()
            )
    except DeadLink:
        form.kode.errors = [
            _("Kode, nomor atau surelnya belum cocok, atau kodenya sudah lewat 30 menit.")
        ]
        return render_invalid("people/sign_in/kode.html", form)
    return enter(changed, HOME, _("Sandi baru sudah berlaku."))


@bp.get("/sandi-baru/<secret>")
@open_to(anyone)
def new_password_page(secret: str) -> ResponseReturnValue:
    """Ask for the new password, when the link still holds."""
    with database().reading() as session:
        if person_of_link(session, secret, clock.now()) is None:
            return render_template("people/sign_in/tautan_mati.html", again="/lupa-sandi"), 404
    return render_template("people/sign_in/sandi_baru.html", form=NewPasswordForm(), secret=secret)


@bp.post("/sandi-baru/<secret>")
@open_to(anyone)
def set_new_password(secret: str) -> ResponseReturnValue:
    """Set the new password: the link is spent, other sessions end, this browser is signed in."""
    form = NewPasswordForm()
    if not form.validate():
        return render_invalid("people/sign_in/sandi_baru.html", form, secret=secret)
    password_hash = hash_password(form.sandi.data or "")
    try:
        with database().writing() as session:
            changed = recover_by_link(session, secret, password_hash, clock.now())
    except DeadLink:
        return render_template("people/sign_in/tautan_mati.html", again="/lupa-sandi"), 404
    return enter(changed, HOME, _("Sandi baru sudah berlaku."))


@bp.get("/surat-demo/<name>")
@open_to(demo_only)
def demo_mail(name: str) -> ResponseReturnValue:
    """Show a mail of the demo, whose addresses lead nowhere."""
    # The name comes from an address: only a plain one can be a file of ours.
    is_plain = len(name) <= LONGEST_MAIL_NAME and name.replace("-", "").isalnum()
    path = runtime().var_dir / "outbox" / f"{name}.eml"
    if not is_plain or not path.is_file():
        return render_template("people/sign_in/surat_demo.html", subject=None, lines=(), name=name)
    mail = message_from_bytes(path.read_bytes(), policy=policy.default)
    body = mail.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    return render_template(
        "people/sign_in/surat_demo.html",
        subject=mail["Subject"],
        lines=[(line, _own_path(line)) for line in text.splitlines() if line.strip("- ")],
        name=name,
    )


def _own_path(line: str) -> str | None:
    """The path of a line that ends with an address of this shop."""
    address = line.rpartition(" ")[2]
    home = runtime().public_url
    return address.removeprefix(home) if address.startswith(f"{home}/") else None


def _shown_mail(key: str) -> str | None:
    """In the demo, the name under which the mail can be read."""
    return mail_name(key) if runtime().is_demo else None
