"""What people type to come in."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, PasswordField, RadioField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag
from wtforms.form import BaseForm
from wtforms.validators import AnyOf

from shop.people.accounts.errors import NotALogin
from shop.people.accounts.rules import (
    DESK_CODE_LENGTH,
    MAX_PASSWORD_LENGTH,
    MIN_PASSWORD_LENGTH,
    Login,
    Weakness,
    normal_email,
    read_desk_code,
    read_login,
    weakness,
)
from shop.web.i18n.language import LANGUAGES
from shop.web.rendering.forms import PhoneField, PlainText, Required, ShopForm

AT_ONCE = "satu"
MORNINGS = (("Asia/Jakarta", "WIB"), ("Asia/Makassar", "WITA"), ("Asia/Jayapura", "WIT"))
"""In the morning of which zone the daily mail comes."""
LOGIN_LABEL = _l("Nomor WhatsApp atau surel")
LOGIN_HINT = _l("Contoh: 0812 3456 7890 atau sari@contoh.id")
PASSWORD_HINT = _l("Paling sedikit 8 huruf atau angka. Kalimat pendek mudah diingat dan kuat.")


class EmailField(PlainText):
    """An e-mail address, kept in lower case."""

    def process_formdata(self, valuelist: Any) -> None:
        super().process_formdata(valuelist)
        if self.data:
            try:
                self.data = normal_email(self.data)
            except NotALogin as refusal:
                raise ValueError(_("Surelnya belum benar. Contoh: sari@contoh.id.")) from refusal


class NewPasswordField(PasswordField):
    """A password that somebody chooses; what is wrong with it is said in words."""

    def pre_validate(self, form: BaseForm) -> None:
        """Refuse what would not keep anybody out."""
        about = getattr(form, "about", lambda: ())()
        found = weakness(self.data or "", about) if self.data else None
        if found is not None:
            raise ValidationError(_weak_words(found))


class LoginForm(ShopForm):
    """A form with the one field for number or e-mail."""

    login = PlainText(
        LOGIN_LABEL,
        [Required(_l("Tulis nomor WhatsApp atau surel Anda."))],
        max_length=254,
        description=LOGIN_HINT,
        render_kw={
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
            "inputmode": "email",
        },
    )

    def read(self) -> Login | None:
        """The login, or None for what can be nobody's: it is answered like an unknown one."""
        try:
            return read_login(self.login.data or "")
        except NotALogin:
            return None

    def subject(self) -> str:
        """What tries are counted on."""
        found = self.read()
        return found.text if found else (self.login.data or "").casefold()[:254]


class SignInForm(LoginForm):
    """Number or e-mail, and password."""

    sandi = PasswordField(
        _l("Sandi"),
        [Required(_l("Tulis sandi Anda."))],
        render_kw={"autocomplete": "current-password", "maxlength": 1_000},
    )
    pinjam = BooleanField(
        _l("Ini HP pinjam"),
        description=_l("Keluar sendiri setelah 15 menit tidak dipakai atau browser ditutup."),
    )
    lanjut = HiddenField()


class RecoveryForm(LoginForm):
    """Whose password was forgotten."""


class NameAndNumberForm(ShopForm):
    """How a person is called, and on which number."""

    nama = PlainText(
        _l("Nama"),
        [Required(_l("Tulis nama Anda, misalnya Sari Wulandari."))],
        max_length=120,
        render_kw={"autocomplete": "name"},
    )
    whatsapp = PhoneField(
        _l("Nomor WhatsApp"),
        description=_l("Contoh: 0812 3456 7890"),
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )


