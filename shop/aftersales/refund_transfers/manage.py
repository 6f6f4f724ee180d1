"""*Uang kembali*: who holds the money sends it to where shoppers said, with a reference (R23)."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from shop.aftersales.refund_transfers import actions as refund_transfers
from shop.aftersales.refund_transfers.forms import MAX_ID, TransferForm
from shop.aftersales.refund_transfers.queries import payable, transfers, unclaimed
from shop.aftersales.refunds.errors import (
    NoAccountToPayFrom,
    NoSuchRefund,
    ReferenceUsed,
    RefundsChanged,
    SamePerson,
)
from shop.core.database import settings_by_date
from shop.core.values import clock
from shop.core.values.money import format_rupiah
from shop.payments.bills.models import RefundTransfer, TransferState
from shop.people.accounts.models import OperatorRight
from shop.people.cooperatives.guards import current_desk, desk
from shop.people.cooperatives.rules import KNOWS_MEMBERS, Role
from shop.people.sign_in.guards import current_person, operator
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash

bp = Blueprint("refunds_paying", __name__)

confirms_money = operator(OperatorRight.CONFIRM_MONEY)
ONE = f"<int(max={MAX_ID}):transfer_id>"


@bp.get("/operator/uang-kembali")
@open_to(confirms_money)
def platform_list() -> ResponseReturnValue:
    """What the operator has to send."""
    return _page(None, TransferForm())


@bp.post("/operator/uang-kembali")
@open_to(confirms_money)
def platform_send() -> ResponseReturnValue:
    """Write down a transfer that was made."""
    return _send(None, _operator_id())


@bp.post(f"/operator/uang-kembali/{ONE}")
@open_to(confirms_money)
def platform_decide(transfer_id: int) -> ResponseReturnValue:
    """A second person, or what the bank sent back."""
    return _decide(None, transfer_id, _operator_id())


@bp.get("/kelola/<slug>/uang-kembali")
@open_to(desk(*KNOWS_MEMBERS))
def own_list(slug: str) -> ResponseReturnValue:
    """What a cooperative has to send of money that came to its own account."""
    return _page(current_desk().cooperative_id, TransferForm())


@bp.post("/kelola/<slug>/uang-kembali")
@open_to(desk(Role.KETUA, Role.BENDAHARA))
def own_send(slug: str) -> ResponseReturnValue:
    """Write down a transfer that was made."""
    return _send(current_desk().cooperative_id, current_desk().person_id)


@bp.post(f"/kelola/<slug>/uang-kembali/{ONE}")
@open_to(desk(Role.KETUA, Role.BENDAHARA))
def own_decide(slug: str, transfer_id: int) -> ResponseReturnValue:
    """A second person, or what the bank sent back."""
    return _decide(current_desk().cooperative_id, transfer_id, current_desk().person_id)


def _send(cooperative_id: int | None, person_id: int) -> ResponseReturnValue:
    form = TransferForm()
    if not form.validate():
        return _page(cooperative_id, form), 422
    try:
        done = database().write(
            lambda session: refund_transfers.send(
                session,
                cooperative_id=cooperative_id,
                destination_id=form.destination_id,
                seen=form.seen,
                reference=form.rujukan.data or "",
                person_id=person_id,
                now=clock.now(),
            )
        )
    except ReferenceUsed:
        form.rujukan.errors = [_("Nomor rujukan ini sudah dipakai. Satu transfer satu nomor.")]
        return _page(cooperative_id, form), 422
    except RefundsChanged as refusal:
        form.rujukan.errors = [
            _(
                "Jumlahnya berubah: sekarang %(amount)s yang menunggu. Periksa lagi transfernya.",
                amount=format_rupiah(refusal.waiting),
            )
        ]
        return _page(cooperative_id, form), 422
    except NoAccountToPayFrom:
        form.rujukan.errors = [_("Rekening asalnya belum dicatat dan diperiksa.")]
        return _page(cooperative_id, form), 422
    return redirect_with_flash(_here(), _done(done))


def _decide(cooperative_id: int | None, transfer_id: int, person_id: int) -> ResponseReturnValue:
    verb = (
        refund_transfers.allow if request.form.get("jawaban") == "setuju" else refund_transfers.undo
    )
    try:
        done = database().write(
            lambda session: verb(
                session,
                cooperative_id=cooperative_id,
                transfer_id=transfer_id,
                person_id=person_id,
                now=clock.now(),
            )
        )
    except SamePerson:
        said = _("Orang lain yang harus menyetujui: bukan yang mencatatnya.")
        return redirect_with_flash(_here(), said, "err")
    except NoSuchRefund:
        return redirect_with_flash(_here(), _("Sudah diputuskan sebelumnya."), "warn")
    return redirect_with_flash(_here(), _done(done))


def _done(transfer: RefundTransfer) -> str:
    amount = format_rupiah(transfer.amount)
    said = {
        TransferState.WAITING: _("Dicatat. Orang kedua perlu menyetujui %(amount)s."),
        TransferState.PAID: _("%(amount)s tercatat terkirim. Pembeli dikabari."),
        TransferState.FAILED: _("%(amount)s menjadi utang kepada pembeli lagi."),
    }[transfer.state]
    return str(said % {"amount": amount})


def _page(cooperative_id: int | None, form: TransferForm) -> str:
    person_id = _operator_id() if cooperative_id is None else current_desk().person_id
    may_act = cooperative_id is None or current_desk().may(Role.KETUA, Role.BENDAHARA)
    with database().reading() as session:
        today = clock.day_in(clock.HOME_ZONE, clock.now())
        return render_template(
            "aftersales/refund_transfers/kirim.html",
            page=payable(session, cooperative_id, request.args.get("setelah")),
            waiting=transfers(session, cooperative_id, TransferState.WAITING),
            sent=transfers(session, cooperative_id, TransferState.PAID),
            unclaimed=unclaimed(session, cooperative_id),
            limit=settings_by_date.settings_on(session, today)["transfer_second_person_from"],
            form=form,
            is_platform=cooperative_id is None,
            may_act=may_act,
            person_id=person_id,
            is_first="setelah" not in request.args,
            here=_here(),
        )


def _operator_id() -> int:
    person = current_person()
    assert person is not None  # the guard let somebody in
    return person.id


def _here() -> str:
    if request.path.startswith("/operator"):
        return "/operator/uang-kembali"
    return f"/kelola/{current_desk().slug}/uang-kembali"
