"""What is asked of the gateway after a commit: money back to a card, and what a payment cost.

Each job may run again after a crash: it asks with the same key and books once.
"""

from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.core.values.money import Rupiah
from shop.payments.bills.errors import CostUnknown
from shop.payments.bills.models import Payment, Refund, RefundState
from shop.payments.bills.payment_costs import source_account
from shop.payments.bills.refunds import OUTSIDE, SEND_JOB
from shop.payments.cards import actions as cards
from shop.payments.cards import gateway_setup
from shop.payments.cards.actions import COST_JOB
from shop.payments.cards.attempt_costs import post_attempt_cost
from shop.payments.cards.gateway import Gateway, GatewayRefused, RefundProgress, RefundSeen
from shop.payments.cards.models import AlertKind, AttemptState, PaymentAttempt
from shop.payments.ledger import actions as ledger
from shop.payments.ledger.actions import Posting
from shop.payments.ledger.models import AccountKind, LedgerEntry
from shop.services.outbox.worker import handles

GOING_ON = (RefundState.ASKED, RefundState.SENT)
AGAIN = "-again"
"""Beside the cause of an entry: it had come back from the card, and was sent there once more."""


@handles(SEND_JOB)
def send_refund_job(db: Database, payload: dict[str, Any], now: datetime) -> None:
    """Send one refund back to the card it came from."""
    gateway = gateway_setup.gateway()
    if gateway is not None:
        send_refund(db, gateway, int(payload["refund_id"]), now)


@handles(COST_JOB)
def learn_cost_job(db: Database, payload: dict[str, Any], now: datetime) -> None:
    """Book what a payment cost; comes back later while nobody knows it."""
    gateway = gateway_setup.gateway()
    if gateway is not None and not learn_cost(db, gateway, str(payload["attempt_id"]), now):
        raise CostUnknown(payload["attempt_id"])


def send_refund(
    db: Database, gateway: Gateway, refund_id: int, now: datetime
) -> RefundState | None:
    """Ask for one refund and book what became of it.

    :return: where it stands now; None when there is nothing to ask a gateway for.
    :raises GatewayUnavailable: when there is no answer; the next try has the same key.
    """
    wanted = db.write(partial(_begin, refund_id=refund_id))
    if wanted is None:
        return None
    key, intent_ref, amount = wanted
    try:
        seen = gateway.refund(key=key, intent_ref=intent_ref, amount=amount)
    except GatewayRefused:
        seen = RefundSeen("", RefundProgress.FAILED)
    return db.write(partial(_note, refund_id=refund_id, seen=seen, now=now))


def learn_cost(db: Database, gateway: Gateway, attempt_id: str, now: datetime) -> bool:
    """Ask what the gateway kept and book it, once; False while it is not known."""
    with db.reading() as session:
        attempt = session.get_one(PaymentAttempt, attempt_id)
        if attempt.cost is not None or attempt.intent_ref is None:
            return True
        intent_ref = attempt.intent_ref
    cost = gateway.cost(intent_ref)
    if cost is None:
        return False
    db.write(partial(post_attempt_cost, attempt_id=attempt_id, cost=cost, now=now))
    return True


def note_failed_refund(session: Session, gateway_ref: str, *, now: datetime) -> None:
    """Money that was on its way back did not arrive: it is owed to the shopper again."""
    refund = session.scalars(
        select(Refund).where(Refund.gateway_ref == gateway_ref).with_for_update()
    ).one_or_none()
    if refund is not None:
        _fail(session, refund, now)


def note_progress(
    session: Session, refund_id: int, progress: RefundProgress, now: datetime
) -> RefundState:
    """Move a refund to where the gateway says it stands."""
    return _note(session, refund_id, RefundSeen("", progress), now)


def is_ours(session: Session, gateway_ref: str, key: str | None) -> bool:
    """Whether the shop itself asked for a refund that a gateway tells of."""
    known = Refund.gateway_ref == gateway_ref
    if key is not None:  # its answer may not have reached us yet
        _word, _, rest = key.partition(":")
        code, _, refund_id = rest.partition(":")
        if refund_id.isdecimal() and len(refund_id) < 19:
            known = or_(known, and_(Refund.id == int(refund_id), Payment.code == code))
    found = exists().where(Refund.payment_id == Payment.id, Refund.tries > 0, known)
    return bool(session.scalar(select(found)))


