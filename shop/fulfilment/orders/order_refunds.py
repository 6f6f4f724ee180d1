"""What goes back to the shopper when an order is sent short, called off, refused or returned."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.fulfilment.orders.errors import BankDecides
from shop.fulfilment.orders.held_money import keep_rest, payment_of, top_up
from shop.fulfilment.orders.rules import Reason, given_back
from shop.payments.bills.models import Method, Payment, PaymentOrder, Refund
from shop.payments.bills.refunds import COOPERATIVE, PLATFORM, request_refund
from shop.payments.bills.voucher_money import give_voucher_back
from shop.payments.cards.disputes import is_disputed, lost_of
from shop.payments.cash.actions import drop, lessen
from shop.payments.cash.queries import is_asked
from shop.payments.ledger import actions as ledger
from shop.payments.ledger.actions import Posting
from shop.payments.ledger.models import AccountKind
from shop.sales.orders.models import Order, OrderLine, OrderState
from shop.sales.orders.rules import discount_of, refund_of
from shop.sales.vouchers import actions as vouchers

UNIQUE_CODE = "unique_code"
_NOTHING_SOLD = (OrderState.REFUSED, OrderState.CANCELLED)


def refund_packs(
    session: Session,
    order: Order,
    lines: Sequence[OrderLine],
    short: Mapping[int, int],
    *,
    now: datetime,
    person_id: int | None,
    reason: Reason = Reason.SHORT,
    cause: str = "",
) -> None:
    """Refund the price of packs that cannot be sent, share by share (rule R11).

    :param short: packs that are not sent, by line id.
    :param cause: unique for ever, where it is not the one time that an order is accepted short.
    """
    cause = cause or f"short:{order.number}"
    amount = voucher = 0
    for line in lines:
        packs = short.get(line.id, 0)
        units = given_back(line.packs, line.refunded, packs)
        amount += refund_of(line, units)
        voucher += discount_of(line, units)
        line.refunded += packs
    payment = payment_of(session, order)
    if payment is None and is_asked(session, order.id):
        lessen(session, order, amount)
    if payment is not None:
        amount = min(amount, _left(session, order, _lost(session, order, payment)))
    if payment is not None and amount:
        request_refund(
            session,
            key=cause,
            payment_id=payment.id,
            order=order,
            amount=amount,
            reason=reason,
            bearer=COOPERATIVE,
            packs_by_line=short,
            person_id=person_id,
            now=now,
        )
    if payment is not None:
        give_voucher_back(
            session,
            order,
            cause=cause,
            amount=voucher,
            now=now,
            person_id=person_id,
        )
    session.flush()


def refund_order(
    session: Session,
    order: Order,
    lines: Sequence[OrderLine],
    reason: Reason,
    *,
    now: datetime,
    person_id: int | None,
    bearer: str = COOPERATIVE,
) -> None:
    """Refund all of an order's money that is not refunded yet.

    :param bearer: who pays what the way to pay cost (rule R24).
    """
    packs = {line.id: line.packs - line.refunded for line in lines if line.refunded < line.packs}
    for line in lines:
        line.refunded = line.packs
    payment = payment_of(session, order)
    if payment is None:
        _nothing_paid(session, order, reason, now)
        return
    give_voucher_back(session, order, cause=f"ended:{order.number}", now=now, person_id=person_id)
    lost = _lost(session, order, payment)
    amount = _left(session, order, lost)
    if amount:
        top_up(session, order, amount, now, bearer)
        request_refund(
            session,
            key=f"ended:{order.number}",
            payment_id=payment.id,
            order=order,
            amount=amount,
            reason=reason,
            bearer=bearer,
            packs_by_line=packs,
            person_id=person_id,
            now=now,
        )
    if lost:  # its shopper has that already, and its cooperative owes it
        keep_rest(session, order, "dispute-settled", now)
    _give_code_back(session, order, payment, now)
    if order.discount_total and not _goes_on(session, order):
        vouchers.release(session, order.purchase_id, now=now)
    session.flush()


def give_back_returned(
    session: Session,
    order: Order,
    lines: Sequence[OrderLine],
    reason: Reason,
    *,
    now: datetime,
    person_id: int | None,
) -> None:
    """Promise the shopper the money of a parcel that came back to its cooperative.

    All of it, where the way was at fault. Where nobody took the parcel, the price of the goods:
    the delivery was done, and what the shopper paid for it is the cooperative's, which bears the
    way back (rule R18).
    """
    packs = {line.id: line.packs - line.refunded for line in lines if line.refunded < line.packs}
    goods = 0
    for line in lines:
        goods += refund_of(line, given_back(line.packs, line.refunded, packs.get(line.id, 0)))
        line.refunded = line.packs
    payment = payment_of(session, order)
    if payment is None:
        _nothing_paid(session, order, reason, now)
        return
    give_voucher_back(
        session, order, cause=f"returned:{order.number}", now=now, person_id=person_id
    )
    left = _left(session, order, _lost(session, order, payment))
    amount = min(goods, left) if reason.delivery_was_done else left
    if amount:
        top_up(session, order, amount, now)
        request_refund(
            session,
            key=f"returned:{order.number}",
            payment_id=payment.id,
            order=order,
            amount=amount,
            reason=reason,
            bearer=COOPERATIVE,
            packs_by_line=packs,
            person_id=person_id,
            now=now,
        )
    keep_rest(session, order, "delivery-kept", now)
    session.flush()


def give_back_parcel(
    session: Session,
    order: Order,
    lines: Sequence[OrderLine],
    packs: Mapping[int, int],
    reason: Reason,
    cause: str,
    *,
    now: datetime,
    person_id: int | None,
) -> None:
    """Promise the shopper the price of one parcel of several that will not come.

    The others go on, and with them what was paid for the delivery.

    :param packs: what lay in it, by line id; what went back before goes back no more.
    """
    left = {
        line.id: min(packs[line.id], line.packs - line.refunded)
        for line in lines
        if packs.get(line.id) and line.refunded < line.packs
    }
    refund_packs(
        session,
        order,
        lines,
        left,
        now=now,
        person_id=person_id,
        reason=reason,
        cause=cause,
    )


def _nothing_paid(session: Session, order: Order, reason: Reason, now: datetime) -> None:
    """An order ends whose cash nobody took: its bill too; who left it behind has it counted."""
    was_promised = drop(session, order, is_refused=reason.was_left_behind, now=now)
    if was_promised and order.discount_total and not _goes_on(session, order):
        vouchers.release(session, order.purchase_id, now=now)
    session.flush()


def _asked(session: Session, order: Order) -> int:
    """What was promised back of an order's money so far."""
    asked = session.scalar(select(func.sum(Refund.amount)).where(Refund.order_id == order.id))
    return int(asked or 0)


