"""What must always be true of cash, beside orders, bills and books."""

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from shop.core.database.invariants import Check, no_rows
from shop.payments.bills.holding_accounts import ROAD
from shop.payments.bills.models import CASH, Payment, PaymentState
from shop.payments.cash.models import CashDue, CashState
from shop.payments.ledger.models import AccountKind, LedgerAccount, LedgerEntry, LedgerPosting
from shop.sales.orders.models import Order
from shop.sales.orders.rules import OrderState

TAKEN = (CashState.COLLECTED, CashState.HANDED_OVER)
OVER = (CashState.REFUSED, CashState.DROPPED)
UNSOLD = (OrderState.REFUSED, OrderState.CANCELLED, OrderState.RETURNED)


def verify(session: Session) -> dict[str, Check]:
    """Bills, orders and books tell the same about each parcel's cash."""
    return {
        "cash_bills_follow_their_cash": _bills(session),
        "cash_is_handed_over_once_and_booked": _handed(session),
        "cash_on_the_road_is_what_was_collected": _road(session),
        "cash_orders_are_done_only_after_the_drawer_has_it": no_rows(
            session.execute(
                select(Order.number, CashDue.state)
                .join(CashDue, CashDue.order_id == Order.id)
                .where(
                    or_(
                        and_(
                            Order.state == OrderState.DONE, CashDue.state != CashState.HANDED_OVER
                        ),
                        and_(Order.state.in_(UNSOLD), CashDue.state == CashState.ASKED),
                    )
                )
            ),
            "order {}: its cash is {}",
        ),
    }


def _bills(session: Session) -> Check:
    """Promised while asked, paid once taken, cancelled when nothing will be."""
    return no_rows(
        session.execute(
            select(Payment.code, Payment.state, CashDue.state)
            .outerjoin(CashDue, CashDue.payment_id == Payment.id)
            .where(Payment.method.in_(CASH))
            .where(
                or_(
                    CashDue.order_id.is_(None),
                    (CashDue.state == CashState.ASKED) != (Payment.state == PaymentState.PROMISED),
                    CashDue.state.in_(TAKEN) != (Payment.state == PaymentState.PAID),
                    CashDue.state.in_(OVER) != (Payment.state == PaymentState.CANCELLED),
                )
            )
        ),
        "bill {} is {}, its cash {}",
    )


def _handed(session: Session) -> Check:
    entry = exists().where(LedgerEntry.reason == func.concat("cash-handed:", Order.number))
    return no_rows(
        session.execute(
            select(Order.number, CashDue.state)
            .join(CashDue, CashDue.order_id == Order.id)
            .where(CashDue.asked > 0, (CashDue.state == CashState.HANDED_OVER) != entry)
        ),
        "order {}: its cash is {}",
    )


def _road(session: Session) -> Check:
    """For each order, what stands with whoever took it is what they took and did not hand over."""
    stands = func.coalesce(func.sum(LedgerPosting.amount), 0)
    on_road = (
        select(LedgerPosting.order_id, stands.label("amount"))
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        .where(LedgerAccount.kind == AccountKind.CASH_DRAWER)
        .where(LedgerAccount.code.endswith(f":{ROAD}", autoescape=True))
        .group_by(LedgerPosting.order_id)
        .subquery()
    )
    held = func.coalesce(on_road.c.amount, 0)
    is_held = CashDue.state == CashState.COLLECTED
    return no_rows(
        session.execute(
            select(Order.number, held, CashDue.asked)
            .join(CashDue, CashDue.order_id == Order.id)
            .outerjoin(on_road, on_road.c.order_id == Order.id)
            .where(or_(and_(is_held, held != CashDue.asked), and_(~is_held, held != 0)))
        ),
        "order {}: {} on the road, {} was asked",
    )
