"""What is typed about a pack: contents, measures, keeping, papers and batches."""

from datetime import date
from typing import Any, cast

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, SelectField, SelectMultipleField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # stubs lag
from wtforms.validators import Optional

from shop.catalog.packaging.allergens import ALLERGENS
from shop.catalog.packaging.label_rules import RULE_SETS, Goods
from shop.catalog.packaging.measures import (
    Net,
    NotANetContent,
    Wrong,
    read_net,
    wrong_sides,
    wrong_weight,
)
from shop.catalog.packaging.permit_numbers import halal_number, needs_md, permit_number
from shop.catalog.packaging.rules import HalalState, PermitKind, contains_pork
from shop.catalog.packaging.words import (
    PACK_TYPES,
    SEAL_WORDS,
    SEND_WORDS,
    STORAGES,
    TECHNIQUE_WORDS,
    fact_words,
    number_sentence,
)
from shop.web.rendering.forms import CountField, LongText, PlainText, ReadField, Required, ShopForm

MAX_DAYS = 3_650
_BIG = 100_000_000
"""Larger than any weight: what is too heavy gets the sentence about heaviness."""
_DIGITS = {"inputmode": "numeric", "autocomplete": "off", "size": 7}


class NetField(ReadField):
    """Net contents with their unit: ``250 gr``, ``1,5 kg``, ``500 cc``."""

    def read(self, text: str) -> object:
        try:
            return read_net(text)
        except NotANetContent as refusal:
            raise ValueError(
                _("Tulis angka dengan satuannya, misalnya 250 g, 1,5 kg, 500 ml, atau 3 buah.")
            ) from refusal

    def written(self, value: Any) -> str:
        return f"{value.content} {'buah' if value.unit == 'pcs' else value.unit}"


class SideField(ReadField):
    """A length in centimetres with at most one decimal, kept in millimetres."""

    def read(self, text: str) -> int:
        whole, _comma, part = text.replace(",", ".").removesuffix("cm").strip().partition(".")
        typed = whole + part
        if not typed.isascii() or not typed.isdecimal() or len(typed) > 6 or len(part) > 1:
            raise ValueError(_("Tulis panjangnya dalam cm, misalnya 23 atau 23,5."))
        millimetres = int(whole or 0) * 10 + int(part or 0)
        if millimetres < 1:
            raise ValueError(_("Tulis panjangnya dalam cm, misalnya 23 atau 23,5."))
        return millimetres

    def written(self, value: Any) -> str:
        whole, part = divmod(value, 10)
        return f"{whole},{part}" if part else str(whole)


def _side(word: Any) -> SideField:
    return SideField(word, render_kw={"inputmode": "decimal", "autocomplete": "off", "size": 7})


