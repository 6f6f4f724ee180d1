"""The operator's list of orders that are stuck, and settling them after a call."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.values import clock
from shop.core.values.codes import read_order_number
from shop.fulfilment.exceptions.queries import cash_outside, missed_orders
from shop.fulfilment.parcels.missing_parcels import settle
from shop.payments.cash.actions import hand_over
from shop.payments.cash.errors import CashMoved, NoSuchCash
from shop.people.sign_in.guards import current_person, operator
from shop.sales.orders.errors import MoveRefused, NoSuchOrder
from shop.sales.orders.models import Order
from shop.web.http.access import open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash

bp = Blueprint("fulfilment_stuck", __name__)

HERE = "/operator/macet"


@bp.get(HERE)
@open_to(operator())
def stuck() -> ResponseReturnValue:
    """What waits for people, with whom to call."""
    with database().reading() as session:
        missed, cash = missed_orders(session), cash_outside(session, clock.now())
    return render_template("fulfilment/exceptions/macet.html", missed=missed, cash=cash)


@bp.post(f"{HERE}/<number>/tiba")
@open_to(operator())
def arrived(number: str) -> ResponseReturnValue:
    """The operator looked into it: the parcel is there after all."""
    by = _by()

    def work(session: Session) -> bool:
        try:
            settle(session, _order(session, number), now=clock.now(), person_id=by)
        except MoveRefused:
            return False
        return True

    if database().write(work):
        return redirect_with_flash(HERE, _("Selesai. Masa keluhannya berjalan lagi."))
    said = _("Belum bisa: paketnya belum tercatat tiba, atau laporannya sudah selesai.")
    return redirect_with_flash(HERE, said, "warn")


@bp.post(f"{HERE}/<number>/kas")
@open_to(operator())
def has_cash(number: str) -> ResponseReturnValue:
    """The treasurer said on the phone that the cash is in the drawer."""
    by = _by()

    def work(session: Session) -> bool:
        order = _order(session, number)
        try:
            hand_over(
                session,
                cooperative_id=order.cooperative_id,
                number=order.number,
                person_id=by,
                now=clock.now(),
            )
        except (CashMoved, NoSuchCash):
            return False
        return True

    if database().write(work):
        return redirect_with_flash(HERE, _("Tercatat: uangnya di bendahara."))
    return redirect_with_flash(HERE, _("Tidak ada uang yang menunggu untuk pesanan ini."), "warn")


def _by() -> int:
    person = current_person()
    assert person is not None  # the guard let an operator in
    return person.id


def _order(session: Session, number: str) -> Order:
    wanted = read_order_number(number) or ""
    order = session.scalars(
        select(Order).where(Order.number == wanted).with_for_update()
    ).one_or_none()
    if order is None:
        raise NoSuchOrder(number)
    return order
