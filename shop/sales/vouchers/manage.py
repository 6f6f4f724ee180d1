"""Vouchers at the desk of who pays for them: the operator's, and each cooperative's own."""

from datetime import date

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.core.values import clock
from shop.people.cooperatives.guards import current_desk, desk
from shop.people.cooperatives.rules import KNOWS_MEMBERS
from shop.people.sign_in.guards import current_person, operator
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
@open_to(operator())
def platform_vouchers() -> ResponseReturnValue:
    """The vouchers that the platform pays for."""
    return _page(None, _blank())


@bp.post("/operator/voucher")
@open_to(operator())
def make_platform_voucher() -> ResponseReturnValue:
    """Make one that holds for all goods."""
    return _make(None, _operator_id())


@bp.post(f"/operator/voucher/{STOP}")
@open_to(operator())
def stop_platform_voucher(voucher_id: int) -> ResponseReturnValue:
    """Let nobody use it from now on."""
    return _stop(voucher_id, None, _operator_id())


@bp.get("/kelola/<slug>/voucher")
@open_to(desk())
def vouchers(slug: str) -> ResponseReturnValue:
    """The vouchers that the cooperative pays for."""
    return _page(current_desk().cooperative_id, _blank())


@bp.post("/kelola/<slug>/voucher")
@open_to(desk(*KNOWS_MEMBERS))
def make_voucher(slug: str) -> ResponseReturnValue:
    """Make one that holds for its own goods."""
    return _make(current_desk().cooperative_id, current_desk().person_id)


@bp.post(f"/kelola/<slug>/voucher/{STOP}")
@open_to(desk(*KNOWS_MEMBERS))
def stop_voucher(slug: str, voucher_id: int) -> ResponseReturnValue:
    """Let nobody use it from now on."""
    return _stop(voucher_id, current_desk().cooperative_id, current_desk().person_id)


def _operator_id() -> int:
    person = current_person()
    assert person is not None  # the guard let somebody in
    return person.id


def _here(cooperative_id: int | None) -> str:
    return (
        "/operator/voucher" if cooperative_id is None else f"/kelola/{current_desk().slug}/voucher"
    )


def _today() -> date:
    return clock.day_in(ZONE, clock.now())


def _blank() -> VoucherForm:
    return VoucherForm(mulai=_today(), per_pembeli=1)


def _make(cooperative_id: int | None, person_id: int) -> ResponseReturnValue:
    form = VoucherForm()
    if not form.validate_together():
        return _page(cooperative_id, form), 422
    voucher = form.to_voucher(cooperative_id, person_id)
    code = voucher.code

    def make(session: Session) -> None:
        actions.make_voucher(session, form.to_voucher(cooperative_id, person_id), now=clock.now())

    try:
        database().write(make)
    except VoucherCodeTaken:
        form.kode.errors = [
            _("Kode ini sudah dipakai. Tulis kode lain, misalnya %(code)s2.", code=code[:20])
        ]
        return _page(cooperative_id, form), 422
    return redirect_with_flash(_here(cooperative_id), _("Voucher %(code)s dibuat.", code=code))


def _stop(voucher_id: int, cooperative_id: int | None, person_id: int) -> ResponseReturnValue:
    stopped = database().write(
        lambda session: actions.stop_voucher(
            session,
            voucher_id,
            cooperative_id=cooperative_id,
            now=clock.now(),
            person_id=person_id,
        )
    )
    said = _("Vouchernya dihentikan. Belanja yang sudah dibuat tetap memakainya.")
    return redirect_with_flash(
        _here(cooperative_id), said if stopped else _("Voucher ini sudah berhenti.")
    )


def _page(cooperative_id: int | None, form: VoucherForm) -> str:
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
        here=_here(cooperative_id),
        gift=gift_words,
        last_day=last_day,
        first_day=lambda terms: clock.day_in(ZONE, terms.starts_at),
        now=clock.now(),
    )
