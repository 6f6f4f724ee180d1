"""Walking through what a gateway knows, so that nothing it told or kept is lost on us.

Events that never arrived, calls that ended between its answer and our commit, refunds that hang,
costs that came late: each is asked about and taken in like the first time. Doing it again
changes nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from shop.checkout.card_payment.gateway_events import Taken, process_event, process_page
from shop.core.database.engine import Database
from shop.payments.bills.models import Method, Payment, PaymentState, Refund, RefundState
from shop.payments.cards import actions as cards
from shop.payments.cards import actions as events
from shop.payments.cards import gateway_setup
from shop.payments.cards import jobs as card_jobs
from shop.payments.cards.gateway import (
    EventSeen,
    Gateway,
    GatewayRefused,
    GatewayUnavailable,
    PageState,
)
from shop.payments.cards.models import AttemptState, PaymentAttempt
from shop.services.outbox.worker import periodic

AT_ONCE = 100
JUST_NOW = timedelta(minutes=2)
"""A try that began since then is still in somebody's hands."""
RECENT = timedelta(hours=3)
"""How far back the worker looks by itself; an operator looks further (``--days``)."""


@dataclass
class Found:
    """What a walk came upon."""

    events: int = 0
    """Events that had not reached us."""
    settled: int = 0
    returned: int = 0
    """Money that had been paid on top, and goes back."""
    expired: int = 0
    alerts: int = 0
    refunds_sent: int = 0
    refunds_failed: int = 0
    costs: int = 0
    unanswered: list[str] = field(default_factory=list)
    """What the gateway gave no answer to; the next walk asks again."""

    def count(self, taken: Taken) -> None:
        """Count what became of something the gateway told."""
        match taken:
            case Taken.SETTLED:
                self.settled += 1
            case Taken.RETURNED:
                self.returned += 1
            case Taken.EXPIRED:
                self.expired += 1
            case Taken.ALERT:
                self.alerts += 1


def reconcile(db: Database, gateway: Gateway, *, since: datetime, now: datetime) -> Found:
    """Take in what the gateway told since then, and end what was begun and not ended."""
    found = Found()
    _ask(found, "events", lambda: _take_events(db, gateway, since, now, found))
    with db.reading() as session:
        begun = _begun(session, since, now)
    for attempt in begun:
        _ask(found, f"attempt:{attempt.id}", partial(_look, db, gateway, attempt, now, found))
    with db.reading() as session:
        hanging, unknown = _hanging(session), _without_cost(session)
    for refund_id in hanging:
        _ask(found, f"refund:{refund_id}", partial(_send, db, gateway, refund_id, now, found))
    for attempt_id in unknown:
        _ask(found, f"cost:{attempt_id}", partial(_cost, db, gateway, attempt_id, now, found))
    return found


@periodic("card-reconcile", every_seconds=300)
def reconcile_recent(db: Database, now: datetime) -> None:
    """The recent part, by the worker."""
    gateway = gateway_setup.gateway()
    if gateway is not None:
        reconcile(db, gateway, since=now - RECENT, now=now)


def _ask(found: Found, what: str, ask: Callable[[], None]) -> None:
    try:
        ask()
    except GatewayUnavailable:
        found.unanswered.append(what)


def _take_events(
    db: Database, gateway: Gateway, since: datetime, now: datetime, found: Found
) -> None:
    """Events that did not arrive, oldest first, as they happened."""
    missed: list[EventSeen] = []
    for page in _in_pages(gateway.events(since)):
        with db.reading() as session:
            known = events.known_events(session, [event.ref for event in page])
        missed += [event for event in page if event.ref not in known]
    is_live = gateway_setup.is_live()
    for event in reversed(missed):
        found.events += 1
        found.count(db.write(partial(process_event, event=event, is_live=is_live, now=now)))


def _in_pages(told: Iterator[EventSeen]) -> Iterator[list[EventSeen]]:
    page: list[EventSeen] = []
    for event in told:
        page.append(event)
        if len(page) == AT_ONCE:
            yield page
            page = []
    if page:
        yield page


def _begun(session: Session, since: datetime, now: datetime) -> list[PaymentAttempt]:
    """Tries that nobody ended: still open for us, or given up while the gateway may know more."""
    is_left = PaymentAttempt.state.in_((*cards.GOING_ON, AttemptState.FAILED))
    return list(
        session.scalars(
            select(PaymentAttempt)
            .where(is_left, PaymentAttempt.created_at <= now - JUST_NOW)
            .where(
                or_(
                    PaymentAttempt.state.in_(cards.GOING_ON),
                    PaymentAttempt.created_at >= since,
                )
            )
            .order_by(PaymentAttempt.created_at, PaymentAttempt.id)
        )
    )


def _look(
    db: Database, gateway: Gateway, attempt: PaymentAttempt, now: datetime, found: Found
) -> None:
    if attempt.session_ref is None:
        # Its answer never reached us, so nobody was led there; what is paid all the same comes
        # as an event that names the attempt.
        if attempt.state is AttemptState.STARTED:
            db.write(partial(_give_up, attempt_id=attempt.id))
        return
    with db.reading() as session:
        state = session.get_one(Payment, attempt.payment_id).state
    try:
        page = gateway.page(attempt.session_ref)
        if state is not PaymentState.OPEN and page.state is PageState.OPEN:
            page = gateway.close_page(attempt.session_ref)
    except GatewayRefused:
        return  # it knows no such page: another account's key, or a test that was wiped
    found.count(
        db.write(partial(process_page, page=page, is_live=gateway_setup.is_live(), now=now))
    )


def _give_up(session: Session, attempt_id: str) -> bool:
    return cards.abandon(session, attempt_id)


def _hanging(session: Session) -> list[int]:
    """Refunds to a card that were asked for and did not arrive yet."""
    return list(
        session.scalars(
            select(Refund.id)
            .join(Payment, Payment.id == Refund.payment_id)
            .where(Payment.method == Method.CARD)
            .where(Refund.state.in_((RefundState.ASKED, RefundState.SENT)))
            .order_by(Refund.id)
        )
    )


def _without_cost(session: Session) -> list[str]:
    return list(
        session.scalars(
            select(PaymentAttempt.id)
            .where(PaymentAttempt.state.in_(cards.HAS_MONEY), PaymentAttempt.cost.is_(None))
            .where(PaymentAttempt.intent_ref.is_not(None))
            .order_by(PaymentAttempt.created_at)
        )
    )


def _send(db: Database, gateway: Gateway, refund_id: int, now: datetime, found: Found) -> None:
    state = card_jobs.send_refund(db, gateway, refund_id, now)
    found.refunds_sent += state is RefundState.DONE
    found.refunds_failed += state is RefundState.FAILED


def _cost(db: Database, gateway: Gateway, attempt_id: str, now: datetime, found: Found) -> None:
    found.costs += card_jobs.learn_cost(db, gateway, attempt_id, now)
