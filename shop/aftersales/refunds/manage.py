"""*Kembalikan uang*: a manager gives back packs, delivery or all of an order."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.aftersales.refunds import actions, words
from shop.aftersales.refunds.errors import (
    AlreadyWaiting,
    Disputed,
    NoSuchRefund,
    NothingToGiveBack,
    NothingWouldBeSent,
    NotRefundable,
    SamePerson,
    TooManyPacks,
    TooMuchDelivery,
)
from shop.aftersales.refunds.forms import LOOKS, RefundForm, refund_form
from shop.aftersales.refunds.queries import Refundable, order_at, refundable
from shop.aftersales.refunds.rules import RefundCalculation
from shop.core.database import settings_by_date
from shop.core.values import clock
from shop.core.values.codes import read_order_number
from shop.core.values.money import format_rupiah
from shop.fulfilment.orders.queries import order_to_work_on
from shop.payments.bills.errors import RefundedMeanwhile, RefundTooMuch
from shop.payments.bills.models import Refund
from shop.people.cooperatives.guards import current_desk, desk
from shop.people.cooperatives.rules import KNOWS_MEMBERS, RUNS, Role
from shop.sales.orders.errors import NoSuchOrder
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash

bp = Blueprint("refunds_manage", __name__)

PAGE = "/kelola/<slug>/pesanan/<number>/uang-kembali"
REFUSALS = (
    AlreadyWaiting,
    Disputed,
    NothingToGiveBack,
    NothingWouldBeSent,
    NotRefundable,
    TooManyPacks,
    TooMuchDelivery,
    RefundTooMuch,
)


@bp.get(PAGE)
@open_to(desk(*RUNS, Role.BENDAHARA))
def look(slug: str, number: str) -> ResponseReturnValue:
    """What can go back, and, once chosen, what it takes from whom."""
    found = _found(number)
    form = refund_form(found)
    if LOOKS not in request.args or not found.can_go_back:
        return _page(found, form)
    if not form.validate():
        return _page(found, form), 422
    try:
        with database().reading() as session:
            order = order_at(session, current_desk().cooperative_id, number)
            money = actions.calculated(session, order, form.selection())
    except REFUSALS as refusal:
        return _page(found, form, note=words.refusal_words(refusal)), 422
    return _page(found, form, money=money)


@bp.post(PAGE)
@open_to(desk(*RUNS))
def give(slug: str, number: str) -> ResponseReturnValue:
    """Give back what was reckoned, or ask for a second person."""
    found = _found(number)
    form = refund_form(found)
    # What is left may have shrunk since: then the sentence is about that, not about a field.
    seen = form.seen
    place = current_desk()
    if seen is not None and seen != found.refunded and form.has_reason:
        return _changed(found, form, seen)
    is_right = form.validate()
    if seen is None:
        # No field of the page: who sent it did not see what they agree to.
        form.terlihat.errors = []
        return _page(found, form, note=_("Hitung dulu, lalu setujui yang tertulis.")), 422
    if not is_right:
        return _page(found, form), 422
    try:
        done = database().write(
            lambda session: actions.request_or_refund(
                session,
                order_to_work_on(session, place.cooperative_id, number),
                form.selection(),
                seen=seen,
                person_id=place.person_id,
                now=clock.now(),
            )
        )
    except RefundedMeanwhile:
        return _changed(_found(number), form, seen)
    except REFUSALS as refusal:
        return _page(found, form, note=words.refusal_words(refusal)), 422
    if isinstance(done, Refund):
        said = _("%(amount)s dikembalikan ke pembeli.", amount=format_rupiah(done.amount))
        return redirect_with_flash(_here(number), said)
    said = _("Dicatat. Orang kedua perlu menyetujui %(amount)s.", amount=format_rupiah(done.amount))
    return redirect_with_flash(_here(number), said, "warn")


@bp.post(f"{PAGE}/<int(max={2**63 - 1}):request_id>")
@open_to(desk(*KNOWS_MEMBERS))
def decide(slug: str, number: str, request_id: int) -> ResponseReturnValue:
    """The second person allows a large refund, or not."""
    found = _found(number)
    place = current_desk()
    is_allowed = request.form.get("jawaban") == "setuju"
    try:
        done = database().write(
            lambda session: actions.decide(
                session,
                order_to_work_on(session, place.cooperative_id, number),
                request_id=request_id,
                is_allowed=is_allowed,
                person_id=place.person_id,
                now=clock.now(),
            )
        )
    except NoSuchRefund:
        return redirect_with_flash(_here(number), _("Sudah diputuskan sebelumnya."), "warn")
    except SamePerson:
        note = _("Orang lain yang harus menyetujui: bukan yang memintanya.")
        return _page(found, refund_form(found), note=note), 409
    except (RefundedMeanwhile, *REFUSALS):
        note = _("Sementara itu ada uang lain yang kembali. Tolak yang ini, lalu hitung ulang.")
        return _page(_found(number), refund_form(found), note=note), 409
    if done is None:
        return redirect_with_flash(
            _here(number), _("Tidak disetujui. Tidak ada uang yang kembali.")
        )
    said = _("%(amount)s dikembalikan ke pembeli.", amount=format_rupiah(done.amount))
    return redirect_with_flash(_here(number), said)


def _changed(found: Refundable, form: RefundForm, seen: int) -> ResponseReturnValue:
    """The second of two clicks, or of two people: the money goes back once."""
    try:
        with database().reading() as session:
            order = order_at(session, current_desk().cooperative_id, found.number)
            actions.refuse_repeat(session, order, form.selection(), seen)
    except RefundedMeanwhile as refusal:
        if refusal.is_same:
            return redirect_with_flash(_here(found.number), _("Sudah tercatat sebelumnya."))
    note = _(
        "Sementara itu sudah %(amount)s yang kembali. Masih bisa kembali %(left)s; hitung ulang.",
        amount=format_rupiah(found.refunded),
        left=format_rupiah(found.left),
    )
    return _page(found, form, note=note), 409


def _found(number: str) -> Refundable:
    if read_order_number(number) != number:
        raise NoSuchOrder(number)  # one address for each order
    with database().reading() as session:
        return refundable(session, current_desk().cooperative_id, number)


def _here(number: str) -> str:
    return f"/kelola/{current_desk().slug}/pesanan/{number}/uang-kembali"


def _page(
    found: Refundable, form: RefundForm, money: RefundCalculation | None = None, note: str = ""
) -> str:
    place = current_desk()
    with database().reading() as session:
        today = clock.day_in(clock.HOME_ZONE, clock.now())
        limit = settings_by_date.settings_on(session, today)["refund_second_person_from"]
    return render_template(
        "aftersales/refunds/uang_kembali.html",
        found=found,
        form=form,
        money=money,
        note_words=note,
        words=words,
        limit=limit,
        may_give=place.may(*RUNS),
        may_decide=place.may(*KNOWS_MEMBERS),
        is_asker=found.waiting is not None and found.waiting.asked_by_id == place.person_id,
        order_page=f"/kelola/{place.slug}/pesanan/{found.number}",
        here=_here(found.number),
        looks=LOOKS,
    )
