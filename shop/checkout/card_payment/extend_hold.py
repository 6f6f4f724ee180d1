"""Keeping goods longer for who pays by card, by an act of the shopper (rule R12)."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from shop.checkout.card_payment.pay_page import PageStatus, close_pay_page, last_new_page
from shop.core.database import settings_by_date
from shop.core.database.engine import Database
from shop.core.values import clock
from shop.payments.bills.models import Method, PaymentState
from shop.payments.bills.queries import payment_by_code
from shop.payments.cards import actions as cards
from shop.payments.cards.gateway import Gateway

OFFERED = timedelta(minutes=5)
"""So long before the pay page is over: whoever asks earlier would only hold goods for longer."""


def held_longer_until(session: Session, payment_code: str, *, now: datetime) -> datetime | None:
    """Until when the goods would be held; None while, or once, that is not to be had."""
    payment = payment_by_code(session, payment_code)
    if payment.state is not PaymentState.OPEN or payment.method is not Method.CARD:
        return None
    figures = settings_by_date.settings_on(session, clock.day_in(clock.HOME_ZONE, now))
    if now > last_new_page(payment.created_at, figures):
        return None
    attempt = cards.open_attempt(session, payment.id)
    if attempt is None or attempt.session_ref is None or attempt.expires_at - now > OFFERED:
        return None
    return now + settings_by_date.minutes(figures["card_hold_minutes"])


def leave_page(
    db: Database, gateway: Gateway | None, *, payment_code: str, now: datetime
) -> PageStatus:
    """Close a pay page that is about to be over, so that another one can take its place.

    :return: CLOSED when another may be opened; PAID, WAITING or SILENT as ``close_pay_page``
        says; TOO_LATE when nobody offered that.
    """
    with db.reading() as session:
        payment = payment_by_code(session, payment_code)
        if held_longer_until(session, payment_code, now=now) is None:
            return PageStatus.TOO_LATE
    return close_pay_page(db, gateway, payment.id, now)
