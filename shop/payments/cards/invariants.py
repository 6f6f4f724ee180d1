"""What must always be true of money in, across payments, orders and books."""

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from shop.core.database.invariants import Check, no_rows
from shop.payments.bills.models import (
    BY_STATEMENT,
    WAS_PAID,
    Method,
    Payee,
    PayeeKind,
    Payment,
    PaymentOrder,
    PaymentState,
    Receipt,
    ReceiptMatch,
    ReceiptReturn,
    Refund,
    RefundState,
)
from shop.payments.bills.refunds import STRANGE
from shop.payments.bills.voucher_money import KINDS as VOUCHER_KINDS
from shop.payments.cards.actions import HAS_MONEY
from shop.payments.cards.jobs import AGAIN
from shop.payments.cards.models import AttemptState, Dispute, DisputeState, PaymentAttempt
from shop.payments.ledger.models import AccountKind, LedgerAccount, LedgerEntry, LedgerPosting
from shop.sales.orders.models import Order, Purchase
from shop.sales.orders.rules import ENDS, OrderState

OVER = (*sorted(ENDS), OrderState.UNPAID, OrderState.LAPSED)
"""States in which nothing is held for an order."""


def verify(session: Session) -> dict[str, Check]:
    """Bills are the sums of their orders, receipts are used once, paid means posted."""
    return {
        "payments_are_the_sum_of_their_orders": _payment_totals(session),
        "purchases_are_covered_by_payments": _coverage(session),
        "payment_amounts_add_up": no_rows(
            session.execute(
                select(Payment.code).where(
                    Payment.amount != Payment.orders_total + Payment.unique_code
                )
            ),
            "payment {}",
        ),
        "receipts_are_used_once": _receipts(session),
        "paid_means_posted": _posted(session),
        "unique_codes_are_unique": no_rows(
            session.execute(
                select(Payment.payee_id, Payment.amount, func.count())
                .where(Payment.code_held)
                .group_by(Payment.payee_id, Payment.amount)
                .having(func.count() > 1)
            ),
            "payee {}: {} is asked {} times",
        ),
        "open_transfers_hold_their_code": no_rows(
            session.execute(
                select(Payment.code)
                .where(Payment.state == PaymentState.OPEN, Payment.method.in_(BY_STATEMENT))
                .where(~Payment.code_held)
            ),
            "payment {}",
        ),
        "escrow_is_what_was_paid_and_not_yet_released": _escrow(session),
        "refunds_do_not_exceed_payments": _refunds(session),
        **verify_cards(session),
    }


def _payment_totals(session: Session) -> Check:
    covered = func.coalesce(func.sum(PaymentOrder.amount), 0)
    return no_rows(
        session.execute(
            select(Payment.code, Payment.orders_total, covered)
            .outerjoin(PaymentOrder, PaymentOrder.payment_id == Payment.id)
            .group_by(Payment.id, Payment.code, Payment.orders_total)
            .having(covered != Payment.orders_total)
        ),
        "payment {}: {} asked, its orders give {}",
    )


def _coverage(session: Session) -> Check:
    # Every order has one bill that counts, however often its shopper chose another way to pay.
    current = (
        select(PaymentOrder.order_id, PaymentOrder.amount)
        .join(Payment, Payment.id == PaymentOrder.payment_id)
        .where(Payment.state.not_in((PaymentState.REPLACED, PaymentState.RETURNED)))
        .subquery()
    )
    asked = func.coalesce(func.sum(current.c.amount), 0)
    return no_rows(
        session.execute(
            select(Order.number, Order.total, asked)
            .join(Purchase, Purchase.id == Order.purchase_id)
            .outerjoin(current, current.c.order_id == Order.id)
            .group_by(Order.id, Order.number, Order.total)
            .having(asked != Order.total)
        ),
        "order {}: total {}, bills ask {}",
    )


