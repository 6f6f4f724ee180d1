"""A parcel that left: it is there, nobody took it, it is brought again, back or replaced."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.core.values import clock
from shop.fulfilment.board.order_detail import OrderDetail
from shop.fulfilment.order_desk.order_page import (
    back_form,
    page_of,
    receiver_form,
    refuse_form,
    replacing_form,
    sheet_of,
    step,
    taken,
    warn_of_same,
    wrong_cash,
)
from shop.fulfilment.order_desk.parcel_forms import ResendForm, failed_form, which_form
from shop.fulfilment.order_desk.parcel_words import too_few_words
from shop.fulfilment.order_steps import actions
from shop.fulfilment.orders.errors import ShelfTooLow
from shop.fulfilment.orders.rules import NOT_ARRIVED, Reason
from shop.fulfilment.parcels import actions as parcels
from shop.fulfilment.parcels import failed_deliveries
from shop.payments.cash.errors import WrongCash
from shop.people.cooperatives.guards import current_desk, desk
from shop.people.cooperatives.rules import PACKS, RUNS
from shop.sales.orders.errors import MoveRefused
from shop.sales.orders.models import Actor, Order, OrderState
from shop.sales.orders.parcels import parcels_under_way
from shop.sales.orders.rules import DeliveryKind
from shop.web.http.access import open_to

bp = Blueprint("fulfilment_return", __name__)


@bp.post("/kelola/<slug>/pesanan/<number>/tiba")
@open_to(desk(*PACKS))
def arrived(slug: str, number: str) -> ResponseReturnValue:
    """It is there: on own delivery with the receiver's name."""
    found = sheet_of(number)
    if found.kind is DeliveryKind.OWN and not any(one.extra for one in found.under_way):
        return _taken_at_door(found)
    form = which_form(found.under_way, "tiba", is_sent=True)
    if not form.validate():
        return refuse_form(found, {"arrived": form})

    def work(session: Session, order: Order) -> None:
        actions.confirm_arrival(
            session,
            order,
            actor=Actor.COOPERATIVE,
            parcel_id=form.parcel_id,
            person_id=current_desk().person_id,
            now=clock.now(),
        )

    return step(found, work, (OrderState.ARRIVED,), _("Paket ditandai sudah tiba."))


def _taken_at_door(found: OrderDetail) -> ResponseReturnValue:
    form = receiver_form(found)
    if not form.validate():
        return refuse_form(found, {"receiver": form})

    def work(session: Session, order: Order) -> None:
        actions.own_delivery_done(
            session,
            order,
            receiver=form.penerima.data or "",
            cash=taken(form),
            person_id=current_desk().person_id,
            now=clock.now(),
        )

    try:
        return step(found, work, (OrderState.ARRIVED,), _("Paket ditandai sudah tiba."))
    except WrongCash as refusal:
        return wrong_cash(found, "receiver", form, refusal)


@bp.post("/kelola/<slug>/pesanan/<number>/gagal")
@open_to(desk(*PACKS))
def failed(slug: str, number: str) -> ResponseReturnValue:
    """It could not be handed over, with a reason."""
    found = sheet_of(number)
    form = failed_form(found.under_way, is_sent=True)
    if not form.validate():
        return refuse_form(found, {"fail": form})

    def work(session: Session, order: Order) -> None:
        failed_deliveries.record_failed_delivery(
            session,
            order,
            reason=Reason(form.alasan.data),
            parcel_id=form.parcel_id,
            person_id=current_desk().person_id,
            now=clock.now(),
        )

    said = _("Dicatat: gagal antar. Pembeli sudah dikabari.")
    return step(found, work, (OrderState.UNDELIVERED,), said)


@bp.post("/kelola/<slug>/pesanan/<number>/antar-lagi")
@open_to(desk(*PACKS))
def again(slug: str, number: str) -> ResponseReturnValue:
    """Bring it once more."""
    found = sheet_of(number)
    form = which_form(found.failed, "lagi", is_sent=True)
    if not form.validate():
        return refuse_form(found, {"again": form})

    def work(session: Session, order: Order) -> None:
        failed_deliveries.try_again(
            session,
            order,
            parcel_id=form.parcel_id,
            person_id=current_desk().person_id,
            now=clock.now(),
        )

    return step(found, work, (OrderState.ON_THE_WAY,), _("Paket berangkat sekali lagi."))


@bp.post("/kelola/<slug>/pesanan/<number>/kembali")
@open_to(desk(*RUNS))
def returned(slug: str, number: str) -> ResponseReturnValue:
    """It is back: what is fit goes on the shelf, and the shopper's money goes back."""
    found = sheet_of(number)
    form = back_form(found)
    if not form.validate():
        return refuse_form(found, {"back": form})

    def work(session: Session, order: Order) -> None:
        failed_deliveries.return_to_stock(
            session,
            order,
            fit=form.fit(),
            person_id=current_desk().person_id,
            now=clock.now(),
        )

    said = _("Paket kembali. Stok dan uang pembeli sudah dicatat.")
    if found.state is OrderState.READY:
        said = _("Paket kembali. Isinya menunggu dikirim bersama sisanya.")
    return step(found, work, (OrderState.RETURNED,), said)


@bp.post("/kelola/<slug>/pesanan/<number>/kirim-lagi")
@open_to(desk(*RUNS))
def replaced(slug: str, number: str) -> ResponseReturnValue:
    """Another parcel goes in place of one that is lost; its cooperative bears it."""
    found = sheet_of(number)
    form = replacing_form(found)
    if not form.validate():
        return refuse_form(found, {"resend": form})
    tracking = form.resi.data if isinstance(form, ResendForm) else None
    courier = form.kurir.data if isinstance(form, ResendForm) else None

    missed = next((one for one in found.parcels if one.id == form.parcel_id), None)

    def work(session: Session, order: Order) -> tuple[str, ...]:
        by, now = current_desk().person_id, clock.now()
        if order.state is OrderState.ARRIVED and order.needs == NOT_ARRIVED:
            if any(one.extra for one in parcels_under_way(session, order)):
                raise MoveRefused(order.number, order.state, OrderState.ON_THE_WAY)
            _parcel, same = parcels.send_another(
                session,
                order,
                packs=dict(missed.packs if missed else ()),
                reason=Reason.LOST_ON_THE_WAY,
                tracking=tracking,
                courier=courier,
                person_id=by,
                now=now,
            )
            return same
        return parcels.send_again(
            session,
            order,
            tracking=tracking,
            courier=courier,
            parcel_id=form.parcel_id,
            person_id=by,
            now=now,
        )

    try:
        return step(found, work, (), _("Paket pengganti dikirim."), then=warn_of_same)
    except ShelfTooLow as refusal:
        note = too_few_words(refusal.there)
        return page_of(sheet_of(number), {"resend": form}, note=note), 409
