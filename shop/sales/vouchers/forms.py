"""What a sponsor types to make a voucher."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, RadioField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag
from wtforms.validators import Optional

from shop.core.values import clock
from shop.sales.vouchers.models import Voucher
from shop.sales.vouchers.rules import LONGEST_CODE, ZONE, fold_code
from shop.web.rendering.forms import (
    CountField,
    PercentField,
    PlainText,
    Required,
    RupiahField,
    ShopForm,
)

PERCENT, AMOUNT = "persen", "rupiah"
MAX_USES = 1_000_000
MAX_PERIOD = timedelta(days=731)


class VoucherForm(ShopForm):
    """A new voucher."""

    kode = PlainText(
        _l("Kode"),
        [Required(_l("Tulis kodenya, misalnya PANEN10."))],
        max_length=40,
        description=_l(
            "3 sampai 24 huruf, angka atau tanda hubung. Spasi dan huruf kecil disamakan."
        ),
        render_kw={"autocomplete": "off", "autocapitalize": "characters"},
    )
    jenis = RadioField(
        _l("Potongannya"),
        choices=[
            SelectChoice(PERCENT, _l("Persen dari harga barang")),
            SelectChoice(AMOUNT, _l("Rupiah tetap")),
        ],
        default=PERCENT,
    )
    persen = PercentField(_l("Persen"), [Optional()], render_kw={"inputmode": "decimal"})
    rupiah = RupiahField(_l("Rupiah"), [Optional()], render_kw={"inputmode": "numeric"})
    paling = RupiahField(
        _l("Potongan paling banyak"), [Optional()], render_kw={"inputmode": "numeric"}
    )
    minimal = RupiahField(
        _l("Belanja paling sedikit"), [Optional()], render_kw={"inputmode": "numeric"}
    )
    mulai = DateField(_l("Berlaku mulai"), [Required(_l("Tulis tanggalnya, misalnya 2026-11-23."))])
    sampai = DateField(
        _l("Berlaku sampai"), [Required(_l("Tulis tanggalnya, misalnya 2026-11-23."))]
    )
    kuota = CountField(
        _l("Boleh dipakai berapa kali seluruhnya"),
        [Optional()],
        maximum=MAX_USES,
        render_kw={"inputmode": "numeric"},
    )
    per_pembeli = CountField(
        _l("Berapa kali oleh satu pembeli"),
        [Optional()],
        maximum=1000,
        render_kw={"inputmode": "numeric"},
    )

    def validate_kode(self, field: PlainText) -> None:
        """A code that shoppers can type."""
        if fold_code(field.data or "") is None:
            raise ValidationError(
                _("Tulis 3 sampai %(most)s huruf atau angka, misalnya PANEN10.", most=LONGEST_CODE)
            )

    def validate_together(self) -> bool:
        """Judge the fields, and those that lean on one another."""
        self.validate()
        if self.jenis.data == PERCENT and not self.persen.data and not self.persen.errors:
            self.persen.errors = [_("Tulis persennya, misalnya 10.")]
        if self.jenis.data == AMOUNT and not self.rupiah.data and not self.rupiah.errors:
            self.rupiah.errors = [_("Tulis rupiahnya, misalnya Rp10.000.")]
        for field in (self.rupiah, self.paling):
            if field.raw_data and field.raw_data[0].strip() and not (field.data or field.errors):
                field.errors = [_("Tulis paling sedikit Rp1, atau kosongkan.")]
        if self.mulai.data and self.sampai.data and self.sampai.data < self.mulai.data:
            self.sampai.errors = [_("Tulis tanggal yang tidak mendahului hari mulainya.")]
        return not self.errors

    def validate_sampai(self, field: DateField) -> None:
        """A voucher for ever is one nobody remembers."""
        if (
            isinstance(field.data, date)
            and field.data > clock.day_in(ZONE, clock.now()) + MAX_PERIOD
        ):
            raise ValidationError(_("Pilih hari dalam dua tahun ke depan."))

    def to_voucher(self, cooperative_id: int | None, person_id: int) -> Voucher:
        """The voucher that was typed, for its sponsor."""
        is_percent = self.jenis.data == PERCENT
        assert self.mulai.data is not None  # both are required
        assert self.sampai.data is not None
        return Voucher(
            code=fold_code(self.kode.data or "") or "",
            cooperative_id=cooperative_id,
            percent_bp=self.persen.data if is_percent else None,
            amount=None if is_percent else self.rupiah.data,
            least_goods=self.minimal.data or 0,
            most_discount=self.paling.data,
            starts_at=_midnight(self.mulai.data),
            ends_at=_midnight(self.sampai.data + timedelta(days=1)),
            most_uses=self.kuota.data,
            most_per_buyer=self.per_pembeli.data,
            made_by_id=person_id,
        )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(ZONE))
