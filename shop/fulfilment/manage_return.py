"""A parcel that was not handed over: say so, bring it again, or take it back."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.cooperatives.guards import current_desk, desk
from shop.cooperatives.rules import PACKS, RUNS
from shop.core import clock
from shop.fulfilment import undelivered
from shop.fulfilment.forms import EndForm, return_form
from shop.fulfilment.order_page import refuse_form, sheet_of, step
from shop.fulfilment.rules import FOR_FAILING, Reason
from shop.orders.models import Order, OrderState
from shop.web.access import open_to

bp = Blueprint("fulfilment_return", __name__)


@bp.post("/kelola/<slug>/pesanan/<number>/gagal")
@open_to(desk(*PACKS))
def failed(slug: str, number: str) -> ResponseReturnValue:
    """It could not be handed over, with a reason."""
    found, form = sheet_of(number), EndForm(FOR_FAILING)
    if not form.validate():
        return refuse_form(found, {"fail": form})

    def work(session: Session, order: Order) -> None:
        undelivered.could_not_deliver(
            session,
            order,
            reason=Reason(form.alasan.data),
            person_id=current_desk().person_id,
            now=clock.now(),
        )

    said = _("Dicatat: gagal antar. Pembeli sudah dikabari.")
    return step(found, work, (OrderState.UNDELIVERED,), said)


@bp.post("/kelola/<slug>/pesanan/<number>/antar-lagi")
@open_to(desk(*PACKS))
def again(slug: str, number: str) -> ResponseReturnValue:
    """Bring it once more."""

    def work(session: Session, order: Order) -> None:
        undelivered.try_again(session, order, person_id=current_desk().person_id, now=clock.now())

    said = _("Paket berangkat sekali lagi.")
    return step(sheet_of(number), work, (OrderState.ON_THE_WAY,), said)


@bp.post("/kelola/<slug>/pesanan/<number>/kembali")
@open_to(desk(*RUNS))
def returned(slug: str, number: str) -> ResponseReturnValue:
    """It is back: what is fit goes on the shelf, and the shopper's money goes back."""
    found = sheet_of(number)
    form = return_form(found.lines, found.reason, is_sent=True)
    if not form.validate():
        return refuse_form(found, {"back": form})

    def work(session: Session, order: Order) -> None:
        undelivered.take_back(
            session,
            order,
            fit=form.fit(),
            person_id=current_desk().person_id,
            now=clock.now(),
        )

    said = _("Paket kembali. Stok dan uang pembeli sudah dicatat.")
    return step(found, work, (OrderState.RETURNED,), said)
