"""Why a step was not taken, and what a right value looks like; what a step changed."""

from flask_babel import gettext as _
from flask_babel import ngettext

from shop.core.values.money import Rupiah, format_rupiah
from shop.fulfilment.board.words import state_word
from shop.fulfilment.orders.rules import Settled
from shop.sales.orders.models import OrderState
from shop.sales.orders.rules import DeliveryKind


def missed_words() -> str:
    """Why a parcel is not marked as arrived together with others."""
    return str(_("Pembeli bilang belum sampai. Buka pesanannya dan tanyakan ke kurir dulu."))


def called_off_words(number: str, *, is_whole: bool, was_paid: bool) -> str:
    """What a shopper reads who called an order off, or the rest of one that left in part."""
    if not is_whole:
        return str(
            _(
                "Sisa pesanan %(number)s dibatalkan dan harganya kembali. Paket yang sudah"
                " berangkat tetap untuk Anda.",
                number=number,
            )
        )
    if not was_paid:
        return str(_("Pesanan %(number)s dibatalkan. Tidak ada yang perlu dibayar.", number=number))
    return str(_("Pesanan %(number)s dibatalkan. Uangnya kembali penuh.", number=number))


def asked_words() -> str:
    """Why an order whose shopper is choosing is not accepted together with others (rule R9)."""
    return str(
        _(
            "Sebagian barang kurang dan pembeli sedang memilih. Buka pesanannya: kalau ternyata"
            " semuanya ada, terima di sana."
        )
    )


def not_confirmed_words() -> str:
    """An order in cash is packed once its shopper has said that it stands."""
    return str(_("Dibayar tunai: pastikan dulu ke pembeli lewat WhatsApp, baru dikemas."))


def bank_decides_words() -> str:
    """Money that a bank keeps is given back by nobody else."""
    return str(
        _("Kartu pembeli sedang disengketakan. Tunggu keputusan bank; uangnya belum bisa kembali.")
    )


def cash_on_page_words(asked: int) -> str:
    """Cash is counted on the order's own page."""
    known = format_rupiah(Rupiah(asked))
    return str(_("Dibayar tunai %(sum)s: catat uangnya di halaman pesanan ini.", sum=known))


def wrong_cash_words(asked: int) -> str:
    """Another amount than was asked."""
    known = format_rupiah(Rupiah(asked))
    return str(
        _("Yang harus diterima %(sum)s. Jangan serahkan paketnya sebelum uangnya pas.", sum=known)
    )


def weighed_words(settled: Settled) -> str:
    """What a real box changed, for who packs."""
    total = format_rupiah(Rupiah(settled.refund + settled.borne + settled.booked))
    if settled.refund:
        return str(_("Ongkirnya lebih murah: %(sum)s kembali ke pembeli.", sum=total))
    if settled.borne:
        return str(_("Ongkirnya lebih mahal: %(sum)s ditanggung koperasi.", sum=total))
    if settled.booked:
        return str(_("Ongkirnya %(sum)s lebih murah, dicatat sebagai selisih ongkir.", sum=total))
    return str(_("Ongkirnya tetap."))


def weighed_before_words(fee: Rupiah) -> str:
    """Somebody packed it first."""
    known = format_rupiah(fee)
    return str(
        _("Paket ini sudah ditimbang: ongkirnya %(fee)s. Tidak ada yang berubah.", fee=known)
    )


def no_rate_words() -> str:
    """The fee cannot be reckoned anew."""
    return str(_("Tarif pesanan ini sudah tidak ada, jadi ongkirnya tidak bisa dihitung ulang."))


def tracking_words() -> str:
    """What a right tracking number looks like."""
    return str(_("Nomor resi berisi 5 sampai 40 huruf atau angka, misalnya JP1234567890."))


def code_words() -> str:
    """What a right pick-up code looks like."""
    return str(_("Kodenya tidak cocok. Minta 6 angka dari pesan pembeli, misalnya 482913."))


def no_code_words() -> str:
    """Nobody typed a pick-up code."""
    return str(_("Tulis kode ambil: 6 angka dari pesan pembeli, misalnya 482913."))


def receiver_words() -> str:
    """What a right receiver looks like."""
    return str(_("Tulis nama orang yang menerima, misalnya Bu Tini."))


def too_many_words(minutes: int) -> str:
    """After too many wrong codes."""
    return str(
        ngettext(
            "Kode salah terlalu sering. Coba lagi %(num)s menit lagi.",
            "Kode salah terlalu sering. Coba lagi %(num)s menit lagi.",
            minutes,
        )
    )


def left_words() -> str:
    """Why packing is not taken back."""
    return str(
        _(
            "Pembelinya sudah dikabari atau sebagian paketnya sudah pergi,"
            " jadi tidak bisa diurungkan."
        )
    )


def moved_words(state: OrderState, kind: DeliveryKind) -> str:
    """An order that somebody else moved meanwhile."""
    return str(
        _(
            "Pesanan ini sekarang: %(state)s. Tidak ada yang diubah.",
            state=state_word(state, kind),
        )
    )
