"""What people type at checkout, and proving with four digits whose purchase it is."""

from collections.abc import Mapping, Sequence
from typing import Protocol, Self

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, ValidationError
from wtforms.validators import Regexp
from wtforms.widgets import TelInput

from shop.checkout.placing.review import Review
from shop.checkout.placing.rules import Draft, is_village, path_of
from shop.core.values.text import InvalidCount, as_typed, one_line, parse_count
from shop.payments.bills.models import Method
from shop.shipping.places.queries import Place, contradicts
from shop.web.rendering.forms import LongText, PhoneField, PlainText, Required, ShopForm

NOTE_LENGTH = 300
VOUCHER_LENGTH = 80
MAX_SEEN_RUPIAH = 10**15


class PhoneInput(PhoneField):
    """A phone number with the right keyboard."""

    widget = TelInput()


class CheckoutForm(ShopForm):
    """Four typed fields at most; what is chosen by radio is read beside them."""

    nama = PlainText(
        _l("Nama penerima"),
        [Required(_l("Tulis nama penerima, misalnya Dewi Lestari."))],
        max_length=120,
        render_kw={"autocomplete": "name"},
    )
    wa = PhoneInput(
        _l("Nomor WhatsApp"),
        [Required(_l("Tulis nomor WhatsApp, misalnya 0812 3456 7890."))],
        description=_l("Untuk kabar paket. Tidak dipakai promosi."),
        render_kw={"autocomplete": "tel", "inputmode": "tel"},
    )
    alamat = LongText(
        _l("Alamat"),
        [Required(_l("Tulis jalan dan nomor rumah, misalnya Jl. Melati No. 12, RT 03/RW 05."))],
        max_length=300,
        description=_l("Jalan, nomor rumah, RT/RW, patokan."),
        render_kw={"autocomplete": "street-address"},
    )
    kel = PlainText(
        _l("Kelurahan atau kode pos"),
        [Required(_l("Tulis kelurahan atau kode pos, misalnya Jatiwaringin atau 17411."))],
        max_length=120,
        render_kw={"autocomplete": "postal-code"},
    )
    catatan_kurir = PlainText(_l("Catatan untuk kurir"), max_length=200)

    def validate_alamat(self, field: PlainText) -> None:
        """A street of one or two letters leads no courier anywhere."""
        if len(field.data or "") < 5:
            raise ValidationError(
                _("Alamatnya terlalu pendek. Contoh: Jl. Melati No. 12, RT 03/RW 05.")
            )

    def lacks(self, review: Review) -> bool:
        """Whether something that this checkout asks is missing or wrong; after ``validate``."""
        wrong = self.errors.keys() - set(self._unasked(review))
        return bool(wrong) or (review.asks_place and not review.place)

    def show_errors(self, review: Review) -> None:
        """Keep the sentences about what this checkout asks, and say what is wrong with the place.

        Saved addresses and pick-up ask less than the whole form.
        """
        for name in self._unasked(review):
            self[name].errors = []
        if review.asks_place and not review.place:
            self.kel.errors = self.kel.errors or [place_words(review, self.kel.data or "")]

    def _unasked(self, review: Review) -> tuple[str, ...]:
        if review.is_all_pickup:
            return ("alamat", "kel")
        return () if review.address is None else ("nama", "wa", "alamat", "kel")

    @classmethod
    def showing(cls, draft: Draft, place: Place | None) -> Self:
        """The form as it was left, with the place by its full name once it is found."""
        return cls(
            nama=draft.name,
            wa=draft.phone,
            alamat=draft.street,
            kel=draft.place_text or (place.label if place else ""),
            catatan_kurir=draft.courier_note,
            voucher=draft.voucher,
        )


class TillForm(CheckoutForm):
    """The checkout itself: an address, and a voucher for who has one."""

    voucher = PlainText(
        _l("Kode voucher"),
        description=_l("Huruf besar atau kecil dan spasi tidak berpengaruh."),
        render_kw={
            "autocomplete": "off",
            "autocapitalize": "characters",
            "spellcheck": "false",
            "maxlength": "80",
        },
    )


