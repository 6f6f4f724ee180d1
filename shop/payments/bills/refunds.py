"""Asking for money to go back. Whoever pays it out finds it as a liability, with its cause."""

from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.core.database.upserts import insert_if_absent
from shop.payments.bills.errors import RefundedMeanwhile, RefundTooMuch
from shop.payments.bills.models import Method, Payment, Refund, RefundState
from shop.payments.ledger import actions as ledger
from shop.payments.ledger.actions import Posting
from shop.payments.ledger.models import AccountKind
from shop.sales.orders.models import Order
from shop.services.outbox.actions import enqueue

PLATFORM, COOPERATIVE = "platform", "cooperative"
"""Who bears the costs of a refund."""

SEND_JOB = "card-refund"
STRANGE = "strange"
"""Reason: the money was not what had been asked, and counted for nothing."""
SHORT_BACK = "short_back"
"""Reason: it was too little, and the bill is over and was never paid."""
OUTSIDE = "outside"
"""Reason: somebody sent it back in the gateway's own pages. Nobody asks the gateway for it."""

refund_promised: list[Callable[[Session, Refund, Order, int, datetime], object]] = []
"""Rooms above that follow money of an order on its way back, once for each refund: session,
refund, order, rupiah of it that are the order's own, now."""


def claim(session: Session, order: Order, amount: int, *, seen: int | None = None) -> None:
    """Count money of an order as going back: never more than was paid, whoever else gives back.

    :param seen: what had gone back when somebody looked at it; another figure means that their
        reckoning holds no more.
    :raises RefundTooMuch: with what is left.
    :raises RefundedMeanwhile: when it is not what was seen.
    """
    wanted = [Order.id == order.id, Order.refunded + amount <= Order.total]
    if seen is not None:
        wanted.append(Order.refunded == seen)
    # The test sits inside the UPDATE, so nobody can slip in between.
    claimed = session.scalar(
        update(Order)
        .where(*wanted)
        .values(refunded=Order.refunded + amount)
        .returning(Order.id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(order, ["refunded"])
    if claimed is None and seen is not None and order.refunded != seen:
        raise RefundedMeanwhile(order.refunded)
    if claimed is None:
        raise RefundTooMuch(order.total - order.refunded)


def request_refund(
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
    delivery: int = 0,
    beyond: int = 0,
    is_claimed: bool = False,
) -> Refund:
    """Promise the shopper money back, once for each cause. To a card it goes by itself (R23).

    :param order: None for money that came on top of a bill.
    :param key: the cause, unique for ever, for example ``refused:GYO-26-000123``.
    :param reason: its code, never free text.
    :param from_escrow: whether the money still stands as *titipan* of the order and is to be
        booked to what is due to shoppers; False when the caller booked it there itself.
    :param packs_by_line: how many packs of which line go back, where the refund is for packs.
    :param attempt_id: whose money it is, where it is not that of the attempt that settled.
    :param delivery: what of it is for delivery, where a person gave that back.
    :param beyond: what of it is not the order's own money: a unique code.
    :param is_claimed: the caller counted it on the order already.
    :raises RefundTooMuch: when less is left of what was paid for the order.
    """
    made = insert_if_absent(
        session,
        Refund,
        {
            "key": key,
            "payment_id": payment_id,
            "attempt_id": attempt_id,
            "order_id": None if order is None else order.id,
            "amount": amount,
            "delivery": delivery,
            "reason": reason,
            "bearer": bearer,
            "lines": {str(line): packs for line, packs in (packs_by_line or {}).items()},
            "state": RefundState.ASKED,
            "asked_at": now,
            "asked_by_id": person_id,
        },
        key=["key"],
    )
    if made is not None and order is not None and amount > beyond and not is_claimed:
        claim(session, order, amount - beyond)
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
    refund = session.scalars(select(Refund).where(Refund.key == key)).one()
    if made is not None and order is not None and amount > beyond:
        for listen in refund_promised:
            listen(session, refund, order, amount - beyond, now)
    return refund
