"""What somebody types to give money back."""

from collections.abc import Sequence
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Form, RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag

from shop.aftersales.refunds.queries import Line, Refundable
from shop.aftersales.refunds.rules import REASONS, RefundSelection
from shop.core.values.money import format_rupiah
from shop.fulfilment.board.words import reason_word
from shop.fulfilment.orders.rules import Reason
from shop.web.rendering.forms import CountField, RupiahField, ShopForm

BACK, GONE = "rak", "tidak"
TOGETHER, TILL = "bersama", "kas"
LOOKS = "lihat"
"""Mark of an address that asks for the reckoning."""
MAX_SEEN_RUPIAH = 10**13


class RefundForm(ShopForm):
    """Packs of each line, delivery, why, and two things that only a person knows.

    To look at what it takes is a GET, so that a reckoning can be reloaded and shown to somebody;
    to give is a POST of the same fields.
    """

    lines: Sequence[Line] = ()

    ongkir = RupiahField(
        _l("Ongkir"), render_kw={"inputmode": "numeric", "autocomplete": "off", "size": 12}
    )
    alasan = SelectField(_l("Alasan"), default="")
    stok = RadioField(_l("Barangnya sekarang"), default=GONE)
    tanggung = RadioField(_l("Siapa yang menanggung"), default=TOGETHER)
    terlihat = CountField(_l("Sudah kembali"), minimum=0, maximum=MAX_SEEN_RUPIAH)

    def __init__(self, found: Refundable, **defaults: Any) -> None:
        if request.method == "POST":
            super().__init__(**defaults)
        else:
            Form.__init__(self, request.args if LOOKS in request.args else None, **defaults)
        self.found = found
        self.alasan.choices = [
            SelectChoice("", _("— pilih —")),
            *(SelectChoice(one.value, reason_word(one)) for one in REASONS),
        ]
        self.stok.choices = [
            (BACK, _("Ada di rak lagi dan layak jual")),
            (GONE, _("Tidak kembali, atau tidak layak jual")),
        ]
        self.tanggung.choices = [
            (TOGETHER, _("Penjualannya batal: anggota dan kas tidak menerima bagiannya")),
            (TILL, _("Kas koperasi: anggota tetap menerima bagiannya")),
        ]
        if not found.asks_for_shelf:
            del self.stok

    def packs_of(self, line: Line) -> Any:
        """The field of a line's packs."""
        return self[f"isi-{line.position}"]

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field, then whether anything was chosen at all."""
        is_fine = super().validate(extra_validators)
        if not self.alasan.data:
            self.alasan.errors = [_("Pilih alasannya.")]
            is_fine = False
        left = self.found.delivery_left
        if self.delivery > left:
            self.ongkir.errors = [_("Paling banyak %(left)s.", left=format_rupiah(left))]
            is_fine = False
        for line in self.lines:
            if (self.packs_of(line).data or 0) > line.left:
                self.packs_of(line).errors = [_("Tinggal %(left)s.", left=line.left)]
                is_fine = False
        if is_fine and not self._packs() and not self.delivery:
            first = next((self.packs_of(line) for line in self.lines if line.left), self.ongkir)
            first.errors = [
                _("Pilih yang dikembalikan: paling sedikit satu bungkus, atau ongkirnya.")
            ]
            is_fine = False
        return is_fine

    @property
    def delivery(self) -> int:
        """Rupiah of the delivery fee."""
        amount: Any = self.ongkir.data
        return int(amount or 0)

    @property
    def seen(self) -> int | None:
        """What had gone back when it was reckoned; None where nobody said."""
        amount: Any = self.terlihat.data
        return None if amount is None else int(amount)

    @property
    def has_reason(self) -> bool:
        """Whether the reason is one of the list: only then something is selected."""
        return self.alasan.data in {one.value for one in REASONS}

    def selection(self) -> RefundSelection:
        """What was chosen."""
        return RefundSelection(
            packs=self._packs(),
            delivery=self.delivery,
            reason=Reason(self.alasan.data),
            is_back="stok" in self and self.stok.data == BACK,
            till_pays=self.tanggung.data == TILL,
        )

    def _packs(self) -> dict[int, int]:
        wanted = {line.line_id: self.packs_of(line).data for line in self.lines}
        return {line_id: packs for line_id, packs in wanted.items() if packs}


def refund_form(found: Refundable) -> RefundForm:
    """The form of one order; nothing goes back until somebody says so."""
    fields: dict[str, Any] = {"lines": found.lines}
    for line in found.lines:
        fields[f"isi-{line.position}"] = CountField(
            line.name,
            minimum=0,
            maximum=line.packs,
            render_kw={"inputmode": "numeric", "autocomplete": "off", "size": 4},
        )
    kind: type[RefundForm] = type("RefundForm", (RefundForm,), fields)
    return kind(found)
