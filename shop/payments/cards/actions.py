"""Tries to pay at a gateway: written down before it is asked, moved by what it answers.

The call itself stands between two transactions: ``start`` and commit, the network, then what
became of it. Whoever is killed in between leaves a row that tells what to ask.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.core.database import settings_by_date
from shop.core.database.upserts import insert_if_absent
from shop.core.values import codes
from shop.payments.bills.models import Payment
from shop.payments.cards.gateway import EventSeen, PaymentPage
from shop.payments.cards.models import (
    AlertKind,
    AttemptState,
    GatewayAlert,
    GatewayEvent,
    PaymentAttempt,
)
from shop.services.audit import actions as audit
from shop.services.outbox.actions import enqueue

GOING_ON = (AttemptState.STARTED, AttemptState.OPEN)
HAS_MONEY = (AttemptState.PAID, AttemptState.RETURNED)

CLOSE_JOB = "card-close"
COST_JOB = "card-cost"


def start(
    session: Session, payment: Payment, *, now: datetime, figures: dict[str, int]
) -> PaymentAttempt:
    """Write a try down; the gateway is asked after this is committed.

    The caller holds the payment's row and has seen that no other try is going on.
    """
    attempt = PaymentAttempt(
        id=codes.new_code(),
        payment_id=payment.id,
        state=AttemptState.STARTED,
        amount=payment.amount,
        # Gateways count whole seconds, and a repeated call has to say the very same.
        expires_at=(now + settings_by_date.minutes(figures["card_session_minutes"])).replace(
            microsecond=0
        ),
        created_at=now,
    )
    session.add(attempt)
    session.flush()
    return attempt


def open_attempt(session: Session, payment_id: int) -> PaymentAttempt | None:
    """The open attempt of a payment, if there is one."""
    return session.scalars(
        select(PaymentAttempt).where(
            PaymentAttempt.payment_id == payment_id, PaymentAttempt.state.in_(GOING_ON)
        )
    ).one_or_none()


def note_page(session: Session, attempt_id: str, page: PaymentPage, *, now: datetime) -> bool:
    """Keep where a pay page stands.

    :return: False when the try was given up meanwhile: nobody may be led there, and the page
        will be closed.
    """
    opened = _move(session, attempt_id, AttemptState.OPEN, (AttemptState.STARTED,), page)
    if opened or _stands_open(session, attempt_id):
        return True
    session.execute(
        update(PaymentAttempt)
        .where(PaymentAttempt.id == attempt_id, PaymentAttempt.session_ref.is_(None))
        .values(session_ref=page.ref)
        .execution_options(synchronize_session=False)
    )
    close_later(session, attempt_id, now=now)
    return False


def abandon(session: Session, attempt_id: str) -> bool:
    """End an attempt whose page no shopper was sent to."""
    return _move(session, attempt_id, AttemptState.FAILED, (AttemptState.STARTED,))


def expire(session: Session, attempt: PaymentAttempt, to: AttemptState) -> bool:
    """End a try on whose page nobody can pay any more."""
    moved = _move(session, attempt.id, to, GOING_ON)
    session.refresh(attempt)
    return moved


def note_money(
    session: Session, attempt: PaymentAttempt, to: AttemptState, page: PaymentPage, *, now: datetime
) -> None:
    """Keep that money came on a page, and ask in time what it cost."""
    attempt.state = to
    attempt.session_ref = attempt.session_ref or page.ref
    attempt.intent_ref = page.intent_ref
    attempt.paid_at = now
    session.flush()
    enqueue(
        session,
        kind=COST_JOB,
        key=f"{COST_JOB}:{attempt.id}",
        payload={"attempt_id": attempt.id},
        now=now,
    )


def close_later(session: Session, attempt_id: str, *, now: datetime) -> None:
    """Have a page closed as soon as the gateway answers."""
    enqueue(
        session,
        kind=CLOSE_JOB,
        key=f"{CLOSE_JOB}:{attempt_id}",
        payload={"attempt_id": attempt_id},
        now=now,
    )


def of_page(session: Session, page: PaymentPage) -> PaymentAttempt | None:
    """The try that a pay page belongs to, also when its address never reached us."""
    found = session.scalars(
        select(PaymentAttempt).where(PaymentAttempt.session_ref == page.ref)
    ).one_or_none()
    if found is None and page.attempt_id is not None and codes.is_code(page.attempt_id):
        found = session.get(PaymentAttempt, page.attempt_id)
        if found is not None and found.session_ref is not None:
            return None  # our try stands on another page
    return found


def _stands_open(session: Session, attempt_id: str) -> bool:
    state = session.scalar(select(PaymentAttempt.state).where(PaymentAttempt.id == attempt_id))
    return state is AttemptState.OPEN


def _move(
    session: Session,
    attempt_id: str,
    to: AttemptState,
    expected: Collection[AttemptState],
    page: PaymentPage | None = None,
) -> bool:
    seen = {} if page is None else {"session_ref": page.ref, "page_url": page.url}
    moved = session.scalar(
        update(PaymentAttempt)
        .where(PaymentAttempt.id == attempt_id, PaymentAttempt.state.in_(expected))
        .values(state=to, **seen)
        .returning(PaymentAttempt.id)
        .execution_options(synchronize_session=False)
    )
    return moved is not None


def record_event(session: Session, event: EventSeen, *, now: datetime) -> bool:
    """Record an event; False when it is known and done."""
    made = insert_if_absent(
        session,
        GatewayEvent,
        {
            "event_ref": event.ref[:120],
            "kind": event.kind[:80],
            "object_ref": None if event.object_ref is None else event.object_ref[:120],
            "received_at": now,
        },
        key=["event_ref"],
    )
    return made is not None


def known_events(session: Session, refs: list[str]) -> set[str]:
    """Which of some events were told before."""
    found = select(GatewayEvent.event_ref).where(GatewayEvent.event_ref.in_(refs))
    return set(session.scalars(found))


def raise_alert(
    session: Session,
    kind: AlertKind,
    *,
    subject: str,
    now: datetime,
    object_ref: str | None = None,
    payment_id: int | None = None,
    amount: int | None = None,
) -> bool:
    """Raise an alert for a person to look at.

    :param subject: what it is about; told again it stays one line.
    :return: whether it is new.
    """
    made = insert_if_absent(
        session,
        GatewayAlert,
        {
            "key": f"{kind.value}:{subject}"[:160],
            "kind": kind,
            "object_ref": object_ref,
            "payment_id": payment_id,
            "amount": amount,
            "at": now,
        },
        key=["key"],
    )
    if made is not None:
        audit.record(
            session,
            action=f"gateway.{kind.value}",
            subject=f"alert:{made}",
            actor_id=None,
            after={"object": object_ref, "payment": payment_id, "amount": amount},
            now=now,
        )
    return made is not None


def resolve(session: Session, alert_id: int, *, person_id: int, now: datetime) -> bool:
    """Note that somebody has seen to it; a second tap changes nothing."""
    moved = session.scalar(
        update(GatewayAlert)
        .where(GatewayAlert.id == alert_id, GatewayAlert.resolved_at.is_(None))
        .values(resolved_at=now, resolved_by_id=person_id)
        .returning(GatewayAlert.id)
        .execution_options(synchronize_session=False)
    )
    if moved is not None:
        audit.record(
            session,
            action="gateway.alert_resolved",
            subject=f"alert:{alert_id}",
            actor_id=person_id,
            now=now,
        )
    return moved is not None
