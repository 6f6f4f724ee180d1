"""What the desk calls states, stages, reasons and times."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.dates import format_date
from flask_babel import get_locale, ngettext, pgettext
from flask_babel import gettext as _

from shop.core.values.clock import in_zone
from shop.core.values.money import format_rupiah
from shop.fulfilment.board.order_detail import OrderDetail
from shop.fulfilment.board.queries import Card
from shop.fulfilment.orders.order_refunds import UNIQUE_CODE
from shop.fulfilment.orders.rules import COMPLAINT, NO_ANSWER, NOT_ARRIVED, Reason, Stage
from shop.payments.bills.refunds import OUTSIDE
from shop.payments.cash.models import CashState
from shop.payments.cash.queries import CashView
from shop.sales.orders.models import Actor
from shop.sales.orders.rules import SHORT_ASKED, DeliveryKind, OrderState
from shop.web.rendering.template_filters import written_day_short, written_moment

HOUR = timedelta(hours=1)
SOON_HOURS = 12
_WAITS = (OrderState.READY, OrderState.ON_THE_WAY, OrderState.ARRIVED)


@dataclass(frozen=True, slots=True)
class Tag:
    """A state or a time in one or two words."""

    word: str
    scheme: str = ""
    is_late: bool = False


def stage_word(stage: Stage) -> str:
    """A stage as the board's heading."""
    return str(
        {
            Stage.NEW: _("Baru"),
            # The same word as the day on a label, where it means something done.
            Stage.PACK: pgettext("stage", "Dikemas"),
            Stage.READY: _("Siap"),
            Stage.ON_THE_WAY: _("Di jalan"),
            Stage.ARRIVED: _("Tiba"),
            Stage.DONE: _("Selesai"),
            Stage.ENDED: _("Batal"),
            Stage.NEEDS: _("Perlu tindakan"),
            Stage.UNPAID: _("Belum dibayar"),
        }[stage]
    )


def state_word(state: OrderState, kind: DeliveryKind) -> str:
    """A state as the cooperative calls it."""
    ready = {
        DeliveryKind.COURIER: _("Siap kirim"),
        DeliveryKind.OWN: _("Siap diantar"),
        DeliveryKind.PICKUP: _("Siap diambil"),
    }
    return str(
        {
            OrderState.UNPAID: _("Belum dibayar"),
            OrderState.NEW: _("Baru"),
            OrderState.ACCEPTED: _("Sedang dikemas"),
            OrderState.READY: ready[kind],
            OrderState.ON_THE_WAY: _("Di jalan"),
            OrderState.ARRIVED: _("Sudah diambil")
            if kind is DeliveryKind.PICKUP
            else _("Sudah tiba"),
            OrderState.DONE: _("Selesai"),
            OrderState.LAPSED: _("Lewat waktu bayar"),
            OrderState.REFUSED: _("Ditolak"),
            OrderState.CANCELLED: _("Batal"),
            OrderState.UNDELIVERED: _("Gagal antar"),
            OrderState.RETURNED: _("Kembali"),
        }[state]
    )


def state_scheme(state: OrderState) -> str:
    """In which colour a state stands; the word is always there too."""
    if state in (OrderState.ARRIVED, OrderState.DONE):
        return "ok"
    if state in (OrderState.REFUSED, OrderState.CANCELLED, OrderState.RETURNED):
        return "err"
    return "info" if state not in (OrderState.UNPAID, OrderState.LAPSED) else ""


def reason_word(code: str | None) -> str:
    """Why packs are not sent, or money goes back."""
    return str(
        {
            Reason.SHORT.value: _("Barang habis atau kurang"),
            Reason.DAMAGED.value: _("Barang rusak"),
            Reason.NOT_MADE.value: _("Belum sempat dibuat"),
            Reason.CANNOT_SEND.value: _("Tidak bisa dikirim ke alamat ini"),
            Reason.CLOSED.value: _("Koperasi sedang tutup"),
            Reason.NOT_FETCHED.value: _("Tidak diambil pembeli"),
            Reason.NO_ANSWER.value: _("Koperasi tidak menjawab sampai batas waktunya"),
            Reason.NOT_SENT.value: _("Tidak dikirim sampai batas waktunya"),
            Reason.NOBODY_THERE.value: _("Tidak ada orang di rumah"),
            Reason.NOT_TAKEN.value: _("Pembeli tidak mau menerima"),
            Reason.WRONG_ADDRESS.value: _("Alamat tidak ditemukan"),
            Reason.BROKEN_ON_THE_WAY.value: _("Rusak di jalan"),
            Reason.LOST_ON_THE_WAY.value: _("Hilang di jalan"),
            Reason.CHANGED_MIND.value: _("Dibatalkan pembeli"),
            Reason.WRONG_GOODS.value: _("Barangnya tidak sesuai"),
            Reason.TOO_LATE.value: _("Datang terlambat"),
            Reason.AGREED.value: _("Kesepakatan dengan pembeli"),
            Reason.SUSPENDED.value: _("Koperasi ditangguhkan"),
            Reason.LESS_FREIGHT.value: _("Ongkir ternyata lebih murah"),
            Reason.NOT_CONFIRMED.value: _("Pembeli tidak memastikan pesanannya"),
            UNIQUE_CODE: _("Kode unik"),
            OUTSIDE: _("Dikembalikan di halaman penyedia kartu"),
        }.get(code or "", "")
    )


