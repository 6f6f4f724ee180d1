"""The desk's door, its members, and the operator's and the desk's messages sent by hand."""

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from shop.core.database.pagination import read_cursor
from shop.core.values import clock
from shop.core.values.errors import NotFound
from shop.people.accounts.models import OperatorRight
from shop.people.accounts.passwords import hash_password
from shop.people.accounts.rules import RECOVERY_LIFE, show_desk_code
from shop.people.cooperatives.actions import issue_member_code
from shop.people.cooperatives.guards import (
    acting_person_id,
    current_desk,
    desk,
    desk_cooperative_id,
    operator_or_desk,
)
from shop.people.cooperatives.member_pins import give_pin, pin_of
from shop.people.cooperatives.queries import (
    MemberRow,
    desks_of,
    holds_office,
    member_of,
    members_of,
)
from shop.people.cooperatives.rules import KNOWS_MEMBERS, OFFICES, RUNS, new_pin
from shop.people.sign_in.guards import current_person, signed_in
from shop.services.outbox.actions import mark_sent_by_hand
from shop.services.outbox.notices import by_hand
from shop.services.outbox.queries import count_by_hand, notices_by_hand
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash
from shop.web.rendering.template_filters import written_time

bp = Blueprint("cooperatives_manage", __name__)


@bp.get("/kelola")
@open_to(signed_in)
def desks() -> ResponseReturnValue:
    """Lead to the person's desk; with several, let them choose."""
    person = current_person()
    assert person is not None
    with database().reading() as session:
        mine = [found for found in desks_of(session, person.id) if found.roles & OFFICES]
    if not mine or person.by_pin:
        raise NotFound
    if len(mine) == 1:
        return redirect(f"/kelola/{mine[0].slug}", code=303)
    return render_template("people/cooperatives/pilih_meja.html", desks=mine)


@bp.get("/kelola/<slug>/anggota")
@open_to(desk(*KNOWS_MEMBERS))
def members(slug: str) -> ResponseReturnValue:
    """The member register, by number."""
    after = request.args.get("setelah")
    with database().reading() as session:
        page = members_of(session, current_desk().cooperative_id, after)
    return render_template("people/cooperatives/anggota.html", page=page, is_first=after is None)


@bp.get("/kelola/<slug>/anggota/<code>")
@open_to(desk(*KNOWS_MEMBERS))
def member(slug: str, code: str) -> ResponseReturnValue:
    """One member, and the way back in for who lost the password."""
    with database().reading() as session:
        found = _member(code)
        may_recover = (
            found.person_id is not None
            and found.left_on is None
            and not holds_office(session, found.person_id)
        )
        pin = pin_of(session, found.person_id)
    return render_template(
        "people/cooperatives/satu_anggota.html",
        member=found,
        may_recover=may_recover,
        may_have_pin=found.left_on is None and (found.person_id is None or may_recover),
        pin=pin,
        zone=current_desk().zone,
        may_act=current_desk().may(*RUNS),
    )


@bp.post("/kelola/<slug>/anggota/<code>/kode")
@open_to(desk(*RUNS))
def give_code(slug: str, code: str) -> ResponseReturnValue:
    """Hand a member a one-time code for a new password."""
    place, now = current_desk(), clock.now()
    found = _member(code)
    with database().writing() as session:
        secret = issue_member_code(
            session,
            place.cooperative_id,
            found,
            actor_id=place.person_id,
            now=now,
            address=request.remote_addr,
        )
    # Through the message cookie of this browser alone: never in an address, never in the books.
    return redirect_with_flash(
        url_for("cooperatives_manage.member", slug=slug, code=code),
        _(
            "Kode untuk %(name)s: %(code)s. Tulis sekarang; kode hanya tampil sekali dan"
            " berlaku sampai %(until)s.",
            name=found.name,
            code=show_desk_code(secret),
            until=written_time(now + RECOVERY_LIFE, place.zone),
        ),
    )


@bp.post("/kelola/<slug>/anggota/<code>/pin")
@open_to(desk(*RUNS))
def make_pin(slug: str, code: str) -> ResponseReturnValue:
    """Give a member a new PIN for borrowed phones; it also opens a locked one."""
    place, found, pin = current_desk(), _member(code), new_pin()
    pin_hash = hash_password(pin)
    with database().writing() as session:
        give_pin(
            session,
            place.cooperative_id,
            found.code,
            pin_hash,
            actor_id=place.person_id,
            now=clock.now(),
            address=request.remote_addr,
        )
    return redirect_with_flash(
        url_for("cooperatives_manage.member", slug=slug, code=code),
        _(
            "PIN %(name)s: %(pin)s, untuk kode %(code)s. Tulis sekarang; PIN hanya tampil sekali.",
            name=found.name,
            pin=pin,
            code=found.code,
        ),
    )


@bp.get("/operator/kabar")
@bp.get("/kelola/<slug>/kabar")
@open_to(operator_or_desk(OperatorRight.OPERATE, *RUNS))
def notices(slug: str = "") -> ResponseReturnValue:
    """What the operator, or the cooperative, still has to tell people over WhatsApp (rule R26)."""
    cooperative_id = desk_cooperative_id()
    after = read_cursor(request.args.get("setelah"), (int,))
    with database().reading() as session:
        page = notices_by_hand(session, cooperative_id, int(after[0]) if after else None)
        return render_template(
            "people/cooperatives/kabar.html",
            lines=by_hand(session, page.rows),
            count=count_by_hand(session, cooperative_id),
            next_cursor=page.next_cursor,
            is_first=after is None,
            all_ticked=request.args.get("pilih") == "semua",
            may_act=cooperative_id is None or current_desk().may(*RUNS),
            zone=g.desk.zone if cooperative_id is not None else clock.HOME_ZONE,
        )


@bp.post("/operator/kabar")
@bp.post("/kelola/<slug>/kabar")
@open_to(operator_or_desk(OperatorRight.OPERATE, *RUNS))
def tick_notices(slug: str = "") -> ResponseReturnValue:
    """Tick what was sent."""
    # A line's own button ticks that line alone, whatever boxes are ticked besides.
    typed = request.form.getlist("satu") or request.form.getlist("kabar")
    if not all(one.isascii() and one.isdecimal() and len(one) < 19 for one in typed):
        raise NotFound
    # The Enter key presses the form's first button, which changes nothing.
    wanted = set() if "hitung" in request.form else {int(one) for one in typed}
    if not wanted:
        return redirect_with_flash(request.path, _("Belum ada kabar yang dipilih."), "warn")
    with database().writing() as session:
        count = mark_sent_by_hand(
            session, desk_cooperative_id(), wanted, person_id=acting_person_id(), now=clock.now()
        )
    return redirect_with_flash(
        request.path,
        ngettext("%(num)s kabar ditandai terkirim.", "%(num)s kabar ditandai terkirim.", count),
    )


def _member(code: str) -> MemberRow:
    with database().reading() as session:
        found = member_of(session, current_desk().cooperative_id, code)
    if found is None:
        raise NotFound
    return found
