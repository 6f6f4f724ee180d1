"""What a member has to make and pack today: own lines only, and no buyer (M5)."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.core.values import clock
from shop.core.values.clock import day_in
from shop.fulfilment.collecting.actions import mark_ready, unmark_ready
from shop.fulfilment.collecting.errors import NotWanted
from shop.fulfilment.collecting.queries import lines_of_member
from shop.fulfilment.collecting.words import state_tag
from shop.people.cooperatives.guards import all_memberships, current_membership, member
from shop.people.sign_in.guards import current_person
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash

bp = Blueprint("collecting", __name__)


@bp.get("/lapak/siapkan")
@open_to(member())
def prepare() -> ResponseReturnValue:
    """What to make and pack, how many, and by when."""
    mine, now = current_membership(), clock.now()
    with database().reading() as session:
        lines = lines_of_member(session, mine.cooperative_id, mine.member_id, now)
    return render_template(
        "fulfilment/collecting/siapkan.html",
        prepare=[line for line in lines if line.left],
        brought=[line for line in lines if not line.left],
        state_tag=state_tag,
        today=day_in(mine.zone, now),
        mine=mine,
        memberships=all_memberships(),
    )


@bp.post("/lapak/siapkan")
@open_to(member())
def ready() -> ResponseReturnValue:
    """Say that a line's packs stand ready, or that they do not yet."""
    mine, person = current_membership(), current_person()
    assert person is not None  # the guard let nobody else in
    key, is_back = request.form.get("baris", "")[:40], "batal" in request.form

    def work(session: Session) -> bool:
        return (unmark_ready if is_back else mark_ready)(
            session,
            cooperative_id=mine.cooperative_id,
            key=key,
            member_id=mine.member_id,
            person_id=person.id,
            now=clock.now(),
        )

    here = "/lapak/siapkan" + (f"?koperasi={mine.slug}" if len(all_memberships()) > 1 else "")
    try:
        is_new = database().write(work)
    except NotWanted:
        return redirect_with_flash(here, _("Pesanan ini tidak perlu disiapkan lagi."), "warn")
    if is_back:
        return redirect_with_flash(
            here, _("Ditandai belum siap.") if is_new else _("Sudah diterima koperasi.")
        )
    return redirect_with_flash(
        here, _("Ditandai siap. Terima kasih.") if is_new else _("Sudah tercatat siap.")
    )
