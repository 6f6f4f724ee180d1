"""A member leaves, at the desk: the goods are hidden, what is open stays theirs."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from shop.catalog.products.errors import MemberUnknown
from shop.catalog.transfers import member_departure
from shop.core.values import clock
from shop.core.values.errors import NotFound
from shop.people.cooperatives.guards import current_desk, desk
from shop.people.cooperatives.queries import member_of
from shop.people.cooperatives.rules import RUNS
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash

bp = Blueprint("catalog_manage_leaving", __name__)

MEMBER = "/kelola/<slug>/anggota/<code>"


@bp.post(f"{MEMBER}/keluar")
@open_to(desk(*RUNS))
def leave(slug: str, code: str) -> ResponseReturnValue:
    """Write down that a member left, once somebody ticked that it is meant."""
    place, now = current_desk(), clock.now()
    _require(code)
    here = f"/kelola/{slug}/anggota/{code}"
    if "yakin" not in request.form:
        return redirect_with_flash(here, _("Centang dulu bahwa anggota ini memang keluar."), "warn")
    try:
        hidden = database().write(
            lambda session: member_departure.deactivate_member(
                session,
                place.cooperative_id,
                code,
                today=clock.day_in(place.zone, now),
                now=now,
                person_id=place.person_id,
            )
        )
    except MemberUnknown:
        return redirect_with_flash(here, _("Anggota ini sudah dicatat keluar."), "warn")
    said = ngettext(
        "Dicatat keluar; %(num)s barang disembunyikan.",
        "Dicatat keluar; %(num)s barang disembunyikan.",
        hidden,
    )
    return redirect_with_flash(here, said)


@bp.post(f"{MEMBER}/kembali")
@open_to(desk(*RUNS))
def come_back(slug: str, code: str) -> ResponseReturnValue:
    """Take it back."""
    place = current_desk()
    _require(code)
    here = f"/kelola/{slug}/anggota/{code}"
    try:
        database().write(
            lambda session: member_departure.reactivate_member(
                session,
                place.cooperative_id,
                code,
                now=clock.now(),
                person_id=place.person_id,
            )
        )
    except MemberUnknown:
        return redirect_with_flash(here, _("Anggota ini tidak keluar."), "warn")
    return redirect_with_flash(
        here, _("Dicatat kembali sebagai anggota. Barangnya tetap tersembunyi.")
    )


def _require(code: str) -> None:
    with database().reading() as session:
        if member_of(session, current_desk().cooperative_id, code) is None:
            raise NotFound