class RegistrationForm(NameAndNumberForm):
    """A new account: a name, at least one way to sign in, a password."""

    surel = EmailField(
        _l("Surel"),
        max_length=254,
        description=_l("Dengan surel, sandi yang lupa dapat dibuat baru sendiri."),
        render_kw={"autocomplete": "email", "inputmode": "email", "autocapitalize": "none"},
    )
    sandi = NewPasswordField(
        _l("Sandi"),
        [Required(_l("Buat sandi, misalnya tiga kata yang Anda pilih."))],
        description=PASSWORD_HINT,
        render_kw={"autocomplete": "new-password", "minlength": MIN_PASSWORD_LENGTH},
    )

    def about(self) -> tuple[str, ...]:
        """What a password must not repeat."""
        return tuple(str(f.data) for f in (self.nama, self.whatsapp, self.surel) if f.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for one of the two ways to sign in, not for both."""
        is_right = super().validate(extra_validators)
        typed = [f for f in (self.whatsapp, self.surel) if f.raw_data and f.raw_data[0].strip()]
        if not typed:
            self.whatsapp.errors = [_("Tulis nomor WhatsApp atau surel, misalnya 0812 3456 7890.")]
            return False
        return is_right


class NewPasswordForm(ShopForm):
    """A new password, after the right to set one was proved."""

    sandi = NewPasswordField(
        _l("Sandi baru"),
        [Required(_l("Buat sandi baru, misalnya tiga kata yang Anda pilih."))],
        description=PASSWORD_HINT,
        render_kw={
            "autocomplete": "new-password",
            "minlength": MIN_PASSWORD_LENGTH,
            "maxlength": MAX_PASSWORD_LENGTH,
        },
    )


class DeskCodeForm(LoginForm, NewPasswordForm):
    """A code from the cooperative's desk and the new password in one go."""

    kode = PlainText(
        _l("Kode dari meja koperasi"),
        [Required(_l("Tulis kode 8 huruf dan angka dari petugas, misalnya K7MP-3QXZ."))],
        max_length=40,
        description=_l("8 huruf dan angka, misalnya K7MP-3QXZ. Berlaku 30 menit."),
        render_kw={"autocomplete": "one-time-code", "autocapitalize": "characters"},
    )

    def validate_kode(self, field: Any) -> None:
        """Tell a code that cannot be one from a wrong one."""
        if len(read_desk_code(field.data or "")) != DESK_CODE_LENGTH:
            raise ValidationError(_("Kodenya 8 huruf dan angka, misalnya K7MP-3QXZ."))


class ChangePasswordForm(NewPasswordForm):
    """The old password and a new one."""

    sandi_lama = PasswordField(
        _l("Sandi sekarang"),
        [Required(_l("Tulis sandi yang sekarang."))],
        render_kw={"autocomplete": "current-password"},
    )


class ContactForm(NameAndNumberForm):
    """Name and number; the password is asked when the number changes, because it signs in."""

    sandi = PasswordField(
        _l("Sandi sekarang"),
        description=_l("Hanya kalau nomornya diganti, karena nomor dipakai untuk masuk."),
        render_kw={"autocomplete": "current-password", "maxlength": 1_000},
    )


class LanguageForm(ShopForm):
    """The language of workspaces and letters."""

    bahasa = PlainText(
        _l("Bahasa"),
        [
            Required(_l("Pilih bahasa Indonesia atau Inggris.")),
            AnyOf(LANGUAGES, _l("Pilih bahasa Indonesia atau Inggris.")),
        ],
    )


class MailForm(ShopForm):
    """How notices come by mail."""

    surat = RadioField(
        _l("Kapan surel dikirim"),
        choices=[
            SelectChoice(AT_ONCE, _l("Satu per satu, begitu terjadi")),
            *(
                SelectChoice(zone, _l("Satu surel sehari, pukul 08.00 %(zone)s", zone=name))
                for zone, name in MORNINGS
            ),
        ],
        validators=[
            AnyOf(
                [AT_ONCE, *(zone for zone, _name in MORNINGS)],
                _l("Pilih salah satu cara menerima surel."),
            )
        ],
        validate_choice=False,
    )


def _weak_words(found: Weakness) -> str:
    words = {
        Weakness.SHORT: _("Terlalu pendek: paling sedikit 8 huruf atau angka."),
        Weakness.LONG: _("Terlalu panjang: paling banyak 128 huruf."),
        Weakness.COMMON: _("Terlalu mudah ditebak. Contoh yang kuat: tiga kata pilihan Anda."),
        Weakness.ABOUT_YOU: _("Jangan memakai nama, nomor atau surel sendiri."),
    }
    return str(words[found])
