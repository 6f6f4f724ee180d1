"""Sentences of the delivery desk."""

from flask_babel import gettext as _

from shop.core.formats.csv_files import Unreadable, UnreadableTable
from shop.shipping.rates.rate_import import Complaint, RowFault


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
