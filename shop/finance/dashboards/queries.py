"""What was sold, in figures that tie to the books. Each read costs a fixed number of statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from shop.core.database.months import Month, sums_by_month
from shop.core.values.money import Rupiah
from shop.fulfilment.board.overview import goods_not_refunded
from shop.payments.bills.holding_accounts import PASSING
from shop.payments.bills.models import Method, Payment, PaymentState
from shop.payments.ledger.models import AccountKind, LedgerAccount, LedgerPosting
from shop.sales.orders.models import Order, OrderLine, OrderState

NOT_SOLD = (
    OrderState.UNPAID,
    OrderState.LAPSED,
    OrderState.REFUSED,
    OrderState.CANCELLED,
    OrderState.RETURNED,
)
"""Orders whose goods were not sold in the end."""

BEST = 5


@dataclass(frozen=True, slots=True)
class MonthSum:
    """Rupiah of one month."""

    month: Month
    amount: Rupiah


@dataclass(frozen=True, slots=True)
class Best:
    """Goods that sold well."""

    name: str
    packs: int
    amount: Rupiah


@dataclass(frozen=True, slots=True)
class MethodSum:
    """What was paid in one way."""

    method: Method
    count: int
    amount: Rupiah


@dataclass(frozen=True, slots=True)
class Held:
    """Where the market's money belongs, all in rupiah ``>= 0`` unless somebody owes."""

    escrow: Rupiah
    """*Titipan*: held for orders that are not done."""
    cooperatives: Rupiah
    members: Rupiah
    refunds: Rupiah
    """Promised back to shoppers."""
    unrecognised: Rupiah


def sales_by_month(
    session: Session, months: Sequence[Month], cooperative_id: int | None = None
) -> tuple[MonthSum, ...]:
    """Goods that were sold, by the month they were paid in; one statement.

    After discounts and without what was paid back for packs that could not be sent; without
    delivery, and without orders that were refused, called off or came back.

    :param cooperative_id: of one cooperative; None: of the whole market.
    """
    wanted = select(*sums_by_month(goods_not_refunded(), Order.paid_at, months)).where(
        *_sold(cooperative_id)
    )
    row = session.execute(wanted).one()
    return tuple(
        MonthSum(month, Rupiah(int(amount))) for month, amount in zip(months, row, strict=True)
    )


def best_goods(
    session: Session, since: datetime, cooperative_id: int | None = None, maximum: int = BEST
) -> tuple[Best, ...]:
    """Goods of which most packs were sold, and what they brought; one statement.

    Rupiah are those of the packs that were sent: the price, as it was agreed.
    """
    packs = func.sum(OrderLine.packs - OrderLine.refunded)
    amount = func.sum(OrderLine.unit_price * (OrderLine.packs - OrderLine.refunded))
    rows = session.execute(
        select(func.min(OrderLine.name), packs, amount)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.paid_at >= since, *_sold(cooperative_id))
        .group_by(OrderLine.product_id)
        .having(packs > 0)
        .order_by(packs.desc(), amount.desc(), OrderLine.product_id)
        .limit(maximum)
    )
    return tuple(Best(name, int(count), Rupiah(int(total))) for name, count, total in rows)


def paid_by_method(session: Session, since: datetime) -> tuple[MethodSum, ...]:
    """How shoppers paid: bills and rupiah by method, most money first; one statement."""
    amount = func.sum(Payment.amount)
    rows = session.execute(
        select(Payment.method, func.count(), amount)
        .where(Payment.state == PaymentState.PAID, Payment.paid_at >= since)
        .group_by(Payment.method)
        .order_by(amount.desc(), Payment.method)
    )
    return tuple(MethodSum(method, count, Rupiah(int(total))) for method, count, total in rows)


def held_now(session: Session) -> Held:
    """To whom the market's money belongs at this moment; one statement."""
    is_passing = LedgerAccount.code.endswith(f":{PASSING}", autoescape=True)
    rows = session.execute(
        select(LedgerAccount.kind, is_passing, func.sum(LedgerPosting.amount))
        .join(LedgerPosting, LedgerPosting.account_id == LedgerAccount.id)
        .group_by(LedgerAccount.kind, is_passing)
    )
    found: dict[AccountKind, int] = {}
    passing = 0
    for kind, passes_on, total in rows:
        if passes_on:
            passing += int(total)
        else:
            found[kind] = -int(total)
    return Held(
        # Cash that a cooperative took, and what it received for its members, is not with the
        # market (any more).
        escrow=Rupiah(found.get(AccountKind.ESCROW, 0) + found.get(AccountKind.CASH_DRAWER, 0)),
        cooperatives=Rupiah(found.get(AccountKind.COOPERATIVE_DUE, 0)),
        members=Rupiah(found.get(AccountKind.MEMBER_DUE, 0) - passing),
        refunds=Rupiah(found.get(AccountKind.REFUND_DUE, 0)),
        unrecognised=Rupiah(found.get(AccountKind.UNRECOGNISED, 0)),
    )


def _sold(cooperative_id: int | None) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Order.state.not_in(NOT_SOLD)]
    if cooperative_id is not None:
        conditions.append(Order.cooperative_id == cooperative_id)
    return conditions