def _receipts(session: Session) -> Check:
    back = func.coalesce(
        select(func.sum(ReceiptReturn.amount))
        .where(ReceiptReturn.receipt_id == Receipt.id)
        .correlate(Receipt)
        .scalar_subquery(),
        0,
    )
    used = func.sum(ReceiptMatch.amount)
    return no_rows(
        session.execute(
            select(Receipt.id, Receipt.amount, used)
            .join(ReceiptMatch, ReceiptMatch.receipt_id == Receipt.id)
            .group_by(Receipt.id, Receipt.amount)
            .having(or_(used + back > Receipt.amount, used < 0))
        ),
        "receipt {}: {} received, {} used",
    )


def _posted(session: Session) -> Check:
    """A payment is paid exactly when its entry stands in the books; Rp0 moves nothing there."""
    entry = exists().where(LedgerEntry.reason == func.concat("payment:", Payment.code))
    return no_rows(
        session.execute(
            select(Payment.code, Payment.state).where(
                or_(
                    and_(Payment.state.in_(WAS_PAID), Payment.amount > 0, ~entry),
                    and_(Payment.state.not_in(WAS_PAID), entry),
                )
            )
        ),
        "payment {} is {}",
    )


def _escrow(session: Session) -> Check:
    """What stands as *titipan* for an order: paid, less cost and refunds; nothing at its end."""
    held = _escrow_sum()
    cost = _escrow_sum(LedgerEntry.kind == "payment-cost")
    # What of a bill in cash was never asked, because packs were not sent.
    back = _escrow_sum(LedgerEntry.kind.in_(("refund", "not-asked")))
    # A voucher's sponsor puts in what the shopper need not pay: a credit, so it counts on top.
    voucher = _escrow_sum(LedgerEntry.kind.in_(VOUCHER_KINDS))
    # What its cooperative had to add for a refund, because the way to pay cost something.
    added = _escrow_sum(LedgerEntry.kind == "refund-loss")
    # What a real box made cheaper by less than is worth sending back.
    apart = _escrow_sum(LedgerEntry.kind == "freight-difference")
    expected = Order.total - voucher - cost - back - added - apart
    return no_rows(
        session.execute(
            select(Order.number, -held, expected).where(
                or_(
                    and_(Order.state.in_(OVER), held != 0),
                    and_(Order.state.not_in(OVER), Order.paid_at.is_not(None), -held != expected),
                )
            )
        ),
        "order {}: {} held, {} expected",
    )


def _refunds(session: Session) -> Check:
    """What is promised back is at most what came, by transfer or by card."""
    back = func.sum(Refund.amount)
    came = select(func.sum(ReceiptMatch.amount)).where(ReceiptMatch.payment_id == Payment.id)
    # Money of a bill that stayed short left its matches when it was promised back.
    left = select(func.coalesce(func.sum(ReceiptReturn.amount), 0)).where(
        ReceiptReturn.payment_id == Payment.id
    )
    by_card = select(func.sum(PaymentAttempt.amount)).where(
        PaymentAttempt.payment_id == Payment.id, PaymentAttempt.state.in_(HAS_MONEY)
    )
    paid = func.coalesce(
        came.correlate(Payment).scalar_subquery() + left.correlate(Payment).scalar_subquery(),
        by_card.correlate(Payment).scalar_subquery(),
        Payment.amount,
    )
    return no_rows(
        session.execute(
            select(Payment.code, paid, back)
            .join(Refund, Refund.payment_id == Payment.id)
            .where(Refund.reason != STRANGE)  # that money never counted for the payment
            .group_by(Payment.id, Payment.code, Payment.amount)
            .having(and_(back > paid, back > Payment.amount))
        ),
        "payment {}: {} paid, {} promised back",
    )


def _escrow_sum(*which: ColumnElement[bool]) -> ColumnElement[int]:
    """Postings on *titipan* of the order at hand."""
    total = (
        select(func.sum(LedgerPosting.amount))
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        .join(LedgerEntry, LedgerEntry.id == LedgerPosting.entry_id)
        .where(LedgerAccount.kind == AccountKind.ESCROW, LedgerPosting.order_id == Order.id)
        .where(*which)
    )
    return func.coalesce(total.correlate(Order).scalar_subquery(), 0)


