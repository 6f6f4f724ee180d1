"""Vouchers at the desk of who pays for them: the operator's, and each cooperative's own."""

from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.core.values import clock
from shop.people.accounts.models import OperatorRight
from shop.people.cooperatives.guards import (
    acting_person_id,
    current_desk,
    desk_cooperative_id,
    desk_path,
    operator_or_desk,
)
from shop.people.cooperatives.rules import KNOWS_MEMBERS
from shop.sales.vouchers import actions
from shop.sales.vouchers.errors import VoucherCodeTaken
from shop.sales.vouchers.forms import VoucherForm
from shop.sales.vouchers.queries import vouchers_of
from shop.sales.vouchers.rules import ZONE, last_day
from shop.sales.vouchers.words import gift_words
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash

bp = Blueprint("promotions_manage", __name__)

STOP = f"<int(max={2**63 - 1}):voucher_id>/berhenti"
"""No table holds a larger number."""


@bp.get("/operator/voucher")
@bp.get("/kelola/<slug>/voucher")
@open_to(operator_or_desk(OperatorRight.OPERATE))
def vouchers(slug: str = "") -> ResponseReturnValue:
    """The vouchers that the platform, or this cooperative, pays for."""
    return _page(VoucherForm(mulai=_today(), per_pembeli=1))


@bp.post("/operator/voucher")
@bp.post("/kelola/<slug>/voucher")
@open_to(operator_or_desk(OperatorRight.OPERATE, *KNOWS_MEMBERS))
def make_voucher(slug: str = "") -> ResponseReturnValue:
    """Make one: the platform's holds for all goods, a cooperative's for its own."""
    form, cooperative_id, person_id = VoucherForm(), desk_cooperative_id(), acting_person_id()
    if not form.validate_together():
        return _page(form), 422
    code = form.to_voucher(cooperative_id, person_id).code

    def make(session: Session) -> None:
        actions.make_voucher(session, form.to_voucher(cooperative_id, person_id), now=clock.now())

    try:
        database().write(make)
    except VoucherCodeTaken:
        form.kode.errors = [
            _("Kode ini sudah dipakai. Tulis kode lain, misalnya %(code)s2.", code=code[:20])
        ]
        return _page(form), 422
    return redirect_with_flash(desk_path("/voucher"), _("Voucher %(code)s dibuat.", code=code))


@bp.post(f"/operator/voucher/{STOP}")
@bp.post(f"/kelola/<slug>/voucher/{STOP}")
@open_to(operator_or_desk(OperatorRight.OPERATE, *KNOWS_MEMBERS))
def stop_voucher(voucher_id: int, slug: str = "") -> ResponseReturnValue:
    """Let nobody use it from now on."""
    stopped = database().write(
        lambda session: actions.stop_voucher(
            session,
            voucher_id,
            cooperative_id=desk_cooperative_id(),
            now=clock.now(),
            person_id=acting_person_id(),
        )
    )
    said = _("Vouchernya dihentikan. Belanja yang sudah dibuat tetap memakainya.")
    return redirect_with_flash(
        desk_path("/voucher"), said if stopped else _("Voucher ini sudah berhenti.")
    )


def _today() -> date:
    return clock.day_in(ZONE, clock.now())


def _page(form: VoucherForm) -> str:
    cooperative_id = desk_cooperative_id()
    after = request.args.get("setelah")
    with database().reading() as session:
        page = vouchers_of(session, cooperative_id, after)
    return render_template(
        "sales/vouchers/voucher.html",
        page=page,
        form=form,
        is_first=after is None,
        is_platform=cooperative_id is None,
        may_act=cooperative_id is None or current_desk().may(*KNOWS_MEMBERS),
        here=desk_path("/voucher"),
        gift=gift_words,
        last_day=last_day,
        first_day=lambda terms: clock.day_in(ZONE, terms.starts_at),
        now=clock.now(),
    )
