"""The desk's delivery: what posting costs where, own rounds, pick-up places, and a box to try."""

import csv
from collections.abc import Sequence
from io import StringIO

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from shop.core.formats.csv_files import UnreadableTable
from shop.core.values import clock
from shop.people.cooperatives.guards import current_desk, desk
from shop.people.cooperatives.rules import RUNS
from shop.services.audit.actions import record
from shop.shipping.delivery_desk.forms import FreeForm, UploadForm, ZoneForm
from shop.shipping.delivery_desk.queries import DeliveryDesk, Zone, delivery_desk, services
from shop.shipping.delivery_desk.rate_calculator import try_parcel
from shop.shipping.delivery_desk.words import fault_words, table_words
from shop.shipping.places.queries import read_areas
from shop.shipping.quotes.words import weight_sentence
from shop.shipping.rates.rate_cards import Taken, change_rates, set_free_from, take_tariff
from shop.shipping.rates.rate_import import COLUMNS, RowFault, read_upload
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash

bp = Blueprint("shipping_manage", __name__)

FAULTS_SHOWN = 200


@bp.get("/kelola/<slug>/ongkir")
@open_to(desk())
def delivery(slug: str) -> ResponseReturnValue:
    """Every way the cooperative's goods leave, and what a parcel would cost."""
    place = current_desk()
    today = clock.day_in(place.zone, clock.now())
    with database().reading() as session:
        found = delivery_desk(session, place.cooperative_id, today)
        trial = try_parcel(session, place.cooperative_id, request.args, today)
    return render_template(
        "shipping/delivery_desk/ongkir.html",
        found=found,
        trial=trial,
        today=today,
        why=weight_sentence,
        may_act=place.may(*RUNS),
        here=_home(),
    )


@bp.get("/kelola/<slug>/ongkir/unggah")
@open_to(desk(*RUNS))
def upload(slug: str) -> ResponseReturnValue:
    """Where a sheet of prices is sent in."""
    return _upload_page(UploadForm())


@bp.post("/kelola/<slug>/ongkir/unggah")
@open_to(desk(*RUNS))
def take_upload(slug: str) -> ResponseReturnValue:
    """Take over what can be used of a sheet, and tell row by row what cannot."""
    place, form = current_desk(), UploadForm()
    sent = request.files.get("berkas")
    data = sent.read() if sent else b""
    if not form.validate():
        return _upload_page(form), 422
    since = form.mulai.data
    assert since is not None
    try:
        rows, unread = read_upload(data, place.code)
    except UnreadableTable as fault:
        return _upload_page(form, problem=table_words(fault)), 422

    def take(session: Session) -> Taken:
        taken = take_tariff(session, cooperative_id=place.cooperative_id, rows=rows, since=since)
        if taken.changed:
            _log(session, "tariff.uploaded", {"rows": taken.rows, "changed": taken.changed})
        return taken

    taken = database().write(take)
    faults = sorted((*unread, *taken.faults), key=lambda fault: fault.row)
    if faults:
        return _upload_page(form, taken=taken, faults=faults), 422
    said = ngettext(
        "%(num)s baris dibaca, semuanya benar.", "%(num)s baris dibaca, semuanya benar.", taken.rows
    )
    return redirect_with_flash(
        _home(),
        said
        + " "
        + (
            _("%(n)s harga berubah.", n=taken.changed)
            if taken.changed
            else _("Tidak ada harga yang berubah.")
        ),
    )


@bp.get("/kelola/<slug>/ongkir/tarif.csv")
@open_to(desk())
def sheet(slug: str) -> ResponseReturnValue:
    """The prices that hold today, as a sheet to change and send in again."""
    place = current_desk()
    today = clock.day_in(place.zone, clock.now())
    with database().reading() as session:
        found = delivery_desk(session, place.cooperative_id, today)
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([*COLUMNS[:2], "nama_tujuan", *COLUMNS[2:]])
    for card in found.cards:
        if card.since <= today:
            for zone in card.zones:
                terms = (zone.price_per_kg, zone.days_least, zone.days_most)
                way = "udara" if zone.by_air else "darat"
                writer.writerows(
                    [card.service_code, code, name, *terms, way] for code, name in zone.areas
                )
    return Response(
        text.getvalue().encode("utf-8-sig"),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="tarif-{place.code}.csv"'},
    )


@bp.get("/kelola/<slug>/ongkir/zona")
@open_to(desk(*RUNS))
def zone(slug: str) -> ResponseReturnValue:
    """One price for a list of areas: a new one, or one to change."""
    place = current_desk()
    today = clock.day_in(place.zone, clock.now())
    with database().reading() as session:
        found = delivery_desk(session, place.cooperative_id, today)
    chosen = _zone(found, request.args.get("layanan", ""), request.args.get("tujuan", ""))
    if chosen is None:
        return _zone_page(ZoneForm(layanan=request.args.get("layanan", "")))
    return _zone_page(
        ZoneForm(
            layanan=request.args.get("layanan"),
            wilayah=chosen.listed,
            harga=chosen.price_per_kg,
            hari_cepat=chosen.days_least,
            hari_lama=chosen.days_most,
            jalur="udara" if chosen.by_air else "darat",
        ),
        is_known=True,
    )


