"""What makers type when they list goods, and managers when they approve."""

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FileField, RadioField, SelectField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag

from shop.catalog.listings.actions import Answers
from shop.catalog.packaging.measures import Net, Wrong, read_net, wrong_sides, wrong_weight
from shop.catalog.packaging.weight_estimate import Measures, PackTile
from shop.catalog.products.errors import ProductCodeTaken
from shop.catalog.products.models import PhotoView
from shop.catalog.products.rules import CATEGORY_NAMES, KEEPS_FOREVER
from shop.catalog.products.words import category_word
from shop.core.values.errors import InvalidInput
from shop.core.values.money import Rupiah
from shop.core.values.units import Grams, Millimetres
from shop.web.rendering.forms import (
    CountField,
    LongText,
    PlainText,
    Required,
    RupiahField,
    ShopForm,
)

MAX_PRICE_RUPIAH = 1_000_000_000
MAX_STOCK_PACKS = 1_000_000
NAME_LENGTH = 60
STORAGES = {
    "ruang": "Suhu ruang, tempat kering, tutup rapat",
    "kulkas": "Dingin 2-8 °C",
    "beku": "Beku -18 °C",
}
"""What the three pictures write on the label."""
NUMBERS = {"inputmode": "numeric", "autocomplete": "off", "size": 9}


class PriceField(RupiahField):
    """A price: above nothing, below a thousand million."""

    def read(self, text: str) -> int:
        amount = super().read(text)
        if not 0 < amount <= MAX_PRICE_RUPIAH:
            raise ValueError(_("Tulis harga dari Rp1 sampai Rp1.000.000.000, misalnya 25.000."))
        return amount

    def written(self, value: int) -> str:
        """Without its "Rp", which stands before the field."""
        return super().written(value).removeprefix("Rp")


class NetField(PlainText):
    """Net contents; a bare number is grams."""

    net: Net | None = None

    def pre_validate(self, form: Any) -> None:
        """Read what was typed; an empty field stays empty."""
        super().pre_validate(form)
        typed = (self.data or "").strip()
        if not typed:
            return
        try:
            self.net = read_net(f"{typed} g" if typed.replace(".", "").isdecimal() else typed)
        except InvalidInput as refusal:
            raise ValidationError(
                _("Tulis angka dengan satuannya, misalnya 250 gram, 500 ml, 1 kg atau 1 buah.")
            ) from refusal


