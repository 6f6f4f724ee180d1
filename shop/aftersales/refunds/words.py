"""What pages say about money that goes back."""

from flask_babel import gettext as _

from shop.aftersales.refunds.errors import (
    AlreadyWaiting,
    Disputed,
    NothingToGiveBack,
    NothingWouldBeSent,
    TooManyPacks,
    TooMuchDelivery,
)
from shop.core.values.errors import RuleBroken
from shop.core.values.money import format_rupiah
from shop.fulfilment.board.words import reason_word
from shop.payments.bills.errors import RefundTooMuch
from shop.payments.bills.models import RefundState

__all__ = ["reason_word", "refusal_words", "state_scheme", "state_word"]


def refusal_words(refusal: RuleBroken) -> str:
    """Why money does not go back, and what would be right."""
    if isinstance(refusal, TooManyPacks):
        return str(_("Bungkus yang belum dikembalikan tinggal %(left)s.", left=refusal.left))
    if isinstance(refusal, (TooMuchDelivery, RefundTooMuch)):
        return str(_("Yang masih bisa kembali tinggal %(left)s.", left=format_rupiah(refusal.left)))
    if isinstance(refusal, NothingWouldBeSent):
        return str(_("Tidak ada lagi yang akan dikirim. Batalkan saja pesanannya."))
    if isinstance(refusal, NothingToGiveBack):
        return str(_("Untuk pilihan ini tidak ada uang yang kembali."))
    if isinstance(refusal, Disputed):
        return str(
            _("Pembayaran pesanan ini sedang disengketakan di bank. Tunggu keputusan bank dulu.")
        )
    if isinstance(refusal, AlreadyWaiting):
        return str(_("Ada pengembalian yang menunggu orang kedua. Putuskan itu dulu."))
    return str(_("Dari pesanan ini tidak ada uang yang bisa dikembalikan."))


def state_word(state: RefundState) -> str:
    """How far a refund is."""
    return str(
        {
            RefundState.ASKED: _("Diminta"),
            RefundState.SENT: _("Dalam perjalanan"),
            RefundState.DONE: _("Sudah sampai"),
            RefundState.FAILED: _("Gagal, masih utang"),
        }[state]
    )


def state_scheme(state: RefundState) -> str:
    """In which colour it stands; the word is always there too."""
    return {RefundState.DONE: "ok", RefundState.FAILED: "err"}.get(state, "info")
