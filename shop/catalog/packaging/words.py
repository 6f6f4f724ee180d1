"""What papers, tips and missing facts of a label are called, in the reader's language."""

from datetime import date
from typing import TYPE_CHECKING

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from markupsafe import escape

from shop.catalog.packaging.allergens import ALLERGENS
from shop.catalog.packaging.label_rules import HALAL, Fact, Strictness, Tip
from shop.catalog.packaging.rules import (
    BETWEEN_OPTIONS,
    PaperFault,
    PermitKind,
    Seal,
    SendLimit,
    Technique,
)
from shop.core.values.text import mark_translatable
from shop.web.i18n.language import as_written, word
from shop.web.rendering.template_filters import written_day

FAULT_WORDS = {
    PaperFault.OTHER_NUMBER: _l("nomornya lain dari yang di dokumen"),
    PaperFault.OTHER_GOODS: _l("dokumennya untuk barang lain"),
    PaperFault.OTHER_NAME: _l("nama pemegang izinnya lain"),
    PaperFault.OVER: _l("masa berlakunya sudah lewat"),
    PaperFault.UNREADABLE: _l("dokumennya tidak terbaca"),
    PaperFault.NO_PAPER: _l("dokumennya tidak ada"),
}


def fault_word(fault: PaperFault) -> str:
    """Why a manager could not stand for a number."""
    return str(FAULT_WORDS[fault])


def paper_word(kind: str) -> str:
    """What a paper is called: a permit by its proper name, or the halal certificate."""
    return PermitKind(kind).label if kind in tuple(PermitKind) else str(_("Sertifikat halal"))


SEAL_WORDS = {
    Seal.HEAT: _l("Seal panas"),
    Seal.INDUCTION: _l("Segel induksi"),
    Seal.CAP: _l("Tutup bersegel"),
    Seal.ZIPPER: _l("Zipper"),
    Seal.STAPLE: _l("Staples"),
    Seal.RETORT: _l("Seal retort"),
    Seal.TIED: _l("Diikat"),
    Seal.NONE: _l("Tanpa segel"),
}
SEND_WORDS = {
    SendLimit.COLD: _l("Harus tetap dingin"),
    SendLimit.FROZEN_LOCAL: _l("Beku: ambil sendiri atau diantar"),
    SendLimit.SAME_DAY_LOCAL: _l("Segar: ambil atau diantar hari itu"),
    SendLimit.NO_AIR: _l("Tidak boleh lewat udara"),
}
TECHNIQUE_WORDS = {
    Technique.WRITTEN: _l("Batik tulis"),
    Technique.STAMPED: _l("Batik cap"),
    Technique.BOTH: _l("Batik kombinasi tulis dan cap"),
    Technique.PRINTED: _l("Tekstil bermotif batik (printing)"),
}


def number_sentence(kind: PermitKind, typed: str) -> str:
    """What is wrong with a permit number, and what a right one looks like."""
    digits = sum(sign in "0123456789" for sign in typed)
    said = {
        PermitKind.PIRT: _("P-IRT punya 15 angka, yang pertama 1 sampai 8"),
        PermitKind.MD: _("BPOM MD punya 12 atau 15 angka"),
        PermitKind.ML: _("BPOM ML punya 12 atau 15 angka"),
        PermitKind.NA: _("Nomor kosmetika NA sampai NE dan 11 angka"),
        PermitKind.TR: _("BPOM TR punya 9 angka"),
        PermitKind.SD: _("BPOM SD punya 9 angka"),
        PermitKind.PSAT: _("Nomor PSAT punya 8 sampai 20 angka"),
    }[kind]
    example = {
        PermitKind.PIRT: "2063205010072-29",
        PermitKind.MD: "206090206350742",
        PermitKind.ML: "206090206350742",
        PermitKind.NA: "NA18201234567",
        PermitKind.TR: "203345678",
        PermitKind.SD: "203345678",
        PermitKind.PSAT: "320100012023",
    }[kind]
    return str(
        _(
            "%(rule)s; yang ini %(n)s angka. Contoh: %(example)s.",
            rule=said,
            n=digits,
            example=example,
        )
    )


