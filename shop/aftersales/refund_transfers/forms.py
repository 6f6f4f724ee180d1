"""What a shopper types about where money goes back."""

import re

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import ValidationError
from wtforms.validators import Regexp

from shop.aftersales.refunds.forms import MAX_SEEN_RUPIAH
from shop.web.rendering.forms import CountField, PlainText, Required, ShopForm

NUMBER = re.compile(r"[0-9]{6,20}")


class DestinationForm(ShopForm):
    """A bank or e-wallet account, and the digits that prove whose money it is (rule R23)."""

    tujuan = PlainText(
        _l("Bank atau e-wallet"),
        [Required(_l("Tulis nama bank atau e-wallet, misalnya BRI atau DANA."))],
        max_length=60,
        description=_l("Misalnya BRI, Mandiri, BSI, DANA, GoPay."),
        render_kw={"autocomplete": "off", "maxlength": "60"},
    )
    nomor = PlainText(
        _l("Nomor rekening atau nomor HP e-wallet"),
        [Required(_l("Tulis nomornya, misalnya 0012 3456 7890."))],
        max_length=40,
        render_kw={"autocomplete": "off", "inputmode": "numeric", "maxlength": "40"},
    )
    nama = PlainText(
        _l("Atas nama"),
        [Required(_l("Tulis nama pemiliknya seperti di bank, misalnya Sari Dewi."))],
        max_length=120,
        render_kw={"autocomplete": "name", "maxlength": "120"},
    )
    digit = PlainText(
        _l("4 angka terakhir nomor WhatsApp"),
        [
            Required(_l("Tulis 4 angka terakhir, misalnya 7890.")),
            Regexp(r"[0-9]{4}\Z", message=_l("Tulis tepat 4 angka, misalnya 7890.")),
        ],
        max_length=20,
        description=_l("Nomor yang dipakai memesan. Supaya hanya Anda yang bisa mengubahnya."),
        render_kw={"inputmode": "numeric", "autocomplete": "off", "maxlength": "4"},
    )

    def validate_nomor(self, field: PlainText) -> None:
        """Digits as people space them."""
        if not NUMBER.fullmatch(self.number):
            raise ValidationError(_("Hanya angka, 6 sampai 20, misalnya 0012 3456 7890."))

    @property
    def number(self) -> str:
        """The number without spaces, dots and dashes."""
        return re.sub(r"[\s.\-]", "", self.nomor.data or "")


MAX_ID = 2**63 - 1


class TransferForm(ShopForm):
    """The bank's reference of one transfer, beside what it was for."""

    rujukan = PlainText(
        _l("Nomor rujukan dari bank"),
        [Required(_l("Tulis nomor rujukan di bukti transfer, misalnya 2611260123."))],
        max_length=60,
        render_kw={"autocomplete": "off", "maxlength": "60"},
    )
    tujuan = CountField(_l("Tujuan"), [Required()], minimum=1, maximum=MAX_ID)
    jumlah = CountField(_l("Jumlah"), [Required()], minimum=1, maximum=MAX_SEEN_RUPIAH)

    @property
    def destination_id(self) -> int:
        """Which destination it went to."""
        return int(str(self.tujuan.data))

    @property
    def seen(self) -> int:
        """Rupiah that waited when it was looked at."""
        return int(str(self.jumlah.data))
