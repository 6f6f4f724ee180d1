"""*Kumpulkan*: what to collect in which village on which day, and what came (rule R16)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from shop.catalog.packaging.errors import BatchKnown, ExpiresTooEarly
from shop.core.values import clock
from shop.core.values.clock import day_in
from shop.core.values.errors import NotFound
from shop.fulfilment.collecting.actions import (
    mark_ready,
    receive,
    set_collection_days,
    unmark_ready,
)
from shop.fulfilment.collecting.batches import batch_choices, receipts_of
from shop.fulfilment.collecting.errors import (
    BatchNeeded,
    BatchOver,
    CountMoved,
    MoreThanAsked,
    MoreThanMade,
    NoSuchBatch,
    NoSuchLine,
    NotWanted,
)
from shop.fulfilment.collecting.forms import ReceiveForm
from shop.fulfilment.collecting.queries import (
    WantedLine,
    collection_weekdays,
    line_of,
    lines_of_member,
    lines_to_collect,
    villages_of,
)
from shop.fulfilment.collecting.words import over_words, state_tag
from shop.people.cooperatives.events import on_calendar_change
from shop.people.cooperatives.guards import current_desk, desk
from shop.people.cooperatives.queries import MemberRow, member_of
from shop.people.cooperatives.rules import PACKS, RUNS
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash

bp = Blueprint("collecting_manage", __name__)

WEEK = "1234567"


@dataclass(frozen=True, slots=True)
class Stop:
    """What one member gives along on one day."""

    village: str
    member: str
    code: str
    lines: tuple[WantedLine, ...]

    @property
    def packs(self) -> int:
        """Packs that are still to come."""
        return sum(line.left for line in self.lines)


@bp.get("/kelola/<slug>/kumpulkan")
@open_to(desk())
def collect(slug: str) -> ResponseReturnValue:
    """The list for whoever drives round: days, villages, members, packs."""
    place, now = current_desk(), clock.now()
    with database().reading() as session:
        lines = lines_to_collect(session, place.cooperative_id, now)
        has_days = any(collection_weekdays(session, place.cooperative_id).values())
    days: list[tuple[date | None, list[Stop]]] = []
    for day, of_day in groupby(lines, key=lambda line: line.by):
        stops = [
            Stop(village, member, code, tuple(part))
            for (village, member, code), part in groupby(
                of_day, key=lambda line: (line.village, line.member, line.member_code)
            )
        ]
        days.append((day, stops))
    return render_template(
        "fulfilment/collecting/kumpulkan.html",
        days=days,
        has_days=has_days,
        state_tag=state_tag,
        now=now,
        zone=place.zone,
        here=_here(),
    )


@bp.get("/kelola/<slug>/kumpulkan/hari")
@open_to(desk())
def days(slug: str) -> ResponseReturnValue:
    """On which days somebody comes by in each village."""
    return _days_page()


@bp.post("/kelola/<slug>/kumpulkan/hari")
@open_to(desk(*RUNS))
def set_days(slug: str) -> ResponseReturnValue:
    """Choose the days; open promises are counted anew."""
    place, now = current_desk(), clock.now()
    ticked: dict[str, set[str]] = {}
    for one in request.form.getlist("hari"):
        weekday, _stroke, village = one.partition("|")
        if weekday not in WEEK or len(weekday) != 1:
            return _days_page(is_wrong=True), 422
        ticked.setdefault(village, set()).add(weekday)
    with database().reading() as session:
        known = {"", *villages_of(session, place.cooperative_id)}
    if not ticked.keys() <= known:
        return _days_page(is_wrong=True), 422
    own = set(request.form.getlist("sendiri"))
    weekdays = {
        village: "".join(sorted(ticked.get(village, set())))
        for village in known
        if village == "" or village in ticked or village in own
    }

    def work(session: Session) -> None:
        set_collection_days(
            session,
            cooperative_id=place.cooperative_id,
            weekdays=weekdays,
            person_id=place.person_id,
            now=now,
        )
        for listen in on_calendar_change:
            listen(session, place.cooperative_id, now)

    database().write(work)
    return redirect_with_flash(f"{_here()}/hari", _("Hari ambil tersimpan."))


@bp.get("/kelola/<slug>/kumpulkan/<code>")
@open_to(desk())
def member(slug: str, code: str) -> ResponseReturnValue:
    """What one member brings, with a form for each line."""
    return _member_page(_member(code))


@bp.post("/kelola/<slug>/kumpulkan/<code>/siap")
@open_to(desk(*PACKS))
def ready_for(slug: str, code: str) -> ResponseReturnValue:
    """Say it for a member who has no phone; the log tells who said it (M12)."""
    place, found = current_desk(), _member(code)
    key, is_back = request.form.get("baris", "")[:40], "batal" in request.form

    def work(session: Session) -> bool:
        _require_own(session, place.cooperative_id, found, key)
        return (unmark_ready if is_back else mark_ready)(
            session,
            cooperative_id=place.cooperative_id,
            key=key,
            member_id=None,
            person_id=place.person_id,
            now=clock.now(),
        )

    here = f"{_here()}/{found.code}"
    try:
        is_new = database().write(work)
    except NotWanted:
        return redirect_with_flash(here, _("Pesanan ini tidak perlu disiapkan lagi."), "warn")
    if not is_new:
        return redirect_with_flash(here, _("Sudah tercatat sebelumnya."))
    if is_back:
        return redirect_with_flash(here, _("Ditandai belum siap."))
    return redirect_with_flash(here, _("Ditandai siap atas nama %(name)s.", name=found.name))


@bp.post("/kelola/<slug>/kumpulkan/<code>/terima")
@open_to(desk(*PACKS))
def receive_packs(slug: str, code: str) -> ResponseReturnValue:
    """Packs came: how many, in which condition, of which batch."""
    place, found, now = current_desk(), _member(code), clock.now()
    key, today = request.form.get("baris", "")[:40], day_in(place.zone, now)
    with database().reading() as session:
        lines = lines_of_member(session, place.cooperative_id, found.member_id, now)
        line = next((one for one in lines if one.key == key), None)
        if line is None:
            _require_own(session, place.cooperative_id, found, key)
            return redirect_with_flash(
                f"{_here()}/{found.code}", _("Pesanan ini tidak perlu disiapkan lagi."), "warn"
            )
        batches = batch_choices(session, [line.variant_id], today).get(line.variant_id, [])
    form = ReceiveForm(line, batches, today, is_sent=True)
    if not form.validate():
        return _member_page(found, {key: form}), 422

    def work(session: Session) -> int:
        return receive(
            session,
            cooperative_id=place.cooperative_id,
            key=key,
            brought=form.brought(),
            seen=form.seen(),
            person_id=place.person_id,
            now=now,
            today=today,
        )

    try:
        left = database().write(work)
    except NotWanted:
        return redirect_with_flash(
            f"{_here()}/{found.code}", _("Pesanan ini tidak perlu disiapkan lagi."), "warn"
        )
    except (
        CountMoved,
        MoreThanAsked,
        BatchNeeded,
        NoSuchBatch,
        BatchOver,
        MoreThanMade,
        BatchKnown,
        ExpiresTooEarly,
    ) as refusal:
        _say(form, refusal)
        return _member_page(found, {key: form}), 422
    return redirect_with_flash(f"{_here()}/{found.code}", _received_words(form, line, left))


def _received_words(form: ReceiveForm, line: WantedLine, left: int) -> str:
    packs = form.brought().packs
    said = ngettext(
        "%(num)s kemasan %(name)s diterima.",
        "%(num)s kemasan %(name)s diterima.",
        packs,
        name=line.name,
    )
    if not left:
        return str(said)
    return f"{said} " + str(ngettext("Masih kurang %(num)s.", "Masih kurang %(num)s.", left))


def _say(form: ReceiveForm, refusal: Exception) -> None:
    """Put a refusal beside the field that it is about."""
    match refusal:
        case CountMoved():
            form.sudah.data = str(refusal.received)
            form.sudah.raw_data = [str(refusal.received)]
            form.jumlah.errors = [
                ngettext(
                    "Orang lain baru mencatat penerimaan: sekarang %(num)s sudah diterima."
                    " Periksa lagi jumlahnya.",
                    "Orang lain baru mencatat penerimaan: sekarang %(num)s sudah diterima."
                    " Periksa lagi jumlahnya.",
                    refusal.received,
                )
            ]
        case MoreThanAsked():
            form.jumlah.errors = [
                ngettext(
                    "Pesanan ini hanya menunggu %(num)s kemasan lagi.",
                    "Pesanan ini hanya menunggu %(num)s kemasan lagi.",
                    refusal.left,
                )
            ]
        case BatchNeeded():
            form.kode.errors = [
                _("Barang ini ada masa simpannya: pilih kode produksinya, atau tulis yang baru.")
            ]
        case NoSuchBatch():
            form.kode.errors = [_("Kode ini tidak dikenal untuk barang ini. Pilih lagi.")]
        case BatchOver():
            (form.kode if not form.kode_baru.data else form.kode_baru).errors = [
                over_words(refusal)
            ]
        case MoreThanMade():
            form.jumlah.errors = [
                ngettext(
                    "Dari kode %(code)s hanya tersisa %(num)s kemasan.",
                    "Dari kode %(code)s hanya tersisa %(num)s kemasan.",
                    refusal.left,
                    code=refusal.code,
                )
            ]
        case BatchKnown():
            form.kode_baru.errors = [
                _(
                    "Kode %(code)s sudah dicatat untuk barang ini. Pilih di daftar, atau periksa"
                    " apakah masa simpannya sudah lewat.",
                    code=refusal.code,
                )
            ]
        case _:
            form.dibuat.errors = [_("Menurut masa simpannya barang ini sudah lewat.")]


def _member(code: str) -> MemberRow:
    with database().reading() as session:
        found = member_of(session, current_desk().cooperative_id, code)
    if found is None:
        raise NotFound
    return found


def _require_own(session: Session, cooperative_id: int, found: MemberRow, key: str) -> None:
    if line_of(session, cooperative_id, key, found.member_id) is None:
        raise NoSuchLine(key)


def _here() -> str:
    return f"/kelola/{current_desk().slug}/kumpulkan"


def _member_page(found: MemberRow, sent: Mapping[str, ReceiveForm] | None = None) -> str:
    place, now = current_desk(), clock.now()
    today = day_in(place.zone, now)
    with database().reading() as session:
        lines = lines_of_member(session, place.cooperative_id, found.member_id, now)
        batches = batch_choices(session, {line.variant_id for line in lines}, today)
        came = receipts_of(session, [line.line_id for line in lines])
    forms = {
        line.key: (sent or {}).get(line.key)
        or ReceiveForm(line, batches.get(line.variant_id, []), today, is_sent=False)
        for line in lines
        if line.left
    }
    return render_template(
        "fulfilment/collecting/anggota.html",
        member=found,
        lines=lines,
        forms=forms,
        came=came,
        sent=next(iter(sent.values())) if sent else None,
        sent_key=next(iter(sent)) if sent else "",
        state_tag=state_tag,
        may_act=place.may(*PACKS),
        zone=place.zone,
        here=_here(),
        orders=f"/kelola/{place.slug}/pesanan",
    )


def _days_page(*, is_wrong: bool = False) -> str:
    place = current_desk()
    with database().reading() as session:
        weekdays = collection_weekdays(session, place.cooperative_id)
        villages = villages_of(session, place.cooperative_id)
    return render_template(
        "fulfilment/collecting/hari.html",
        weekdays=weekdays,
        villages=villages,
        is_wrong=is_wrong,
        may_act=place.may(*RUNS),
        here=_here(),
    )
