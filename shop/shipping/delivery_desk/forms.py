"""What a manager types about delivery."""

import re
from collections.abc import Sequence
from datetime import date, time
from typing import cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    RadioField,
    SelectField,
    SelectMultipleField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag
from wtforms.form import BaseForm

from shop.core.values import clock
from shop.core.values.money import Rupiah
from shop.core.values.units import Grams, UnclearWeight, parse_grams
from shop.shipping.places.queries import Areas
from shop.shipping.rates.rate_cards import RateLine
from shop.shipping.rates.rules import OpenHours
from shop.web.rendering.forms import (
    CountField,
    LongText,
    PlainText,
    ReadField,
    Required,
    RupiahField,
    ShopForm,
)
from shop.web.rendering.template_filters import written_weight

MAX_DAYS = 90
MAX_PRICE_RUPIAH = 10_000_000
_CLOCK = re.compile(r"([01]?\d|2[0-3])(?:[.:]([0-5]\d))?")
WEEK = (
    SelectChoice("1", _l("Senin")),
    SelectChoice("2", _l("Selasa")),
    SelectChoice("3", _l("Rabu")),
    SelectChoice("4", _l("Kamis")),
    SelectChoice("5", _l("Jumat")),
    SelectChoice("6", _l("Sabtu")),
    SelectChoice("7", _l("Minggu")),
)


def _today() -> date:
    return clock.day_in(clock.HOME_ZONE, clock.now())


class ClockField(ReadField):
    """A time of day the way people write it: ``11.00``, ``11:30``, ``9``."""

    def read(self, text: str) -> time:
        found = _CLOCK.fullmatch(text)
        if found is None:
            raise ValueError(_("Tulis jamnya, misalnya 11.00."))
        return time(int(found[1]), int(found[2] or 0))

    def written(self, value: time) -> str:
        return f"{value:%H.%M}"


class WeightField(ReadField):
    """A weight: ``1,3 kg``, ``850 g``; a bare number is kilograms."""

    def read(self, text: str) -> Grams:
        try:
            return parse_grams(text)
        except UnclearWeight as refusal:
            raise ValueError(_("Tulis beratnya, misalnya 1,3 kg atau 850 g.")) from refusal

    def written(self, value: int) -> str:
        return written_weight(value)


class SinceField(DateField):
    """The day from which something holds; never a day that is over."""

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        try:
            super().process_formdata(list(valuelist))
        except ValueError as fault:
            raise ValueError(_("Tulis tanggalnya, misalnya %(day)s.", day=_today())) from fault

    def pre_validate(self, form: BaseForm) -> None:
        """Not before today: what was placed keeps its prices."""
        if isinstance(self.data, date) and self.data < _today():
            raise ValidationError(_("Pilih hari ini atau sesudahnya."))


class DaysField(SelectMultipleField):
    """Days of the week to tick."""

    def pre_validate(self, form: BaseForm) -> None:
        """Only days there are; ticked once each."""
        if not self.data or not set(self.data) <= {day.value for day in WEEK}:
            raise ValidationError(_("Pilih paling sedikit satu hari."))

    @property
    def weekdays(self) -> str:
        """In order, as columns keep them: ``246``."""
        return "".join(sorted(set(self.data or ())))


class _AreasForm(ShopForm):
    """A form with a list of areas; what the list means is read with the database at hand."""

    wilayah = LongText(
        _l("Wilayah"),
        [Required(_l("Tulis paling sedikit satu wilayah."))],
        max_length=20_000,
        description=_l(
            "Satu wilayah satu baris: provinsi, kabupaten, kota, atau kode kecamatan. Misalnya"
            " Kota Bandung, atau 32.05.07 Tarogong Kidul."
        ),
    )

    def accepts(self, areas: Areas) -> bool:
        """Whether every line names an area; else the field says which does not."""
        complaints = [
            _("Tidak ketemu: %(names)s.", names=", ".join(areas.unknown[:5]))
            for _once in (1,)
            if areas.unknown
        ]
        complaints += [
            _("%(name)s bisa berarti %(all)s. Tulis kodenya.", name=name, all=", ".join(labels))
            for name, labels in areas.unclear[:5]
        ]
        if not complaints and not areas.codes:
            complaints = [_("Tulis paling sedikit satu wilayah.")]
        self.wilayah.errors = [str(sentence) for sentence in complaints]
        return not complaints


