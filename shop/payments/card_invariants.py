"""What must always be true of money that came by card."""

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from shop.core.checks import Check, none_of
from shop.ledger.models import AccountKind, LedgerAccount, LedgerEntry, LedgerPosting
from shop.payments.attempts import HAS_MONEY
from shop.payments.card_jobs import AGAIN
from shop.payments.models import (
    WAS_PAID,
    AttemptState,
    Dispute,
    DisputeState,
    Method,
    Payee,
    PayeeKind,
    Payment,
    PaymentAttempt,
    Receipt,
    Refund,
    RefundState,
)


def verify(session: Session) -> dict[str, Check]:
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
    return none_of(
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
    return none_of(
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
    return none_of(rows, "gateway account of payee {}: {} in the books, {} by pages and refunds")


def _sum(session: Session, what: ColumnElement[int], *which: ColumnElement[bool]) -> int:
    return int(session.scalar(select(what).where(*which)) or 0)
