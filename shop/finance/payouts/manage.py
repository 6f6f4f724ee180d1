"""*Pencairan*: the operator pays cooperatives; *Keuangan*: each sees its money, pays its members.

Both work on batches the same way: the pages of a batch stand at both desks.
"""

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.core.values import clock
from shop.core.values.money import format_rupiah
from shop.finance.payouts import actions
from shop.finance.payouts.amounts_due import due_by_cooperative, due_to_members, second_person_limit
from shop.finance.payouts.bank_file import bank_file
from shop.finance.payouts.errors import (
    AccountChanged,
    BatchOver,
    BatchStale,
    NothingDue,
    PayoutOver,
    SecondPersonNeeded,
)
from shop.finance.payouts.forms import PaidForm
from shop.finance.payouts.models import BatchState
from shop.finance.payouts.queries import (
    batch_by_code,
    batches,
    held_orders,
    payouts_of,
    received,
    transfers_of,
)
from shop.finance.payouts.rules import may_approve
from shop.finance.payouts.words import PAYOUTS, STOPS, WAITS, batch_words
from shop.people.accounts.models import OperatorRight
from shop.people.cooperatives.guards import (
    acting_person_id,
    current_desk,
    desk,
    desk_cooperative_id,
    operator_or_desk,
)
from shop.people.cooperatives.rules import KNOWS_MEMBERS
from shop.people.sign_in.guards import operator
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash, render_invalid

bp = Blueprint("payouts_manage", __name__)

LIST = "/operator/pencairan"
OWN = "/kelola/<slug>/keuangan"
MEMBER_BATCHES = f"{OWN}/anggota"


@bp.get(LIST)
@open_to(operator())
def money_out() -> ResponseReturnValue:
    """What is due to whom and why not, and the batches so far."""
    after = request.args.get("setelah")
    with database().reading() as session:
        return render_template(
            "finance/payouts/pencairan.html",
            due=due_by_cooperative(session, clock.now()) if after is None else (),
            page=batches(session, None, after),
            is_first=after is None,
            batch_words=batch_words,
            waits=WAITS,
            stops=STOPS,
        )


@bp.get(OWN)
@open_to(desk(*KNOWS_MEMBERS))
def own_money(slug: str) -> ResponseReturnValue:
    """What a cooperative gets, what waits and why, what was paid, and what its members are due."""
    mine, after = current_desk().cooperative_id, request.args.get("setelah")
    with database().reading() as session:
        due = due_by_cooperative(session, clock.now(), mine)
        return render_template(
            "finance/payouts/keuangan.html",
            due=due[0] if due else None,
            held=held_orders(session, mine) if after is None else (),
            members=due_to_members(session, mine),
            member_batches=batches(session, mine),
            page=received(session, mine, after),
            is_first=after is None,
            may_act=current_desk().may(*KNOWS_MEMBERS),
            here=f"/kelola/{slug}/keuangan",
            zone=current_desk().zone,
            payout_words=PAYOUTS,
            batch_words=batch_words,
            waits=WAITS,
            stops=STOPS,
        )


@bp.post(LIST)
@open_to(operator())
def prepare() -> ResponseReturnValue:
    """Put together all that is due to cooperatives."""
    person_id = acting_person_id()
    try:
        code = database().write(
            lambda session: actions.prepare(session, now=clock.now(), person_id=person_id).code
        )
    except NothingDue:
        return redirect_with_flash(LIST, _("Tidak ada yang dapat dicairkan sekarang."), "warn")
    return redirect_with_flash(_at(code), _("Daftar pencairan disusun. Periksa, lalu setujui."))