class ListingForm(ShopForm):
    """Three parts on one page. Nothing is required to keep a draft; sending asks for all."""

    foto_depan = FileField(_l("Foto depan"))
    foto_label = FileField(_l("Foto label"))
    foto_isi = FileField(_l("Foto isi"))
    nama = PlainText(
        _l("Nama produk"),
        max_length=NAME_LENGTH,
        description=_l("Jenis + rasa. Contoh: Keripik Singkong Balado."),
        render_kw={"required": True, "maxlength": NAME_LENGTH, "autocomplete": "off"},
    )
    harga = PriceField(_l("Harga jual"), render_kw={**NUMBERS, "required": True})
    stok = CountField(
        _l("Stok sekarang"),
        minimum=0,
        maximum=MAX_STOCK_PACKS,
        render_kw={**NUMBERS, "required": True},
    )
    kemas = RadioField(_l("Dibungkus pakai apa?"), validate_choice=False)
    bersih = NetField(
        _l("Isi bersih"),
        max_length=40,
        description=_l("Tanpa bungkus. Angka saja berarti gram; boleh juga 500 ml atau 1 buah."),
        render_kw={"required": True, "autocomplete": "off", "size": 9},
    )
    tahan = RadioField(_l("Tahan berapa lama?"), validate_choice=False)
    tempat = RadioField(_l("Disimpan di mana?"), validate_choice=False)
    kategori = SelectField(
        _l("Kategori"),
        validate_choice=False,
        description=_l("Ditebak dari nama; pengurus memeriksanya."),
    )
    sku = PlainText(
        _l("Kode produk"),
        max_length=40,
        description=_l("Kode Anda sendiri, kalau ada. Hanya huruf, angka dan tanda hubung."),
        render_kw={"autocomplete": "off", "autocapitalize": "characters", "required": True},
    )

    taken_by = ""
    """The product that has the typed code already, where the reader may open it."""

    def __init__(self, *, has_stock: bool = True, has_price: bool = True, **known: Any) -> None:
        super().__init__(**known)
        self.kemas.choices = _choices(
            (PackTile.POUCH, _("Kantong")),
            (PackTile.BAG, _("Plastik")),
            (PackTile.JAR, _("Stoples")),
            (PackTile.BOTTLE, _("Botol")),
            (PackTile.BOX, _("Kardus")),
            (PackTile.LEAF, _("Daun, bambu")),
        )
        self.tahan.choices = _choices(
            ("7", _("1 minggu")),
            ("30", _("1 bulan")),
            ("90", _("3 bulan")),
            ("150", _("5 bulan")),
            ("365", _("1 tahun")),
            (str(KEEPS_FOREVER), _("Tidak basi")),
        )
        self.tempat.choices = _choices(
            ("ruang", _("Suhu ruang")), ("kulkas", _("Kulkas")), ("beku", _("Beku"))
        )
        self.kategori.choices = _choices(
            ("", _("Tebak dari nama")), *((path, category_word(path)) for path in CATEGORY_NAMES)
        )
        if not has_stock:
            del self.stok
        if not has_price:
            del self.harga

    def validate_sku(self, field: PlainText) -> None:
        """Only what an address can carry without quoting."""
        typed = field.data or ""
        if typed and not (typed.replace("-", "").isalnum() and typed.isascii()):
            raise ValidationError(_("Pakai huruf, angka dan tanda hubung saja, misalnya GYO-013."))
        if typed.lower() == "baru":
            raise ValidationError(_("Kode ini dipakai toko. Pilih kode lain."))

    def answers(self) -> Answers:
        """Whatever was understood; fields with an error keep what stands there."""

        def typed(name: str) -> Any:
            field = self._fields.get(name)
            if field is None or field.errors or field.data in (None, ""):
                return None
            return field.data

        price, tile, keeps, path = (typed(name) for name in ("harga", "kemas", "tahan", "kategori"))
        known = {str(value) for value, _label, *_more in self.tahan.iter_choices()}
        return Answers(
            name=typed("nama"),
            price=None if price is None else Rupiah(price),
            stock=typed("stok"),
            net=None if self.bersih.errors else self.bersih.net,
            tile=PackTile(tile) if tile in set(PackTile) else None,
            keeps_days=int(keeps) if keeps in known else None,
            storage=STORAGES.get(typed("tempat") or ""),
            category_path=path if path in CATEGORY_NAMES else None,
        )

    def say_missing(self, missing: Iterable[str]) -> None:
        """Put a sentence beside every field that sending still needs."""
        sentences = {
            "foto": _("Tambahkan foto depan."),
            "nama": _("Tulis nama produknya, misalnya Keripik Singkong Balado."),
            "harga": _("Tulis harganya, misalnya 25.000."),
            "stok": _("Tulis berapa bungkus yang ada; 0 kalau belum ada."),
            "bersih": _("Tulis isi bersihnya, misalnya 250 gram."),
            "kemas": _("Pilih bungkusnya."),
            "tahan": _("Pilih berapa lama tahan."),
            "tempat": _("Pilih tempat menyimpannya."),
        }
        for need in missing:
            field = self._fields.get("foto_depan" if need == "foto" else need)
            if field is not None and not field.errors:
                field.errors = [sentences[need]]

    def say_taken(self, refusal: ProductCodeTaken) -> None:
        """The code is another product's; where it may be told, the way there stands beside it."""
        self.sku.errors = [_("Kode %(sku)s sudah dipakai produk lain.", sku=refusal.sku)]
        self.taken_by = refusal.sku if refusal.is_same_cooperative else ""

    def say_again(self, view: PhotoView) -> None:
        """An old copy of this photo is just being swept away: a moment later it is taken."""
        field = dict(self.photo_fields)[view]
        field.errors = [_("Foto ini belum tersimpan. Pilih sekali lagi.")]

    def say_full(self, view: PhotoView, maximum: int) -> None:
        """The product shows as many photos as it may."""
        field = dict(self.photo_fields)[view]
        field.errors = [_("Sudah ada %(most)s foto. Hapus satu dulu.", most=maximum)]

    @property
    def wanted_sku(self) -> str:
        """The typed code, when it can be one."""
        return "" if self.sku.errors else self.sku.data or ""

    @property
    def has_errors(self) -> bool:
        """Whether anything is to be put right."""
        return any(field.errors for field in self)

    @property
    def photo_fields(self) -> tuple[tuple[PhotoView, Any], ...]:
        """The three slots."""
        return (
            (PhotoView.FRONT, self.foto_depan),
            (PhotoView.LABEL, self.foto_label),
            (PhotoView.CONTENTS, self.foto_isi),
        )


