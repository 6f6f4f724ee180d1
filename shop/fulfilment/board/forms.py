"""What people at the desk type about an order."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import DateField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag
from wtforms.validators import Optional

from shop.core.values.units import Grams, Millimetres
from shop.fulfilment.board.answer_words import receiver_words, tracking_words
from shop.fulfilment.board.order_detail import SheetLine
from shop.fulfilment.board.words import reason_word
from shop.fulfilment.orders.errors import NotATrackingNumber, ShelfBelowHeld
from shop.fulfilment.orders.rules import FOR_A_LINE, Reason, Shortfall, read_tracking
from shop.shipping.delivery_desk.forms import WeightField
from shop.shipping.rates.rules import Unit
from shop.web.rendering.forms import (
    CountField,
    OneOfSeveral,
    PlainText,
    Required,
    RupiahField,
    ShopForm,
)


class SuspendForm(ShopForm):
    """Why a cooperative is suspended, for its own people to read."""

    alasan = PlainText(
        _l("Alasannya"),
        [Required(_l("Tulis alasannya, misalnya: izin koperasi sedang diperiksa."))],
        max_length=300,
        description=_l("Dibaca pengurus koperasi itu; pembeli tidak melihatnya."),
    )


class AcceptForm(OneOfSeveral):
    """Counts per line, a reason where they are fewer, and what really lies on the shelf."""

    lengkap = DateField(
        _l("Bisa lengkap tanggal"),
        [Optional()],
        description=_l("Kosongkan kalau tidak tahu: pembeli memilih kirim yang ada atau batal."),
    )
    lines: Sequence[SheetLine] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        """Each line by itself, then each count beside its reason."""
        is_fine = super().validate(extra_validators)
        for line in self.lines:
            count, reason = self.count_of(line), self.reason_of(line)
            if count.data is not None and count.data < line.packs and not reason.data:
                reason.errors = [_("Pilih kenapa kurang.")]
                is_fine = False
        return is_fine

    def count_of(self, line: SheetLine) -> Any:
        """The field of a line's packs."""
        return self[f"kirim-{line.position}"]

    def reason_of(self, line: SheetLine) -> Any:
        """The field of a line's reason."""
        return self[f"alasan-{line.position}"]

    def shelf_of(self, line: SheetLine) -> Any:
        """The field of what is left on the shelf."""
        return self[f"rak-{line.position}"]

    def is_short(self, line: SheetLine) -> bool:
        """Whether the part for short lines stands open."""
        fields = (self.count_of(line), self.reason_of(line), self.shelf_of(line))
        return self.count_of(line).data != line.packs or any(one.errors for one in fields)

    def counts(self) -> dict[int, int]:
        """Packs that will be sent, by line id."""
        return {line.line_id: self.count_of(line).data for line in self.lines}

    def shortfalls(self) -> dict[int, Shortfall]:
        """Why, for each line with fewer packs than ordered."""
        return {
            line.line_id: Shortfall(Reason(self.reason_of(line).data), self.shelf_of(line).data)
            for line in self.lines
            if self.count_of(line).data < line.packs
        }

    @property
    def asks_shopper(self) -> bool:
        """Whether some of it can be sent and some not: then the shopper chooses (rule R9)."""
        counts = self.counts()
        return any(counts.values()) and any(
            counts[line.line_id] < line.packs for line in self.lines
        )

    def say_no_such_day(self) -> None:
        """Tell what a right day looks like."""
        self.lengkap.errors = [_("Pilih tanggal dari besok sampai 60 hari lagi, atau kosongkan.")]

    def say_below_held(self, refusal: ShelfBelowHeld) -> None:
        """Tell which shelf was counted below what others are about to pay for."""
        line = next(line for line in self.lines if line.line_id == refusal.line_id)
        self.shelf_of(line).errors = [
            _(
                "%(held)s bungkus sedang ditahan untuk pembeli yang belum bayar."
                " Tulis paling sedikit %(held)s.",
                held=refusal.held,
            )
        ]


def accept_form(lines: Sequence[SheetLine], *, is_sent: bool) -> AcceptForm:
    """The form of one order's lines; everything can be sent until somebody counts."""
    fields: dict[str, Any] = {"lines": tuple(lines)}
    for line in lines:
        fields[f"kirim-{line.position}"] = CountField(
            _("Bisa dikirim"),
            [Required(_l("Tulis berapa yang bisa dikirim; 0 kalau tidak ada."))],
            minimum=0,
            maximum=line.packs,
            default=line.packs,
            render_kw={"inputmode": "numeric", "autocomplete": "off", "size": 4},
        )
        fields[f"alasan-{line.position}"] = SelectField(
            _("Kenapa kurang"),
            choices=[SelectChoice("", _("— tidak kurang —")), *_choices(FOR_A_LINE)],
            default="",
        )
        fields[f"rak-{line.position}"] = CountField(
            _("Sisa di rak"),
            minimum=0,
            description=_("Hitung yang benar-benar ada, di luar pesanan ini."),
            render_kw={"inputmode": "numeric", "autocomplete": "off", "size": 4},
        )
    kind: type[AcceptForm] = type("AcceptForm", (AcceptForm,), fields)
    return kind(is_sent=is_sent)


