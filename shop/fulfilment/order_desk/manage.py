"""One order at the desk: what it is, where it stands, and every step it can take now."""

from collections.abc import Callable

from flask import Blueprint, flash
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.core.values import clock
from shop.core.values.money import Rupiah
from shop.fulfilment.board import answer_words
from shop.fulfilment.board.forms import BoxForm, CourierForm, EndForm, accept_form
from shop.fulfilment.board.order_detail import OrderDetail
from shop.fulfilment.board.page_actions import count_code
from shop.fulfilment.order_desk.order_page import (
    T,
    Work,
    page_of,
    pickup_form,
    refuse_form,
    send_form,
    sheet_of,
    step,
    taken,
    warn_of_same,
    wrong_cash,
)
from shop.fulfilment.order_desk.parcel_forms import PartForm
from shop.fulfilment.order_steps import actions, packing
from shop.fulfilment.order_steps.shortages import accept_or_ask
from shop.fulfilment.orders.errors import (
    AlreadyWeighed,
    NoRate,
    NoSuchDay,
    ShelfBelowHeld,
    WrongCode,
    WrongCount,
)
from shop.fulfilment.orders.rules import FOR_CALLING_OFF, FOR_REFUSING, FOR_REFUSING_CASH, Reason
from shop.fulfilment.parcels.actions import how_many
from shop.payments.cash.actions import confirm as confirm_cash
from shop.payments.cash.errors import WrongCash
from shop.people.cooperatives.guards import current_desk, desk
from shop.people.cooperatives.rules import PACKS, RUNS
from shop.sales.orders.errors import AlreadyMoved
from shop.sales.orders.models import Order, OrderState
from shop.sales.orders.rules import DeliveryKind
from shop.web.http.access import open_to
from shop.web.security.rate_limits import RateLimitExceeded

bp = Blueprint("fulfilment_order", __name__)


@bp.get("/kelola/<slug>/pesanan/<number>")
@open_to(desk())
def order(slug: str, number: str) -> ResponseReturnValue:
    """The order with the next step in front."""
    return page_of(sheet_of(number))


@bp.post("/kelola/<slug>/pesanan/<number>/terima")
@open_to(desk(*RUNS))
def accept(slug: str, number: str) -> ResponseReturnValue:
    """Accept it as counted; what cannot be sent is paid back."""
    found = sheet_of(number)
    form = accept_form(found.lines, is_sent=True)
    if not form.validate():
        return refuse_form(found, {"accept": form})

    def work(session: Session, order: Order) -> None:
        accept_or_ask(
            session,
            order,
            counts=form.counts(),
            shortfalls=form.shortfalls(),
            complete_on=form.lengkap.data,
            person_id=current_desk().person_id,
            now=clock.now(),
        )

    said = _("Pesanan diterima. Selamat mengemas.")
    if form.asks_shopper:
        said = _("Tercatat. Pembeli ditanya dan punya waktu 24 jam untuk memilih.")
    elif not any(form.counts().values()):
        said = _("Pesanan ditolak. Uang pembeli dikembalikan penuh.")
    try:
        return step(found, work, (OrderState.ACCEPTED, OrderState.REFUSED), said)
    except ShelfBelowHeld as refusal:
        form.say_below_held(refusal)
    except NoSuchDay:
        form.say_no_such_day()
    return refuse_form(found, {"accept": form})


@bp.post("/kelola/<slug>/pesanan/<number>/pastikan")
@open_to(desk(*RUNS))
def confirm(slug: str, number: str) -> ResponseReturnValue:
    """The shopper answered that an order in cash stands (rule R18)."""

    def work(session: Session, order: Order) -> None:
        confirm_cash(session, order, person_id=current_desk().person_id, now=clock.now())

    said = _("Pembeli sudah memastikan. Sekarang pesanannya bisa diterima.")
    return step(sheet_of(number), work, (OrderState.NEW,), said)


@bp.post("/kelola/<slug>/pesanan/<number>/tolak")
@open_to(desk(*RUNS))
def refuse(slug: str, number: str) -> ResponseReturnValue:
    """Refuse it whole, with a reason."""
    found = sheet_of(number)
    form = EndForm(FOR_REFUSING_CASH if found.cash else FOR_REFUSING)
    if not form.validate():
        return refuse_form(found, {"end": form})

    def work(session: Session, order: Order) -> None:
        actions.refuse(
            session,
            order,
            reason=Reason(form.alasan.data),
            person_id=current_desk().person_id,
            now=clock.now(),
        )

    said = _("Pesanan ditolak. Uang pembeli dikembalikan penuh.")
    if found.cash:
        said = _("Pesanan ditolak. Pembeli dikabari.")
    return step(found, work, (OrderState.REFUSED,), said)


@bp.post("/kelola/<slug>/pesanan/<number>/batal")
@open_to(desk(*RUNS))
def call_off(slug: str, number: str) -> ResponseReturnValue:
    """Call it off before it leaves, with a reason."""
    found, form = sheet_of(number), EndForm(FOR_CALLING_OFF)
    if not form.validate():
        return refuse_form(found, {"end": form})

    def work(session: Session, order: Order) -> None:
        actions.cancel(
            session,
            order,
            reason=Reason(form.alasan.data),
            person_id=current_desk().person_id,
            now=clock.now(),
        )

    said = _("Pesanan dibatalkan. Uang pembeli dikembalikan.")
    if any(line.shipped for line in found.lines):
        said = _("Sisanya dibatalkan dan harganya kembali. Paket yang sudah berangkat tetap jalan.")
    return step(found, work, (OrderState.CANCELLED,), said)


