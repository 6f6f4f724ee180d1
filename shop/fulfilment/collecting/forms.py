"""What is typed when packs come to the cooperative."""

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, Field, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag
from wtforms.validators import Optional

from shop.core.values.text import MAX_PACKS
from shop.fulfilment.collecting.actions import Brought, NewBatch
from shop.fulfilment.collecting.batches import BatchChoice
from shop.fulfilment.collecting.queries import WantedLine
from shop.fulfilment.collecting.rules import Fault, RecallReason
from shop.fulfilment.collecting.words import FAULT_WORDS, RECALL_WORDS
from shop.web.rendering.forms import CountField, HiddenLine, PlainText, Required, ShopForm
from shop.web.rendering.template_filters import written_day_short

NEW = "baru"
"""Chosen where the packs carry a code that nobody wrote down yet."""


class ReceiveForm(ShopForm):
    """How many came, in which condition, and of which batch."""

    sudah = HiddenLine()
    jumlah = CountField(
        _l("Datang, baik"), minimum=0, render_kw={"inputmode": "numeric", "required": True}
    )
    kode = SelectField(_l("Kode produksi"), default="")
    ditolak = CountField(_l("Tidak layak"), minimum=0, render_kw={"inputmode": "numeric"})
    sebab = SelectField(
        _l("Kenapa tidak layak?"),
        choices=[
            SelectChoice("", _l("Pilih sebabnya")),
            *(SelectChoice(fault.value, word) for fault, word in FAULT_WORDS.items()),
        ],
        default="",
    )
    kode_baru = PlainText(
        _l("Kode produksi baru"), max_length=40, render_kw={"autocomplete": "off"}
    )
    dibuat = DateField(_l("Tanggal dibuat"), [Optional()])
    banyak = CountField(_l("Dibuat berapa kemasan"), render_kw={"inputmode": "numeric"})

    def __init__(
        self, line: WantedLine, batches: Sequence[BatchChoice], today: date, *, is_sent: bool
    ) -> None:
        super().__init__(prefix=prefix_of(line.key), jumlah=line.left, sudah=str(line.received))
        if not is_sent:  # the page was posted for another line: this one starts anew
            self.process(None, jumlah=line.left, sudah=str(line.received))
        self.today = today
        self.kode.choices = [
            SelectChoice("", _("Tanpa kode")),
            *(SelectChoice(one.code, _batch(one)) for one in batches),
            SelectChoice(NEW, _("Kode lain …")),
        ]
        if not self.kode.data and batches and not is_sent:
            self.kode.data = batches[0].code
        self._ids = {one.code: one.batch_id for one in batches}

    def validate(self, extra_validators: Any = None) -> bool:
        """Something was counted, with a reason for what was turned away and a whole new code."""
        is_fine = super().validate(extra_validators)
        good, bad = _count(self.jumlah), _count(self.ditolak)
        if good + bad == 0 and not self.jumlah.errors and not self.ditolak.errors:
            _say(self.jumlah, _("Tulis berapa kemasan yang datang, misalnya 3."))
        if bad and not self.sebab.data:
            _say(self.sebab, _("Pilih sebabnya, supaya pembuat tahu apa yang harus dibetulkan."))
        if self.sebab.data and not bad and not self.ditolak.errors:
            _say(self.ditolak, _("Tulis berapa kemasan yang tidak layak, misalnya 1."))
        if self.kode.data == NEW:
            if not self.kode_baru.data:
                _say(
                    self.kode_baru,
                    _("Tulis kode yang dicap di kemasan, misalnya GYO261102A."),
                )
            if not self.dibuat.data:
                _say(self.dibuat, _("Isi tanggal dibuatnya."))
        if self.dibuat.data and self.dibuat.data > self.today:
            _say(self.dibuat, _("Tanggal dibuatnya belum tiba. Periksa hari, bulan, dan tahunnya."))
        return is_fine and not any(field.errors for field in self)

    def brought(self) -> Brought:
        """What was counted."""
        batch: int | NewBatch | None = self._ids.get(self.kode.data or "")
        if self.kode.data == NEW and self.dibuat.data is not None:
            made = _count(self.banyak) or None
            batch = NewBatch(self.kode_baru.data or "", self.dibuat.data, made)
        turned_away = _count(self.ditolak)
        return Brought(
            _count(self.jumlah),
            turned_away,
            Fault(self.sebab.data) if turned_away else None,
            batch,
        )

    def seen(self) -> int:
        """Packs that were received when the page was opened; what no page wrote is none."""
        text = self.sudah.data or ""
        is_count = text.isascii() and text.isdecimal() and len(text) < 9
        return min(int(text), MAX_PACKS) if is_count else -1


class RecallForm(ShopForm):
    """Why a batch is called back, and who is told."""

    kenapa = SelectField(
        _l("Kenapa ditarik?"),
        [Required(_l("Pilih sebabnya: pembeli membacanya."))],
        choices=[
            SelectChoice("", _l("Pilih sebabnya")),
            *(SelectChoice(reason.value, word) for reason, word in RECALL_WORDS.items()),
        ],
        default="",
    )

    def reason(self) -> RecallReason:
        """What was chosen."""
        return RecallReason(self.kenapa.data)


def prefix_of(key: str) -> str:
    """What the fields of a line's form begin with."""
    return key.replace(".", "-") + "-"


def _count(field: CountField) -> int:
    return cast("int | None", field.data) or 0


def _batch(one: BatchChoice) -> str:
    if one.last_day is None:
        return one.code
    return str(
        _("%(code)s · baik sampai %(day)s", code=one.code, day=written_day_short(one.last_day))
    )


def _say(field: Field, sentence: str) -> None:
    field.errors = [*field.errors, sentence]
