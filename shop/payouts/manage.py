"""*Pencairan*: the operator pays cooperatives; *Keuangan*: each sees what it gets and why not."""

from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.accounts.guards import current_person, operator
from shop.cooperatives.guards import current_desk, desk
from shop.cooperatives.rules import KNOWS_MEMBERS
from shop.core import clock, policy
from shop.core.money import write_rupiah
from shop.payouts import actions
from shop.payouts.bank_file import bank_file
from shop.payouts.due import due_by_cooperative
from shop.payouts.errors import (
    BatchOver,
    BatchStale,
    NothingDue,
    PayoutOver,
    SecondPersonNeeded,
)
from shop.payouts.forms import PaidForm
from shop.payouts.models import BatchState
from shop.payouts.queries import batches, held_orders, payouts_of, received, transfers_of
from shop.payouts.rules import may_approve
from shop.payouts.words import PAYOUTS, STOPS, WAITS, batch_words
from shop.web import database
from shop.web.access import open_to
from shop.web.pages import lead_on, refused

bp = Blueprint("payouts_manage", __name__)

LIST = "/operator/pencairan"


@bp.get(LIST)
@open_to(operator())
def money_out() -> ResponseReturnValue:
    """What is due to whom and why not, and the batches so far."""
    after = request.args.get("setelah")
    with database().reading() as session:
        return render_template(
            "payouts/pencairan.html",
            due=due_by_cooperative(session, clock.now()) if after is None else (),
            page=batches(session, None, after),
            is_first=after is None,
            batch_words=batch_words,
            waits=WAITS,
            stops=STOPS,
        )


@bp.post(LIST)
@open_to(operator())
def prepare() -> ResponseReturnValue:
    """Put together all that is due."""
    person_id = _person_id()
    try:
        code = database().write(
            lambda session: actions.prepare(session, now=clock.now(), person_id=person_id).code
        )
    except NothingDue:
        return lead_on(LIST, _("Tidak ada yang dapat dicairkan sekarang."), "warn")
    return lead_on(_at(code), _("Daftar pencairan disusun. Periksa, lalu setujui."))


@bp.get(f"{LIST}/<code>")
@open_to(operator())
def batch(code: str) -> ResponseReturnValue:
    """One batch: who gets how much for which orders."""
    return render_template(
        "payouts/daftar.html", form=PaidForm(), **_batch(code, request.args.get("catat", ""))
    )


@bp.post(f"{LIST}/<code>/setujui")
@open_to(operator())
def approve(code: str) -> ResponseReturnValue:
    """Agree, so that it may be paid."""
    person_id = _person_id()
    try:
        database().write(
            lambda session: actions.approve(session, code, now=clock.now(), person_id=person_id)
        )
    except SecondPersonNeeded:
        return lead_on(_at(code), _second_person_words(), "err")
    except BatchStale as stale:
        return lead_on(
            _at(code),
            _(
                "Hak untuk pesanan %(numbers)s berubah sejak daftar ini disusun. Batalkan daftar"
                " ini, lalu susun lagi.",
                numbers=", ".join(stale.numbers[:5]),
            ),
            "err",
        )
    except BatchOver:
        return lead_on(_at(code), _("Daftar ini sudah diputuskan orang lain."), "warn")
    return lead_on(_at(code), _("Disetujui. Unduh berkas bank, kirim uangnya, lalu catat."))


@bp.post(f"{LIST}/<code>/batal")
@open_to(operator())
def drop(code: str) -> ResponseReturnValue:
    """Give a batch up before it was agreed to."""
    person_id = _person_id()
    try:
        database().write(
            lambda session: actions.drop(session, code, now=clock.now(), person_id=person_id)
        )
    except BatchOver:
        return lead_on(_at(code), _("Daftar ini sudah diputuskan orang lain."), "warn")
    return lead_on(LIST, _("Daftar pencairan dibatalkan. Pesanannya dapat disusun lagi."))


@bp.get(f"{LIST}/<code>/bank.csv")
@open_to(operator())
def file_for_bank(code: str) -> ResponseReturnValue:
    """What the bank is asked to send, once somebody agreed."""
    with database().reading() as session:
        found = actions.batch_by_code(session, code)
        if found.state is not BatchState.APPROVED:
            raise BatchOver
        data = bank_file(transfers_of(session, found.id))
    return Response(
        data,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="pencairan-{code[:8]}.csv"'},
    )


