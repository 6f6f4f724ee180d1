"""One order at the desk: what it is, where it stands, and every step it can take now."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from flask import Blueprint, flash, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.cooperatives.guards import current_desk, desk
from shop.cooperatives.rules import PACKS, RUNS, Role
from shop.core import clock
from shop.core.codes import read_order_number
from shop.core.indonesia import wa_link
from shop.fulfilment import actions, words
from shop.fulfilment.errors import ShelfBelowHeld, WrongCode, WrongWay
from shop.fulfilment.forms import (
    CourierForm,
    DeskForm,
    EndForm,
    PickupForm,
    ReceiverForm,
    accept_form,
)
from shop.fulfilment.queries import order_to_work_on, state_of
from shop.fulfilment.rules import FOR_CALLING_OFF, FOR_REFUSING, Reason, rights_of, stage_of
from shop.fulfilment.sheet import Sheet, sheet
from shop.fulfilment.steps import count_code
from shop.orders.errors import AlreadyMoved, MoveRefused, NoSuchOrder
from shop.orders.models import Actor, Order, OrderState
from shop.orders.rules import DeliveryKind
from shop.web import database
from shop.web.access import open_to
from shop.web.limits import TooMany
from shop.web.pages import lead_on

bp = Blueprint("fulfilment_order", __name__)

T = TypeVar("T")
Work = Callable[[Session, Order], T]

CALLED_OFF_FROM = (OrderState.ACCEPTED, OrderState.READY)


@bp.get("/kelola/<slug>/pesanan/<number>")
@open_to(desk())
def order(slug: str, number: str) -> ResponseReturnValue:
    """The order with the next step in front."""
    return _page(_sheet(number))


@bp.post("/kelola/<slug>/pesanan/<number>/terima")
@open_to(desk(*RUNS))
def accept(slug: str, number: str) -> ResponseReturnValue:
    """Accept it as counted; what cannot be sent is paid back."""
    found = _sheet(number)
    form = accept_form(found.lines, is_sent=True)
    if not form.validate():
        return _refused(found, {"accept": form})

    def work(session: Session, order: Order) -> None:
        actions.accept(
            session,
            order,
            counts=form.counts(),
            shortfalls=form.shortfalls(),
            person_id=current_desk().person_id,
            now=clock.now(),
        )

    try:
        return _step(
            found,
            work,
            (OrderState.ACCEPTED, OrderState.REFUSED),
            _("Pesanan diterima. Selamat mengemas.")
            if any(form.counts().values())
            else _("Pesanan ditolak. Uang pembeli dikembalikan penuh."),
        )
    except ShelfBelowHeld as refusal:
        form.say_below_held(refusal)
        return _refused(found, {"accept": form})


@bp.post("/kelola/<slug>/pesanan/<number>/tolak")
@open_to(desk(*RUNS))
def refuse(slug: str, number: str) -> ResponseReturnValue:
    """Refuse it whole, with a reason."""
    found, form = _sheet(number), EndForm(FOR_REFUSING)
    if not form.validate():
        return _refused(found, {"end": form})

    def work(session: Session, order: Order) -> None:
        actions.refuse(
            session,
            order,
            reason=Reason(form.alasan.data),
            person_id=current_desk().person_id,
            now=clock.now(),
        )

    said = _("Pesanan ditolak. Uang pembeli dikembalikan penuh.")
    return _step(found, work, (OrderState.REFUSED,), said)


@bp.post("/kelola/<slug>/pesanan/<number>/batal")
@open_to(desk(*RUNS))
def call_off(slug: str, number: str) -> ResponseReturnValue:
    """Call it off before it leaves, with a reason."""
    found, form = _sheet(number), EndForm(FOR_CALLING_OFF)
    if not form.validate():
        return _refused(found, {"end": form})

    def work(session: Session, order: Order) -> None:
        actions.call_off(
            session,
            order,
            reason=Reason(form.alasan.data),
            person_id=current_desk().person_id,
            now=clock.now(),
        )

    said = _("Pesanan dibatalkan. Uang pembeli dikembalikan.")
    return _step(found, work, (OrderState.CANCELLED,), said)


@bp.post("/kelola/<slug>/pesanan/<number>/siap")
@open_to(desk(*PACKS))
def ready(slug: str, number: str) -> ResponseReturnValue:
    """Everything of it is packed."""

    def work(session: Session, order: Order) -> None:
        actions.mark_ready(session, order, person_id=current_desk().person_id, now=clock.now())

    return _step(_sheet(number), work, (OrderState.READY,), _("Selesai dikemas."))


@bp.post("/kelola/<slug>/pesanan/<number>/serahkan")
@open_to(desk(*PACKS))
def hand_over(slug: str, number: str) -> ResponseReturnValue:
    """Give it to the courier, to the cooperative's own round, or to whoever says the code."""
    found = _sheet(number)
    if found.kind is DeliveryKind.COURIER:
        return _to_courier(found)
    if found.kind is DeliveryKind.PICKUP:
        return _to_shopper(found)

    def work(session: Session, order: Order) -> None:
        actions.own_delivery_out(
            session, order, person_id=current_desk().person_id, now=clock.now()
        )

    return _step(found, work, (OrderState.ON_THE_WAY,), _("Paket berangkat diantar."))


