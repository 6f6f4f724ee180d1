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
from shop.people.cooperatives.guards import (
    acting_person_id,
    current_desk,
    desk_cooperative_id,
    desk_path,
    operator_or_desk,
)
from shop.people.cooperatives.rules import KNOWS_MEMBERS, Role
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash

bp = Blueprint("refunds_paying", __name__)

PATH = "/uang-kembali"
ONE = f"<int(max={MAX_ID}):transfer_id>"


@bp.get(f"/operator{PATH}")
@bp.get(f"/kelola/<slug>{PATH}")
@open_to(operator_or_desk(OperatorRight.CONFIRM_MONEY, *KNOWS_MEMBERS))
def refunds_to_send(slug: str = "") -> ResponseReturnValue:
    """What has to go back of money that came to an account of this desk."""
    return _page(TransferForm())


@bp.post(f"/operator{PATH}")
@bp.post(f"/kelola/<slug>{PATH}")
@open_to(operator_or_desk(OperatorRight.CONFIRM_MONEY, Role.KETUA, Role.BENDAHARA))
def record_transfer(slug: str = "") -> ResponseReturnValue:
    """Write down a transfer that was made."""
    form = TransferForm()
    if not form.validate():
        return _page(form), 422
    try:
        done = database().write(
            lambda session: refund_transfers.send(
                session,
                cooperative_id=desk_cooperative_id(),
                destination_id=form.destination_id,
                seen=form.seen,
                reference=form.rujukan.data or "",
                person_id=acting_person_id(),
                now=clock.now(),
            )
        )
    except ReferenceUsed:
        form.rujukan.errors = [_("Nomor rujukan ini sudah dipakai. Satu transfer satu nomor.")]
        return _page(form), 422
    except RefundsChanged as refusal:
        form.rujukan.errors = [
            _(
                "Jumlahnya berubah: sekarang %(amount)s yang menunggu. Periksa lagi transfernya.",
                amount=format_rupiah(refusal.waiting),
            )
        ]
        return _page(form), 422
    except NoAccountToPayFrom:
        form.rujukan.errors = [_("Rekening asalnya belum dicatat dan diperiksa.")]
        return _page(form), 422
    return redirect_with_flash(desk_path(PATH), _done(done))


@bp.post(f"/operator{PATH}/{ONE}")
@bp.post(f"/kelola/<slug>{PATH}/{ONE}")
@open_to(operator_or_desk(OperatorRight.CONFIRM_MONEY, Role.KETUA, Role.BENDAHARA))
def decide(transfer_id: int, slug: str = "") -> ResponseReturnValue:
    """A second person's answer, or what the bank sent back."""
    verb = (
        refund_transfers.allow if request.form.get("jawaban") == "setuju" else refund_transfers.undo
    )
    try:
        done = database().write(
            lambda session: verb(
                session,
                cooperative_id=desk_cooperative_id(),
                transfer_id=transfer_id,
                person_id=acting_person_id(),
                now=clock.now(),
            )
        )
    except SamePerson:
        said = _("Orang lain yang harus menyetujui: bukan yang mencatatnya.")
        return redirect_with_flash(desk_path(PATH), said, "err")
    except NoSuchRefund:
        return redirect_with_flash(desk_path(PATH), _("Sudah diputuskan sebelumnya."), "warn")
    return redirect_with_flash(desk_path(PATH), _done(done))


def _done(transfer: RefundTransfer) -> str:
    amount = format_rupiah(transfer.amount)
    said = {
        TransferState.WAITING: _("Dicatat. Orang kedua perlu menyetujui %(amount)s."),
        TransferState.PAID: _("%(amount)s tercatat terkirim. Pembeli dikabari."),
        TransferState.FAILED: _("%(amount)s menjadi utang kepada pembeli lagi."),
    }[transfer.state]
    return str(said % {"amount": amount})


def _page(form: TransferForm) -> str:
    cooperative_id = desk_cooperative_id()
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
            person_id=acting_person_id(),
            is_first="setelah" not in request.args,
            here=desk_path(PATH),
        )
