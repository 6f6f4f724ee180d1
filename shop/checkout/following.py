"""Following a purchase and its orders: who placed it, who is signed in, who knows the phone."""

import hmac

from flask import Blueprint, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.accounts.guards import current_person, signed_in
from shop.cart.actions import put_in_again
from shop.cart.guards import cart_key_for_adding, give_cookie
from shop.checkout.forms import DigitsForm, TrackForm
from shop.checkout.lapsing import cancel_unpaid
from shop.checkout.steps import state_word, timeline
from shop.checkout.tracking import (
    PurchaseView,
    own_purchases,
    packs_of_purchase,
    phone_of_order,
    purchase_of_order,
    purchase_view,
)
from shop.core import clock
from shop.core.codes import read_order_number
from shop.core.indonesia import last4
from shop.orders.guards import Owned, let_see, may_see_all
from shop.orders.models import Purchase
from shop.web import database
from shop.web.access import anyone, open_to
from shop.web.limits import spend, visitor_address
from shop.web.pages import lead_on, refused

bp = Blueprint("following", __name__)

HOUR = 3_600
TRIES_A_NUMBER = 5
TRIES_A_VISITOR = 30


@bp.get("/pembelian/<code>")
@open_to(anyone)
def purchase(code: str) -> ResponseReturnValue:
    """The purchase: what to pay until when, then the way of each parcel."""
    view = _purchase(code)
    if not may_see_all(_owned(view)):
        return render_template(
            "checkout/purchase_closed.html", view=view, form=DigitsForm(), **_words()
        )
    return render_template("checkout/purchase.html", view=view, now=clock.now(), **_words())


@bp.post("/pembelian/<code>")
@open_to(anyone)
def open_purchase(code: str) -> ResponseReturnValue:
    """Open it with the last digits of the phone."""
    view, form = _purchase(code), DigitsForm()
    if not form.validate():
        return refused("checkout/purchase_closed.html", form, view=view, **_words())
    _count_try("purchase-digits", code)
    if not _knows(view.phone, form.digit.data or ""):
        form.digit.errors = [
            _("Angkanya tidak cocok. Periksa nomor WhatsApp yang dipakai memesan.")
        ]
        return refused("checkout/purchase_closed.html", form, view=view, **_words())
    let_see(view.purchase.code)
    return lead_on(f"/pembelian/{view.purchase.code}")


@bp.post("/pembelian/<code>/batal")
@open_to(anyone)
def cancel(code: str) -> ResponseReturnValue:
    """Call an unpaid purchase off; its goods go back to the shelf at once."""
    view = _own_purchase(code)
    person = current_person()

    def call_off(session: Session) -> bool:
        purchase = session.get_one(Purchase, view.purchase.id)
        return cancel_unpaid(
            session, purchase, now=clock.now(), person_id=person.id if person else None
        )

    if database().write(call_off):
        return lead_on(f"/pembelian/{code}", _("Belanja ini sudah dibatalkan."))
    said = _("Belanja ini tidak bisa dibatalkan lagi: sudah dibayar atau sudah berakhir.")
    return lead_on(f"/pembelian/{code}", said, "warn")


@bp.post("/pembelian/<code>/lagi")
@open_to(anyone)
def once_more(code: str) -> ResponseReturnValue:
    """Put the same goods into the cart again, as far as they are there."""
    view = _own_purchase(code)
    key, secret = cart_key_for_adding()

    def refill(session: Session) -> tuple[str, ...]:
        packs = packs_of_purchase(session, view.purchase.id)
        return put_in_again(session, key=key, packs_by_variant=packs, now=clock.now())

    missing = database().write(refill)
    if missing:
        said = _("Tidak semua masih ada: %(names)s.", names=", ".join(missing))
        answer = make_response(lead_on("/keranjang", said, "warn"))
    else:
        said = _("Barangnya sudah masuk keranjang lagi.")
        answer = make_response(lead_on("/keranjang", said))
    if secret:
        give_cookie(answer, secret)
    return answer


@bp.get("/pesanan/<number>")
@open_to(anyone)
def order(number: str) -> ResponseReturnValue:
    """One cooperative's parcel and its way; for strangers it does not exist."""
    shown = read_order_number(number)
    with database().reading() as session:
        view = purchase_of_order(session, shown) if shown else None
    if view is None or not may_see_all(_owned(view)):
        return render_template("checkout/order_closed.html"), 404
    part = next(one for one in view.orders if one.order.number == shown)
    return render_template("checkout/order.html", view=view, part=part, **_words())


@bp.get("/lacak")
@open_to(anyone)
def track() -> ResponseReturnValue:
    """Ask for order number and four digits."""
    return render_template("checkout/track.html", form=TrackForm())


@bp.post("/lacak")
@open_to(anyone)
def find() -> ResponseReturnValue:
    """Lead to the order; an unknown number and wrong digits get the same answer."""
    form = TrackForm()
    if not form.validate():
        return refused("checkout/track.html", form)
    number = read_order_number(form.nomor.data or "")
    if number is None:
        form.nomor.errors = [_("Nomor pesanan tertulis seperti GYO-26-000123.")]
        return refused("checkout/track.html", form)
    _count_try("track", number)
    with database().reading() as session:
        found = phone_of_order(session, number)
    if not _knows(found[1] if found else None, form.digit.data or "") or found is None:
        form.nomor.errors = [_("Nomor pesanan dan 4 angka ini tidak cocok. Periksa keduanya.")]
        return refused("checkout/track.html", form)
    let_see(found[0])
    return lead_on(f"/pesanan/{number}")


@bp.get("/akun/pesanan")
@open_to(signed_in)
def own() -> ResponseReturnValue:
    """What the signed-in person bought, newest first."""
    person = current_person()
    assert person is not None  # the guard let nobody else in
    with database().reading() as session:
        page = own_purchases(session, person.id, request.args.get("setelah"))
    return render_template("checkout/own.html", page=page, **_words())


def _purchase(code: str) -> PurchaseView:
    with database().reading() as session:
        view = purchase_view(session, code)
    if view is None:
        abort(404)
    return view


def _own_purchase(code: str) -> PurchaseView:
    view = _purchase(code)
    if not may_see_all(_owned(view)):
        abort(404)
    return view


def _owned(view: PurchaseView) -> Owned:
    purchase = view.purchase
    return Owned(purchase.code, purchase.person_id, purchase.viewer_hash)


def _knows(phone: str | None, digits: str) -> bool:
    # As bytes: compare_digest raises on text that is not ASCII.
    return phone is not None and hmac.compare_digest(last4(phone).encode(), digits.encode())


def _count_try(scope: str, subject: str) -> None:
    """Four digits are few: five tries an hour for a purchase, thirty for a household."""
    spend(f"{scope}:visitor", visitor_address(), TRIES_A_VISITOR, HOUR)
    spend(scope, subject, TRIES_A_NUMBER, HOUR)


def _words() -> dict[str, object]:
    return {"state_word": state_word, "timeline_of": timeline}