@bp.post(f"{LIST}/<code>/<payout>/bayar")
@open_to(operator())
def paid(code: str, payout: str) -> ResponseReturnValue:
    """Write down that the bank sent it."""
    form, person_id = PaidForm(), _person_id()
    if not form.validate():
        return refused("payouts/daftar.html", form, **_batch(code, payout))
    reference = form.reference.data or ""
    try:
        first = database().write(
            lambda session: actions.mark_paid(
                session,
                code,
                payout,
                reference=reference,
                paid_on=form.day,
                now=clock.now(),
                person_id=person_id,
            )
        )
    except PayoutOver as over:
        return lead_on(_at(code), _over_words(over), "err")
    except SecondPersonNeeded:
        return lead_on(_at(code), _second_person_words(), "err")
    except BatchOver:
        return lead_on(_at(code), _("Daftar ini belum disetujui."), "err")
    return lead_on(
        _at(code),
        _("Dicatat dibayar dengan referensi %(ref)s.", ref=reference)
        if first
        else _("Pembayaran ini sudah dicatat dengan referensi yang sama."),
    )


@bp.post(f"{LIST}/<code>/<payout>/gagal")
@open_to(operator())
def failed(code: str, payout: str) -> ResponseReturnValue:
    """The money did not arrive: undo it."""
    person_id = _person_id()
    try:
        first = database().write(
            lambda session: actions.mark_failed(
                session, code, payout, now=clock.now(), person_id=person_id
            )
        )
    except BatchOver:
        return lead_on(_at(code), _("Daftar ini belum disetujui."), "err")
    return lead_on(
        _at(code),
        _("Dicatat gagal. Pesanannya masuk lagi ke daftar yang dapat dicairkan.")
        if first
        else _("Pembayaran ini sudah dicatat gagal."),
    )


@bp.get("/kelola/<slug>/keuangan")
@open_to(desk(*KNOWS_MEMBERS))
def own_money(slug: str) -> ResponseReturnValue:
    """What a cooperative gets, what waits and why, and what was paid."""
    mine, after = current_desk().cooperative_id, request.args.get("setelah")
    with database().reading() as session:
        due = due_by_cooperative(session, clock.now(), mine)
        return render_template(
            "payouts/keuangan.html",
            due=due[0] if due else None,
            held=held_orders(session, mine) if after is None else (),
            page=received(session, mine, after),
            is_first=after is None,
            here=f"/kelola/{slug}/keuangan",
            zone=current_desk().zone,
            payout_words=PAYOUTS,
            waits=WAITS,
            stops=STOPS,
        )


def _at(code: str) -> str:
    return f"{LIST}/{code}"


def _person_id() -> int:
    person = current_person()
    assert person is not None  # the guard let somebody in
    return person.id


def _batch(code: str, chosen: str) -> dict[str, object]:
    """What the page of a batch shows.

    :param chosen: the payout whose form is open.
    """
    with database().reading() as session:
        found = actions.batch_by_code(session, code)
        limit = _limit(session)
        person_id = _person_id()
        return {
            "batch": found,
            "payouts": payouts_of(session, found.id),
            "chosen": chosen,
            "needs_another": not may_approve(
                found.total, limit, prepared_by=found.prepared_by_id, person_id=person_id
            ),
            "limit": limit,
            "payout_words": PAYOUTS,
            "here": url_for("payouts_manage.batch", code=code),
        }


def _limit(session: Session) -> int:
    today = clock.day_in(clock.HOME_ZONE, clock.now())
    return policy.figures(session, today)["payout_second_person_above"]


def _second_person_words() -> str:
    with database().reading() as session:
        limit = write_rupiah(_limit(session))
    return str(_("Di atas %(limit)s perlu orang kedua, bukan yang menyusun.", limit=limit))


def _over_words(over: PayoutOver) -> str:
    if over.reference:
        return str(_("Pembayaran ini sudah dicatat dengan referensi %(ref)s.", ref=over.reference))
    return str(_("Pembayaran ini sudah dibatalkan."))
