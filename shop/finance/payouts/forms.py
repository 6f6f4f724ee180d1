"""What is typed when money has left."""

from datetime import date
from typing import cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, ValidationError

from shop.core.values import clock
from shop.web.rendering.forms import PlainText, Required, ShopForm

MAX_REFERENCE_LENGTH = 60


class PaidForm(ShopForm):
    """The bank's reference of one payout and the day it left."""

    reference = PlainText(
        _l("Nomor referensi"),
        [Required(_l("Salin nomor referensi dari bukti transfer, misalnya TRX20261126001."))],
        max_length=MAX_REFERENCE_LENGTH,
        name="referensi",
        render_kw={"autocomplete": "off"},
    )
    paid_on = DateField(
        _l("Tanggal transfer"),
        [Required(_l("Pilih tanggal uang dikirim, misalnya 2026-11-23."))],
        name="tanggal",
        default=lambda: clock.day_in(clock.HOME_ZONE, clock.now()),
    )

    had_left = BooleanField(
        _l("Uangnya sudah terlanjur terkirim ke rekening yang tertulis di daftar"),
        name="terlanjur",
    )

    def validate_paid_on(self, field: DateField) -> None:
        """Nobody sends money tomorrow."""
        if field.data is not None and field.data > clock.day_in(clock.HOME_ZONE, clock.now()):
            raise ValidationError(_("Pilih hari ini atau sebelumnya."))

    @property
    def day(self) -> date:
        """The day, once the form is valid."""
        return cast("date", self.paid_on.data)
