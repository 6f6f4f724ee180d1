"""*Rekening*: a cooperative's own accounts, and the operator who looks at them first (rule R1)."""

from collections.abc import Mapping

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.core.values import clock
from shop.payments.bills.errors import AccountInUse, NoSuchAccount, OwnAccount
from shop.payments.bills.models import PayeeKind
from shop.payments.bills.qris import read_static
from shop.payments.payees import actions as payees
from shop.payments.payees.forms import BankForm, QrisForm, SecretForm
from shop.people.accounts.models import OperatorRight
from shop.people.cooperatives.guards import current_desk, desk
from shop.people.cooperatives.rules import KNOWS_MEMBERS, Role
from shop.people.sign_in.guards import current_person, operator
from shop.people.sign_in.login_page import confirm_password
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash

bp = Blueprint("payments_accounts", __name__)

OWN = "/kelola/<slug>/rekening"
ALL = "/operator/rekening"
ONE = f"<int(max={2**63 - 1}):payee_id>"
AMOUNT = {"jumlah": True, "ketik": False}
"""What the button about the amount in a code says, and what it wants."""
changes_accounts = desk(Role.KETUA, Role.BENDAHARA)
looks_at_money = operator(OperatorRight.CONFIRM_MONEY)


@bp.get(OWN)
@open_to(desk(*KNOWS_MEMBERS))
def own_list(slug: str) -> ResponseReturnValue:
    """The accounts, how far each is, and the forms for another."""
    return _page({})


@bp.post(OWN)
@open_to(changes_accounts)
def add_bank(slug: str) -> ResponseReturnValue:
    """Add a bank account; the operator looks at it before anything goes there."""
    form = BankForm()
    if not _is_fine(form, current_desk().person_id):
        return _page({"bank": form}), 422
    _add(PayeeKind.BANK, form.bank.data or "", form.digits, form.pemilik.data or "")
    return redirect_with_flash(
        _here(), _("Rekening dicatat. Operator memeriksanya dulu sebelum dipakai.")
    )


@bp.post(f"{OWN}/qris")
@open_to(changes_accounts)
def add_qris(slug: str) -> ResponseReturnValue:
    """Add the code that hangs at the till."""
    form = QrisForm()
    if not _is_fine(form, current_desk().person_id):
        return _page({"qris": form}), 422
    code = form.kode.data or ""
    merchant = read_static(code)
    _add(PayeeKind.QRIS, "QRIS", merchant.number or None, merchant.name, code)
    return redirect_with_flash(
        _here(), _("QRIS dicatat. Operator memeriksanya dulu sebelum dipakai.")
    )


@bp.post(f"{OWN}/{ONE}")
@open_to(changes_accounts)
def change(slug: str, payee_id: int) -> ResponseReturnValue:
    """Let shoppers pay there, or no more, or close it."""
    form, change = SecretForm(), request.form.get("ubah", "")
    if change not in ("pakai", "jangan", "tutup", *AMOUNT):
        raise NoSuchAccount(str(payee_id))
    if not _is_fine(form, current_desk().person_id):
        return _page({payee_id: form}), 422
    mine, person_id, now = current_desk().cooperative_id, current_desk().person_id, clock.now()

    def work(session: Session) -> None:
        if change == "tutup":
            payees.close_account(
                session, payee_id, cooperative_id=mine, person_id=person_id, now=now
            )
            return
        if change in AMOUNT:
            payees.write_amount(
                session,
                payee_id,
                cooperative_id=mine,
                is_on=AMOUNT[change],
                person_id=person_id,
                now=now,
            )
            return
        payees.take_payments(
            session,
            payee_id,
            cooperative_id=mine,
            is_on=change == "pakai",
            person_id=person_id,
            now=now,
        )

    try:
        database().write(work)
    except AccountInUse:
        said = _(
            "Masih ada pembeli yang diminta membayar ke sini. Coba lagi setelah tagihannya selesai."
        )
        return redirect_with_flash(_here(), said, "warn")
    said = {
        "pakai": _("Pembeli yang belanja hanya dari koperasi ini sekarang membayar ke sini."),
        "jangan": _("Pembeli tidak lagi membayar langsung ke sini."),
        "tutup": _("Rekening ditutup. Catatannya tetap ada."),
        **_amount_words(),
    }[change]
    return redirect_with_flash(_here(), said)


@bp.get(ALL)
@open_to(looks_at_money)
def all_list() -> ResponseReturnValue:
    """Accounts that nobody looked at yet."""
    return _all_page(None)


