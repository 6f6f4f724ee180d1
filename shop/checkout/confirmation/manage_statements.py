"""*Mutasi*: a bank's list sent in, looked at, and taken with one yes (rule R4)."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.checkout.confirmation import statement_matching
from shop.checkout.confirmation.actions import Outcome
from shop.checkout.confirmation.forms import StatementForm
from shop.checkout.confirmation.statement_matching import Fate
from shop.core.formats.csv_files import Unreadable, UnreadableTable
from shop.core.values import clock
from shop.payments.bills.queries import accounts_to_read
from shop.payments.transfers.bank_statements import OtherAccount, formats, read_statement
from shop.people.accounts.models import OperatorRight
from shop.people.cooperatives.guards import (
    acting_person_id,
    desk_cooperative_id,
    desk_path,
    operator_or_desk,
)
from shop.people.cooperatives.rules import Role
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash

bp = Blueprint("checkout_manage_statements", __name__)
PATH = "/uang-masuk"
confirms_money = operator_or_desk(OperatorRight.CONFIRM_MONEY, Role.BENDAHARA)


@bp.get(f"/operator{PATH}/mutasi")
@bp.get(f"/kelola/<slug>{PATH}/mutasi")
@open_to(confirms_money)
def statement(slug: str = "") -> ResponseReturnValue:
    """Where a bank's list is sent in."""
    return _page(_form())


@bp.post(f"/operator{PATH}/mutasi")
@bp.post(f"/kelola/<slug>{PATH}/mutasi")
@open_to(confirms_money)
def send_statement(slug: str = "") -> ResponseReturnValue:
    """Read a list and keep it until somebody says yes."""
    form = _form()
    sent = request.files.get("berkas")
    data = sent.read() if sent else b""
    if not form.validate():
        return _page(form), 422
    today = clock.day_in(clock.HOME_ZONE, clock.now())
    account = form.account.chosen
    try:
        found = read_statement(data, number=account.number, today=today)
    except UnreadableTable as fault:
        return _page(form, _unreadable(fault.why)), 422
    except OtherAccount as other:
        return _page(form, _other_account(other.number, account.number or "")), 422
    with database().writing() as session:
        code = statement_matching.keep_statement(
            session, found, payee_id=account.id, person_id=acting_person_id(), now=clock.now()
        )
    return redirect_with_flash(desk_path(f"{PATH}/mutasi/{code}"))


@bp.get(f"/operator{PATH}/mutasi/<code>")
@bp.get(f"/kelola/<slug>{PATH}/mutasi/<code>")
@open_to(confirms_money)
def look(code: str, slug: str = "") -> ResponseReturnValue:
    """What a yes would do: nothing has moved yet."""
    with database().reading() as session:
        found = statement_matching.preview(session, code, cooperative_id=desk_cooperative_id())
    return render_template(
        "checkout/confirmation/mutasi_lihat.html",
        found=found,
        Fate=Fate,
        new=statement_matching.NEW,
        here=desk_path(PATH),
    )


@bp.post(f"/operator{PATH}/mutasi/<code>")
@bp.post(f"/kelola/<slug>{PATH}/mutasi/<code>")
@open_to(confirms_money)
def take(code: str, slug: str = "") -> ResponseReturnValue:
    """Record the new lines and settle the bills they pay."""
    done = statement_matching.confirm_statement(
        database(),
        code,
        cooperative_id=desk_cooperative_id(),
        person_id=acting_person_id(),
        now=clock.now(),
    )
    said = _(
        "%(paid)s tagihan lunas, %(unknown)s uang dicatat sebagai belum dikenali.",
        paid=done[Outcome.PAID],
        unknown=done[Outcome.OVER] + done[Outcome.TWICE],
    )
    if done[Outcome.RETURNED]:
        said += " " + _("%(n)s dikembalikan.", n=done[Outcome.RETURNED])
    return redirect_with_flash(desk_path(PATH), said)


def _form() -> StatementForm:
    form = StatementForm()
    with database().reading() as session:
        form.account.among(accounts_to_read(session, desk_cooperative_id()))
    return form


def _page(form: StatementForm, problem: str | None = None) -> str:
    return render_template(
        "checkout/confirmation/mutasi.html",
        form=form,
        problem=problem,
        banks=sorted({one.name for one in formats()}),
        here=desk_path(PATH),
    )


def _other_account(named: str, number: str) -> str:
    return str(
        _(
            "Berkas ini dari rekening %(named)s, bukan %(number)s. Pilih rekening yang benar, atau"
            " unduh mutasi rekening itu.",
            named=named,
            number=number,
        )
    )


def _unreadable(why: Unreadable) -> str:
    return str(
        {
            Unreadable.EMPTY: _("Tidak ada uang masuk di berkas ini. Pilih berkas mutasi CSV."),
            Unreadable.NOT_TEXT: _(
                "Ini bukan berkas CSV. Di internet banking pilih unduh mutasi sebagai CSV."
            ),
            Unreadable.BROKEN: _(
                "Ada tanda kutip yang tidak ditutup. Unduh ulang mutasinya dari bank."
            ),
            Unreadable.COLUMNS: _(
                "Kolomnya tidak dikenal. Unduh mutasi sebagai CSV dari %(banks)s, tanpa diubah.",
                banks=", ".join(sorted({one.name for one in formats()})),
            ),
            Unreadable.LONG: _(
                "Terlalu banyak baris: paling banyak 2.000 uang masuk sekali kirim."
            ),
        }[why]
    )
