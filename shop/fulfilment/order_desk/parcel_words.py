"""What the desk calls parcels, and the steps of an order's log."""

from collections.abc import Sequence

from flask_babel import gettext as _

from shop.fulfilment.board.order_history import DeskParcel, Happening
from shop.fulfilment.board.words import Tag, actor_word, reason_word, state_word
from shop.fulfilment.orders.rules import Reason
from shop.fulfilment.parcels.actions import (
    EXTRA_ARRIVED,
    EXTRA_SENT,
    PART_ARRIVED,
    PART_SENT,
    SENT_AGAIN,
)
from shop.fulfilment.parcels.failed_deliveries import BROUGHT_AGAIN, CAME_BACK, NOT_TAKEN
from shop.fulfilment.parcels.missing_parcels import CLAIM_SETTLED
from shop.fulfilment.parcels.partial_cancellation import GIVEN_UP
from shop.sales.orders.rules import SHORT_ASKED, DeliveryKind


def parcel_tag(parcel: DeskParcel) -> Tag:
    """How far a parcel has come."""
    if parcel.given_up_at:
        return Tag(_("Diganti paket lain"), "err")
    if parcel.returned_at:
        return Tag(_("Kembali ke koperasi"), "err")
    if parcel.arrived_at:
        return Tag(_("Sudah tiba"), "ok")
    return Tag(_("Gagal antar"), "warn") if parcel.failed_at else Tag(_("Di jalan"), "info")


def parcel_name(parcel: DeskParcel) -> str:
    """A parcel as a list of several names it."""
    name = str(_("Paket %(n)s", n=parcel.place))
    return f"{name} · {parcel.tracking}" if parcel.tracking else name


def extra_word(code: str | None) -> str:
    """Why a parcel went on top of what was ordered."""
    if code is None:
        return ""
    if code == Reason.SHORT:
        return str(_("Susulan: yang kurang"))
    if code == Reason.LOST_ON_THE_WAY:
        return str(_("Susulan: pengganti paket yang hilang"))
    return str(_("Susulan: barang pengganti"))


def happened(step: Happening, kind: DeliveryKind) -> str:
    """What a step did: where it led, or what became of a part."""
    code, _colon, why = (step.reason or "").partition(":")
    if step.before is not step.after:
        before = f"{state_word(step.before, kind)} → " if step.before else ""
        return f"{before}{state_word(step.after, kind)}"
    words = {
        PART_SENT: _("Sebagian dikirim"),
        PART_ARRIVED: _("Sebagian tiba"),
        SENT_AGAIN: _("Paket pengganti dikirim"),
        EXTRA_SENT: _("Paket susulan dikirim"),
        EXTRA_ARRIVED: _("Paket susulan tiba"),
        GIVEN_UP: _("Sisanya tidak jadi dikirim"),
        NOT_TAKEN: _("Satu paket gagal antar"),
        BROUGHT_AGAIN: _("Satu paket diantar lagi"),
        CAME_BACK: _("Satu paket kembali"),
        SHORT_ASKED: _("Sebagian kurang, pembeli ditanya"),
        CLAIM_SETTLED: _("Laporan belum sampai diselesaikan"),
    }
    known = words.get(code, state_word(step.after, kind))
    return f"{known}: {reason_word(why)}" if why else str(known)


def by_whom(step: Happening) -> str:
    """Who took a step."""
    return ", ".join(part for part in (actor_word(step.actor), step.who) if part)


def why(step: Happening) -> str:
    """Why, where a step that leads somewhere says so."""
    return reason_word(step.reason) if step.before is not step.after else ""


def too_few_words(there: int) -> str:
    """The shelf has not what would be sent once more."""
    return str(_("Di rak hanya ada %(n)s. Tambah stoknya dulu, atau kembalikan uangnya.", n=there))


def goes_whole_words() -> str:
    """Cash is taken once."""
    return str(_("Pesanan tunai dikirim sekaligus: uangnya diterima sekali saja."))


def nothing_words() -> str:
    """A parcel with nothing in it."""
    return str(_("Tulis paling sedikit 1 bungkus untuk paket ini."))


def goods_words(goods: Sequence[tuple[str, int]]) -> str:
    """What lies in a parcel: ``2× Kopi Gayo 200 g, 1× Teh``."""
    return ", ".join(f"{packs}× {name}" for name, packs in goods)
