"""Redirects to the gateway's payment page."""

from flask import redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.checkout.card_payment.pay_page import PageStatus, PayPage, open_pay_page
from shop.checkout.card_payment.words import pay_page_words
from shop.core.values import clock
from shop.payments.bills.models import Method, Payment, PaymentState
from shop.payments.cards import gateway_setup, gateway_timeouts
from shop.payments.cards.gateway import Gateway
from shop.sales.orders.models import Purchase
from shop.web.http.app_state import database, runtime
from shop.web.http.responses import redirect_with_flash


def page_gateway() -> Gateway | None:
    """The card gateway for a page, or None where cards are not offered.

    A page may ask it twice; its shopper waits once: all its calls share one budget of time.
    """
    gateway_timeouts.start_request_budget()
    return gateway_setup.gateway()


def redirect_to_payment(code: str) -> ResponseReturnValue:
    """Redirect to the pay page if the purchase is paid by card, else to the purchase."""
    gateway = page_gateway()
    with database().reading() as session:
        bill = _open_card_bill(session, code)
    if bill is None or gateway is None:
        return redirect_with_flash(f"/pembelian/{code}")
    found = open_pay_page(
        database(),
        gateway,
        payment_code=bill,
        public_url=runtime().public_url,
        words=pay_page_words,
        now=clock.now(),
    )
    return _led(code, found)


def _led(code: str, found: PayPage) -> ResponseReturnValue:
    if found.stands is PageStatus.OPEN and found.url:
        return redirect(found.url, code=303)
    if found.stands is PageStatus.WAITING:
        return redirect_with_flash(f"/pembelian/{code}/kartu")
    if found.stands is PageStatus.TOO_LATE:
        said = _("Halaman kartu baru tidak bisa dibuka lagi untuk belanja ini.")
        return redirect_with_flash(f"/pembelian/{code}", said, "warn")
    return redirect_with_flash(f"/pembelian/{code}")


def _open_card_bill(session: Session, code: str) -> str | None:
    return session.scalar(
        select(Payment.code)
        .join(Purchase, Purchase.id == Payment.purchase_id)
        .where(Purchase.code == code, Payment.method == Method.CARD)
        .where(Payment.state == PaymentState.OPEN)
    )