def _lost(session: Session, order: Order, payment: Payment) -> int:
    """Rupiah that a bank took for good and gave to the shopper (rule R24).

    :raises BankDecides: while it has not decided yet.
    """
    if payment.method is not Method.CARD:
        return 0
    if is_disputed(session, order.id):
        raise BankDecides(order.number)
    return lost_of(session, order.id)


def _left(session: Session, order: Order, lost: int) -> int:
    """What of an order's money was neither promised back before nor lost."""
    return max(order.total - _asked(session, order) - lost, 0)


def _goes_on(session: Session, order: Order) -> bool:
    """Whether any order of its purchase was not called off (rule R10)."""
    return (
        session.scalar(
            select(Order.id)
            .where(Order.purchase_id == order.purchase_id)
            .where(Order.state.not_in((*_NOTHING_SOLD, OrderState.LAPSED)))
            .limit(1)
        )
        is not None
    )


def _give_code_back(session: Session, order: Order, payment: Payment, now: datetime) -> None:
    """With the last order of a payment that is called off its unique code goes back (rule R5)."""
    code = payment.unique_code
    goes_on = session.scalar(
        select(Order.id)
        .join(PaymentOrder, PaymentOrder.order_id == Order.id)
        .where(PaymentOrder.payment_id == payment.id, Order.state.not_in(_NOTHING_SOLD))
        .limit(1)
    )
    if not code or goes_on is not None:
        return
    key = f"unique-code:{payment.code}"
    request_refund(
        session,
        key=key,
        payment_id=payment.id,
        order=order,
        amount=code,
        reason=UNIQUE_CODE,
        bearer=PLATFORM,
        from_escrow=False,
        beyond=code,
        now=now,
    )
    ledger.post(
        session,
        kind="refund",
        reason=f"refund:{key}",
        postings=[
            Posting(ledger.account(session, AccountKind.UNIQUE_CODE), code, order.id),
            Posting(ledger.account(session, AccountKind.REFUND_DUE), -code, order.id),
        ],
        now=now,
    )