class AddressForm(CheckoutForm):
    """An address that is kept for the next time: asked as at checkout."""

    utama = BooleanField(
        _l("Jadikan alamat utama"), description=_l("Dipilih lebih dulu saat membayar.")
    )


class DigitsForm(ShopForm):
    """The four digits that prove somebody knows the phone (rule R26)."""

    digit = PlainText(
        _l("4 angka terakhir nomor WhatsApp"),
        [
            Required(_l("Tulis 4 angka terakhir, misalnya 7890.")),
            Regexp(r"[0-9]{4}\Z", message=_l("Tulis tepat 4 angka, misalnya 7890.")),
        ],
        max_length=20,
        render_kw={"inputmode": "numeric", "autocomplete": "off", "maxlength": "4"},
    )


class TrackForm(DigitsForm):
    """Finding an order again without an account."""

    nomor = PlainText(
        _l("Nomor pesanan"),
        [Required(_l("Tulis nomor pesanan, misalnya GYO-26-000123."))],
        max_length=40,
        description=_l("Ada di pesan WhatsApp atau e-mail kami, misalnya GYO-26-000123."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters"},
    )


class Asked(Protocol):
    """Whatever a typed place was looked up for."""

    @property
    def candidates(self) -> Sequence[Place]:
        """Villages that the text can mean, when it is not one."""


def place_words(review: Asked, typed: str) -> str:
    """Why the place is not known yet, and what to do."""
    if contradicts(typed, review.candidates):
        return str(
            _("Kode pos ini bukan kode pos tempat yang ditulis. Pilih tempat yang Anda maksud.")
        )
    if review.candidates:
        return str(_("Ada beberapa tempat yang cocok. Pilih satu."))
    return str(
        _(
            "Tempat ini tidak ketemu. Tulis nama kelurahannya saja atau kode posnya,"
            " misalnya 17411, atau pilih dari provinsi."
        )
    )


def read_draft(posted: Mapping[str, str], before: Draft, cooperative_ids: tuple[int, ...]) -> Draft:
    """What was typed and chosen, on top of what was kept; nothing is judged here."""

    def typed(name: str, kept: str, maximum: int) -> str:
        return one_line(posted[name])[:maximum] if name in posted else kept

    def written(name: str, kept: str) -> str:
        return as_typed(posted.get(name, kept))[:NOTE_LENGTH]

    place_text = typed("kel", before.place_text, 120)
    area_code, village_code = before.area_code, posted.get("desa") or None
    # Who types another place means that one, whatever was chosen for the old text.
    if place_text != posted.get("kel-untuk", place_text):
        area_code = village_code = None
    step = posted.get("wilayah", "")
    if posted.get("langkah") == "ulang":
        area_code, village_code = None, None
    elif path_of(step):
        area_code = step
        village_code, place_text = (step, "") if is_village(step) else (None, place_text)
    parts = posted.get("pisah")
    return Draft(
        name=typed("nama", before.name, 120),
        phone=typed("wa", before.phone, 40),
        street=written("alamat", before.street),
        place_text=place_text,
        courier_note=typed("catatan_kurir", before.courier_note, 200),
        village_code=village_code if is_village(village_code) else None,
        area_code=area_code,
        address_id=_number(posted.get("alamat_simpan"), before.address_id),
        ways={
            key: posted.get(f"kirim-{key}", before.ways.get(key, ""))[:40]
            for key in cooperative_ids
        },
        notes={
            key: written(f"catatan-{key}", before.notes.get(key, "")) for key in cooperative_ids
        },
        method=Method.COD if parts == "1" else posted.get("cara", before.method)[:20],
        voucher=typed("voucher", before.voucher, VOUCHER_LENGTH),
        is_parted=before.is_parted if parts is None else parts == "1",
    )


def read_seen(posted: Mapping[str, str], name: str) -> int | None:
    """An amount that the page showed; for comparing only."""
    return _number(posted.get(name), None)


def _number(typed: str | None, otherwise: int | None) -> int | None:
    if typed is None:
        return otherwise
    try:
        return parse_count(typed, minimum=0, maximum=MAX_SEEN_RUPIAH)
    except InvalidCount:
        return otherwise