def need_word(code: str | None) -> str:
    """What an order waits for, beside its state."""
    return str(
        {
            NO_ANSWER: _(
                "Waktu menjawabnya habis. Terima atau tolak sekarang, sebelum dibatalkan."
            ),
            SHORT_ASKED: _(
                "Sebagian barang kurang dan pembeli sedang memilih. Diam sehari berarti: kirim"
                " yang ada, sisanya dikembalikan. Ternyata semuanya ada? Terima saja."
            ),
            NOT_ARRIVED: _(
                "Pembeli bilang paketnya belum sampai. Tanyakan ke kurir, lalu tandai sudah tiba"
                " atau gagal antar."
            ),
            COMPLAINT: _("Pembeli mengeluh. Pesanan ini tidak selesai sebelum keluhannya beres."),
        }.get(code or "", "")
    )


def cash_tag(cash: CashView) -> Tag:
    """How far the cash of a parcel has come."""
    word, scheme = {
        CashState.ASKED: (_("Tunai %(sum)s, belum dibayar", sum=format_rupiah(cash.asked)), "warn"),
        CashState.COLLECTED: (_("Tunai diterima, belum di bendahara"), "info"),
        CashState.HANDED_OVER: (_("Tunai di bendahara"), "ok"),
        CashState.REFUSED: (_("Tunai, tidak diambil"), "err"),
        CashState.DROPPED: (_("Tunai, batal"), ""),
    }[cash.state]
    return Tag(word, scheme)


def hands_over(stage: Stage, kind: DeliveryKind) -> bool:
    """Whether a stage's step puts the parcel into the shopper's hands."""
    return (stage, kind) in (
        (Stage.READY, DeliveryKind.PICKUP),
        (Stage.ON_THE_WAY, DeliveryKind.OWN),
    )


def actor_word(actor: Actor | None) -> str:
    """Who brought an order to a step."""
    return str(
        {
            Actor.SHOPPER: _("oleh pembeli"),
            Actor.COOPERATIVE: _("oleh koperasi"),
            Actor.OPERATOR: _("oleh operator"),
            Actor.SHOP: _("otomatis"),
        }[actor]
        if actor
        else ""
    )


def due_tag(due: datetime | None, now: datetime, zone: str) -> Tag | None:
    """How much time is left for the next step, in the cooperative's own days."""
    if due is None:
        return None
    if due < now:
        return Tag(_late_words(now - due), "err", is_late=True)
    days = (in_zone(due, zone).date() - in_zone(now, zone).date()).days
    if days == 0:
        hours = (due - now) // HOUR
        if hours < SOON_HOURS:
            return Tag(ngettext("Sisa %(num)s jam", "Sisa %(num)s jam", max(hours, 1)), "warn")
        return Tag(_("Hari ini"), "warn")
    if days == 1:
        return Tag(_("Besok"), "info")
    return Tag(written_day_short(due, zone), "info")


def card_tag(card: Card, now: datetime, zone: str) -> Tag:
    """What a card on the board says about time: what is left, or since when it stands there."""
    due = due_tag(card.due, now, zone)
    if due is not None:
        return due
    if card.state in _WAITS:
        since = in_zone(card.since, zone)
        return Tag(_("sejak %(day)s", day=format_date(since, "d MMM", locale=get_locale())), "info")
    return state_tag(card)


def state_tag(card: Card) -> Tag:
    """Where an order stands, beside orders of other stages."""
    return Tag(state_word(card.state, card.kind), state_scheme(card.state))


def empty_words(stage: Stage) -> str:
    """What an empty stage says."""
    return str(
        {
            Stage.NEW: _("Belum ada pesanan baru."),
            Stage.PACK: _("Tidak ada yang perlu dikemas."),
            Stage.READY: _("Tidak ada paket yang menunggu diserahkan."),
            Stage.ON_THE_WAY: _("Tidak ada paket di jalan."),
            Stage.ARRIVED: _("Tidak ada paket yang baru tiba."),
            Stage.DONE: _("Belum ada pesanan yang selesai."),
            Stage.ENDED: _("Tidak ada pesanan yang batal."),
            Stage.NEEDS: _("Tidak ada yang perlu tindakan Anda."),
            Stage.UNPAID: _("Tidak ada pesanan yang menunggu pembayaran."),
        }[stage]
    )


