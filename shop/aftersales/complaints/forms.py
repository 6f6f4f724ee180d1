"""What the three sides type about a complaint."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag

from shop.aftersales.complaints.errors import CountNotAsked, MoreThanBought, RemedyNotAllowed
from shop.aftersales.complaints.queries import Line, Story
from shop.aftersales.complaints.rules import (
    CURES,
    ComplaintReason,
    RefusalReason,
    RequestedRemedy,
    platform_pays,
)
from shop.aftersales.complaints.words import no_word, refusal_words, remedy_word, wrong_word
from shop.core.values.codes import is_code
from shop.core.values.money import format_rupiah
from shop.fulfilment.board.answer_words import tracking_words
from shop.fulfilment.orders.errors import NotATrackingNumber
from shop.fulfilment.orders.rules import read_tracking
from shop.web.rendering.forms import (
    CountField,
    HiddenLine,
    LongText,
    OneOfSeveral,
    PlainText,
    Required,
    RupiahField,
    ShopForm,
)

MAX_TEXT_LENGTH = 2_000
PHOTO = f"foto/<int(max={2**63 - 1}):photo_id>"
"""A photo, behind the address of its complaint."""
TOGETHER, TILL = "bersama", "kas"
BACK, NOT_BACK = "kembali", "tidak"
_COUNT = {"inputmode": "numeric", "autocomplete": "off", "size": 4}


class ComplaintForm(ShopForm):
    """What is wrong with packs of one line."""

    alasan = RadioField(_l("Apa yang tidak beres?"))
    jumlah = CountField(
        _l("Berapa bungkus?"), [Required(_l("Tulis berapa bungkus."))], render_kw=_COUNT
    )
    harapan = RadioField(_l("Bagaimana sebaiknya?"))
    cerita = LongText(
        _l("Ceritanya"),
        max_length=MAX_TEXT_LENGTH,
        description=_l("Kapan dibuka, apa yang terlihat. Jangan tulis nomor HP atau rekening."),
    )
    berkas = HiddenLine()

    def __init__(self, line: Line) -> None:
        super().__init__()
        self.left = line.left
        self.alasan.choices = [(one.value, wrong_word(one)) for one in ComplaintReason]
        self.harapan.choices = [(one.value, remedy_word(one)) for one in RequestedRemedy]

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field, then whether the wish cures what is wrong."""
        is_fine = super().validate(extra_validators)
        for field, said in (
            (self.alasan, _("Pilih apa yang tidak beres.")),
            (self.harapan, _("Pilih yang Anda harapkan.")),
        ):
            if field.errors:
                field.errors = [said]
        if not self.jumlah.errors and self.packs > self.left:
            self.jumlah.errors = [refusal_words(MoreThanBought(self.left), "")]
            is_fine = False
        is_chosen = not self.alasan.errors and not self.harapan.errors
        if is_chosen and self.wished not in CURES[self.wrong]:
            self.harapan.errors = [refusal_words(RemedyNotAllowed(), "")]
            is_fine = False
        return is_fine

    @property
    def wrong(self) -> ComplaintReason:
        """What is wrong, once the form is valid."""
        return ComplaintReason(self.alasan.data)

    @property
    def wished(self) -> RequestedRemedy:
        """What is wished, once the form is valid."""
        return RequestedRemedy(self.harapan.data)

    @property
    def packs(self) -> int:
        """Packs that are complained of, once the form is valid."""
        count: Any = self.jumlah.data
        return int(count or 0)

    @property
    def draft(self) -> str:
        """The code of the photos that came before; empty where none did."""
        code = self.berkas.data or ""
        return code if is_code(code) else ""


class AppealForm(ShopForm):
    """Why the operator should look."""

    banding = LongText(
        _l("Kenapa belum beres?"),
        [Required(_l("Tulis kenapa jawabannya belum cukup."))],
        max_length=MAX_TEXT_LENGTH,
    )


