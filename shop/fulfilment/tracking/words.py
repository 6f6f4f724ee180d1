"""What a list of tracking numbers is told, in words."""

from flask_babel import gettext as _

from shop.core.formats.csv_files import Unreadable
from shop.fulfilment.board.answer_words import tracking_words
from shop.fulfilment.tracking.actions import Checked, Why
from shop.fulfilment.tracking.rules import MAX_ROWS, Fault


def why_words(one: Checked) -> str:
    """Why a row does not go, and what a right one looks like."""
    if one.said:
        return one.said
    match one.why:
        case Fault.NO_ORDER:
            return str(_("Tidak ada nomor pesanan di baris ini. Contoh: GYO-26-000123."))
        case Fault.UNCLEAR:
            return str(_("Isinya lebih dari dua kolom. Sisakan nomor pesanan dan resinya saja."))
        case Fault.NOT_TRACKING:
            return tracking_words()
        case Fault.TWICE:
            return str(
                _(
                    "Pesanan ini sudah ada di baris %(row)s. Hapus salah satu.",
                    row=one.row.other_row,
                )
            )
        case Why.UNKNOWN:
            return str(_("Tidak ada pesanan ini di koperasi Anda. Periksa nomornya."))
        case Why.OTHER_WAY:
            return str(_("Pesanan ini tidak lewat kurir, jadi tidak perlu resi."))
    return ""


def file_words(why: Unreadable) -> str:
    """Why a file could not be read at all, and what to do."""
    return str(
        {
            Unreadable.EMPTY: _("Berkasnya kosong. Unduh daftarnya, isi kolom resi, lalu kirim."),
            Unreadable.LONG: long_words(),
        }.get(
            why,
            _(
                "Berkas ini tidak bisa dibaca. Kirim berkas Excel (.xlsx) atau CSV,"
                " bukan gambar atau PDF."
            ),
        )
    )


def long_words() -> str:
    """More rows than one list takes."""
    return str(
        _("Terlalu banyak: paling banyak %(most)s baris sekali kirim. Bagi dua.", most=MAX_ROWS)
    )
