"""An order's way in the shopper's words, step by step with times."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from shop.sales.orders.rules import DeliveryKind, OrderState
from shop.sales.orders.shopper_orders import OrderView
from shop.sales.orders.timeline import Step
from shop.web.rendering.template_filters import written_day_short, written_time

ENDED = frozenset(
    {OrderState.LAPSED, OrderState.CANCELLED, OrderState.REFUSED, OrderState.RETURNED}
)


@dataclass(frozen=True, slots=True)
class WordedStep:
    """One line of the timeline; ``state`` is ``done``, ``now``, ``ended`` or nothing."""

    word: str
    line: str
    state: str


def state_word(
    state: OrderState, kind: DeliveryKind | None = None, *, is_paid: bool = True
) -> tuple[str, str]:
    """What a state is called for the shopper, and the scheme of its tag.

    :param is_paid: False: it is promised in cash.
    """
    if state is OrderState.READY:
        return str(_READY[kind]), "info"
    if state is OrderState.NEW and not is_paid:
        return _("Dipesan"), "info"
    if state is OrderState.ARRIVED and kind is DeliveryKind.PICKUP:
        return _("Sudah diambil"), "ok"
    word, scheme = _STATES[state]
    return str(word), scheme


_READY = {
    None: _l("Siap"),
    DeliveryKind.PICKUP: _l("Siap diambil"),
    DeliveryKind.OWN: _l("Siap diantar"),
    DeliveryKind.COURIER: _l("Siap kirim"),
}
_STATES = {
    OrderState.UNPAID: (_l("Belum dibayar"), "warn"),
    OrderState.NEW: (_l("Dibayar"), "info"),
    OrderState.ACCEPTED: (_l("Sedang dikemas"), "info"),
    OrderState.ON_THE_WAY: (_l("Di jalan"), "info"),
    OrderState.ARRIVED: (_l("Tiba"), "ok"),
    OrderState.DONE: (_l("Selesai"), "ok"),
    OrderState.LAPSED: (_l("Lewat waktu"), "warn"),
    OrderState.CANCELLED: (_l("Batal"), "err"),
    OrderState.REFUSED: (_l("Ditolak koperasi"), "err"),
    OrderState.UNDELIVERED: (_l("Gagal antar"), "warn"),
    OrderState.RETURNED: (_l("Kembali ke koperasi"), "err"),
}


def timeline(order: OrderView, zone: str) -> tuple[WordedStep, ...]:
    """The steps an order took, the one it stands at, and those to come."""
    return tuple(_worded(step, order, zone) for step in order.steps)


def written_moment(at: datetime | None, zone: str) -> str:
    """``23 Nov 2026, 20.05 WIB``; nothing for what has not happened."""
    return f"{written_day_short(at, zone)}, {written_time(at, zone)}" if at else ""


def _worded(step: Step, order: OrderView, zone: str) -> WordedStep:
    word = state_word(step.state, order.delivery_kind)[0]
    if step.state is OrderState.UNPAID:
        word = _("Dipesan")
    was_promised = step.at and order.paid_at and order.paid_at > step.at
    if step.state is OrderState.NEW and (order.is_promised or was_promised):
        word = _("Diteruskan ke koperasi")
    said = [written_moment(step.at, zone)]
    if step.is_current:
        said.append(_now_words(order, zone))
    return WordedStep(word, " · ".join(part for part in said if part), _standing(step))


def _standing(step: Step) -> str:
    if step.state in ENDED and step.is_done:
        return "ended"
    if step.is_current and step.state is not OrderState.DONE:
        return "now"
    return "done" if step.is_done else ""


def _now_words(order: OrderView, zone: str) -> str:
    """What the shopper can expect of the step an order stands at."""
    match order.state:
        case OrderState.NEW if order.short:
            when = written_day_short(order.short.answer_by, zone)
            return str(_("menunggu pilihan Anda sampai %(when)s", when=when))
        case OrderState.NEW if order.accept_by:
            when = written_day_short(order.accept_by, zone)
            return str(_("koperasi menjawab paling lambat %(when)s", when=when))
        case OrderState.ACCEPTED if order.ship_by:
            when = written_day_short(order.ship_by, zone)
            return str(_("dikirim paling lambat %(when)s", when=when))
        case OrderState.UNDELIVERED:
            return str(_("koperasi akan menghubungi Anda"))
    return ""
