"""What pages call the state of a line, and why packs are turned away or called back."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shop.fulfilment.collecting.errors import BatchOver, Unfit, UnfitGoods
from shop.fulfilment.collecting.rules import Fault, LineState, RecallReason
from shop.web.rendering.template_filters import written_day

FAULT_WORDS = {
    Fault.DAMAGED: _l("Rusak atau pecah"),
    Fault.WET: _l("Basah atau berjamur"),
    Fault.NOT_SEALED: _l("Segelnya tidak rapat"),
    Fault.WRONG_LABEL: _l("Labelnya salah atau tidak ada"),
    Fault.WRONG_GOODS: _l("Bukan barang yang diminta"),
    Fault.TOO_OLD: _l("Sudah terlalu lama"),
}
RECALL_WORDS = {
    RecallReason.SPOILED: _l("Barangnya cepat rusak atau basi"),
    RecallReason.FOREIGN: _l("Ada benda asing di dalamnya"),
    RecallReason.ALLERGEN: _l("Ada alergen yang tidak tertulis di label"),
    RecallReason.WRONG_LABEL: _l("Labelnya salah"),
    RecallReason.AUTHORITY: _l("Diminta dinas atau BPOM"),
}


def state_tag(state: LineState) -> tuple[str, str, str]:
    """A line's state: word, scheme, drawing."""
    return {
        LineState.ASKED: (_("Diminta"), "warn", "clock"),
        LineState.READY: (_("Siap"), "info", "box"),
        LineState.RECEIVED: (_("Diterima di koperasi"), "ok", "check"),
    }[state]


def over_words(refusal: BatchOver) -> str:
    """Why packs of a batch are not taken."""
    if refusal.is_recalled or refusal.last_day is None:
        return str(_("Kode %(code)s sudah ditarik: jangan dijual.", code=refusal.code))
    return str(
        _(
            "Kode %(code)s hanya baik sampai %(day)s: jangan dijual. Minta yang lebih baru.",
            code=refusal.code,
            day=written_day(refusal.last_day),
        )
    )


def unfit_words(refusal: UnfitGoods) -> str:
    """Why a parcel stays where it is."""
    return (
        " ".join(_unfit(one) for one in refusal.unfit)
        + " "
        + str(
            _(
                "Paket ini belum boleh berangkat. Di halaman pesanannya, keluarkan yang tidak boleh"
                " dijual, lalu catat gantinya di Kumpulkan; atau kembalikan uangnya."
            )
        )
    )


def _unfit(one: Unfit) -> str:
    if one.is_recalled or one.last_day is None:
        return str(_("%(name)s, kode %(code)s, sudah ditarik.", name=one.name, code=one.code))
    return str(
        _(
            "%(name)s, kode %(code)s, hanya baik sampai %(day)s.",
            name=one.name,
            code=one.code,
            day=written_day(one.last_day),
        )
    )
