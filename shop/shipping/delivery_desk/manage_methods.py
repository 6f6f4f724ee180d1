"""The desk's own rounds and pick-up places: days, hours, cut-off, areas, cash at the door."""

from datetime import time
from typing import cast

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.core.values import clock
from shop.core.values.money import Rupiah
from shop.people.cooperatives.guards import current_desk, desk
from shop.people.cooperatives.rules import RUNS
from shop.services.audit.actions import record
from shop.shipping.delivery_desk.forms import PickupForm, RoundForm
from shop.shipping.delivery_desk.queries import PickupView, RoundView, pickups_of, rounds_of
from shop.shipping.places.queries import read_areas
from shop.shipping.rates.actions import change_pickup_place, change_round, own_way, set_open
from shop.shipping.rates.errors import WayNotFound
from shop.shipping.rates.models import OwnDelivery, PickupPlace
from shop.shipping.rates.rules import longest_wait
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash

bp = Blueprint("shipping_manage_ways", __name__)


@bp.get("/kelola/<slug>/ongkir/antar")
@bp.get("/kelola/<slug>/ongkir/antar/<int:round_id>")
@open_to(desk(*RUNS))
def own_round(slug: str, round_id: int | None = None) -> ResponseReturnValue:
    """One round: a new one, or one to change."""
    found = _round(round_id)
    if found is None:
        return _round_page(RoundForm(), None)
    form = RoundForm(
        nama=found.name,
        wilayah=found.listed,
        hari=list(found.weekdays),
        batas_jam=found.cut_off,
        ongkir=found.fee,
        gratis_mulai=found.free_from,
        tunai_sampai=found.cash_most,
        catatan=found.note,
    )
    return _round_page(form, found)


@bp.post("/kelola/<slug>/ongkir/antar")
@bp.post("/kelola/<slug>/ongkir/antar/<int:round_id>")
@open_to(desk(*RUNS))
def save_round(slug: str, round_id: int | None = None) -> ResponseReturnValue:
    """Add a round, or correct one."""
    place, found, form = current_desk(), _round(round_id), RoundForm()
    with database().reading() as session:
        areas = read_areas(session, form.wilayah.data or "")
    is_fine = form.validate()
    is_fine = form.accepts(areas) and is_fine if form.wilayah.data else False
    if not is_fine:
        return _round_page(form, found), 422

    def save(session: Session) -> None:
        change_round(
            session,
            cooperative_id=place.cooperative_id,
            round_id=round_id,
            name=form.nama.data or "",
            areas=areas.codes,
            fee=cast("Rupiah", form.ongkir.data),
            free_from=cast("Rupiah | None", form.gratis_mulai.data),
            weekdays=form.hari.weekdays,
            cut_off=cast("time", form.batas_jam.data),
            days=(0, longest_wait(form.hari.weekdays)),
            cash_most=cast("Rupiah | None", form.tunai_sampai.data),
            note=form.catatan.data or None,
        )
        _log(session, "round.changed")

    database().write(save)
    return redirect_with_flash(_home(), _("Tersimpan: %(name)s.", name=form.nama.data))


@bp.get("/kelola/<slug>/ongkir/ambil")
@bp.get("/kelola/<slug>/ongkir/ambil/<int:place_id>")
@open_to(desk(*RUNS))
def pickup(slug: str, place_id: int | None = None) -> ResponseReturnValue:
    """One pick-up place: a new one, or one to change."""
    found = _pickup(place_id)
    if found is None:
        return _pickup_page(PickupForm(), None)
    form = PickupForm(
        nama=found.name,
        alamat=found.address,
        hari=list(found.hours.weekdays),
        buka=found.hours.opens,
        tutup=found.hours.closes,
        batas_jam=found.hours.cut_off,
    )
    return _pickup_page(form, found)


@bp.post("/kelola/<slug>/ongkir/ambil")
@bp.post("/kelola/<slug>/ongkir/ambil/<int:place_id>")
@open_to(desk(*RUNS))
def save_pickup(slug: str, place_id: int | None = None) -> ResponseReturnValue:
    """Open a pick-up place, or correct one."""
    place, found, form = current_desk(), _pickup(place_id), PickupForm()
    if not form.validate():
        return _pickup_page(form, found), 422

    def save(session: Session) -> None:
        change_pickup_place(
            session,
            cooperative_id=place.cooperative_id,
            place_id=place_id,
            name=form.nama.data or "",
            address=form.alamat.data or "",
            hours=form.hours,
        )
        _log(session, "pickup.changed")

    database().write(save)
    return redirect_with_flash(_home(), _("Tersimpan: %(name)s.", name=form.nama.data))


@bp.post("/kelola/<slug>/ongkir/antar/<int:way_id>/pakai")
@open_to(desk(*RUNS))
def use_round(slug: str, way_id: int) -> ResponseReturnValue:
    """Take a round out of new orders, or back into them."""
    return _use(OwnDelivery, way_id)


@bp.post("/kelola/<slug>/ongkir/ambil/<int:way_id>/pakai")
@open_to(desk(*RUNS))
def use_pickup(slug: str, way_id: int) -> ResponseReturnValue:
    """Take a place out of new orders, or back into them."""
    return _use(PickupPlace, way_id)


def _use(kind: type[PickupPlace] | type[OwnDelivery], way_id: int) -> ResponseReturnValue:
    place, is_open = current_desk(), request.form.get("buka") == "1"

    def move(session: Session) -> str:
        way: PickupPlace | OwnDelivery
        if kind is PickupPlace:
            way = own_way(session, PickupPlace, place.cooperative_id, way_id)
        else:
            way = own_way(session, OwnDelivery, place.cooperative_id, way_id)
        set_open(way, is_open=is_open, now=clock.now())
        _log(session, "way.opened" if is_open else "way.closed")
        return way.name

    name = database().write(move)
    if is_open:
        return redirect_with_flash(_home(), _("%(name)s dipakai lagi.", name=name))
    return redirect_with_flash(
        _home(), _("%(name)s tidak ditawarkan lagi. Pesanan lama tetap.", name=name)
    )


def _round(round_id: int | None) -> RoundView | None:
    if round_id is None:
        return None
    with database().reading() as session:
        all_of_them = rounds_of(session, current_desk().cooperative_id)
    found = next((one for one in all_of_them if one.round_id == round_id), None)
    if found is None:
        raise WayNotFound(str(round_id))
    return found


def _pickup(place_id: int | None) -> PickupView | None:
    if place_id is None:
        return None
    with database().reading() as session:
        all_of_them = pickups_of(session, current_desk().cooperative_id)
    found = next((one for one in all_of_them if one.place_id == place_id), None)
    if found is None:
        raise WayNotFound(str(place_id))
    return found


def _home() -> str:
    return f"/kelola/{current_desk().slug}/ongkir"


def _log(session: Session, action: str) -> None:
    place = current_desk()
    record(
        session,
        action=action,
        subject=f"cooperative:{place.cooperative_id}",
        actor_id=place.person_id,
        cooperative_id=place.cooperative_id,
        now=clock.now(),
    )


def _round_page(form: RoundForm, found: RoundView | None) -> str:
    return render_template(
        "shipping/delivery_desk/antar.html", form=form, found=found, here=_home()
    )


def _pickup_page(form: PickupForm, found: PickupView | None) -> str:
    return render_template(
        "shipping/delivery_desk/ambil.html", form=form, found=found, here=_home()
    )
