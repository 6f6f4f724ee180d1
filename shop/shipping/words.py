"""Why a parcel costs what it costs, and why a row of prices cannot be used, in words."""

from datetime import date

from flask_babel import gettext as _

from shop.core.table import Unreadable, UnreadableTable
from shop.core.units import Grams
from shop.shipping.rules import GRAMS_PER_KG, Counted, Kind, Load, Quote, WeightRule, counted_by
from shop.shipping.upload import Complaint, RowFault
from shop.web.filters import written_span, written_weekday_short, written_weight


def weight_sentence(quote: Quote) -> str:
    """Why a courier charges this weight; nothing for what is handed over at home."""
    if quote.rule is None or quote.space_grams is None:
        return ""
    # The space as grams counts the same as the volume it was read from.
    load = Load(quote.scale_grams, quote.space_grams * quote.rule.divisor, frozenset())
    return weight_words(load, quote.rule, quote.billable_grams)


def weight_words(load: Load, rule: WeightRule, billable: Grams) -> str:
    """The scale, the space, the rounding or the minimum: whichever decided, in one sentence."""
    said = {
        "real": written_weight(load.grams),
        "billed": written_weight(billable),
        "space": written_weight(Grams(-(-load.volume // rule.divisor))),
        "free": written_weight(rule.tolerance),
    }
    match counted_by(load, rule):
        case Counted.LEAST:
            return str(
                _("Beratnya %(real)s; layanan ini menghitung paling sedikit %(billed)s.", **said)
            )
        case Counted.SPACE:
            return str(
                _(
                    "Beratnya %(real)s, tetapi kotaknya makan tempat seperti %(space)s. Kurir"
                    " memakai yang lebih besar: %(billed)s.",
                    **said,
                )
            )
    if load.grams == billable:
        return str(_("Beratnya %(real)s.", **said))
    if load.grams > billable:
        return str(
            _("Beratnya %(real)s. Lebih sampai %(free)s gratis: dihitung %(billed)s.", **said)
        )
    if load.grams < GRAMS_PER_KG:
        return str(_("Beratnya %(real)s; kurir menghitung paling sedikit %(billed)s.", **said))
    return str(_("Beratnya %(real)s, dibulatkan ke atas jadi %(billed)s.", **said))


def arrival_words(kind: Kind, days: tuple[date, date] | None) -> str:
    """When a parcel comes, or from when on it can be fetched; nothing where nobody knows."""
    if days is None:
        return ""
    first, last = days
    if kind == "pickup":
        return str(_("bisa diambil mulai %(day)s", day=written_weekday_short(first)))
    if first == last:
        return str(_("tiba %(day)s", day=written_weekday_short(first)))
    return str(_("tiba %(days)s", days=written_span(first, last)))


def fault_words(fault: RowFault, services: tuple[str, ...]) -> str:
    """What is wrong with a cell, and what a right one looks like."""
    match fault.complaint:
        case Complaint.NEGATIVE:
            return str(_("Harga tidak boleh di bawah nol. Tulis misalnya 12000."))
        case Complaint.UNKNOWN_SERVICE:
            return str(_("Layanan ini tidak dikenal. Pilih: %(all)s.", all=", ".join(services)))
        case Complaint.UNKNOWN_AREA:
            return str(
                _(
                    "Tidak ada wilayah dengan kode ini. Lihat kodenya di berkas yang bisa"
                    " diunduh di bawah."
                )
            )
        case Complaint.OTHER_COOPERATIVE:
            return str(_("Baris ini milik koperasi lain. Hapus, atau kosongkan kolomnya."))
        case Complaint.TWICE:
            return str(
                _(
                    "Tujuan ini sudah ada di baris %(row)s untuk layanan yang sama. Hapus salah"
                    " satunya.",
                    row=fault.other_row,
                )
            )
    return str(
        {
            "layanan": _("Tulis kode layanan, misalnya %(all)s.", all=", ".join(services[:3])),
            "tujuan": _("Tulis kode wilayah, misalnya 32.05 atau 32.05 Kab. Garut."),
            "harga_per_kg_idr": _("Tulis harga per kilogram tanpa sen, misalnya 12000."),
            "hari_paling_cepat": _("Tulis jumlah hari, 0 sampai 90."),
            "hari_paling_lama": _("Tulis jumlah hari, paling sedikit sama dengan yang tercepat."),
            "jalur": _("Tulis darat, laut, atau udara."),
        }.get(fault.column, _("Isian ini belum benar."))
    )


def table_words(fault: UnreadableTable) -> str:
    """Why a file could not be read at all, and what to do."""
    return str(
        {
            Unreadable.EMPTY: _("Berkasnya kosong. Isi paling sedikit satu baris tarif."),
            Unreadable.NOT_TEXT: _(
                "Ini bukan berkas CSV. Di Excel pilih Simpan sebagai, lalu CSV UTF-8."
            ),
            Unreadable.BROKEN: _(
                "Ada tanda kutip yang tidak ditutup. Simpan ulang sebagai CSV dari Excel."
            ),
            Unreadable.COLUMNS: _(
                "Baris pertama harus berisi nama kolom. Belum ada: %(names)s.",
                names=", ".join(fault.missing),
            ),
            Unreadable.LONG: _("Terlalu banyak baris: paling banyak 20.000 sekali kirim."),
        }[fault.why]
    )
