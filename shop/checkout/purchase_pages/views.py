"""Following a purchase and its orders: who placed it, who is signed in, who knows the phone."""

import hmac

from flask import Blueprint, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from shop.checkout.card_payment.page_redirects import page_gateway
from shop.checkout.cart.actions import reorder
from shop.checkout.cart.guards import cart_key_for_adding, set_cart_cookie
from shop.checkout.expiry.cancellation import cancel_payment
from shop.checkout.placing.forms import DigitsForm, TrackForm
from shop.checkout.purchase_pages.page_context import _beside, _shown, purchase_page
from shop.checkout.purchases.guards import find_purchase, own_purchase, owned, visible_order
from shop.checkout.purchases.queries import packs_of_purchase, phone_of_order
from shop.checkout.purchases.words import state_word
from shop.core.formats.indonesia import last4
from shop.core.values import clock
from shop.core.values.codes import read_order_number
from shop.people.sign_in.guards import current_person, signed_in
from shop.sales.orders.guards import let_see, may_see_all
from shop.sales.orders.queries import purchases_of
from shop.web.http.access import anyone, open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash, render_invalid
from shop.web.security.rate_limits import hit, visitor_address

bp = Blueprint("following", __name__)

HOUR = 3_600
TRIES_A_NUMBER = 5
TRIES_A_PURCHASE = 10
"""Its link and the numbers of all its orders ask for the digits of one phone."""
TRIES_A_VISITOR = 30


@bp.get("/pembelian/<code>")
@open_to(anyone)
def purchase(code: str) -> ResponseReturnValue:
    """The purchase: what to pay until when, then the way of each parcel."""
    found = find_purchase(code)
    if not may_see_all(owned(found)):
        return render_template(
            "checkout/purchase_pages/purchase_closed.html", form=DigitsForm(), **_shown(found)
        )
    return purchase_page(found)


@bp.post("/pembelian/<code>")
@open_to(anyone)
def open_purchase(code: str) -> ResponseReturnValue:
    """Open it with the last digits of the phone."""
    found, form = find_purchase(code), DigitsForm()
    if not form.validate():
        return render_invalid("checkout/purchase_pages/purchase_closed.html", form, **_shown(found))
    _count_try("purchase-digits", code)
    hit("digits", code, TRIES_A_PURCHASE, HOUR)
    if not _knows(found.view.recipient.phone, form.digit.data or ""):
        form.digit.errors = [_("Angkanya tidak cocok. Periksa nomor yang dipakai memesan.")]
        return render_invalid("checkout/purchase_pages/purchase_closed.html", form, **_shown(found))
    let_see(code)
    return redirect_with_flash(f"/pembelian/{code}")


@bp.post("/pembelian/<code>/batal")
@open_to(anyone)
def cancel(code: str) -> ResponseReturnValue:
    """Cancel an unpaid purchase and release its goods at once."""
    purchase_id = own_purchase(code).view.id
    person = current_person()
    done = cancel_payment(
        database(),
        page_gateway(),
        purchase_id,
        now=clock.now(),
        person_id=person.id if person else None,
    )
    if done:
        return redirect_with_flash(f"/pembelian/{code}", _("Belanja ini sudah dibatalkan."))
    said = _("Belanja ini tidak bisa dibatalkan lagi: sudah dibayar atau sudah berakhir.")
    return redirect_with_flash(f"/pembelian/{code}", said, "warn")


@bp.post("/pembelian/<code>/lagi")
@open_to(anyone)
def buy_again(code: str) -> ResponseReturnValue:
    """Put the same goods into the cart again, as far as in stock."""
    purchase_id = own_purchase(code).view.id
    key, secret = cart_key_for_adding()

    def refill(session: Session) -> tuple[str, ...]:
        packs = packs_of_purchase(session, purchase_id)
        return reorder(session, key=key, packs_by_variant=packs, now=clock.now())

    missing = database().write(refill)
    if missing:
        said = _("Tidak semua masih ada: %(names)s.", names=", ".join(missing))
        answer = make_response(redirect_with_flash("/keranjang", said, "warn"))
    else:
        said = _("Barangnya sudah masuk keranjang lagi.")
        answer = make_response(redirect_with_flash("/keranjang", said))
    if secret:
        set_cart_cookie(answer, secret)
    return answer


@bp.get("/pesanan/<number>")
@open_to(anyone)
def order(number: str) -> ResponseReturnValue:
    """One cooperative's parcel and its way; for strangers it does not exist."""
    seen = visible_order(read_order_number(number) or "")
    if seen is None:
        # The same page for a number nobody has and for somebody else's.
        return render_template("checkout/purchase_pages/order_closed.html"), 404
    found, part = seen
    return render_template(
        "checkout/purchase_pages/order.html", part=part, **_shown(found), **_beside([part])
    )


@bp.get("/lacak")
@open_to(anyone)
def track() -> ResponseReturnValue:
    """Ask for order number and four digits."""
    return render_template("checkout/purchase_pages/track.html", form=TrackForm())


@bp.post("/lacak")
@open_to(anyone)
def find() -> ResponseReturnValue:
    """Lead to the order; an unknown number and wrong digits get the same answer."""
    form = TrackForm()
    if not form.validate():
        return render_invalid("checkout/purchase_pages/track.html", form)
    number = read_order_number(form.nomor.data or "")
    if number is None:
        form.nomor.errors = [_("Nomor pesanan tertulis seperti GYO-26-000123.")]
        return render_invalid("checkout/purchase_pages/track.html", form)
    _count_try("track", number)
    with database().reading() as session:
        found = phone_of_order(session, number)
    if found:
        hit("digits", found[0], TRIES_A_PURCHASE, HOUR)
    if not _knows(found[1] if found else None, form.digit.data or "") or found is None:
        form.nomor.errors = [_("Nomor pesanan dan 4 angka ini tidak cocok. Periksa keduanya.")]
        return render_invalid("checkout/purchase_pages/track.html", form)
    let_see(found[0])
    return redirect_with_flash(f"/pesanan/{number}")


@bp.get("/akun/pesanan")
@open_to(signed_in)
def own() -> ResponseReturnValue:
    """What the signed-in person bought, newest first."""
    person = current_person()
    assert person is not None  # the guard let nobody else in
    with database().reading() as session:
        page = purchases_of(session, person.id, request.args.get("setelah"))
    return render_template("checkout/purchase_pages/own.html", page=page, state_word=state_word)


def _knows(phone: str | None, digits: str) -> bool:
    # As bytes: compare_digest raises on text that is not ASCII.
    return phone is not None and hmac.compare_digest(last4(phone).encode(), digits.encode())


def _count_try(scope: str, subject: str) -> None:
    """Four digits are few: five tries an hour for a purchase, thirty for a household."""
    hit(f"{scope}:visitor", visitor_address(), TRIES_A_VISITOR, HOUR)
    hit(scope, subject, TRIES_A_NUMBER, HOUR)