class PackForm(ShopForm):
    """The facts of one pack; what its sort of goods does not need is left out."""

    isi_bersih = NetField(
        _l("Isi bersih"),
        description=_l("Tanpa kemasan, dengan satuan: 250 g, 500 ml, 3 buah."),
        render_kw={"autocomplete": "off"},
    )
    berat = CountField(_l("Berat dengan kemasan"), minimum=1, maximum=_BIG, render_kw=_DIGITS)
    yakin = BooleanField(_l("Angkanya memang begitu, simpan saja"))
    panjang = _side(_l("Panjang"))
    lebar = _side(_l("Lebar"))
    tinggi = _side(_l("Tinggi"))
    jenis = SelectField(_l("Jenis kemasan"), default="")
    bahan_kemasan = PlainText(
        _l("Bahan kemasan"), max_length=80, description=_l("Misalnya PP 0,08 mm, foil, kaca.")
    )
    segel = SelectField(_l("Segel"), default="")
    pecah = BooleanField(_l("Mudah pecah"))
    kirim = SelectField(_l("Batas pengiriman"), default="")
    isi_karton = CountField(_l("Isi satu karton"), minimum=1, maximum=10_000, render_kw=_DIGITS)
    berat_karton = CountField(
        _l("Berat satu karton"), minimum=1, maximum=1_000_000, render_kw=_DIGITS
    )
    tahan = CountField(
        _l("Masa simpan"),
        minimum=0,
        maximum=MAX_DAYS,
        description=_l("Dalam hari sejak dibuat; 0 atau kosong kalau tidak basi."),
        render_kw=_DIGITS,
    )
    simpan = SelectField(_l("Penyimpanan"), default="")
    setelah_dibuka = PlainText(_l("Setelah dibuka"), max_length=160)
    komposisi = LongText(
        _l("Komposisi"),
        max_length=2_000,
        description=_l("Dari yang paling banyak. Bahan utama dengan persennya."),
    )
    alergen = SelectMultipleField(_l("Alergen"))
    cara_pakai = PlainText(_l("Cara pakai"), max_length=300)
    perawatan = PlainText(
        _l("Perawatan"),
        max_length=300,
        description=_l("Misalnya cuci dengan tangan, jemur di teduh."),
    )
    teknik = SelectField(
        _l("Teknik batik"),
        default="",
        description=_l("Kain bermotif batik yang dicetak bukan batik; pilih printing."),
    )
    mpig = PlainText(
        _l("Nomor anggota MPIG"),
        max_length=40,
        description=_l("Hanya kalau nama barang memakai nama asal yang dilindungi."),
    )
    izin_jenis = SelectField(_l("Jenis izin edar"), default="")
    izin_nomor = PlainText(
        _l("Nomor izin"),
        max_length=60,
        description=_l("Kosongkan kalau masih diurus."),
        render_kw={"autocomplete": "off"},
    )
    izin_sampai = DateField(
        _l("Berlaku sampai"),
        [Optional()],
        description=_l("P-IRT tidak perlu diisi: tahunnya ada di nomornya."),
    )
    halal = SelectField(_l("Status halal"), default="")
    halal_nomor = PlainText(
        _l("Nomor sertifikat halal"),
        max_length=60,
        description=_l("ID dan 17 angka, seperti di sertifikat."),
        render_kw={"autocomplete": "off"},
    )

    def __init__(self, goods: Goods, now: dict[str, Any], *, one_size: bool) -> None:
        super().__init__(**now)
        self.goods = goods
        for name in _not_asked(goods, one_size=one_size):
            del self[name]
        self._offer(now)

    def _offer(self, now: dict[str, Any]) -> None:
        """Fill the lists, with what stands there now even if a person once typed it."""
        _fill(self.jenis, [(text, fact_words(text)) for text in PACK_TYPES], now.get("jenis"))
        _fill(self.simpan, [(text, fact_words(text)) for text in STORAGES[:5]], now.get("simpan"))
        _fill(self.segel, SEAL_WORDS.items())
        _fill(self.kirim, SEND_WORDS.items(), empty=_("Bisa dikirim biasa"))
        if "teknik" in self:
            _fill(self.teknik, TECHNIQUE_WORDS.items())
        if "alergen" in self:
            others = [one for one in now.get("alergen", ()) if one not in ALLERGENS]
            self.alergen.choices = [(one, fact_words(one)) for one in (*ALLERGENS, *others)]
        if "izin_jenis" in self:
            kinds = RULE_SETS[self.goods].permits
            known = now.get("izin_jenis")
            offered = [*kinds, *([PermitKind(known)] if known and known not in kinds else [])]
            _fill(
                self.izin_jenis,
                [(kind.value, kind.label) for kind in offered],
                empty=_("Belum ada"),
            )
        if "halal" in self:
            _fill(
                self.halal,
                [
                    (HalalState.CERTIFIED.value, _("Bersertifikat halal")),
                    (HalalState.APPLIED.value, _("Sertifikat sedang diurus")),
                    (HalalState.NOT_HALAL.value, _("Tidak halal")),
                    (HalalState.NO_DUTY.value, _("Tidak wajib bersertifikat")),
                ],
            )

    def validate(self, extra_validators: Any = None) -> bool:
        """Each field by itself, then what one says about another."""
        is_fine = super().validate(extra_validators)
        self._look_at_measures()
        if "izin_nomor" in self:
            self._look_at_permit()
        if "halal" in self:
            self._look_at_halal()
        return is_fine and not any(field.errors for field in self)

    def _look_at_measures(self) -> None:
        if "berat" not in self:
            return
        net = cast("Net | None", self.isi_bersih.data)
        gross = cast("int | None", self.berat.data)
        wrong = wrong_weight(gross, net.content if net else None, net.unit if net else None)
        if wrong is Wrong.TOO_HEAVY:
            _say(
                self.berat, _("Paling berat 50 kg, yaitu 50.000 gram. Bagi jadi beberapa kemasan.")
            )
        elif wrong is Wrong.BELOW_NET and net is not None and not self.yakin.data:
            _say(
                self.berat,
                _(
                    "Berat dengan kemasan %(gross)s g kurang dari isi bersihnya, %(net)s g."
                    " Timbang lagi isi dan kemasannya bersama-sama.",
                    gross=gross,
                    net=net.content,
                ),
            )
        sides = (self.panjang, self.lebar, self.tinggi)
        typed = [cast("int | None", side.data) for side in sides]
        is_partial = wrong_sides(*typed) is Wrong.ONE_OF_THREE
        for side, length in zip(sides, typed, strict=True):
            if is_partial and length is None and not side.errors:
                _say(side, _("Isi ketiganya: panjang, lebar, dan tinggi."))
            elif wrong_sides(length) is Wrong.TOO_LONG:
                _say(side, _("Paling panjang 200 cm."))

    def _look_at_permit(self) -> None:
        if self.izin_jenis.errors or not (self.izin_jenis.data or self.izin_nomor.data):
            return
        if not self.izin_jenis.data:
            _say(self.izin_jenis, _("Pilih jenis izinnya, supaya nomornya bisa diperiksa."))
            return
        kind = PermitKind(self.izin_jenis.data)
        if self.izin_nomor.data and permit_number(kind, self.izin_nomor.data) is None:
            _say(self.izin_nomor, number_sentence(kind, self.izin_nomor.data))
        if kind is PermitKind.PIRT and needs_md(self.jenis.data, self.simpan.data):
            _say(
                self.izin_jenis,
                _(
                    "P-IRT tidak berlaku untuk makanan beku dan kemasan retort."
                    " Pilih BPOM RI MD, atau ubah kemasan dan penyimpanannya."
                ),
            )

    def _look_at_halal(self) -> None:
        is_certified = self.halal.data == HalalState.CERTIFIED.value
        number = self.halal_nomor.data
        if number and halal_number(number) is None:
            _say(
                self.halal_nomor,
                _("Nomor KH adalah nomor ketetapan. Tulis nomor sertifikatnya: ID dan 17 angka.")
                if number.upper().startswith("KH")
                else _("Nomornya ID dan 17 angka, misalnya ID32110000123450624."),
            )
        elif is_certified and not number:
            _say(
                self.halal_nomor,
                _("Tulis nomornya, ID dan 17 angka, atau pilih 'sedang diurus'."),
            )
        if is_certified and "komposisi" in self and contains_pork(self.komposisi.data):
            _say(
                self.halal,
                _("Komposisinya menyebut babi: pilih 'Tidak halal', atau betulkan komposisinya."),
            )


