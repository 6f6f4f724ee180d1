"""Refunds that people have to send: what was named, what waits for a second person, what went."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shop.aftersales.refund_transfers.destinations import BY_HAND
from shop.core.database import pagination
from shop.core.values.money import Rupiah
from shop.payments.bills.models import (
    Payee,
    Payment,
    Refund,
    RefundDestination,
    RefundTransfer,
    TransferState,
)
from shop.sales.orders.models import Purchase

LATEST = 20


@dataclass(frozen=True, slots=True)
class Payable:
    """All that waits for one destination."""

    destination_id: int
    provider: str
    number: str
    holder: str
    amount: Rupiah
    parts: int
    """How many refunds it is together."""
    since: datetime
    purchase_code: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A transfer that was written down."""

    transfer_id: int
    provider: str
    number: str
    holder: str
    amount: Rupiah
    reference: str
    made_by_id: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """Money whose shoppers have not said where it goes; a liability until they do."""

    amount: Rupiah
    purchases: int


def payable(
    session: Session, cooperative_id: int | None, after: str | None = None
) -> pagination.Page[Payable]:
    """What can be sent now, oldest destination first; one statement."""
    start = pagination.read_cursor(after, (int,))
    statement = (
        select(
            RefundDestination,
            func.sum(Refund.amount),
            func.count(),
            func.min(Refund.asked_at),
            Purchase.code,
        )
        .join(Refund, Refund.destination_id == RefundDestination.id)
        .join(Payment, Payment.id == Refund.payment_id)
        .join(Payee, Payee.id == Payment.payee_id)
        .join(Purchase, Purchase.id == RefundDestination.purchase_id)
        .where(BY_HAND, Payee.cooperative_id.is_not_distinct_from(cooperative_id))
        .group_by(RefundDestination.id, Purchase.code)
        .order_by(RefundDestination.id)
        .limit(pagination.PAGE_ROWS + 1)
    )
    if start is not None:
        statement = statement.where(RefundDestination.id > start[0])
    rows = [
        Payable(
            destination.id,
            destination.provider,
            destination.number,
            destination.holder,
            Rupiah(int(amount)),
            parts,
            since,
            code,
        )
        for destination, amount, parts, since, code in session.execute(statement)
    ]
    return pagination.page_of(rows, pagination.PAGE_ROWS, lambda row: (row.destination_id,))


def transfers(
    session: Session, cooperative_id: int | None, state: TransferState
) -> tuple[Sent, ...]:
    """Transfers in one state, newest first; one statement."""
    rows = session.execute(
        select(RefundTransfer, RefundDestination)
        .join(RefundDestination, RefundDestination.id == RefundTransfer.destination_id)
        .join(Payee, Payee.id == RefundTransfer.payee_id)
        .where(RefundTransfer.state == state)
        .where(Payee.cooperative_id.is_not_distinct_from(cooperative_id))
        .order_by(RefundTransfer.id.desc())
        .limit(LATEST)
    )
    return tuple(
        Sent(
            transfer.id,
            destination.provider,
            destination.number,
            destination.holder,
            Rupiah(transfer.amount),
            transfer.reference,
            transfer.made_by_id,
            transfer.made_at,
        )
        for transfer, destination in rows
    )


def unclaimed(session: Session, cooperative_id: int | None) -> Unclaimed:
    """What nobody has named a destination for; one statement."""
    amount, purchases = session.execute(
        select(func.sum(Refund.amount), func.count(func.distinct(Payment.purchase_id)))
        .join(Payment, Payment.id == Refund.payment_id)
        .join(Payee, Payee.id == Payment.payee_id)
        .where(BY_HAND, Refund.destination_id.is_(None))
        .where(Payee.cooperative_id.is_not_distinct_from(cooperative_id))
    ).one()
    return Unclaimed(Rupiah(int(amount or 0)), purchases)