@bp.post("/kelola/<slug>/pesanan/<number>/siap")
@open_to(desk(*PACKS))
def ready(slug: str, number: str) -> ResponseReturnValue:
    """Everything of it is packed."""

    def work(session: Session, order: Order) -> None:
        actions.mark_ready(session, order, person_id=current_desk().person_id, now=clock.now())

    return step(sheet_of(number), work, (OrderState.READY,), _("Selesai dikemas."))


@bp.post("/kelola/<slug>/pesanan/<number>/timbang")
@open_to(desk(*PACKS))
def weigh(slug: str, number: str) -> ResponseReturnValue:
    """Its real box, and what that changes about the fee; once."""
    found, form = sheet_of(number), BoxForm()
    if not form.validate():
        return refuse_form(found, {"box": form})

    def work(session: Session, order: Order) -> packing.Weighed:
        return packing.weigh(
            session, order, form.box(), person_id=current_desk().person_id, now=clock.now()
        )

    def say(weighed: packing.Weighed) -> None:
        flash(answer_words.weighed_words(weighed.settled), "ok")

    try:
        return step(found, work, (), _("Berat dan ukuran paket tercatat."), then=say)
    except AlreadyWeighed as refusal:
        note = answer_words.weighed_before_words(Rupiah(refusal.fee))
    except NoRate:
        note = answer_words.no_rate_words()
    return page_of(sheet_of(number), {"box": form}, note=note), 409


@bp.post("/kelola/<slug>/pesanan/<number>/serahkan")
@open_to(desk(*PACKS))
def hand_over(slug: str, number: str) -> ResponseReturnValue:
    """Give it to the courier, to the cooperative's own round, or to whoever says the code."""
    found = sheet_of(number)
    if found.kind is DeliveryKind.COURIER:
        return _to_courier(found)
    if found.kind is DeliveryKind.PICKUP:
        return _to_shopper(found)

    return _on_own_round(found)


def _to_courier(found: OrderDetail) -> ResponseReturnValue:
    form = send_form(found)
    assert isinstance(form, CourierForm)
    if not form.validate():
        return refuse_form(found, {"send": form})

    def work(session: Session, order: Order) -> tuple[str, ...]:
        _require_next(session, order, form)
        left = actions.hand_over(
            session,
            order,
            tracking=form.resi.data or "",
            courier=form.kurir.data,
            packs=form.packs() or None,
            person_id=current_desk().person_id,
            now=clock.now(),
        )
        return left.same_number

    return _send(found, form, work, _("Paket diserahkan ke kurir."), warn_of_same)


def _on_own_round(found: OrderDetail) -> ResponseReturnValue:
    form = send_form(found)
    if not form.validate():
        return refuse_form(found, {"send": form})

    def work(session: Session, order: Order) -> None:
        _require_next(session, order, form)
        actions.own_delivery_out(
            session,
            order,
            packs=form.packs() or None,
            person_id=current_desk().person_id,
            now=clock.now(),
        )

    return _send(found, form, work, _("Paket berangkat diantar."))


def _send(
    found: OrderDetail,
    form: PartForm,
    work: Work[T],
    said: str,
    then: Callable[[T], None] | None = None,
) -> ResponseReturnValue:
    try:
        # Where a part leaves the order stays: there, too, the second of two clicks is no fault.
        return step(found, work, (OrderState.ON_THE_WAY, OrderState.READY), said, then=then)
    except WrongCount as refusal:
        form.say_too_many(refusal)
        return refuse_form(found, {"send": form})


def _require_next(session: Session, order: Order, form: PartForm) -> None:
    """Refuse the second of two clicks: it would send a part once more."""
    if order.state is OrderState.READY and form.ke.data not in (
        None,
        "",
        str(how_many(session, order) + 1),
    ):
        raise AlreadyMoved(order.number, order.state)


def _to_shopper(found: OrderDetail) -> ResponseReturnValue:
    form = pickup_form(found)
    if not form.validate():
        return refuse_form(found, {"pickup": form})

    def work(session: Session, order: Order) -> None:
        actions.hand_over_pickup(
            session,
            order,
            code=form.kode.data or "",
            cash=taken(form),
            person_id=current_desk().person_id,
            now=clock.now(),
        )

    try:
        if found.state is OrderState.READY:
            count_code(found.number)
        return step(found, work, (OrderState.ARRIVED,), _("Pesanan sudah diambil pembeli."))
    except WrongCode:
        form.kode.errors = [answer_words.code_words()]
    except RateLimitExceeded as refusal:
        form.kode.errors = [answer_words.too_many_words(refusal.wait_minutes)]
    except WrongCash as refusal:
        return wrong_cash(found, "pickup", form, refusal)
    return refuse_form(found, {"pickup": form})
