"""What pages call the states of money out, and why some of it waits."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shop.finance.payouts.models import BatchState, PayoutState
from shop.finance.payouts.queries import BatchRow
from shop.finance.payouts.rules import BlockReason, HoldReason

WAITS = {
    HoldReason.NOT_OVER: _l("pesanan belum selesai"),
    HoldReason.ATTENTION: _l("ada keluhan atau hal yang perlu diselesaikan"),
    HoldReason.REFUND: _l("pengembalian uang belum selesai"),
    HoldReason.DISPUTE: _l("ada sengketa kartu"),
    HoldReason.IN_BATCH: _l("sudah masuk daftar pencairan"),
}
STOPS = {
    BlockReason.SUSPENDED: _l("Koperasi ini dihentikan sementara, jadi belum dibayar."),
    BlockReason.NO_ACCOUNT: _l("Belum ada rekening yang sudah diperiksa."),
    BlockReason.NEW_ACCOUNT: _l("Rekeningnya baru diganti. Menunggu masa aman."),
    BlockReason.DEBT: _l("Utangnya sama atau lebih besar; dipotong dari pencairan berikutnya."),
}
PAYOUTS = {
    PayoutState.WAITING: (_l("Belum dibayar"), ""),
    PayoutState.PAID: (_l("Dibayar"), "ok"),
    PayoutState.FAILED: (_l("Gagal, dibatalkan"), "err"),
    PayoutState.DROPPED: (_l("Tidak jadi"), ""),
}


def batch_words(batch: BatchRow) -> tuple[str, str]:
    """Where a batch stands, and the scheme of its tag."""
    if batch.state is BatchState.PREPARED:
        return _("Menunggu persetujuan"), "warn"
    if batch.state is BatchState.DROPPED:
        return _("Tidak jadi"), ""
    if batch.waiting:
        return _("%(n)s belum dibayar", n=batch.waiting), "warn"
    return (
        (_("Selesai, %(n)s gagal", n=batch.failed), "err")
        if batch.failed
        else (
            _("Semua dibayar"),
            "ok",
        )
    )