def picked_words(stages: Sequence[Stage], counted: Mapping[Stage, int]) -> str:
    """For which orders a pick list collects."""
    parts = {
        Stage.NEW: ngettext("%(num)s pesanan baru", "%(num)s pesanan baru", counted[Stage.NEW]),
        Stage.PACK: ngettext(
            "%(num)s yang sedang dikemas", "%(num)s yang sedang dikemas", counted[Stage.PACK]
        ),
    }
    mine = [parts[stage] for stage in stages if counted[stage]]
    if len(mine) == 2:
        return str(_("Untuk %(first)s dan %(second)s", first=mine[0], second=mine[1]))
    return str(_("Untuk %(orders)s", orders=mine[0])) if mine else ""


def journey(order: OrderDetail, zone: str) -> list[tuple[str, str, str]]:
    """The steps of an order for the timeline: word, when and by whom, how far."""
    steps = []
    for step in order.steps:
        line = ""
        if step.at is not None:
            line = " ".join(
                (written_moment(step.at, zone), actor_word(order.actors.get(step.state)))
            )
        how = "now" if step.is_current else "done" if step.is_done else ""
        if step.is_current and state_scheme(step.state) == "err":
            how = "ended"
        steps.append((_step_word(step.state, order), line, how))
    return steps


def _step_word(state: OrderState, order: OrderDetail) -> str:
    # What is paid at the door comes in before anything is paid.
    came_in = _("Dibayar") if order.cash is None else _("Diteruskan ke koperasi")
    placed = {OrderState.UNPAID: _("Dipesan"), OrderState.NEW: came_in}
    return str(placed[state]) if state in placed else state_word(state, order.kind)


def _late_words(late: timedelta) -> str:
    if late.days:
        return str(ngettext("Telat %(num)s hari", "Telat %(num)s hari", late.days))
    hours = max(late // HOUR, 1)
    return str(ngettext("Telat %(num)s jam", "Telat %(num)s jam", hours))


def done_words(stage: Stage, count: int) -> str:
    """What a bulk step did."""
    words = {
        Stage.NEW: ngettext("%(num)s pesanan diterima.", "%(num)s pesanan diterima.", count),
        Stage.PACK: ngettext(
            "%(num)s pesanan selesai dikemas.", "%(num)s pesanan selesai dikemas.", count
        ),
        Stage.READY: ngettext("%(num)s pesanan diserahkan.", "%(num)s pesanan diserahkan.", count),
        Stage.ON_THE_WAY: ngettext(
            "%(num)s pesanan ditandai tiba.", "%(num)s pesanan ditandai tiba.", count
        ),
    }
    return str(words[stage])


def bulk_words(stage: Stage, count: int) -> str:
    """The bulk button: how many it moves when all are ticked, else what it moves."""
    if count:
        words = {
            Stage.NEW: ngettext("Terima %(num)s pesanan", "Terima %(num)s pesanan", count),
            Stage.PACK: ngettext("%(num)s selesai dikemas", "%(num)s selesai dikemas", count),
            Stage.READY: ngettext("Serahkan %(num)s pesanan", "Serahkan %(num)s pesanan", count),
            Stage.ON_THE_WAY: ngettext("%(num)s sudah tiba", "%(num)s sudah tiba", count),
        }
    else:
        words = {
            Stage.NEW: _("Terima yang dicentang"),
            Stage.PACK: _("Tandai selesai dikemas"),
            Stage.READY: _("Serahkan yang dicentang"),
            Stage.ON_THE_WAY: _("Tandai sudah tiba"),
        }
    return str(words[stage])


def one_word(stage: Stage, kind: DeliveryKind) -> str:
    """The button on one order's card."""
    if stage is Stage.NEW:
        return str(_("Terima"))
    if stage is Stage.PACK:
        return str(_("Selesai dikemas"))
    if stage is Stage.READY:
        return str(
            {
                DeliveryKind.COURIER: _("Serahkan ke kurir"),
                DeliveryKind.OWN: _("Berangkat antar"),
                DeliveryKind.PICKUP: _("Serahkan ke pembeli"),
            }[kind]
        )
    return str(_("Sudah tiba"))


def field_word(stage: Stage, kind: DeliveryKind, way: str) -> str:
    """The one field that a card asks before its step; empty: it asks nothing."""
    if stage is Stage.READY and kind is DeliveryKind.COURIER:
        return str(_("Nomor resi %(courier)s", courier=way))
    if stage is Stage.READY and kind is DeliveryKind.PICKUP:
        return str(_("Kode ambil dari pembeli"))
    if stage is Stage.ON_THE_WAY and kind is DeliveryKind.OWN:
        return str(_("Nama penerima"))
    return ""


def way_note(kind: DeliveryKind, way: str) -> str:
    """How a parcel travels, for who packs it."""
    if kind is DeliveryKind.PICKUP:
        return str(_("Diambil sendiri"))
    return str(_("Diantar koperasi")) if kind is DeliveryKind.OWN else way


def back_words(count: int) -> str:
    """What taking back did."""
    return str(
        ngettext("%(num)s pesanan kembali dikemas.", "%(num)s pesanan kembali dikemas.", count)
    )