class ZoneForm(_AreasForm):
    """One price of one service for a list of areas."""

    layanan = SelectField(_l("Layanan kurir"))
    harga = RupiahField(
        _l("Harga per kg"), [Required(_l("Tulis harga per kilogram, misalnya Rp12.000."))]
    )
    hari_cepat = CountField(
        _l("Sampai paling cepat"),
        [Required(_l("Tulis jumlah harinya."))],
        minimum=0,
        maximum=MAX_DAYS,
    )
    hari_lama = CountField(
        _l("Sampai paling lama"),
        [Required(_l("Tulis jumlah harinya."))],
        minimum=0,
        maximum=MAX_DAYS,
    )
    jalur = RadioField(
        _l("Jalur"),
        choices=[
            SelectChoice("darat", _l("Darat atau laut")),
            SelectChoice("udara", _l("Udara: barang yang dilarang terbang tidak ikut")),
        ],
        default="darat",
    )
    mulai = SinceField(
        _l("Berlaku mulai"),
        [Required(_l("Pilih tanggal mulainya."))],
        default=_today,
        description=_l("Sampai hari itu harga lama yang berlaku. Pesanan lama tetap."),
    )

    def validate_harga(self, field: RupiahField) -> None:
        """No price that only a slip of the finger explains."""
        if field.data is not None and cast("int", field.data) > MAX_PRICE_RUPIAH:
            raise ValidationError(_("Terlalu besar. Tulis harga per kilogram, misalnya Rp12.000."))

    def validate_hari_lama(self, field: CountField) -> None:
        """Not before the earliest."""
        minimum = self.hari_cepat.data
        if field.data is not None and minimum is not None and field.data < minimum:
            raise ValidationError(_("Paling lama tidak boleh kurang dari paling cepat."))

    def line(self, area_code: str) -> RateLine:
        """The price for one of the areas, once the form is valid."""
        return RateLine(
            area_code,
            cast("Rupiah", self.harga.data),
            cast("int", self.hari_cepat.data),
            cast("int", self.hari_lama.data),
            by_air=self.jalur.data == "udara",
        )


class RoundForm(_AreasForm):
    """A round that the cooperative drives itself."""

    nama = PlainText(
        _l("Nama"), [Required(_l("Beri nama, misalnya Diantar ke Takengon."))], max_length=80
    )
    hari = DaysField(_l("Hari antar"), choices=list(WEEK))
    batas_jam = ClockField(
        _l("Batas jam"),
        [Required(_l("Tulis jamnya, misalnya 11.00."))],
        description=_l("Pesanan sebelum jam ini ikut hari itu juga."),
    )
    ongkir = RupiahField(_l("Ongkir"), [Required(_l("Tulis ongkirnya; Rp0 kalau gratis."))])
    gratis_mulai = RupiahField(_l("Gratis mulai belanja"))
    tunai_sampai = RupiahField(
        _l("Bayar di tempat sampai"),
        description=_l("Kosongkan kalau pengantar tidak menerima uang tunai."),
    )
    catatan = PlainText(_l("Catatan untuk pembeli"), max_length=200)

    def validate_gratis_mulai(self, field: RupiahField) -> None:
        """Nothing is no sum."""
        _above_nothing(field)

    def validate_tunai_sampai(self, field: RupiahField) -> None:
        """Nothing is no sum."""
        _above_nothing(field)


class PickupForm(ShopForm):
    """A place where goods are handed over."""

    nama = PlainText(
        _l("Nama tempat"), [Required(_l("Beri nama, misalnya Rumah sangrai."))], max_length=80
    )
    alamat = PlainText(_l("Alamat"), [Required(_l("Tulis alamatnya."))], max_length=140)
    hari = DaysField(_l("Hari buka"), choices=list(WEEK))
    buka = ClockField(_l("Buka"), [Required(_l("Tulis jamnya, misalnya 08.00."))])
    tutup = ClockField(_l("Tutup"), [Required(_l("Tulis jamnya, misalnya 16.00."))])
    batas_jam = ClockField(
        _l("Batas jam"),
        [Required(_l("Tulis jamnya, misalnya 12.00."))],
        description=_l("Pesanan sebelum jam ini bisa diambil hari itu juga."),
    )

    def validate_tutup(self, field: ClockField) -> None:
        """After it opened."""
        if field.data is not None and self.buka.data is not None and field.data <= self.buka.data:
            raise ValidationError(_("Jam tutup harus sesudah jam buka."))

    @property
    def hours(self) -> OpenHours:
        """Days and hours, once the form is valid."""
        return OpenHours(
            self.hari.weekdays,
            cast("time", self.buka.data),
            cast("time", self.tutup.data),
            cast("time", self.batas_jam.data),
        )


class FreeForm(ShopForm):
    """From which sum of goods on a service costs nothing."""

    layanan = SelectField(_l("Layanan kurir"))
    gratis_mulai = RupiahField(
        _l("Gratis mulai belanja"), description=_l("Kosongkan kalau selalu bayar ongkir.")
    )

    def validate_gratis_mulai(self, field: RupiahField) -> None:
        """Nothing is no sum."""
        _above_nothing(field)

    @property
    def free_from(self) -> Rupiah | None:
        """Rupiah of goods, or never."""
        return cast("Rupiah | None", self.gratis_mulai.data)


class UploadForm(ShopForm):
    """From which day a sheet of prices holds."""

    mulai = SinceField(
        _l("Berlaku mulai"),
        [Required(_l("Pilih tanggal mulainya."))],
        default=_today,
    )


def _above_nothing(field: RupiahField) -> None:
    if field.data is not None and cast("int", field.data) <= 0:
        raise ValidationError(_("Tulis jumlah di atas nol, atau kosongkan."))