def missing_sentence(fact: Fact) -> str:
    """One sentence on how a missing fact of the label is mended."""
    return str(_MISSING[fact])


_MISSING = {
    Fact.NAME: _l("Beri nama barangnya."),
    Fact.INGREDIENTS: _l("Tulis komposisinya, dari yang paling banyak."),
    Fact.NET: _l("Tulis isi bersihnya dengan satuan, misalnya 250 g."),
    Fact.MAKER: _l("Minta pengurus melengkapi desa dan kode pos pembuat."),
    Fact.HALAL: _l("Pilih status halalnya; yang bersertifikat perlu nomornya."),
    Fact.BATCH: _l("Catat kode produksi yang dicap di kemasan."),
    Fact.EXPIRY: _l("Isi masa simpan, lalu catat tanggal dibuatnya."),
    Fact.PERMIT: _l("Tulis nomor izin edarnya, atau urus dulu di kantor koperasi."),
    Fact.PORK: _l("Komposisinya menyebut babi: status halalnya harus 'Tidak halal'."),
    Fact.DIRECTIONS: _l("Tulis cara pakainya."),
    Fact.FIBRE: _l("Tulis bahan kainnya, misalnya 100% katun."),
    Fact.CARE: _l("Tulis cara merawatnya, misalnya cuci dengan tangan."),
    Fact.TECHNIQUE: _l("Pilih teknik batiknya: tulis, cap, kombinasi, atau printing."),
    Fact.MATERIAL: _l("Tulis bahannya, misalnya rotan dan bambu."),
}
_GAINS = {
    "front_photo": _l("Foto depan kemasan"),
    "label_photo": _l("Foto label, tulisannya terbaca"),
    "contents_photo": _l("Foto isinya"),
    "net_content": _l("Isi bersih"),
    "shelf_life": _l("Masa simpan"),
    "storage": _l("Penyimpanan"),
    "pack_type": _l("Jenis kemasan"),
    "ingredients": _l("Komposisi dengan alergen"),
    "halal": _l("Status halal"),
    "permit": _l("Izin edar"),
}


def gain_word(fact: str) -> str:
    """What a gain of the score is called."""
    return str(_GAINS[fact])


_TIPS = {
    Tip.BARRIER: _l("Kemasan menahan udara dan cahaya: foil atau PP 0,08 mm ke atas."),
    Tip.SEAL: _l("Segel rapat: tekan kemasannya, tidak ada udara yang keluar."),
    Tip.BOX: _l("Kotak luar kuat; goyang, isinya tidak bergerak."),
    Tip.MOISTURE: _l("Tetap kering: simpan di tempat kering, beri penyerap lembap kalau perlu."),
    Tip.LEGIBLE: _l("Tulisan label terbaca dari jarak lengan, huruf paling kecil setinggi 1 mm."),
    Tip.WEIGHED: _l("Ditimbang satu per satu; isinya tidak kurang dari yang tertulis."),
    Tip.TAMPER: _l("Pembeli bisa melihat kalau kemasannya pernah dibuka."),
}


def tip_sentence(tip: Tip) -> str:
    """One line of the quality list."""
    return str(_TIPS[tip])