@bp.post(MEMBER_BATCHES)
@open_to(desk(*KNOWS_MEMBERS))
def prepare_members(slug: str) -> ResponseReturnValue:
    """Put together what came for the members."""
    mine, person_id = current_desk().cooperative_id, acting_person_id()
    try:
        code = database().write(
            lambda session: (
                actions.prepare_members(session, mine, now=clock.now(), person_id=person_id).code
            )
        )
    except NothingDue:
        words = _("Belum ada uang anggota yang dapat dibayarkan.")
        return redirect_with_flash(f"/kelola/{slug}/keuangan", words, "warn")
    return redirect_with_flash(_at(code), _("Daftar pencairan disusun. Periksa, lalu setujui."))


@bp.get(f"{LIST}/<code>")
@bp.get(f"{MEMBER_BATCHES}/<code>")
@open_to(operator_or_desk(OperatorRight.OPERATE, *KNOWS_MEMBERS))
def batch(code: str, slug: str = "") -> ResponseReturnValue:
    """One batch: who gets how much for which orders; printed, a slip to sign."""
    return render_template(
        "finance/payouts/daftar.html",
        form=PaidForm(),
        **_batch(code, request.args.get("catat", "")),
    )


@bp.post(f"{LIST}/<code>/setujui")
@bp.post(f"{MEMBER_BATCHES}/<code>/setujui")
@open_to(operator_or_desk(OperatorRight.OPERATE, *KNOWS_MEMBERS))
def approve(code: str, slug: str = "") -> ResponseReturnValue:
    """Agree to a batch."""
    person_id, owner = acting_person_id(), desk_cooperative_id()
    try:
        database().write(
            lambda session: actions.approve(
                session, code, now=clock.now(), person_id=person_id, cooperative_id=owner
            )
        )
    except SecondPersonNeeded:
        return redirect_with_flash(_at(code), _second_person_words(), "err")
    except BatchStale as stale:
        return redirect_with_flash(
            _at(code),
            _(
                "Hak untuk pesanan %(numbers)s berubah sejak daftar ini disusun. Batalkan daftar"
                " ini, lalu susun lagi.",
                numbers=", ".join(stale.numbers[:5]),
            ),
            "err",
        )
    except AccountChanged as changed:
        return redirect_with_flash(_at(code), _account_words(changed), "err")
    except BatchOver:
        return redirect_with_flash(_at(code), _("Daftar ini sudah diputuskan orang lain."), "warn")
    if owner is not None:
        return redirect_with_flash(_at(code), _("Disetujui. Bayarkan kepada anggota, lalu catat."))
    return redirect_with_flash(
        _at(code), _("Disetujui. Unduh berkas bank, kirim uangnya, lalu catat.")
    )


@bp.post(f"{LIST}/<code>/batal")
@bp.post(f"{MEMBER_BATCHES}/<code>/batal")
@open_to(operator_or_desk(OperatorRight.OPERATE, *KNOWS_MEMBERS))
def drop(code: str, slug: str = "") -> ResponseReturnValue:
    """Give up a batch."""
    person_id, owner = acting_person_id(), desk_cooperative_id()
    try:
        database().write(
            lambda session: actions.drop(
                session, code, now=clock.now(), person_id=person_id, cooperative_id=owner
            )
        )
    except BatchOver:
        return redirect_with_flash(_at(code), _("Daftar ini sudah diputuskan orang lain."), "warn")
    return redirect_with_flash(
        _home(), _("Daftar pencairan dibatalkan. Pesanannya dapat disusun lagi.")
    )


@bp.post(f"{LIST}/<code>/<payout>/bayar")
@bp.post(f"{MEMBER_BATCHES}/<code>/<payout>/bayar")
@open_to(operator_or_desk(OperatorRight.OPERATE, *KNOWS_MEMBERS))
def paid(code: str, payout: str, slug: str = "") -> ResponseReturnValue:
    """Write down that the bank sent it, or that a member has it."""
    form, person_id, owner = PaidForm(), acting_person_id(), desk_cooperative_id()
    if not form.validate():
        return render_invalid("finance/payouts/daftar.html", form, **_batch(code, payout))
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
                cooperative_id=owner,
                had_left=form.had_left.data,
            )
        )
    except AccountChanged as changed:
        form.had_left.errors = [_account_words(changed)]
        return render_invalid("finance/payouts/daftar.html", form, **_batch(code, payout))
    except PayoutOver as over:
        return redirect_with_flash(_at(code), _over_words(over), "err")
    except SecondPersonNeeded:
        return redirect_with_flash(_at(code), _second_person_words(), "err")
    except BatchOver:
        return redirect_with_flash(_at(code), _("Daftar ini belum disetujui."), "err")
    return redirect_with_flash(
        _at(code),
        _("Dicatat dibayar dengan referensi %(ref)s.", ref=reference)
        if first
        else _("Pembayaran ini sudah dicatat dengan referensi yang sama."),
    )