@bp.post("/kelola/<slug>/pesanan/<number>/tiba")
@open_to(desk(*PACKS))
def arrived(slug: str, number: str) -> ResponseReturnValue:
    """It is there: on own delivery with the receiver's name."""
    found = _sheet(number)
    form = ReceiverForm()
    if found.kind is DeliveryKind.OWN and not form.validate():
        return _refused(found, {"receiver": form})

    def work(session: Session, order: Order) -> None:
        by, now = current_desk().person_id, clock.now()
        if order.delivery_kind is DeliveryKind.OWN:
            name = form.penerima.data or ""
            actions.own_delivery_done(session, order, receiver=name, person_id=by, now=now)
        else:
            actions.confirm_arrival(session, order, actor=Actor.COOPERATIVE, person_id=by, now=now)

    return _step(found, work, (OrderState.ARRIVED,), _("Paket ditandai sudah tiba."))


def _to_courier(found: Sheet) -> ResponseReturnValue:
    form = CourierForm()
    if not form.validate():
        return _refused(found, {"courier": form})

    def work(session: Session, order: Order) -> tuple[str, ...]:
        left = actions.hand_over(
            session,
            order,
            tracking=form.resi.data or "",
            courier=form.kurir.data,
            person_id=current_desk().person_id,
            now=clock.now(),
        )
        return left.same_number

    def warn(same: tuple[str, ...]) -> None:
        if same:
            others = ", ".join(same)
            flash(_("Nomor resi yang sama ada di %(others)s. Periksa lagi.", others=others), "warn")

    return _step(found, work, (OrderState.ON_THE_WAY,), _("Paket diserahkan ke kurir."), then=warn)


def _to_shopper(found: Sheet) -> ResponseReturnValue:
    form = PickupForm()
    if not form.validate():
        return _refused(found, {"pickup": form})

    def work(session: Session, order: Order) -> None:
        actions.hand_over_pickup(
            session,
            order,
            code=form.kode.data or "",
            person_id=current_desk().person_id,
            now=clock.now(),
        )

    try:
        if found.state is OrderState.READY:
            count_code(found.number)
        return _step(found, work, (OrderState.ARRIVED,), _("Pesanan sudah diambil pembeli."))
    except WrongCode:
        form.kode.errors = [words.code_words()]
    except TooMany as refusal:
        form.kode.errors = [words.too_many_words(refusal.wait_minutes)]
    return _refused(found, {"pickup": form})


def _step(
    found: Sheet,
    work: Work[T],
    to: tuple[OrderState, ...],
    said: str,
    then: Callable[[T], None] | None = None,
) -> ResponseReturnValue:
    """Do one step; a second click finds it done, a step that is late changes nothing.

    :param to: where the step leads: an order that is there already is no fault.
    """
    place = current_desk()
    address = f"/kelola/{place.slug}/pesanan/{found.number}"
    try:
        done = database().write(
            lambda session: work(
                session, order_to_work_on(session, place.cooperative_id, found.number)
            )
        )
    except (MoveRefused, AlreadyMoved, WrongWay):
        with database().reading() as session:
            state = state_of(session, place.cooperative_id, found.number)
        if state in to:
            return lead_on(address, _("Sudah tercatat sebelumnya."))
        note = words.moved_words(state, found.kind)
        return _page(_sheet(found.number), note=note), 409
    if then is not None:
        then(done)
    return lead_on(address, said)


def _sheet(number: str) -> Sheet:
    place = current_desk()
    wanted = read_order_number(number)
    if wanted != number:
        raise NoSuchOrder(number)  # one address for each order
    with database().reading() as session:
        return sheet(session, place.cooperative_id, number, rights_of(place.roles))


def _refused(found: Sheet, sent: Mapping[str, DeskForm]) -> ResponseReturnValue:
    return _page(found, sent), 422


def _page(found: Sheet, sent: Mapping[str, DeskForm] | None = None, note: str = "") -> str:
    place = current_desk()
    forms = {**_fresh(found), **(sent or {})}
    return render_template(
        "fulfilment/pesanan.html",
        order=found,
        forms=forms,
        sent=next(iter(sent.values())) if sent else None,
        note_words=note,
        words=words,
        stage=stage_of(found.state),
        rights=rights_of(place.roles),
        sees_money=place.may(*RUNS, Role.BENDAHARA, Role.PENGAWAS),
        can_be_called_off=found.state in CALLED_OFF_FROM,
        whatsapp=_whatsapp(found, place.name),
        now=clock.now(),
        zone=place.zone,
        here=f"/kelola/{place.slug}/pesanan",
    )


def _whatsapp(found: Sheet, cooperative: str) -> str | None:
    """A link that opens WhatsApp with a greeting; None where the phone is not shown."""
    if found.phone is None:
        return None
    greeting = _(
        "Halo %(name)s, ini %(cooperative)s tentang pesanan %(number)s.",
        name=found.who,
        cooperative=cooperative,
        number=found.number,
    )
    return wa_link(found.phone, greeting)


def _fresh(found: Sheet) -> dict[str, DeskForm]:
    """The forms that nobody has sent."""
    reasons = FOR_REFUSING if found.state is OrderState.NEW else FOR_CALLING_OFF
    return {
        "accept": accept_form(found.lines, is_sent=False),
        "end": EndForm(reasons, is_sent=False),
        "courier": CourierForm(is_sent=False, kurir=found.way),
        "pickup": PickupForm(is_sent=False),
        "receiver": ReceiverForm(is_sent=False),
    }
