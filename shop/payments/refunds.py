"""Asking for money to go back. Whoever pays it out finds it as a liability, with its cause."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.rows import insert_unless_there
from shop.ledger import actions as ledger
from shop.ledger.actions import Posting
from shop.ledger.models import AccountKind
from shop.orders.models import Order
from shop.outbox.actions import enqueue
from shop.payments.models import Method, Payment, Refund, RefundState

PLATFORM, COOPERATIVE = "platform", "cooperative"
"""Who bears the costs of a refund."""

SEND_JOB = "card-refund"
STRANGE = "strange"
"""Reason: the money was not what had been asked, and counted for nothing."""


def ask_refund(
    session: Session,
    *,
    key: str,
    payment_id: int,
    order: Order | None,
    amount: int,
    reason: str,
    bearer: str,
    now: datetime,
    from_escrow: bool = True,
    packs_by_line: Mapping[int, int] | None = None,
    person_id: int | None = None,
    attempt_id: str | None = None,
) -> Refund:
    """Promise the shopper money back, once for each cause. To a card it goes by itself (R23).

    :param order: None for money that came on top of a bill.
    :param key: the cause, unique for ever, for example ``refused:GYO-26-000123``.
    :param reason: its code, never free text.
    :param from_escrow: whether the money still stands as *titipan* of the order and is to be
        booked to what is due to shoppers; False when the caller booked it there itself.
    :param packs_by_line: how many packs of which line go back, where the refund is for packs.
    :param attempt_id: whose money it is, where it is not that of the attempt that settled.
    """
    made = insert_unless_there(
        session,
        Refund,
        {
            "key": key,
            "payment_id": payment_id,
            "attempt_id": attempt_id,
            "order_id": None if order is None else order.id,
            "amount": amount,
            "reason": reason,
            "bearer": bearer,
            "lines": {str(line): packs for line, packs in (packs_by_line or {}).items()},
            "state": RefundState.ASKED,
            "asked_at": now,
            "asked_by_id": person_id,
        },
        key=["key"],
    )
    if made is not None and from_escrow and order is not None:
        escrow = ledger.account(session, AccountKind.ESCROW, cooperative_id=order.cooperative_id)
        due = ledger.account(session, AccountKind.REFUND_DUE)
        ledger.post(
            session,
            kind="refund",
            reason=f"refund:{key}",
            postings=[Posting(escrow, amount, order.id), Posting(due, -amount, order.id)],
            now=now,
            actor_id=person_id,
        )
    method = session.scalar(select(Payment.method).where(Payment.id == payment_id))
    if made is not None and method is Method.CARD:
        enqueue(
            session,
            kind=SEND_JOB,
            key=f"{SEND_JOB}:{made}",
            payload={"refund_id": made},
            now=now,
        )
    return session.scalars(select(Refund).where(Refund.key == key)).one()