def _not_asked(goods: Goods, *, one_size: bool) -> set[str]:
    """Fields that a sort of goods does not need, and measures that differ by option."""
    spoils = {"tahan", "setelah_dibuka"}
    papers = {"izin_jenis", "izin_nomor", "izin_sampai"}
    left_out = {
        Goods.FOOD: {"cara_pakai", "perawatan", "teknik"},
        Goods.FRESH: {"cara_pakai", "perawatan", "teknik"},
        Goods.COSMETIC: {"perawatan", "teknik"},
        Goods.HERBAL: {"perawatan", "teknik"},
        Goods.CLOTH: {*spoils, *papers, "alergen", "cara_pakai", "teknik"},
        Goods.BATIK: {*spoils, *papers, "alergen", "cara_pakai"},
        Goods.CRAFT: {*spoils, *papers, "alergen", "cara_pakai", "teknik", "halal", "halal_nomor"},
    }[goods]
    if goods in (Goods.CLOTH, Goods.BATIK):
        left_out = {*left_out, "halal", "halal_nomor"}
    return left_out if one_size else {*left_out, "berat", "yakin", "panjang", "lebar", "tinggi"}


def _fill(field: Any, options: Any, now: str | None = None, empty: str | None = None) -> None:
    """Give a list its choices, after an empty one, with what stands there now among them."""
    shown = [(str(value), word) for value, word in options]
    if now and now not in {value for value, _word in shown}:
        shown.append((now, now))
    field.choices = [
        SelectChoice("", empty or _("Pilih")),
        *(SelectChoice(value, word) for value, word in shown),
    ]


def _say(field: Any, sentence: str) -> None:
    field.errors = [*field.errors, sentence]


class BatchForm(ShopForm):
    """What was made, when, and how long it keeps."""

    kode = PlainText(
        _l("Kode produksi"),
        [Required(_l("Tulis kode yang dicap di kemasan, misalnya GYO261102A."))],
        max_length=40,
        render_kw={"autocomplete": "off"},
    )
    pilihan = SelectField(_l("Pilihan"), default="")
    dibuat = DateField(_l("Tanggal dibuat"), [Required(_l("Isi tanggal dibuatnya."))])
    sampai = DateField(
        _l("Baik sebelum"),
        [Optional()],
        description=_l("Kosongkan: dihitung dari masa simpan."),
    )

    def __init__(self, packs: list[tuple[str, str]], today: date) -> None:
        super().__init__()
        self.today = today
        self.pilihan.choices = packs
        if len(packs) == 1:
            del self["pilihan"]

    def validate(self, extra_validators: Any = None) -> bool:
        """A batch is made before it ends, and not in days to come."""
        is_fine = super().validate(extra_validators)
        if self.dibuat.data and self.dibuat.data > self.today:
            _say(self.dibuat, _("Tanggal dibuatnya belum tiba. Periksa hari, bulan, dan tahunnya."))
        if self.dibuat.data and self.sampai.data and self.sampai.data < self.dibuat.data:
            _say(
                self.sampai,
                _("Tanggal ini sebelum tanggal dibuat. Baik sebelum harus sesudahnya."),
            )
        return is_fine and not any(field.errors for field in self)