def _begin(session: Session, refund_id: int) -> tuple[str, str, Rupiah] | None:
    """Count the try before it is made; key, the gateway's name for the money, rupiah."""
    refund = session.get_one(Refund, refund_id, with_for_update=True, populate_existing=True)
    if refund.state not in GOING_ON or refund.reason == OUTSIDE:
        return None
    attempt = _attempt(session, refund)
    if attempt is None or attempt.intent_ref is None:
        return None
    refund.tries += 1
    code = session.scalars(select(Payment.code).where(Payment.id == refund.payment_id)).one()
    # Unique for ever, also where a gateway remembers an older database of ours.
    return f"refund:{code}:{refund.id}", attempt.intent_ref, Rupiah(refund.amount)


def _attempt(session: Session, refund: Refund) -> PaymentAttempt | None:
    """The try whose money goes back."""
    if refund.attempt_id is not None:
        return session.get(PaymentAttempt, refund.attempt_id)
    return session.scalars(
        select(PaymentAttempt)
        .where(PaymentAttempt.payment_id == refund.payment_id)
        .where(PaymentAttempt.state == AttemptState.PAID)
    ).one_or_none()


def _note(session: Session, refund_id: int, seen: RefundSeen, now: datetime) -> RefundState:
    refund = session.get_one(Refund, refund_id, with_for_update=True, populate_existing=True)
    if seen.ref:
        refund.gateway_ref = seen.ref
    if seen.progress is RefundProgress.FAILED:
        _fail(session, refund, now)
    elif seen.progress is RefundProgress.DONE:
        _finish(session, refund, now)
    elif refund.state is RefundState.ASKED:
        refund.state = RefundState.SENT
    session.flush()
    return refund.state


def _finish(session: Session, refund: Refund, now: datetime) -> None:
    if not _move(session, refund, RefundState.DONE, GOING_ON, done_at=now):
        return
    turn = AGAIN if _is_undone(session, refund) else ""
    ledger.post(
        session,
        kind="refund-paid",
        reason=f"refund-paid{turn}:{refund.key}",
        postings=_books(session, refund),
        now=now,
    )


def is_undone_again() -> ColumnElement[bool]:
    """Beside refunds: it came back from a card twice, and a third way has to be found."""
    return exists().where(LedgerEntry.reason == func.concat(f"refund-failed{AGAIN}:", Refund.key))


def _is_undone(session: Session, refund: Refund) -> bool:
    undone = select(LedgerEntry.id).where(LedgerEntry.reason == f"refund-failed:{refund.key}")
    return session.scalar(undone) is not None


def _fail(session: Session, refund: Refund, now: datetime) -> None:
    was_done = refund.state is RefundState.DONE
    turn = AGAIN if was_done and _is_undone(session, refund) else ""
    if not _move(session, refund, RefundState.FAILED, (*GOING_ON, RefundState.DONE)):
        return
    if was_done:
        ledger.post(
            session,
            kind="refund-failed",
            reason=f"refund-failed{turn}:{refund.key}",
            postings=[
                Posting(one.account_id, -one.amount, one.order_id)
                for one in _books(session, refund)
            ],
            now=now,
        )
    cards.raise_alert(
        session,
        AlertKind.REFUND_FAILED,
        subject=str(refund.id),
        object_ref=refund.gateway_ref,
        payment_id=refund.payment_id,
        amount=refund.amount,
        now=now,
    )


def _books(session: Session, refund: Refund) -> list[Posting]:
    """What was owed to the shopper has left the gateway's account."""
    payment = session.get_one(Payment, refund.payment_id)
    due = ledger.account(session, AccountKind.REFUND_DUE)
    return [
        Posting(due, refund.amount, refund.order_id),
        Posting(source_account(session, payment), -refund.amount, refund.order_id),
    ]


def _move(
    session: Session,
    refund: Refund,
    to: RefundState,
    expected: tuple[RefundState, ...],
    **values: datetime,
) -> bool:
    moved = session.scalar(
        update(Refund)
        .where(Refund.id == refund.id, Refund.state.in_(expected))
        .values(state=to, **values)
        .returning(Refund.id)
        .execution_options(synchronize_session=False)
    )
    session.flush()
    session.refresh(refund)
    return moved is not None