class ReturnForm(OneOfSeveral):
    """How many packs of each line came back fit to be sold."""

    lines: Sequence[SheetLine] = ()

    def count_of(self, line: SheetLine) -> Any:
        """The field of a line's packs."""
        return self[f"layak-{line.position}"]

    def fit(self) -> dict[int, int]:
        """Packs that can be sold again, by line id."""
        return {line.line_id: self.count_of(line).data for line in self.lines}


def return_form(
    lines: Sequence[SheetLine], packs: Mapping[int, int], reason: str | None, *, is_sent: bool
) -> ReturnForm:
    """The form of what came back: all of it fit until somebody counts; nothing of what was lost.

    :param packs: what lay in it, by line id.
    """
    sent = tuple(line for line in lines if packs.get(line.line_id))
    fields: dict[str, Any] = {"lines": sent}
    for line in sent:
        fields[f"layak-{line.position}"] = CountField(
            _("Layak jual"),
            [Required(_l("Tulis berapa yang masih layak jual; 0 kalau tidak ada."))],
            minimum=0,
            maximum=packs[line.line_id],
            default=0 if reason == Reason.LOST_ON_THE_WAY else packs[line.line_id],
            render_kw={"inputmode": "numeric", "autocomplete": "off", "size": 4},
        )
    kind: type[ReturnForm] = type("ReturnForm", (ReturnForm,), fields)
    return kind(is_sent=is_sent)


class EndForm(OneOfSeveral):
    """Why an order is refused or called off."""

    alasan = SelectField(_l("Alasan"), default="")

    def __init__(self, reasons: Iterable[Reason], *, is_sent: bool = True) -> None:
        super().__init__(is_sent=is_sent)
        self.alasan.choices = [SelectChoice("", _("— pilih —")), *_choices(reasons)]

    def validate_alasan(self, field: SelectField) -> None:
        """Nothing is refused without a reason."""
        if not field.data:
            raise ValidationError(_("Pilih alasannya."))


MAX_CM = 300
MM_PER_CM = 10


class BoxForm(OneOfSeveral):
    """The real weight and size of a parcel that is closed."""

    berat = WeightField(
        _l("Berat paket"),
        [Required(_l("Tulis beratnya, misalnya 1,3 kg."))],
        render_kw={"autocomplete": "off"},
    )
    panjang = CountField(_l("Panjang (cm)"), [Required(_l("Tulis panjangnya."))], maximum=MAX_CM)
    lebar = CountField(_l("Lebar (cm)"), [Required(_l("Tulis lebarnya."))], maximum=MAX_CM)
    tinggi = CountField(_l("Tinggi (cm)"), [Required(_l("Tulis tingginya."))], maximum=MAX_CM)

    def box(self) -> Unit:
        """The parcel as one unit, once the form is valid."""
        length, width, height = (
            Millimetres(MM_PER_CM * cast("int", side.data))
            for side in (self.panjang, self.lebar, self.tinggi)
        )
        return Unit(1, cast("Grams", self.berat.data), length, width, height)


class CourierForm(OneOfSeveral):
    """Who took the parcel, with which number."""

    kurir = PlainText(_l("Kurir"), [Required(_l("Tulis nama kurirnya."))], max_length=80)
    resi = PlainText(
        _l("Nomor resi"),
        [Required(_l("Tulis nomor resi dari kurir."))],
        max_length=80,
        description=_l("Ada di bukti kirim, misalnya JP1234567890."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters"},
    )

    def validate_resi(self, field: PlainText) -> None:
        """Refuse what no courier prints."""
        try:
            read_tracking(field.data or "")
        except NotATrackingNumber as refusal:
            raise ValidationError(tracking_words()) from refusal


class PickupForm(OneOfSeveral):
    """The code that whoever picks up says."""

    kode = PlainText(
        _l("Kode ambil"),
        [Required(_l("Tulis 6 angka yang disebut pembeli."))],
        max_length=40,
        description=_l("6 angka dari pesan pembeli. Tanpa kode, jangan serahkan."),
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )


class CashForm(OneOfSeveral):
    """What was taken for a parcel, counted."""

    tunai = RupiahField(
        _l("Uang tunai yang diterima"),
        [Required(_l("Hitung uangnya, lalu tulis jumlahnya, misalnya Rp135.000."))],
        description=_l("Hitung dulu, baru serahkan paketnya."),
        render_kw={"autocomplete": "off", "inputmode": "numeric"},
    )


class PickupCashForm(PickupForm, CashForm):
    """The code, and what was taken at the counter."""


class ReceiverForm(OneOfSeveral):
    """Who took the parcel at the door."""

    penerima = PlainText(
        _l("Nama penerima"),
        [Required(_l("Tulis nama orang yang menerima, misalnya Bu Tini."))],
        max_length=120,
        render_kw={"autocomplete": "off"},
    )


class ReceiverCashForm(ReceiverForm, CashForm):
    """Who took the parcel, and what was taken at the door."""


def receiver_of(text: str) -> str:
    """A receiver's name from a card of the board.

    :raises ValidationError: with the sentence for the person.
    """
    name = " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
    if not name or len(name) > 120:
        raise ValidationError(receiver_words())
    return name


def _choices(reasons: Iterable[Reason]) -> list[SelectChoice]:
    return [SelectChoice(reason.value, reason_word(reason)) for reason in reasons]