@bp.post(f"{ALL}/{ONE}/jumlah")
@open_to(looks_at_money)
def amount_in_code(payee_id: int) -> ResponseReturnValue:
    """Have the amount written into the operator's own code, or no more."""
    form, change = SecretForm(), request.form.get("ubah", "")
    person = current_person()
    assert person is not None  # the guard let somebody in
    if change not in AMOUNT:
        raise NoSuchAccount(str(payee_id))
    if not _is_fine(form, person.id):
        return _all_page((payee_id, form)), 422
    database().write(
        lambda session: payees.write_amount(
            session,
            payee_id,
            cooperative_id=None,
            is_on=AMOUNT[change],
            person_id=person.id,
            now=clock.now(),
        )
    )
    return redirect_with_flash(ALL, _amount_words()[change])


@bp.post(f"{ALL}/{ONE}")
@open_to(looks_at_money)
def judge(payee_id: int) -> ResponseReturnValue:
    """It is the cooperative's, or it is not."""
    person = current_person()
    assert person is not None  # the guard let somebody in
    answer = request.form.get("jawaban")
    if answer not in ("benar", "salah"):
        raise NoSuchAccount(str(payee_id))
    is_right = answer == "benar"
    verb = payees.verify_account if is_right else payees.refuse_account
    try:
        database().write(
            lambda session: verb(session, payee_id, person_id=person.id, now=clock.now())
        )
    except OwnAccount:
        return redirect_with_flash(
            ALL, _("Yang mencatat rekening tidak memeriksanya sendiri."), "err"
        )
    if is_right:
        return redirect_with_flash(
            ALL, _("Rekening sudah diperiksa. Pencairan ke sini mulai 48 jam lagi.")
        )
    return redirect_with_flash(ALL, _("Rekening ditolak dan tidak dipakai."))


def _all_page(sent: tuple[int, SecretForm] | None) -> str:
    """The operator's page.

    :param sent: the form of one of the operator's codes that was refused.
    """
    with database().reading() as session:
        found = payees.to_verify(session)
        codes = payees.operator_codes(session)
    forms = {one.id: SecretForm(is_sent=False) for one in codes}
    if sent is not None and sent[0] in forms:
        forms[sent[0]] = sent[1]
    _tell_apart(forms)
    return render_template(
        "payments/payees/periksa.html",
        found=found,
        codes=codes,
        forms=forms,
        fault=sent[1] if sent else None,
        here=ALL,
    )


def _tell_apart(forms: Mapping[int, SecretForm] | Mapping[str | int, SecretForm]) -> None:
    """Several forms of a page ask for the password."""
    for key, form in forms.items():
        form.sandi.id = form.sandi.label.field_id = f"sandi-{key}"


def _amount_words() -> dict[str, str]:
    return {
        "jumlah": str(_("Jumlah tagihan sekarang ditulis ke dalam kode QRIS ini.")),
        "ketik": str(_("Pembeli mengetik sendiri jumlahnya lagi.")),
    }


def _add(
    kind: PayeeKind, provider: str, number: str | None, holder: str, qris: str | None = None
) -> None:
    mine = current_desk()
    database().write(
        lambda session: payees.add_account(
            session,
            cooperative_id=mine.cooperative_id,
            kind=kind,
            provider=provider,
            number=number,
            holder=holder,
            qris=qris,
            person_id=mine.person_id,
            now=clock.now(),
        )
    )


def _is_fine(form: SecretForm, mine: int) -> bool:
    """Whether all is filled in rightly, and by who knows the password.

    :param mine: who sits there.
    """
    if not form.validate():
        return False
    if confirm_password(mine, form.sandi.data or ""):
        return True
    form.sandi.errors = [_("Sandi sekarang belum cocok.")]
    return False


def _page(sent: Mapping[str | int, SecretForm]) -> str:
    mine = current_desk()
    with database().reading() as session:
        accounts = payees.accounts_of_cooperative(session, mine.cooperative_id)
    forms: dict[str | int, SecretForm] = {
        "bank": BankForm(is_sent=False),
        "qris": QrisForm(is_sent=False),
        **{one.id: SecretForm(is_sent=False) for one in accounts},
        **sent,
    }
    _tell_apart(forms)
    return render_template(
        "payments/payees/rekening.html",
        accounts=accounts,
        sent=sent,
        fault=next(iter(sent.values()), None),
        forms=forms,
        may_act=mine.may(Role.KETUA, Role.BENDAHARA),
        here=_here(),
        zone=mine.zone,
    )


def _here() -> str:
    return f"/kelola/{current_desk().slug}/rekening"