@bp.post("/kelola/<slug>/ongkir/zona")
@open_to(desk(*RUNS))
def save_zone(slug: str) -> ResponseReturnValue:
    """Give a list of areas its price, or stop sending there."""
    place, form = current_desk(), ZoneForm()
    drops = "hapus" in request.form
    with database().reading() as session:
        form.layanan.choices = list(services(session))
        areas = read_areas(session, form.wilayah.data or "")
    is_fine = form.validate()
    is_fine = form.accepts(areas) and is_fine if form.wilayah.data else False
    if not is_fine:
        return _zone_page(form), 422
    since = form.mulai.data
    assert since is not None
    lines = [form.line(code) for code in areas.codes]

    def save(session: Session) -> int:
        changed = change_rates(
            session,
            cooperative_id=place.cooperative_id,
            service_code=str(form.layanan.data),
            since=since,
            lines=() if drops else lines,
            dropped=areas.codes if drops else (),
        )
        if changed:
            _log(session, "tariff.changed", {"service": form.layanan.data, "changed": changed})
        return changed

    changed = database().write(save)
    if not changed:
        return redirect_with_flash(_home(), _("Tidak ada harga yang berubah."))
    return redirect_with_flash(
        _home(),
        ngettext("Tarif %(num)s wilayah berubah.", "Tarif %(num)s wilayah berubah.", changed),
    )


@bp.post("/kelola/<slug>/ongkir/gratis")
@open_to(desk(*RUNS))
def save_free(slug: str) -> ResponseReturnValue:
    """From which sum of goods on a service costs nothing, from today on."""
    place, form = current_desk(), FreeForm()
    with database().reading() as session:
        form.layanan.choices = list(services(session))
    if not form.validate():
        return _free_page(form), 422

    def save(session: Session) -> bool:
        return set_free_from(
            session,
            cooperative_id=place.cooperative_id,
            service_code=str(form.layanan.data),
            since=clock.day_in(place.zone, clock.now()),
            free_from=form.free_from,
        )

    if not database().write(save):
        form.layanan.errors = [_("Layanan ini belum punya tarif. Isi tarifnya dulu.")]
        return _free_page(form), 422
    return redirect_with_flash(_home(), _("Tersimpan."))


@bp.get("/kelola/<slug>/ongkir/gratis")
@open_to(desk(*RUNS))
def free(slug: str) -> ResponseReturnValue:
    """Free above a sum, for one service."""
    place, code = current_desk(), request.args.get("layanan", "")
    today = clock.day_in(place.zone, clock.now())
    with database().reading() as session:
        found = delivery_desk(session, place.cooperative_id, today)
    held = next((card for card in found.cards if card.service_code == code), None)
    return _free_page(FreeForm(layanan=code, gratis_mulai=held.free_from if held else None))


def _home() -> str:
    return f"/kelola/{current_desk().slug}/ongkir"


def _log(session: Session, action: str, after: dict[str, object]) -> None:
    place = current_desk()
    record(
        session,
        action=action,
        subject=f"cooperative:{place.cooperative_id}",
        actor_id=place.person_id,
        cooperative_id=place.cooperative_id,
        after=after,
        now=clock.now(),
    )


def _zone(found: DeliveryDesk, service: str, area: str) -> Zone | None:
    zones = (zone for card in found.cards if card.service_code == service for zone in card.zones)
    return next((zone for zone in zones if zone.first == area), None)


def _zone_page(form: ZoneForm, *, is_known: bool = False) -> str:
    with database().reading() as session:
        form.layanan.choices = list(services(session))
    return render_template(
        "shipping/delivery_desk/zona.html", form=form, is_known=is_known, here=_home()
    )


def _free_page(form: FreeForm) -> str:
    with database().reading() as session:
        form.layanan.choices = list(services(session))
    return render_template("shipping/delivery_desk/gratis.html", form=form, here=_home())


def _upload_page(
    form: UploadForm,
    *,
    problem: str = "",
    taken: Taken | None = None,
    faults: Sequence[RowFault] = (),
) -> str:
    with database().reading() as session:
        known = services(session)
    codes = tuple(code for code, _name in known)
    return render_template(
        "shipping/delivery_desk/unggah.html",
        form=form,
        problem=problem,
        taken=taken,
        faults=faults,
        fault_words=lambda fault: fault_words(fault, codes),
        maximum=FAULTS_SHOWN,
        columns=COLUMNS,
        services=known,
        here=_home(),
    )