@bp.post(f"{LIST}/<code>/<payout>/gagal")
@bp.post(f"{MEMBER_BATCHES}/<code>/<payout>/gagal")
@open_to(operator_or_desk(OperatorRight.OPERATE, *KNOWS_MEMBERS))
def failed(code: str, payout: str, slug: str = "") -> ResponseReturnValue:
    """The money did not arrive."""
    person_id, owner = acting_person_id(), desk_cooperative_id()
    try:
        first = database().write(
            lambda session: actions.mark_failed(
                session, code, payout, now=clock.now(), person_id=person_id, cooperative_id=owner
            )
        )
    except BatchOver:
        return redirect_with_flash(_at(code), _("Daftar ini belum disetujui."), "err")
    return redirect_with_flash(
        _at(code),
        _("Dicatat gagal. Pesanannya masuk lagi ke daftar yang dapat dicairkan.")
        if first
        else _("Pembayaran ini sudah dicatat gagal."),
    )


@bp.get(f"{LIST}/<code>/bank.csv")
@open_to(operator())
def file_for_bank(code: str) -> ResponseReturnValue:
    """What the bank is asked to send, once somebody agreed."""
    with database().reading() as session:
        found = batch_by_code(session, code)
        if found.state is not BatchState.APPROVED:
            raise BatchOver
        data = bank_file(transfers_of(session, found))
    return Response(
        data,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="pencairan-{code[:8]}.csv"'},
    )


def _home() -> str:
    return f"/kelola/{current_desk().slug}/keuangan" if desk_cooperative_id() else LIST


def _at(code: str) -> str:
    return f"{_home()}/anggota/{code}" if desk_cooperative_id() else f"{LIST}/{code}"


def _batch(code: str, chosen: str) -> dict[str, object]:
    """What the page of a batch shows.

    :param chosen: the payout whose form is open.
    """
    with database().reading() as session:
        found = batch_by_code(session, code, desk_cooperative_id())
        limit = second_person_limit(session, clock.now())
        return {
            "batch": found,
            "payouts": payouts_of(session, found),
            "chosen": chosen,
            "needs_another": not may_approve(
                found.total, limit, prepared_by=found.prepared_by_id, person_id=acting_person_id()
            ),
            "limit": limit,
            "payout_words": PAYOUTS,
            "here": _at(code),
            "home": _home(),
            "is_desk": desk_cooperative_id(),
            "may_act": not desk_cooperative_id() or current_desk().may(*KNOWS_MEMBERS),
        }


def _second_person_words() -> str:
    with database().reading() as session:
        limit = format_rupiah(second_person_limit(session, clock.now()))
    return str(_("Di atas %(limit)s perlu orang kedua, bukan yang menyusun.", limit=limit))


def _account_words(changed: AccountChanged) -> str:
    return str(
        _(
            "Rekening %(names)s ditutup atau diganti sejak daftar ini disusun, atau koperasinya"
            " ditangguhkan. Jangan kirim; batalkan atau catat gagal, lalu susun lagi.",
            names=", ".join(changed.names[:5]),
        )
    )


def _over_words(over: PayoutOver) -> str:
    if over.reference:
        return str(_("Pembayaran ini sudah dicatat dengan referensi %(ref)s.", ref=over.reference))
    return str(_("Pembayaran ini sudah dibatalkan."))
