"""Pages around the card's pay page: leading there, coming back, choosing another way, the webhook.

Coming back proves nothing, and neither does anything in the address: the gateway is asked.
"""

import logging

from flask import Blueprint, Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound, RequestEntityTooLarge

from shop.checkout.card_payment.change_method import PAYEES, ChangeOutcome, change_method
from shop.checkout.card_payment.extend_hold import leave_page
from shop.checkout.card_payment.gateway_events import process_event
from shop.checkout.card_payment.page_redirects import page_gateway, redirect_to_payment
from shop.checkout.card_payment.pay_page import PageStatus, poll_page
from shop.checkout.purchases.guards import find_purchase, own_purchase
from shop.core.values import clock
from shop.core.values.errors import InvalidInput
from shop.payments.bills.models import Method, PaymentState
from shop.payments.cards import gateway_setup
from shop.web.http.access import anyone, open_to
from shop.web.http.app_state import database
from shop.web.http.responses import redirect_with_flash
from shop.web.i18n.language import localized_url
from shop.web.security.csrf import exempt
from shop.web.security.rate_limits import hit, visitor_address

bp = Blueprint("card", __name__)
log = logging.getLogger(__name__)

MAX_EVENT_BYTES = 256_000
"""Bytes of an event; the gateway's own are a hundredth of that."""
LOOKS, TEN_MINUTES = 40, 600
CHANGES, A_DAY = 12, 86_400


@bp.post("/pembelian/<code>/kartu")
@open_to(anyone)
def pay(code: str) -> ResponseReturnValue:
    """Lead to the page where the card is asked."""
    own_purchase(code)
    return redirect_to_payment(code)


@bp.get("/pembelian/<code>/kartu")
@open_to(anyone)
def landing(code: str) -> ResponseReturnValue:
    """The way back from the pay page: ask the gateway, settle when it was paid."""
    found = find_purchase(code)
    bill = next((one for one in found.payments[::-1] if one.method is Method.CARD), None)
    gateway = page_gateway()
    if bill is None or bill.state is PaymentState.PAID or gateway is None:
        return redirect(_page_of(code))
    hit("card-look", visitor_address(), LOOKS, TEN_MINUTES)
    stands = poll_page(database(), gateway, payment_code=bill.code, now=clock.now())
    if stands in (PageStatus.SILENT, PageStatus.WAITING):
        return render_template(
            "checkout/card_payment/card_wait.html", code=code, stands=stands.value
        )
    return redirect(_page_of(code))


@bp.post("/pembelian/<code>/tahan")
@open_to(anyone)
def hold_on(code: str) -> ResponseReturnValue:
    """A little more time: another pay page, and the goods held as long as it stands."""
    bill = own_purchase(code).open_payment
    if bill is None:
        return redirect_with_flash(f"/pembelian/{code}")
    hit("other-way", code, CHANGES, A_DAY)
    stands = leave_page(database(), page_gateway(), payment_code=bill.code, now=clock.now())
    if stands is PageStatus.CLOSED:
        return redirect_to_payment(code)
    if stands in (PageStatus.PAID, PageStatus.WAITING):
        return redirect_with_flash(f"/pembelian/{code}/kartu")
    said = {
        PageStatus.SILENT: _("Halaman kartu sedang tidak menjawab. Coba lagi sebentar lagi."),
    }.get(stands, _("Waktunya belum bisa, atau tidak bisa lagi, diperpanjang."))
    return redirect_with_flash(f"/pembelian/{code}", said, "warn")


@bp.post("/pembelian/<code>/cara")
@open_to(anyone)
def other_way(code: str) -> ResponseReturnValue:
    """Pay another way: what was begun is ended first."""
    found = own_purchase(code)
    bill = found.open_payment
    wanted = request.form.get("cara", "")
    if bill is None or wanted not in list(PAYEES):
        return redirect_with_flash(f"/pembelian/{code}")
    hit("other-way", code, CHANGES, A_DAY)
    choice = change_method(
        database(),
        page_gateway(),
        payment_code=bill.code,
        method=Method(wanted),
        now=clock.now(),
    )
    if choice is ChangeOutcome.PAID:
        said = _("Ternyata kartu Anda sudah dibayar, jadi cara bayarnya tidak kami ganti.")
        return redirect_with_flash(f"/pembelian/{code}", said)
    if choice is ChangeOutcome.NOT_OFFERED:
        said = _("Cara bayar ini sudah tidak bisa dipilih untuk belanja ini.")
        return redirect_with_flash(f"/pembelian/{code}", said, "warn")
    return (
        redirect_to_payment(code)
        if wanted == Method.CARD.value
        else redirect_with_flash(f"/pembelian/{code}")
    )


@bp.post("/webhooks/stripe")
@open_to(anyone)
def webhook() -> ResponseReturnValue:
    """Take in what the gateway tells; whoever cannot sign it is refused and noted."""
    gateway = page_gateway()
    if gateway is None:
        raise NotFound
    if (request.content_length or 0) > MAX_EVENT_BYTES:
        raise RequestEntityTooLarge
    body = request.get_data(cache=False)
    try:
        event = gateway.read_event(body, request.headers.get("Stripe-Signature", ""))
    except InvalidInput as refusal:
        log.warning(
            "a message that no gateway signed was refused",
            extra={"why": str(refusal), "bytes": len(body)},
        )
        return "", 400
    is_live = gateway_setup.is_live()
    taken = database().write(
        lambda session: process_event(session, event, is_live=is_live, now=clock.now())
    )
    log.info("event taken in", extra={"event": event.ref, "kind": event.kind, "taken": taken.value})
    return "", 204


def init_app(app: Flask, _settings: object) -> None:
    """The gateway proves itself by its signature, not by a form's token."""
    exempt(f"{bp.name}.webhook", app)


def _page_of(code: str) -> str:
    return localized_url(f"/pembelian/{code}")