GUIDES = (
    (
        ("makanan-olahan/keripik-kerupuk",),
        _l("Keripik, kerupuk, peyek"),
        _l("PP 0,08 mm ke atas atau foil, seal panas; yang mudah remuk dalam toples"),
        _l("Udara dan lembap membuatnya melempem. PP 2–4 bulan, foil 4–6 bulan."),
    ),
    (
        ("minuman/kopi",),
        _l("Kopi sangrai"),
        _l("Foil dengan katup satu arah dan zipper"),
        _l("Kopi baru mengeluarkan gas. 6–12 bulan."),
    ),
    (
        ("makanan-olahan/bumbu-sambal", "makanan-olahan/gula-madu-selai", "minuman"),
        _l("Abon, bumbu kering, gula semut, teh"),
        _l("Foil dengan zipper"),
        _l("Mudah menggumpal dan hilang wanginya. 4–12 bulan."),
    ),
    (
        ("makanan-olahan/lauk-siap-saji",),
        _l("Rendang, gulai"),
        _l("Retort pouch dengan izin BPOM MD"),
        _l("Tahan panas 121 °C; kantong vakum biasa bocor dan hanya untuk dingin atau beku."),
    ),
    (
        ("makanan-olahan/kue-camilan-manis",),
        _l("Dodol, kue basah"),
        _l("Kertas tahan minyak atau OPP di dalam, kotak di luar"),
        _l("Dodol 1–3 bulan, kue basah paling lama 7 hari."),
    ),
    (
        ("makanan-olahan/bumbu-sambal", "makanan-olahan/gula-madu-selai"),
        _l("Sambal, petis, selai"),
        _l("Jar kaca bersegel"),
        _l("Yang dipasteurisasi perlu BPOM MD. 4–12 bulan."),
    ),
    (
        ("makanan-olahan/gula-madu-selai", "makanan-olahan/minyak-kelapa", "kesehatan-kecantikan"),
        _l("Madu, minyak"),
        _l("Kaca atau PET bersegel, diuji tidak bocor, stiker 'cairan'"),
        _l("12–24 bulan."),
    ),
    (
        ("batik-tenun", "fesyen"),
        _l("Batik, tenun"),
        _l("Lipat datar, kertas bebas asam, kotak keras atau OPP, kartu perawatan"),
        _l("Tekukan dan lembap merusak warna."),
    ),
    (
        ("kerajinan", "rumah-tangga"),
        _l("Gerabah, keramik"),
        _l("Kardus dobel, sekat, bantalan 5 cm, tulisan 'mudah pecah'"),
        _l("Goyang kotaknya: tidak boleh ada yang bergerak."),
    ),
)
"""Which pack suits which goods: categories, goods, pack, why and how long."""


def guides_for(category_path: str) -> list[tuple[str, str, str]]:
    """The lines of the guidance that fit a category."""
    return [
        (str(goods), str(pack), str(why))
        for paths, goods, pack, why in GUIDES
        if any(category_path == path or category_path.startswith(f"{path}/") for path in paths)
    ]


def duty_sentence(name: str, now: int, since: date, next_step: tuple[date, int] | None) -> str:
    """What the law wants of goods that fall short, what the shop does about it, and when.

    :param now: the switch of today; ``next_step``: from which day it says something else.
    """
    said = []
    if name == HALAL:
        said.append(
            _(
                "Sejak %(day)s barang ini wajib bersertifikat halal, atau ditulis tidak halal."
                " Koperasi membantu mengurus sertifikatnya.",
                day=written_day(since),
            )
        )
    if now > Strictness.WARN:
        said.append(_("Barang ini tidak tampil di toko sampai kekurangannya dilengkapi."))
    elif next_step and next_step[1] > Strictness.WARN:
        said.append(
            _(
                "Mulai %(day)s barang dengan label yang belum lengkap tidak tampil di toko:"
                " lengkapi sebelum hari itu.",
                day=written_day(next_step[0]),
            )
        )
    return " ".join(str(one) for one in said)


if TYPE_CHECKING:
    from flask import Flask


STORAGES = (
    mark_translatable("Suhu ruang, tempat kering, tutup rapat"),
    mark_translatable("Tempat kering, hindari lembap"),
    mark_translatable("Tempat sejuk dan gelap, jauh dari sinar matahari"),
    mark_translatable("Dingin 2-8 °C"),
    mark_translatable("Beku -18 °C"),
    # The same as a card has room for them.
    mark_translatable("Suhu ruang"),
    mark_translatable("Tempat kering"),
    mark_translatable("Tempat sejuk dan gelap"),
)
"""What the form offers for keeping goods; whatever else stands there was typed by a person."""


