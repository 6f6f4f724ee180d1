"""What a manager types about cash."""

from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, ValidationError

from shop.core.values.units import Grams
from shop.shipping.delivery_desk.forms import WeightField
from shop.web.rendering.forms import Required, RupiahField, ShopForm

MAX_CASH_RUPIAH = 10_000_000
"""Rupiah: nobody carries more of somebody else's money on a motorcycle."""
MAX_GRAMS = 100_000


class TermsForm(ShopForm):
    """Up to where a cooperative takes cash."""

    antar = BooleanField(
        _l("Terima tunai saat diantar sendiri"),
        description=_l("Berlaku pada keliling yang punya batas tunai sendiri."),
    )
    ambil = RupiahField(
        _l("Terima tunai saat diambil, sampai"),
        description=_l("Misalnya Rp300.000. Kosongkan kalau pesanan diambil harus dibayar dulu."),
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )
    berat = WeightField(
        _l("Berat paket paling banyak"),
        [Required(_l("Tulis beratnya, misalnya 10 kg."))],
        description=_l("Yang lebih berat harus dibayar sebelum dikirim."),
        render_kw={"autocomplete": "off"},
    )

    def validate_ambil(self, field: RupiahField) -> None:
        """More than nothing, and no more than somebody should carry."""
        if field.data is not None and not 0 < cast("int", field.data) <= MAX_CASH_RUPIAH:
            raise ValidationError(_("Tulis dari Rp1 sampai Rp10.000.000, misalnya Rp300.000."))

    def validate_berat(self, field: WeightField) -> None:
        """What two hands lift."""
        if field.data is not None and not 0 < cast("int", field.data) <= MAX_GRAMS:
            raise ValidationError(_("Tulis paling banyak 100 kg, misalnya 10 kg."))

    @classmethod
    def usual(cls, **known: Any) -> "TermsForm":
        """As it is set now; ten kilograms where nothing was."""
        return cls(**{"berat": Grams(10_000), **known})
