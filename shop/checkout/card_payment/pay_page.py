"""Paying by card: leading the shopper to a pay page, looking at it, closing it.

Each verb is short transactions around one question to the gateway; none is open while it asks.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.catalog.inventory import holds
from shop.checkout.card_payment.gateway_events import Taken, process_page
from shop.checkout.settlement.duplicate_payments import lock_purchase
from shop.core.database import settings_by_date
from shop.core.database.engine import Database
from shop.core.values import clock
from shop.core.values.money import Rupiah
from shop.payments.bills.models import WAS_PAID, Method, Payment, PaymentState
from shop.payments.bills.queries import payment_by_code
from shop.payments.cards import actions as cards
from shop.payments.cards import gateway_setup
from shop.payments.cards.gateway import (
    Gateway,
    GatewayRefused,
    GatewayUnavailable,
    PaymentPage,
    PaymentPageRequest,
)
from shop.payments.cards.models import AttemptState, PaymentAttempt
from shop.sales.orders.models import Order, Purchase
from shop.sales.orders.queries import sells_suspended
from shop.web.i18n.language import in_language

QUICK_SECONDS = 1.0
"""After a slower answer no second question is asked: a page answers within twelve seconds."""
TRIES = 3
DOORS = 4
"""How many shoppers of a process may wait for the gateway at once: should it hang, the other
threads go on showing pages."""
DOOR_SECONDS = 1.0

PageWords = Callable[[int, str], str]

_doors = threading.BoundedSemaphore(DOORS)


class PageStatus(StrEnum):
    """Status of a pay page."""

    OPEN = "open"
    PAID = "paid"
    WAITING = "waiting"
    """All was typed, the money is not there yet."""
    CLOSED = "closed"
    """Nobody can pay on it any more."""
    TOO_LATE = "too_late"
    """No new page is opened for this bill (rule R12)."""
    SILENT = "silent"
    """The gateway does not answer."""
    OVER = "over"
    """The bill is none to be paid by card any more."""


@dataclass(frozen=True, slots=True)
class PayPage:
    """Where the shopper pays, when there is such a page."""

    stands: PageStatus
    url: str = ""


@dataclass(frozen=True, slots=True)
class _Try:
    """An attempt as its call needs it."""

    attempt_id: str
    state: AttemptState
    ref: str | None
    url: str
    is_over: bool
    """By our clock nobody can pay on it any more."""
    wanted: PaymentPageRequest


def open_pay_page(
    db: Database,
    gateway: Gateway,
    *,
    payment_code: str,
    public_url: str,
    words: PageWords,
    now: datetime,
) -> PayPage:
    """Lead to the one page on which a bill can be paid, opening it when there is none.

    Pressed twice it is one page. A new one is opened only when the old is over; if it turns out
    paid, the bill is settled instead.

    :param words: what the page says is bought, of a number of orders, in a language.
    """
    begin = partial(_begin, payment_code=payment_code, public_url=public_url, words=words, now=now)
    asked = 0.0
    for _ in range(TRIES):
        found = db.write(begin)
        if isinstance(found, PayPage):
            return found
        if asked > QUICK_SECONDS:
            return PayPage(PageStatus.SILENT)
        began = time.monotonic()
        try:
            page = _asked(gateway, found)
        except GatewayRefused:
            if found.state is not AttemptState.STARTED:
                return PayPage(PageStatus.SILENT)
            db.write(partial(_give_up, attempt_id=found.attempt_id))
            continue
        except GatewayUnavailable:
            return PayPage(PageStatus.SILENT)
        finally:
            asked += time.monotonic() - began
        taken = db.write(partial(_note, found=found, page=page, now=now))
        answer = _answer(taken, page)
        if answer is not None:
            return answer
    return PayPage(PageStatus.SILENT)


def poll_page(db: Database, gateway: Gateway, *, payment_code: str, now: datetime) -> PageStatus:
    """Ask the gateway for a payment's latest page, and settle when it was paid."""
    with db.reading() as session:
        payment = payment_by_code(session, payment_code)
        if payment.state is PaymentState.PAID:
            return PageStatus.PAID
        attempt = _latest(session, payment.id)
    if attempt is None or attempt.session_ref is None:
        return PageStatus.CLOSED
    try:
        page = _through(partial(gateway.page, attempt.session_ref))
    except GatewayUnavailable:
        return PageStatus.SILENT
    taken = db.write(partial(process_page, page=page, is_live=gateway_setup.is_live(), now=now))
    answer = _answer(taken, page)
    return PageStatus.CLOSED if answer is None else answer.stands


def close_pay_page(
    db: Database, gateway: Gateway | None, payment_id: int, now: datetime
) -> PageStatus:
    """Let nobody pay on a bill's page any more; says whether somebody had.

    :return: CLOSED, PAID, WAITING, or SILENT when the gateway does not answer.
    """
    with db.reading() as session:
        attempt = cards.open_attempt(session, payment_id)
    if attempt is None:
        return PageStatus.CLOSED
    if attempt.session_ref is None:
        # Nobody was led there. Should the answer still come, its page is closed at once.
        db.write(partial(_give_up, attempt_id=attempt.id))
        return PageStatus.CLOSED
    if gateway is None:
        return PageStatus.SILENT
    try:
        page = _through(partial(gateway.close_page, attempt.session_ref))
    except GatewayUnavailable:
        return PageStatus.SILENT
    taken = db.write(partial(process_page, page=page, is_live=gateway_setup.is_live(), now=now))
    if taken in (Taken.SETTLED, Taken.RETURNED, Taken.REPEAT):
        return PageStatus.PAID
    return PageStatus.WAITING if taken is Taken.WAITING else PageStatus.CLOSED


