"""What a treasurer types about the cooperative's own accounts."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, PasswordField, ValidationError
from wtforms.validators import Regexp

from shop.payments.bills.qris import BadQris, belongs_to, read_static
from shop.payments.payees.words import qris_fault_words
from shop.web.rendering.forms import PlainText, Required, ShopForm


class SecretForm(ShopForm):
    """The password once more: whoever finds the page open moves no money."""

    def __init__(self, *, is_sent: bool = True) -> None:
        # One of several forms of a page: only the one that was sent is filled from the request.
        if is_sent:
            super().__init__()
        else:
            Form.__init__(self, None)

    sandi = PasswordField(
        _l("Sandi Anda"),
        [Required(_l("Tulis sandi Anda untuk mengubah rekening."))],
        description=_l("Ditanya lagi karena ini menentukan ke mana uang pergi."),
        render_kw={"autocomplete": "current-password", "maxlength": "200"},
    )


class BankForm(SecretForm):
    """A bank account."""

    bank = PlainText(_l("Bank"), [Required(_l("Tulis nama banknya, misalnya BRI."))], max_length=60)
    nomor = PlainText(
        _l("Nomor rekening"),
        [
            Required(_l("Tulis nomornya, misalnya 001234567890.")),
            Regexp(r"[0-9][0-9 .-]{4,38}\Z", message=_l("Tulis angkanya saja, 5 sampai 20 angka.")),
        ],
        max_length=40,
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    pemilik = PlainText(
        _l("Atas nama"),
        [Required(_l("Tulis nama pemilik seperti di buku tabungan."))],
        max_length=120,
        description=_l("Harus nama koperasi, bukan nama orang."),
    )

    def validate_nomor(self, field: PlainText) -> None:
        """Five to twenty digits, however they were grouped."""
        if not 5 <= len(self.digits) <= 20:
            raise ValidationError(_("Tulis angkanya saja, 5 sampai 20 angka."))

    @property
    def digits(self) -> str:
        """The number without what people put between."""
        return "".join(sign for sign in self.nomor.data or "" if sign.isdecimal())


class QrisForm(SecretForm):
    """The text of the code that hangs at the till."""

    kode = PlainText(
        _l("Isi kode QRIS"),
        [Required(_l("Tempel isi kodenya; dimulai dengan 000201."))],
        max_length=520,
        description=_l("Pindai QRIS koperasi dengan aplikasi pembaca kode, lalu salin teksnya."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )

    nama = PlainText(
        _l("Nama di bawah kode"),
        [Required(_l("Tulis nama usaha yang tercetak di bawah kode."))],
        max_length=60,
    )
    nmid = PlainText(
        _l("NMID"),
        max_length=40,
        description=_l("Tercetak di bawah nama, dimulai dengan ID. Kosongkan kalau tidak ada."),
        render_kw={"autocomplete": "off"},
    )

    def validate_kode(self, field: PlainText) -> None:
        """Sound, the kind that asks for the amount, and that of the merchant who is meant."""
        code = field.data or ""
        try:
            merchant = read_static(code)
        except BadQris as refusal:
            raise ValidationError(qris_fault_words(refusal.fault)) from refusal
        try:
            belongs_to(code, name=self.nama.data or "", number=self.nmid.data or "")
        except BadQris as refusal:
            raise ValidationError(
                _(
                    "Kode ini milik %(name)s (%(number)s), bukan yang Anda tulis. Salin kode dari"
                    " stiker koperasi, atau betulkan nama dan NMID-nya.",
                    name=merchant.name,
                    number=merchant.number or _("tanpa NMID"),
                )
            ) from refusal