def verify_cards(session: Session) -> dict[str, Check]:
    """Every paid bill has the page it was paid on; the gateway's account is what came and went."""
    return {
        "card_payments_were_paid_on_a_page": _paid_on_a_page(session),
        "card_refunds_that_arrived_are_posted": _refunds_posted(session),
        "card_money_is_where_the_books_say": _account(session),
    }


def _paid_on_a_page(session: Session) -> Check:
    settled = select(func.coalesce(func.sum(PaymentAttempt.amount), 0)).where(
        PaymentAttempt.payment_id == Payment.id, PaymentAttempt.state == AttemptState.PAID
    )
    came = settled.correlate(Payment).scalar_subquery()
    return no_rows(
        session.execute(
            select(Payment.code, Payment.state, Payment.amount, came)
            .where(Payment.method == Method.CARD)
            .where(
                or_(
                    and_(Payment.state.in_(WAS_PAID), came != Payment.amount),
                    and_(Payment.state.not_in(WAS_PAID), came != 0),
                )
            )
        ),
        "payment {} is {}: {} asked, {} came by card",
    )


def _refunds_posted(session: Session) -> Check:
    """Money that arrived on a card has left the books; what did not is still owed."""

    def is_posted(cause: str) -> ColumnElement[bool]:
        return exists().where(LedgerEntry.reason == func.concat(cause, Refund.key))

    is_out = or_(
        and_(is_posted("refund-paid:"), ~is_posted("refund-failed:")),
        and_(is_posted(f"refund-paid{AGAIN}:"), ~is_posted(f"refund-failed{AGAIN}:")),
    )
    return no_rows(
        session.execute(
            select(Refund.key, Refund.state)
            .join(Payment, Payment.id == Refund.payment_id)
            .where(Payment.method == Method.CARD, Refund.transfer_id.is_(None))
            .where(
                or_(
                    and_(Refund.state == RefundState.DONE, ~is_out),
                    and_(Refund.state != RefundState.DONE, is_out),
                )
            )
        ),
        "refund {} is {}",
    )


def _account(session: Session) -> Check:
    """All that came on pages and as unknown money, less what went back and what it cost."""
    rows = []
    for payee_id in session.scalars(select(Payee.id).where(Payee.kind == PayeeKind.GATEWAY)):
        mine = Payment.payee_id == payee_id
        came = _sum(
            session,
            func.sum(PaymentAttempt.amount - func.coalesce(PaymentAttempt.cost, 0)),
            PaymentAttempt.state.in_(HAS_MONEY),
            PaymentAttempt.payment_id == Payment.id,
            mine,
        )
        unknown = _sum(session, func.sum(Receipt.amount), Receipt.payee_id == payee_id)
        back = _sum(
            session,
            func.sum(Refund.amount),
            Refund.state == RefundState.DONE,
            Refund.transfer_id.is_(None),  # a person paid that one from a bank
            Refund.payment_id == Payment.id,
            mine,
        )
        stands = _sum(
            session,
            func.sum(LedgerPosting.amount),
            LedgerPosting.account_id == LedgerAccount.id,
            LedgerAccount.code == f"{AccountKind.GATEWAY.value}:p{payee_id}",
        )
        # What banks hold or took for good; a question that was answered took nothing.
        taken = _sum(
            session,
            func.sum(Dispute.amount),
            Dispute.withdrawn_at.is_not(None),
            Dispute.state != DisputeState.WON,
            Dispute.payment_id == Payment.id,
            mine,
        )
        told = came + unknown - back - taken
        if stands != told:
            rows.append((payee_id, stands, told))
    return no_rows(rows, "gateway account of payee {}: {} in the books, {} by pages and refunds")


def _sum(session: Session, what: ColumnElement[int], *which: ColumnElement[bool]) -> int:
    return int(session.scalar(select(what).where(*which)) or 0)