def _choices(*options: tuple[str, str]) -> list[SelectChoice]:
    return [SelectChoice(str(value), label) for value, label in options]


def _side(label: str) -> CountField:
    return CountField(
        label, minimum=1, maximum=10_000, render_kw={**NUMBERS, "size": 4, "required": True}
    )


class ApprovalForm(ShopForm):
    """What a manager confirms: where goods stand, what one wrapped pack weighs, how large it is."""

    kategori = SelectField(_l("Kategori"), validate_choice=False)

    berat = CountField(
        _l("Berat satu bungkus"),
        [Required(_l("Timbang satu bungkus dengan kemasannya, lalu tulis gramnya."))],
        minimum=1,
        maximum=1_000_000,
        render_kw={**NUMBERS, "required": True},
    )
    panjang = _side(_l("Panjang"))
    lebar = _side(_l("Lebar"))
    tinggi = _side(_l("Tinggi"))
    net: Net | None = None

    def __init__(self, **known: Any) -> None:
        super().__init__(**known)
        self.kategori.choices = _choices(*((path, category_word(path)) for path in CATEGORY_NAMES))

    def validate_kategori(self, field: SelectField) -> None:
        """One of ours; a form without the field leaves goods where they stand."""
        if field.data and field.data not in CATEGORY_NAMES:
            raise ValidationError(_("Pilih salah satu kategori dari daftar."))

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself, then weight beside contents and the three sides together."""
        is_fine = super().validate(extra_validators)
        return self._weight_is_fine() and self._sides_are_fine() and is_fine

    def _weight_is_fine(self) -> bool:
        net = self.net
        content, unit = (net.content, net.unit) if net else (None, None)
        wrong = wrong_weight(self._whole("berat"), content, unit)
        if self.berat.errors or wrong is None:
            return not self.berat.errors
        self.berat.errors = [
            _(
                "Satu bungkus tidak mungkin lebih ringan dari isinya, %(net)s gram."
                " Timbang lagi bersama kemasannya.",
                net=content,
            )
            if wrong is Wrong.BELOW_NET
            else _("Paling berat 50 kg. Tulis gramnya, misalnya 275.")
        ]
        return False

    def _sides_are_fine(self) -> bool:
        sides = {name: self._whole(name) for name in ("panjang", "lebar", "tinggi")}
        if any(self[name].errors for name in sides):
            return False
        for name, side in sides.items():
            if not side:
                self[name].errors = [_("Tulis ketiga ukurannya: panjang, lebar dan tinggi.")]
            elif wrong_sides(side * 10) is Wrong.TOO_LONG:
                self[name].errors = [_("Paling panjang 200 cm. Tulis sentimeternya, misalnya 22.")]
        return not any(self[name].errors for name in sides)

    def _whole(self, name: str) -> int | None:
        typed: Any = self[name].data
        return None if typed is None else int(typed)

    def measures(self) -> Measures:
        """What was confirmed."""
        sides = [(self._whole(name) or 0) * 10 for name in ("panjang", "lebar", "tinggi")]
        return Measures(Grams(self._whole("berat") or 0), *(Millimetres(side) for side in sides))


class SendBackForm(ShopForm):
    """Why a listing goes back to its maker."""

    alasan = LongText(
        _l("Apa yang perlu dibetulkan?"),
        [Required(_l("Tulis apa yang perlu dibetulkan, supaya anggota tahu."))],
        max_length=500,
        description=_l("Contoh: fotonya gelap, tolong difoto lagi dekat jendela."),
    )
