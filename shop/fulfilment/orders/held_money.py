"""What is held for an order: the payment it came with, what fills it up, and to whom it goes."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.fulfilment.orders.rules import divide
from shop.payments.bills.holding_accounts import PASSING, holding_account_of_order
from shop.payments.bills.models import Payment, PaymentOrder, PaymentState
from shop.payments.bills.refunds import COOPERATIVE, PLATFORM
from shop.payments.bills.voucher_money import voucher_held
from shop.payments.ledger import actions as ledger
from shop.payments.ledger.actions import Posting
from shop.payments.ledger.models import AccountKind, LedgerAccount, LedgerPosting
from shop.payments.ledger.queries import held_for_order
from shop.sales.orders.models import Order, OrderLine


def release_held_money(session: Session, order: Order, *, now: datetime) -> None:
    """Divide what was held for a finished order among those it belongs to (rules R20 to R22)."""
    held = held_for_order(session, order.id)
    lines = session.scalars(
        select(OrderLine).where(OrderLine.order_id == order.id).order_by(OrderLine.position)
    ).all()
    division = divide(lines, held)
    if not held and not division.cooperative:
        return  # all of it went back
    mine = order.cooperative_id

    def owed(kind: AccountKind, amount: int, member_id: int | None = None) -> Posting:
        is_platform = kind in (AccountKind.FEE_INCOME, AccountKind.TAX_DUE)
        account_id = ledger.account(
            session, kind, cooperative_id=None if is_platform else mine, member_id=member_id
        )
        return Posting(account_id, -amount, order.id)

    ledger.post(
        session,
        kind="order-done",
        reason=f"order-done:{order.number}",
        postings=[
            owed(AccountKind.ESCROW, -held),
            owed(AccountKind.COOPERATIVE_DUE, division.cooperative),
            *(
                owed(AccountKind.MEMBER_DUE, share, member_id)
                for member_id, share in division.members.items()
            ),
            owed(AccountKind.FEE_INCOME, division.fee),
            owed(AccountKind.TAX_DUE, division.tax),
        ],
        now=now,
    )
    kept = holding_account_of_order(session, order.id)
    if kept is not None:
        # A voucher's sponsor put its part to the operator, not into the cooperative's hands.
        lies = held - voucher_held(session, order.id)
        _keep_share(session, order, kept, lies, sum(division.members.values()), now)


def _keep_share(
    session: Session, order: Order, kept: int, lies: int, members: int, now: datetime
) -> None:
    """A cooperative that has the money itself keeps it: what it still owes is fee and tax (R1).

    Its members' part lies in the drawer from which they are paid.

    :param kept: the account on which its money lies, and ``lies`` how much of it.
    """
    mine = order.cooperative_id
    passing = ledger.account(session, AccountKind.CASH_DRAWER, cooperative_id=mine, owner=PASSING)
    due = ledger.account(session, AccountKind.COOPERATIVE_DUE, cooperative_id=mine)
    ledger.post(
        session,
        kind="share-kept",
        reason=f"share-kept:{order.number}",
        postings=[
            Posting(passing, members, order.id),
            Posting(due, lies - members, order.id),
            Posting(kept, -lies, order.id),
        ],
        now=now,
    )


def payment_of(session: Session, order: Order) -> Payment | None:
    """The payment that an order's money came with, locked: its orders may end at the same time."""
    return session.scalars(
        select(Payment)
        .join(PaymentOrder, PaymentOrder.payment_id == Payment.id)
        .where(PaymentOrder.order_id == order.id, Payment.state == PaymentState.PAID)
        .with_for_update(of=Payment)
    ).one_or_none()


def keep_rest(session: Session, order: Order, kind: str, now: datetime) -> None:
    """What is still held for an order that is over is its cooperative's.

    It paid for the way of what came back, or owes what a bank took.
    """
    held = held_for_order(session, order.id)
    if not held:
        return
    mine = order.cooperative_id
    escrow = ledger.account(session, AccountKind.ESCROW, cooperative_id=mine)
    due = ledger.account(session, AccountKind.COOPERATIVE_DUE, cooperative_id=mine)
    ledger.post(
        session,
        kind=kind,
        reason=f"{kind}:{order.number}",
        postings=[Posting(escrow, held, order.id), Posting(due, -held, order.id)],
        now=now,
    )


def top_up(
    session: Session,
    order: Order,
    amount: int,
    now: datetime,
    bearer: str = COOPERATIVE,
    cause: str = "",
) -> None:
    """What the way to pay cost is missing from what is held; who ends the order bears it (R24).

    :param cause: of the refund, unique for ever, where the order goes on.
    """
    missing = amount - held_for_order(session, order.id)
    missing -= _take_difference(session, order, missing, now, cause)
    if missing <= 0:
        return
    mine = order.cooperative_id
    escrow = ledger.account(session, AccountKind.ESCROW, cooperative_id=mine)
    due = (
        ledger.account(session, AccountKind.PAYMENT_COST)
        if bearer == PLATFORM
        else ledger.account(session, AccountKind.COOPERATIVE_DUE, cooperative_id=mine)
    )
    ledger.post(
        session,
        kind="refund-loss",
        reason=f"refund-loss:{cause or order.number}",
        postings=[Posting(due, missing, order.id), Posting(escrow, -missing, order.id)],
        now=now,
    )


def _take_difference(
    session: Session, order: Order, missing: int, now: datetime, cause: str
) -> int:
    """What was booked as *selisih ongkir* of an order is the first to go back with it."""
    if missing <= 0:
        return 0
    booked = session.scalar(
        select(func.sum(LedgerPosting.amount))
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        .where(
            LedgerPosting.order_id == order.id,
            LedgerAccount.kind == AccountKind.SHIPPING_DIFFERENCE,
        )
    )
    amount = min(missing, -int(booked or 0))
    if amount <= 0:
        return 0
    escrow = ledger.account(session, AccountKind.ESCROW, cooperative_id=order.cooperative_id)
    rest = ledger.account(session, AccountKind.SHIPPING_DIFFERENCE)
    ledger.post(
        session,
        kind="freight-difference",
        reason=f"freight-difference-undone:{cause or order.number}",
        postings=[Posting(rest, amount, order.id), Posting(escrow, -amount, order.id)],
        now=now,
    )
    return amount
