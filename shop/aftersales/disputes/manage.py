"""*Sengketa*: disputed card payments, the one order each is about, and the evidence (rule R24)."""

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.aftersales.disputes.evidence import evidence
from shop.aftersales.disputes.evidence_pdf import print_evidence
from shop.aftersales.disputes.queries import Case, case, disputes
from shop.core.values import clock
from shop.core.values.codes import read_order_number
from shop.core.values.money import format_rupiah
from shop.fulfilment.board.words import state_word
from shop.payments.cards.disputes import choose_order
from shop.people.accounts.models import OperatorRight
from shop.people.sign_in.guards import current_person, operator
from shop.services.audit import actions as audit
from shop.services.pdf.download import as_file
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash
from shop.web.i18n.language import ENGLISH, HOME, written_in

bp = Blueprint("refunds_disputes", __name__)

confirms_money = operator(OperatorRight.CONFIRM_MONEY)
ONE = f"/operator/sengketa/<int(max={2**63 - 1}):dispute_id>"
"""No table holds a larger number."""


@bp.get("/operator/sengketa")
@open_to(confirms_money)
def listing() -> ResponseReturnValue:
    """Which are open, until when, and what ended lately."""
    with database().reading() as session:
        found = disputes(session)
    return render_template("aftersales/disputes/sengketa.html", rows=found, now=clock.now())


@bp.get(ONE)
@open_to(confirms_money)
def one(dispute_id: int) -> ResponseReturnValue:
    """What it is about, who would bear it, and the evidence."""
    return _page(_case(dispute_id))


@bp.post(ONE)
@open_to(confirms_money)
def choose(dispute_id: int) -> ResponseReturnValue:
    """Say which order it is about."""
    found = _case(dispute_id)
    number = read_order_number(request.form.get("pesanan", "")) or ""
    chosen = next((order for order in found.orders if order.number == number), None)
    if not found.is_open:
        return _page(found, _("Bank sudah memutuskan, jadi pesanannya tidak bisa diganti.")), 422
    if chosen is None:
        return _page(found, _("Pilih salah satu pesanan di bawah ini.")), 422
    if not chosen.can_be_chosen:
        return _page(found, _too_small(found, chosen.total)), 422
    person_id = _person_id()

    def write(session: Session) -> bool:
        done = choose_order(session, dispute_id, chosen.order_id, now=clock.now())
        if done:
            audit.record(
                session,
                action="dispute.order_chosen",
                subject=f"dispute:{dispute_id}",
                actor_id=person_id,
                after={"order": chosen.number},
                now=clock.now(),
            )
        return done

    if not database().write(write):
        return _page(_case(dispute_id), _("Bank baru saja memutuskan sengketa ini.")), 422
    said = _("Sengketa ini sekarang tentang pesanan %(number)s.", number=chosen.number)
    return redirect_with_flash(f"/operator/sengketa/{dispute_id}", said)


@bp.get(f"{ONE}/bukti.pdf")
@open_to(confirms_money)
def evidence_pdf(dispute_id: int) -> ResponseReturnValue:
    """The evidence as one file, to be sent at the card provider; it is noted who took it."""
    reads = ENGLISH if request.args.get("bahasa") == ENGLISH else HOME
    with database().reading() as session:
        found = evidence(session, dispute_id)
    with written_in(reads):
        made = print_evidence(found)
    person_id = _person_id()
    database().write(
        lambda session: audit.record(
            session,
            action="dispute.evidence_printed",
            subject=f"dispute:{dispute_id}",
            actor_id=person_id,
            now=clock.now(),
        )
    )
    return as_file(made, f"bukti-sengketa-{dispute_id}.pdf")


def _case(dispute_id: int) -> Case:
    with database().reading() as session:
        return case(session, dispute_id)


def _page(found: Case, fault: str = "") -> str:
    return render_template(
        "aftersales/disputes/sengketa_satu.html",
        case=found,
        row=found.row,
        state_word=state_word,
        fault=fault,
        now=clock.now(),
    )


def _too_small(found: Case, total: int) -> str:
    return str(
        _(
            "Yang disanggah %(amount)s, lebih dari harga pesanan itu (%(total)s). Pilih pesanan"
            " lain, atau biarkan terbagi.",
            amount=format_rupiah(found.row.amount),
            total=format_rupiah(total),
        )
    )


def _person_id() -> int:
    person = current_person()
    assert person is not None  # the guard let somebody in
    return person.id