class MoneyForm(OneOfSeveral):
    """How many packs' price goes back, and who bears it."""

    jumlah = CountField(
        _l("Untuk berapa bungkus"), [Required(_l("Tulis berapa bungkus."))], render_kw=_COUNT
    )
    kurang = SelectField(_l("Kalau kurang dari yang dikeluhkan, kenapa"), default="")
    ongkir = RupiahField(
        _l("Ongkir yang ikut kembali"),
        render_kw={"inputmode": "numeric", "autocomplete": "off", "size": 12},
    )
    tanggung = RadioField(_l("Siapa yang menanggung"))
    pesan = LongText(_l("Pesan untuk pembeli"), max_length=MAX_TEXT_LENGTH)

    def __init__(self, story: Story, *, delivery: int, is_sent: bool = True) -> None:
        super().__init__(
            is_sent=is_sent,
            jumlah=story.left,
            ongkir=delivery or None,
            tanggung=TILL if platform_pays(story.wrong) else TOGETHER,
        )
        self.story = story
        self.kurang.choices = _no_choices()
        self.tanggung.choices = bearers()

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field, then a reason where fewer packs go back."""
        is_fine = super().validate(extra_validators)
        if not self.jumlah.errors and self.packs > self.story.left:
            self.jumlah.errors = [refusal_words(CountNotAsked(self.story.left), "")]
            is_fine = False
        if not self.jumlah.errors and self.packs < self.story.left and not self.kurang.data:
            self.kurang.errors = [_("Pilih kenapa kurang dari yang dikeluhkan.")]
            is_fine = False
        return is_fine

    @property
    def packs(self) -> int:
        """Packs whose price goes back."""
        count: Any = self.jumlah.data
        return int(count or 0)

    @property
    def delivery(self) -> int:
        """Rupiah of the delivery fee."""
        amount: Any = self.ongkir.data
        return int(amount or 0)

    @property
    def refusal(self) -> RefusalReason | None:
        """Why fewer; None where all of them."""
        return (
            RefusalReason(self.kurang.data)
            if self.kurang.data and self.packs < self.story.left
            else None
        )

    def say_too_much(self, left: int) -> None:
        """Tell what of the delivery is left."""
        self.ongkir.errors = [_("Paling banyak %(left)s.", left=format_rupiah(left))]


class GoodsForm(OneOfSeveral):
    """Packs are sent after."""

    pesan = LongText(_l("Pesan untuk pembeli"), max_length=MAX_TEXT_LENGTH)


class RefuseForm(OneOfSeveral):
    """Nothing is granted, and why."""

    alasan = SelectField(_l("Alasan"), default="")
    pesan = LongText(
        _l("Penjelasan untuk pembeli"),
        [Required(_l("Jelaskan dengan kalimat sendiri, supaya pembeli mengerti."))],
        max_length=MAX_TEXT_LENGTH,
    )

    def __init__(self, *, is_sent: bool = True) -> None:
        super().__init__(is_sent=is_sent)
        self.alasan.choices = _no_choices()

    def validate(self, extra_validators: Any = None) -> bool:
        """Nothing is refused without a reason."""
        is_fine = super().validate(extra_validators)
        if not self.alasan.errors and not self.alasan.data:
            self.alasan.errors = [_("Pilih alasannya.")]
            is_fine = False
        return is_fine


class SendForm(OneOfSeveral):
    """The second parcel, given to a courier."""

    kurir = PlainText(_l("Kurir"), [Required(_l("Tulis nama kurirnya."))], max_length=80)
    resi = PlainText(
        _l("Nomor resi"),
        [Required(_l("Tulis nomor resi dari kurir."))],
        max_length=80,
        description=_l("Ada di bukti kirim, misalnya JP1234567890."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters"},
    )

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field, then whether a courier prints such a number."""
        is_fine = super().validate(extra_validators)
        if not self.resi.errors:
            try:
                read_tracking(self.resi.data or "")
            except NotATrackingNumber:
                self.resi.errors = [tracking_words()]
                is_fine = False
        return is_fine


class DecideForm(ShopForm):
    """The operator's word."""

    putusan = RadioField(_l("Putusan"))
    jumlah = CountField(
        _l("Untuk berapa bungkus"), [Required(_l("Tulis berapa bungkus."))], render_kw=_COUNT
    )
    tanggung = RadioField(_l("Siapa yang menanggung"))
    pesan = LongText(
        _l("Alasan putusan, untuk kedua pihak"),
        [Required(_l("Tulis alasannya: kedua pihak membacanya."))],
        max_length=MAX_TEXT_LENGTH,
    )

    def __init__(self, story: Story) -> None:
        super().__init__(
            jumlah=story.left, tanggung=TILL if platform_pays(story.wrong) else TOGETHER
        )
        self.left = story.left
        self.putusan.choices = [
            (BACK, _("Uang kembali ke pembeli")),
            (NOT_BACK, _("Tidak ada lagi yang kembali")),
        ]
        self.tanggung.choices = bearers()

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field, in our words where nothing was chosen."""
        is_fine = super().validate(extra_validators)
        if self.putusan.errors:
            self.putusan.errors = [_("Pilih putusannya.")]
        if not self.jumlah.errors and self.packs > self.left:
            self.jumlah.errors = [refusal_words(CountNotAsked(self.left), "")]
            is_fine = False
        return is_fine

    @property
    def packs(self) -> int:
        """Packs whose price goes back."""
        count: Any = self.jumlah.data
        return int(count or 0) if self.putusan.data == BACK else 0


def bearers() -> list[tuple[str, str]]:
    """Who can bear it."""
    return [
        (TILL, _("Kas koperasi: anggota tetap menerima bagiannya")),
        (TOGETHER, _("Penjualannya batal: anggota dan kas tidak menerima bagiannya")),
    ]


def _no_choices() -> list[SelectChoice]:
    return [
        SelectChoice("", _("— pilih —")),
        *(SelectChoice(one.value, no_word(one)) for one in RefusalReason),
    ]
