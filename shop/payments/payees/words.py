"""What accounts are called, and why a code is refused."""

from flask_babel import gettext as _

from shop.payments.bills.qris import Fault


def qris_fault_words(fault: Fault) -> str:
    """Why a QRIS code cannot be used, and what a right one is."""
    if fault is Fault.CHECKSUM:
        return str(_("Kodenya tidak lengkap atau berubah. Salin lagi seluruhnya."))
    if fault is Fault.NOT_STATIC:
        return str(_("Kode ini hanya untuk satu pembayaran. Pakai kode yang dipajang di kasir."))
    return str(_("Ini bukan kode QRIS rupiah. Salin dari QRIS koperasi yang dipajang di kasir."))