def _begin(
    session: Session, payment_code: str, public_url: str, words: PageWords, now: datetime
) -> PayPage | _Try:
    """The page there is, the attempt to ask about, or why there is none."""
    payment = payment_by_code(session, payment_code)
    purchase = lock_purchase(session, payment.purchase_id)
    session.refresh(payment)
    if payment.state in WAS_PAID:
        return PayPage(PageStatus.PAID)
    if payment.state is not PaymentState.OPEN or payment.method is not Method.CARD:
        return PayPage(PageStatus.OVER)
    attempt = cards.open_attempt(session, payment.id)
    if attempt is not None and attempt.state is AttemptState.OPEN and attempt.expires_at > now:
        return PayPage(PageStatus.OPEN, attempt.page_url or "")
    if attempt is None:
        figures = settings_by_date.settings_on(session, clock.day_in(clock.HOME_ZONE, now))
        is_late = now > last_new_page(payment.created_at, figures)
        # A new page would hold goods longer that a suspended cooperative lets go (rule R28).
        if is_late or sells_suspended(session, purchase.id):
            return PayPage(PageStatus.TOO_LATE)
        attempt = cards.start(session, payment, now=now, figures=figures)
        _hold_on(
            session, payment, purchase, now + settings_by_date.minutes(figures["card_hold_minutes"])
        )
    count = session.scalar(
        select(func.count()).select_from(Order).where(Order.purchase_id == purchase.id)
    )
    return _Try(
        attempt.id,
        attempt.state,
        attempt.session_ref,
        attempt.page_url or "",
        attempt.expires_at <= now,
        _wanted(payment, purchase, attempt, words(count or 1, purchase.language), public_url),
    )


def last_new_page(created_at: datetime, figures: dict[str, int]) -> datetime:
    """Until when a shopper may have a new page, and with it the goods a little longer (R12)."""
    return created_at + timedelta(minutes=figures["card_extension_minutes"])


def _wanted(
    payment: Payment, purchase: Purchase, attempt: PaymentAttempt, words: str, public_url: str
) -> PaymentPageRequest:
    """What a page is opened with: always the very same for the same attempt."""
    here = public_url + in_language(purchase.language, f"/pembelian/{purchase.code}")
    return PaymentPageRequest(
        attempt_id=attempt.id,
        reference=payment.code,
        amount=Rupiah(attempt.amount),
        words=words,
        expires_at=attempt.expires_at,
        success_url=f"{here}/kartu",
        cancel_url=here,
        language=purchase.language,
    )


def _hold_on(session: Session, payment: Payment, purchase: Purchase, until: datetime) -> None:
    """Keep the goods as long as somebody may be paying for them."""
    if until > payment.due_at:
        payment.due_at = purchase.hold_until = until
        holds.extend(session, holder=purchase.code, until=until)
        session.flush()


def _asked(gateway: Gateway, found: _Try) -> PaymentPage:
    """The one question that this attempt needs."""
    if found.ref is None:
        return _through(partial(gateway.open_page, found.wanted))
    return _through(partial(gateway.page, found.ref))


def _through(ask: Callable[[], PaymentPage]) -> PaymentPage:
    if not _doors.acquire(timeout=DOOR_SECONDS):
        raise GatewayUnavailable("too many wait for it")
    try:
        return ask()
    finally:
        _doors.release()


def _give_up(session: Session, attempt_id: str) -> bool:
    return cards.abandon(session, attempt_id)


def _note(session: Session, found: _Try, page: PaymentPage, now: datetime) -> Taken | None:
    """Keep what the gateway said; None: it is a page to lead to."""
    if found.ref is None and not cards.note_page(session, found.attempt_id, page, now=now):
        return Taken.ALERT
    taken = process_page(session, page, is_live=gateway_setup.is_live(), now=now)
    return None if taken is Taken.WAITING and page.url else taken


def _answer(taken: Taken | None, page: PaymentPage) -> PayPage | None:
    """What it means for the shopper; None: that page is over, another may be opened."""
    if taken is None or (taken is Taken.WAITING and page.url):
        return PayPage(PageStatus.OPEN, page.url or "")
    if taken in (Taken.SETTLED, Taken.RETURNED, Taken.REPEAT):
        return PayPage(PageStatus.PAID)
    if taken is Taken.WAITING:
        return PayPage(PageStatus.WAITING)
    return PayPage(PageStatus.OVER) if taken is Taken.ALERT else None


def _latest(session: Session, payment_id: int) -> PaymentAttempt | None:
    return session.scalars(
        select(PaymentAttempt)
        .where(PaymentAttempt.payment_id == payment_id)
        .order_by(PaymentAttempt.created_at.desc(), PaymentAttempt.id)
        .limit(1)
    ).first()
