"""Money that somebody sent back in the gateway's own pages: it is in the books here, once (0280).

Nobody said there what it was for. So it ends a refund that could not reach the card, where the sum
is the same; else it is divided over the orders of its payment by what was left of them.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, case, or_, select
from sqlalchemy.orm import Session

from shop.core.database.upserts import insert_if_absent
from shop.core.values.money import allocate
from shop.payments.bills.models import PaymentOrder, Refund, RefundState
from shop.payments.bills.refunds import OUTSIDE, PLATFORM, claim, refund_promised
from shop.payments.bills.voucher_money import voucher_held
from shop.payments.cards.actions import HAS_MONEY
from shop.payments.cards.gateway import RefundProgress, RefundTold
from shop.payments.cards.jobs import is_undone_again, note_progress
from shop.payments.cards.models import AttemptState, PaymentAttempt
from shop.payments.ledger import actions as ledger
from shop.payments.ledger.actions import Posting
from shop.payments.ledger.models import AccountKind
from shop.payments.ledger.queries import held_for_order
from shop.sales.orders.models import Order, Purchase
from shop.sales.orders.rules import ENDS
from shop.services.outbox.actions import notify

_FAILED = Refund.state == RefundState.FAILED


def record_dashboard_refund(session: Session, told: RefundTold, *, now: datetime) -> int | None:
    """Record a refund that was made in the gateway's dashboard; a repeat changes nothing.

    :return: whose payment it was; None when nothing was booked: money of nobody we know, no whole
        rupiah, or more than is left of its orders and fits no refund that waits.
    """
    attempt = session.scalars(
        select(PaymentAttempt).where(
            PaymentAttempt.intent_ref == told.intent_ref, PaymentAttempt.state.in_(HAS_MONEY)
        )
    ).one_or_none()
    if attempt is None or told.amount is None or told.amount <= 0:
        return None
    # In id order and before anything else: whoever gives back by hand locks an order first, too,
    # and who tells the same at the same time waits here and then finds it told.
    orders = session.scalars(
        select(Order)
        .join(PaymentOrder, PaymentOrder.order_id == Order.id)
        .where(PaymentOrder.payment_id == attempt.payment_id)
        .order_by(Order.id)
        .with_for_update(of=Order)
        .execution_options(populate_existing=True)
    ).all()
    known = _told_before(session, told.ref)
    if not known and told.progress is not RefundProgress.FAILED:
        known = _written_down(session, told, attempt, orders, now)
    for refund in known:
        note_progress(session, refund.id, told.progress, now)
    return attempt.payment_id if known else None


def _told_before(session: Session, ref: str) -> list[Refund]:
    return list(
        session.scalars(
            select(Refund)
            .where(or_(Refund.gateway_ref == ref, Refund.reference == ref))
            .order_by(Refund.id)
            .with_for_update()
        )
    )


def _written_down(
    session: Session,
    told: RefundTold,
    attempt: PaymentAttempt,
    orders: Sequence[Order],
    now: datetime,
) -> list[Refund]:
    assert told.amount is not None
    waiting = _waiting(session, attempt, told.amount)
    if waiting is not None:
        waiting.gateway_ref, waiting.state = told.ref, RefundState.SENT
        session.flush()
        return [waiting]
    if attempt.state is not AttemptState.PAID:
        return []  # it counts for no order, and all of it is on its way back already
    return _divided(session, told, attempt.payment_id, orders, now)


def _waiting(session: Session, attempt: PaymentAttempt, amount: int) -> Refund | None:
    """A refund of this very sum that has not gone: it failed at the card, or nobody asked yet."""
    is_mine = Refund.attempt_id == attempt.id
    if attempt.state is AttemptState.PAID:
        is_mine = or_(is_mine, Refund.attempt_id.is_(None))
    return session.scalars(
        select(Refund)
        .where(Refund.payment_id == attempt.payment_id, is_mine, Refund.amount == amount)
        .where(Refund.transfer_id.is_(None))
        .where(or_(_FAILED, and_(Refund.state == RefundState.ASKED, Refund.tries == 0)))
        .where(~is_undone_again())
        .order_by(case((_FAILED, 0), else_=1), Refund.id)
        .limit(1)
        .with_for_update()
    ).first()


def _divided(
    session: Session, told: RefundTold, payment_id: int, orders: Sequence[Order], now: datetime
) -> list[Refund]:
    """Refunds of the orders of a payment that are this much together; none when it does not fit."""
    left = {order.id: order.total - order.refunded for order in orders}
    assert told.amount is not None
    if told.amount > sum(left.values()):
        return []
    shares = allocate(told.amount, [left[order.id] for order in orders])
    made = []
    for order, share in zip(orders, shares, strict=True):
        if not share:
            continue
        key = f"{OUTSIDE}:{told.ref}:{order.number}"[:120]
        row = insert_if_absent(
            session,
            Refund,
            {
                "key": key,
                "payment_id": payment_id,
                "order_id": order.id,
                "amount": share,
                "reason": OUTSIDE,
                "bearer": PLATFORM,
                "lines": {},
                "state": RefundState.SENT,
                "reference": told.ref[:60],
                "asked_at": now,
            },
            key=["key"],
        )
        assert row is not None  # the orders are ours until the end of the transaction
        before = order.refunded
        claim(session, order, share)
        _book(session, order, share, key, now)
        _tell(session, order, before, now)
        refund = session.get_one(Refund, row)
        for listen in refund_promised:
            listen(session, refund, order, share, now)
        made.append(refund)
    return made


def _book(session: Session, order: Order, amount: int, key: str, now: datetime) -> None:
    """What still stands as *titipan* pays, but for what a voucher gave.

    Beyond it the cooperative that had the money; before that only what the card cost is missing,
    and the platform bears it.
    """
    mine = order.cooperative_id
    paid_in = held_for_order(session, order.id) - voucher_held(session, order.id)
    held = min(max(paid_in, 0), amount)
    beyond = AccountKind.COOPERATIVE_DUE if order.state in ENDS else AccountKind.PAYMENT_COST
    bears = ledger.account(session, beyond, cooperative_id=mine if order.state in ENDS else None)
    escrow = ledger.account(session, AccountKind.ESCROW, cooperative_id=mine)
    due = ledger.account(session, AccountKind.REFUND_DUE)
    ledger.post(
        session,
        kind="refund",
        reason=f"refund:{key}",
        postings=[
            Posting(escrow, held, order.id),
            Posting(bears, amount - held, order.id),
            Posting(due, -amount, order.id),
        ],
        now=now,
    )


def _tell(session: Session, order: Order, before: int, now: datetime) -> None:
    """The shopper is told as of any refund; what had gone back before names it."""
    contact_id = session.scalar(select(Purchase.contact_id).where(Purchase.id == order.purchase_id))
    assert contact_id is not None
    notify(
        session,
        key=f"order_refunded:{order.id}" + (f":{before + 1}" if before else ""),
        kind="order_refunded",
        contact_id=contact_id,
        cooperative_id=order.cooperative_id,
        order_id=order.id,
        purchase_id=order.purchase_id,
        now=now,
    )
