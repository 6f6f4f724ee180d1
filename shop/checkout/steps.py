"""An order's way in the shopper's words, step by step with times."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from shop.checkout.tracking import OrderView, PurchaseView
from shop.orders.models import DeliveryKind, OrderState
from shop.web.filters import written_day_short, written_time

ENDED = frozenset(
    {OrderState.LAPSED, OrderState.CANCELLED, OrderState.REFUSED, OrderState.RETURNED}
)
_WAY = (
    OrderState.UNPAID,
    OrderState.NEW,
    OrderState.ACCEPTED,
    OrderState.READY,
    OrderState.ON_THE_WAY,
    OrderState.ARRIVED,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the timeline; ``state`` is ``done``, ``now``, ``ended`` or nothing."""

    word: str
    line: str
    state: str


def state_word(state: OrderState, kind: DeliveryKind) -> tuple[str, str]:
    """What a state is called for the shopper, and the scheme of its tag."""
    ready = {
        DeliveryKind.PICKUP: _("Siap diambil"),
        DeliveryKind.OWN: _("Siap diantar"),
        DeliveryKind.COURIER: _("Siap dikirim"),
    }
    words = {
        OrderState.UNPAID: (_("Belum dibayar"), "warn"),
        OrderState.NEW: (_("Dibayar"), "info"),
        OrderState.ACCEPTED: (_("Sedang dikemas"), "info"),
        OrderState.READY: (ready[kind], "info"),
        OrderState.ON_THE_WAY: (_("Di jalan"), "info"),
        OrderState.ARRIVED: (_("Tiba"), "ok"),
        OrderState.DONE: (_("Selesai"), "ok"),
        OrderState.LAPSED: (_("Lewat waktu"), "warn"),
        OrderState.CANCELLED: (_("Batal"), "err"),
        OrderState.REFUSED: (_("Ditolak koperasi"), "err"),
        OrderState.UNDELIVERED: (_("Gagal antar"), "warn"),
        OrderState.RETURNED: (_("Kembali ke koperasi"), "err"),
    }
    return words[state]


def timeline(view: OrderView, purchase: PurchaseView) -> tuple[Step, ...]:
    """The steps an order took, the one it stands at, and those to come."""
    if view.order.state in ENDED:
        return _ended(view, purchase)
    now = _standing(view.order.state)
    steps = []
    for state, word, at in _ways(view):
        said = written_moment(at, view.zone)
        if state is now:
            said = " · ".join(part for part in (said, _now_words(view)) if part)
            standing = "done" if view.order.state is OrderState.DONE else "now"
        else:
            standing = "done" if _WAY.index(state) < _WAY.index(now) else ""
        steps.append(Step(word, said, standing))
    return tuple(steps)


def written_moment(at: datetime | None, zone: str) -> str:
    """``23 Nov 2026, 20.05 WIB``; nothing for what has not happened."""
    return f"{written_day_short(at, zone)}, {written_time(at, zone)}" if at else ""


def _ended(view: OrderView, purchase: PurchaseView) -> tuple[Step, ...]:
    taken = [
        Step(word, written_moment(at, view.zone), "done") for _state, word, at in _ways(view) if at
    ]
    word = state_word(view.order.state, view.order.delivery_kind)[0]
    at = view.order.ended_at or purchase.purchase.ended_at
    return (*taken, Step(word, written_moment(at, view.zone), "ended"))


def _ways(view: OrderView) -> list[tuple[OrderState, str, datetime | None]]:
    order = view.order
    ready = state_word(OrderState.READY, order.delivery_kind)[0]
    ways = [
        (OrderState.UNPAID, _("Dipesan"), order.placed_at),
        (OrderState.NEW, _("Dibayar"), order.paid_at),
        (OrderState.ACCEPTED, _("Sedang dikemas"), order.accepted_at),
        (OrderState.READY, ready, order.ready_at),
    ]
    if view.is_pickup:
        return [*ways, (OrderState.ARRIVED, _("Sudah diambil"), order.arrived_at)]
    return [
        *ways,
        (OrderState.ON_THE_WAY, _("Di jalan"), order.handed_over_at),
        (OrderState.ARRIVED, _("Tiba"), order.arrived_at),
    ]


def _standing(state: OrderState) -> OrderState:
    if state is OrderState.DONE:
        return OrderState.ARRIVED
    return OrderState.ON_THE_WAY if state is OrderState.UNDELIVERED else state


def _now_words(view: OrderView) -> str:
    """What the shopper can expect of the step an order stands at."""
    order, parcel = view.order, view.parcel
    match order.state:
        case OrderState.NEW if order.accept_by:
            return str(
                _("koperasi menjawab paling lambat %(when)s", when=_day(order.accept_by, view))
            )
        case OrderState.ACCEPTED if order.ship_by:
            return str(_("dikirim paling lambat %(when)s", when=_day(order.ship_by, view)))
        case OrderState.ON_THE_WAY if parcel and parcel.tracking_number:
            return f"{parcel.courier or ''} {parcel.tracking_number}".strip()
        case OrderState.UNDELIVERED:
            return str(_("gagal antar; koperasi akan menghubungi Anda"))
    return ""


def _day(moment: datetime, view: OrderView) -> str:
    return written_day_short(moment, view.zone)