PACK_TYPES = (
    mark_translatable("Standing pouch foil, zipper"),
    mark_translatable("Standing pouch foil, zipper, katup satu arah"),
    mark_translatable("Standing pouch kraft berlapis, zipper"),
    mark_translatable("Standing pouch bening, zipper"),
    mark_translatable("Retort pouch"),
    mark_translatable("Kantong OPP, kartu gantung"),
    mark_translatable("Kantong PP tebal 0,08 mm, seal panas"),
    mark_translatable("Kantong vakum nilon 80 mikron"),
    mark_translatable("Daun kering, kantong dalam PP"),
    mark_translatable("Kotak karton, kantong dalam"),
    mark_translatable("Kotak kraft"),
    mark_translatable("Kotak hardboard, kertas tisu bebas asam, kartu kain"),
    mark_translatable("Kardus dobel, sekat dan bantalan kertas (anti pecah)"),
    mark_translatable("Kardus gelombang"),
    mark_translatable("Tabung karton, tutup plastik"),
    mark_translatable("Kaleng tinplate, tutup rapat"),
    mark_translatable("Jar kaca, tutup twist-off, segel"),
    mark_translatable("Toples PET, segel induksi"),
    mark_translatable("Botol kaca bening, tutup putar, segel"),
    mark_translatable("Botol kaca ambar, tutup tetes/putar"),
    mark_translatable("Botol PET, tutup segel"),
)


CHOICES = (
    mark_translatable("warna"),
    mark_translatable("ukuran"),
    mark_translatable("nomor"),
    mark_translatable("rasa"),
    mark_translatable("giling"),
    mark_translatable("lingkar"),
    mark_translatable("furing"),
    mark_translatable("tokoh"),
)
"""By what the packs of one product usually differ; a cooperative may type something else."""


VALUES = (
    mark_translatable("biji"),
    mark_translatable("kasar"),
    mark_translatable("sedang"),
    mark_translatable("halus"),
    mark_translatable("putih"),
    mark_translatable("hitam"),
    mark_translatable("abu-abu"),
    mark_translatable("krem"),
    mark_translatable("cokelat"),
    mark_translatable("merah"),
    mark_translatable("kuning"),
    mark_translatable("hijau"),
    mark_translatable("biru"),
    mark_translatable("ungu"),
    mark_translatable("polos"),
    mark_translatable("lurik"),
    mark_translatable("kelinci"),
    mark_translatable("pendekar"),
    mark_translatable("gunungan"),
)
"""What a pack is usually called among its brothers: a grind, a colour, a lining, a figure."""


_DIFFERENCES = frozenset((*CHOICES, *VALUES))


_KEPT = frozenset((*STORAGES, *PACK_TYPES, *ALLERGENS))


def fact_words(text: str | None) -> str:
    """Storage, pack type or allergens: ours in the reader's language, a person's as written."""
    if not text:
        return ""
    if text in _KEPT:
        return str(word(text))
    parts = text.split(", ")
    if all(part in _KEPT for part in parts):
        return ", ".join(word(part) for part in parts)
    return as_written(text)


def choice_word(text: str) -> str:
    """What packs differ by, and one of them: usual words in the reader's language."""
    parts = [
        str(word(part)) if part in _DIFFERENCES else as_written(part)
        for part in text.split(BETWEEN_OPTIONS)
    ]
    return parts[0] if len(parts) == 1 else escape(BETWEEN_OPTIONS).join(parts)


def init_app(app: "Flask", _settings: object) -> None:
    """Let the templates of every room say by what packs differ."""
    app.jinja_env.globals["choice_word"] = choice_word
