"""What a shopper says about an order: it came, or it is not wanted any more."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.values import clock
from shop.core.values.codes import read_order_number
from shop.fulfilment.board.answer_words import called_off_words
from shop.fulfilment.order_steps.actions import confirm_arrival
from shop.fulfilment.order_steps.customer_cancellation import cancel_unshipped
from shop.fulfilment.order_steps.shortages import choose
from shop.fulfilment.orders.errors import BankDecides, WrongWay
from shop.fulfilment.orders.rules import NOT_ARRIVED
from shop.fulfilment.parcels.missing_parcels import mark_found, report_missing
from shop.payments.cash.errors import CashFirst
from shop.people.sign_in.guards import current_person
from shop.sales.orders.errors import AlreadyMoved, MoveRefused, NoSuchOrder
from shop.sales.orders.guards import Owned, may_see_all
from shop.sales.orders.models import Actor, Order, OrderState, Purchase
from shop.sales.orders.rules import ShortageChoice
from shop.web.http.access import anyone, open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash

bp = Blueprint("fulfilment", __name__)

CHOICES = {
    "kirim": ShortageChoice.SEND,
    "tunggu": ShortageChoice.WAIT,
    "batal": ShortageChoice.CANCEL,
}
_THERE = (OrderState.ARRIVED, OrderState.DONE)


@bp.post("/pesanan/<number>/diterima")
@open_to(anyone)
def received(number: str) -> ResponseReturnValue:
    """The shopper has the parcel. For strangers the order does not exist."""
    wanted = _own_order(number)
    person = current_person()
    parcel_id = _chosen_parcel()

    def arrive(session: Session) -> tuple[OrderState, bool]:
        order = session.scalars(select(Order).where(Order.number == wanted).with_for_update()).one()
        try:
            confirm_arrival(
                session,
                order,
                actor=Actor.SHOPPER,
                parcel_id=parcel_id,
                person_id=person.id if person else None,
                now=clock.now(),
            )
        except (MoveRefused, AlreadyMoved, WrongWay, CashFirst):
            mark_found(session, order)
            return order.state, False
        return order.state, True

    state, is_there = database().write(arrive)
    if is_there or state in _THERE:
        return redirect_with_flash(
            f"/pesanan/{wanted}", _("Terima kasih. Paket ini tercatat sudah tiba.")
        )
    said = _("Paket ini belum di jalan, jadi belum bisa ditandai diterima.")
    return redirect_with_flash(f"/pesanan/{wanted}", said, "warn")


@bp.post("/pesanan/<number>/belum-sampai")
@open_to(anyone)
def missing(number: str) -> ResponseReturnValue:
    """The parcel did not come: nothing happens by itself until people have looked for it."""
    wanted = _own_order(number)

    def tell(session: Session) -> bool:
        order = session.scalars(select(Order).where(Order.number == wanted).with_for_update()).one()
        return report_missing(session, order, clock.now()) or order.needs == NOT_ARRIVED

    if database().write(tell):
        said = _("Koperasi kami minta mencari paket ini. Pesanan tidak selesai sebelum jelas.")
        return redirect_with_flash(f"/pesanan/{wanted}", said)
    said = _("Paket ini belum berangkat, atau pesanannya sudah selesai.")
    return redirect_with_flash(f"/pesanan/{wanted}", said, "warn")


@bp.post("/pesanan/<number>/batal")
@open_to(anyone)
def call_off(number: str) -> ResponseReturnValue:
    """The shopper does not want it any more: nobody has begun, or nobody kept the promise."""
    wanted = _own_order(number)
    person = current_person()

    def end(session: Session) -> str:
        order = session.scalars(select(Order).where(Order.number == wanted).with_for_update()).one()
        try:
            is_whole = cancel_unshipped(
                session, order, person_id=person.id if person else None, now=clock.now()
            )
        except (MoveRefused, AlreadyMoved):
            if order.state is not OrderState.CANCELLED:
                return ""
            is_whole = True
        return called_off_words(wanted, is_whole=is_whole, was_paid=order.paid_at is not None)

    try:
        said = database().write(end)
    except BankDecides:
        said = _("Bank Anda sedang memutuskan pembayaran ini. Uangnya kembali lewat bank saja.")
        return redirect_with_flash(f"/pesanan/{wanted}", said, "warn")
    if said:
        return redirect_with_flash(f"/pesanan/{wanted}", said)
    said = _("Pesanan ini sudah mulai dikemas, jadi tidak bisa dibatalkan dari sini lagi.")
    return redirect_with_flash(f"/pesanan/{wanted}", said, "warn")


@bp.post("/pesanan/<number>/kurang")
@open_to(anyone)
def choose_short(number: str) -> ResponseReturnValue:
    """Packs are missing: send what there is, wait for all of it, or end the order (rule R9)."""
    wanted = _own_order(number)
    typed = request.form.get("pilihan", "")
    if typed not in CHOICES:
        said = _("Pilih salah satu: kirim yang ada, tunggu, atau batalkan.")
        return redirect_with_flash(f"/pesanan/{wanted}", said, "warn")
    choice, person = CHOICES[typed], current_person()

    def decide(session: Session) -> bool:
        order = session.scalars(select(Order).where(Order.number == wanted).with_for_update()).one()
        try:
            choose(
                session,
                order,
                choice,
                actor=Actor.SHOPPER,
                person_id=person.id if person else None,
                now=clock.now(),
            )
        except (MoveRefused, AlreadyMoved):
            return False
        return True

    try:
        is_done = database().write(decide)
    except BankDecides:
        said = _("Bank Anda sedang memutuskan pembayaran ini. Uangnya kembali lewat bank saja.")
        return redirect_with_flash(f"/pesanan/{wanted}", said, "warn")
    if not is_done:
        said = _("Pilihan ini sudah tidak terbuka. Keadaannya sekarang tertulis di bawah.")
        return redirect_with_flash(f"/pesanan/{wanted}", said, "warn")
    return redirect_with_flash(
        f"/pesanan/{wanted}",
        {
            ShortageChoice.SEND: _("Baik. Koperasi mengirim yang ada."),
            ShortageChoice.WAIT: _("Baik. Koperasi mengirim setelah semuanya ada."),
            ShortageChoice.CANCEL: _("Pesanan dibatalkan."),
        }[choice],
    )


def _chosen_parcel() -> int | None:
    """One parcel of several; None: all of them. What is no number of ours is none of them."""
    chosen = request.form.get("paket")
    if chosen is None:
        return None
    return int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 16 else 0


def _own_order(number: str) -> str:
    """The number of an order of this visitor's; for everybody else there is none."""
    wanted = read_order_number(number) or ""
    with database().reading() as session:
        owner = session.execute(
            select(Purchase.code, Purchase.person_id, Purchase.viewer_hash)
            .join(Order, Order.purchase_id == Purchase.id)
            .where(Order.number == wanted)
        ).one_or_none()
    if owner is None or not may_see_all(Owned(*owner)):
        raise NoSuchOrder(number)
    return wanted
