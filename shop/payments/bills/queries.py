"""Reads of money in."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from shop.core.database.schema import table_of
from shop.core.values.money import Rupiah
from shop.payments.bills.errors import NoSuchPayment
from shop.payments.bills.models import (
    CASH,
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
    ReceiptVoid,
)
from shop.payments.bills.qris import with_amount
from shop.payments.ledger.models import LedgerEntry
from shop.sales.orders.models import Order


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A bill as its shopper sees it: how much, where to, until when, and what came in."""

    id: int
    code: str
    method: Method
    state: PaymentState
    orders_total: Rupiah
    unique_code: int
    amount: Rupiah
    received: Rupiah
    due_at: datetime
    paid_at: datetime | None
    provider: str
    number: str | None
    holder: str | None
    qris: str | None
    """The code to pay by, with the amount in it where its owner wants that."""
    qris_has_amount: bool
    is_escrow: bool
    """Whether the money is held until the parcel arrives (rule R1)."""

    @property
    def missing(self) -> Rupiah:
        """Rupiah still to come once something came; below zero: too much."""
        return Rupiah(self.amount - self.received)

    @property
    def is_short(self) -> bool:
        """Whether something came, and less than was asked."""
        return 0 < self.received < self.amount

    @property
    def amount_to_pay(self) -> Rupiah:
        """Rupiah to pay now: what is missing, and all of it where too much came before."""
        return self.missing if self.is_short else self.amount


@dataclass(frozen=True, slots=True)
class OpenPayee:
    """An account that was verified and takes money now."""

    id: int
    cooperative_id: int | None
    """Whose it is; None: the operator's."""
    kind: PayeeKind
    provider: str
    number: str | None
    holder: str | None


def operator_payee(session: Session, kind: PayeeKind) -> OpenPayee | None:
    """The operator's account of a kind; None when there is none that was verified and is open."""
    return operator_payees(session).get(kind)


def operator_payees(session: Session) -> dict[PayeeKind, OpenPayee]:
    """The operator's first verified and open account of each kind."""
    return payees_for(session, ())


def payees_for(session: Session, cooperative_ids: Collection[int]) -> dict[PayeeKind, OpenPayee]:
    """The accounts that a purchase over these cooperatives can be paid to, by kind (rule R1).

    Where it is one cooperative that takes payments itself, its own come before the operator's.
    """
    only = next(iter(cooperative_ids)) if len(set(cooperative_ids)) == 1 else None
    chosen: dict[PayeeKind, OpenPayee] = {}
    for row in session.execute(_payees_for(), {"only": only}):
        payee = OpenPayee(*row)
        before = chosen.get(payee.kind)
        if before is None or before.cooperative_id is None:
            chosen[payee.kind] = payee
    return chosen


@cache
def _payees_for() -> Select[*tuple[Any, ...]]:
    payees = table_of(Payee).c
    own = and_(payees.cooperative_id == bindparam("only", type_=BigInteger), payees.takes_payments)
    return (
        select(
            payees.id,
            payees.cooperative_id,
            payees.kind,
            payees.provider,
            payees.number,
            payees.holder,
        )
        .where(or_(payees.cooperative_id.is_(None), own))
        .where(payees.verified_at.is_not(None), payees.closed_at.is_(None))
        # The operator's first account of a kind stands, until the newest of the cooperative's own
        # takes its place.
        .order_by(payees.cooperative_id.is_not(None), payees.id.desc())
    )


def accounts_to_read(session: Session, cooperative_id: int | None) -> tuple[Payee, ...]:
    """The open accounts whose money a person reads at the bank, the bank's before QRIS.

    :param cooperative_id: whose; None: the operator's.
    """
    return tuple(
        session.scalars(
            select(Payee)
            .where(Payee.cooperative_id.is_not_distinct_from(cooperative_id))
            .where(Payee.kind.in_((PayeeKind.BANK, PayeeKind.QRIS)))
            .where(Payee.verified_at.is_not(None), Payee.closed_at.is_(None))
            .order_by(Payee.kind, Payee.id)
        )
    )


def payment_by_code(session: Session, code: str, *, lock: bool = False) -> Payment:
    """The payment that answers to a code.

    :param lock: keep others from moving it until this transaction ends.
    :raises NoSuchPayment: when none does.
    """
    statement = select(Payment).where(Payment.code == code)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    payment = session.scalars(statement).one_or_none()
    if payment is None:
        raise NoSuchPayment(code)
    return payment


def payments_of(session: Session, purchase_id: int) -> tuple[PaymentView, ...]:
    """The bills of a purchase with where they are paid to, oldest first, in one statement."""
    return tuple(
        PaymentView(
            id=bill.id,
            code=bill.code,
            method=bill.method,
            state=bill.state,
            orders_total=Rupiah(bill.orders_total),
            unique_code=bill.unique_code,
            amount=Rupiah(bill.amount),
            received=Rupiah(int(bill.received)),
            due_at=bill.due_at,
            paid_at=bill.paid_at,
            provider=bill.provider,
            number=bill.number,
            holder=bill.holder,
            qris=_code_for(bill),
            qris_has_amount=bill.qris_with_amount,
            is_escrow=bill.cooperative_id is None,
        )
        for bill in session.execute(_bills(), {"purchase": purchase_id})
    )


@cache
def _bills() -> Select[*tuple[Any, ...]]:
    bills, payees = table_of(Payment), table_of(Payee)
    return (
        select(
            bills.c.id,
            bills.c.code,
            bills.c.method,
            bills.c.state,
            bills.c.orders_total,
            bills.c.unique_code,
            bills.c.amount,
            bills.c.due_at,
            bills.c.paid_at,
            payees.c.provider,
            payees.c.number,
            payees.c.holder,
            payees.c.qris,
            payees.c.qris_with_amount,
            payees.c.cooperative_id,
            received_now().label("received"),
        )
        .join_from(bills, payees, payees.c.id == bills.c.payee_id)
        .where(bills.c.purchase_id == bindparam("purchase"))
        .order_by(bills.c.id)
    )


def is_held(session: Session, order_id: int) -> bool:
    """Whether the operator keeps the money of a paid order until it is done (rule R1)."""
    held = (
        exists()
        .where(PaymentOrder.order_id == order_id, PaymentOrder.payment_id == Payment.id)
        .where(Payment.state == PaymentState.PAID)
        .where(Payee.id == Payment.payee_id, Payee.cooperative_id.is_(None))
    )
    return bool(session.scalar(select(held)))


def _code_for(bill: Row[*tuple[Any, ...]]) -> str | None:
    if bill.method is not Method.QRIS or bill.qris is None:
        return None
    code: str = bill.qris
    return with_amount(code, bill.amount) if bill.qris_with_amount else code


def orders_of(session: Session, payment_id: int) -> list[Order]:
    """The orders that a payment covers, by id."""
    return list(
        session.scalars(
            select(Order)
            .join(PaymentOrder, PaymentOrder.order_id == Order.id)
            .where(PaymentOrder.payment_id == payment_id)
            .order_by(Order.id)
        )
    )


def numbers_of(payment_ids: Collection[int]) -> Select[int, str]:
    """Numbers of the orders of some payments, beside the payment's id."""
    return (
        select(PaymentOrder.payment_id, Order.number)
        .join(Order, Order.id == PaymentOrder.order_id)
        .where(PaymentOrder.payment_id.in_(payment_ids))
        .order_by(PaymentOrder.payment_id, Order.position)
    )


def is_open(session: Session, purchase_id: int) -> bool:
    """Whether a purchase still waits for money."""
    waiting = select(Payment.id).where(
        Payment.purchase_id == purchase_id, Payment.state == PaymentState.OPEN
    )
    return session.scalar(waiting.limit(1)) is not None


def is_in_cash(session: Session, purchase_id: int) -> bool:
    """Whether a purchase is paid in cash, parcel by parcel."""
    found = select(Payment.id).where(Payment.purchase_id == purchase_id, Payment.method.in_(CASH))
    return session.scalar(found.limit(1)) is not None


def receipt_by_key(session: Session, source_key: str) -> Receipt:
    """The receipt that came from a source.

    :raises NoSuchPayment: when none did.
    """
    receipt = session.scalars(select(Receipt).where(Receipt.source_key == source_key)).one_or_none()
    if receipt is None:
        raise NoSuchPayment(source_key)
    return receipt


def is_booked(session: Session, receipt_id: int) -> bool:
    """Whether a receipt was dealt with: matched to a bill, or booked as *belum dikenali*."""
    matched = exists().where(ReceiptMatch.receipt_id == receipt_id)
    parked = exists().where(LedgerEntry.reason == f"receipt:{receipt_id}")
    return bool(session.scalar(select(or_(matched, parked))))


def received_for(session: Session, payment_id: int) -> Rupiah:
    """What was matched to a payment so far."""
    total = session.scalar(
        select(func.sum(ReceiptMatch.amount)).where(ReceiptMatch.payment_id == payment_id)
    )
    return Rupiah(int(total or 0))


def matched_receipts(session: Session, payment_id: int) -> dict[int, int]:
    """Rupiah by receipt that count for a payment."""
    total = func.sum(ReceiptMatch.amount)
    rows = session.execute(
        select(ReceiptMatch.receipt_id, total)
        .where(ReceiptMatch.payment_id == payment_id)
        .group_by(ReceiptMatch.receipt_id)
        .having(total > 0)
        .order_by(ReceiptMatch.receipt_id)
    )
    return {receipt_id: int(amount) for receipt_id, amount in rows}


def matches_of(session: Session, receipt_id: int) -> dict[int, int]:
    """Rupiah by payment for which a receipt counts."""
    total = func.sum(ReceiptMatch.amount)
    rows = session.execute(
        select(ReceiptMatch.payment_id, total)
        .where(ReceiptMatch.receipt_id == receipt_id)
        .group_by(ReceiptMatch.payment_id)
        .having(total > 0)
    )
    return {payment_id: int(amount) for payment_id, amount in rows}


def left_of(session: Session, receipt_id: int) -> Rupiah:
    """What of a receipt belongs to no bill yet; nothing once it was voided."""
    left = session.scalar(select(left_now()).where(Receipt.id == receipt_id, ~is_void_now()))
    return Rupiah(int(left or 0))


def is_settled_with(session: Session, receipt_id: int) -> bool:
    """Whether a paid bill leans on this receipt, or some of it is on its way back."""
    paid = (
        select(func.count())
        .select_from(Payment)
        .where(Payment.id.in_(matches_of(session, receipt_id)))
        .where(Payment.state.in_(WAS_PAID))
    )
    back = select(func.count()).where(ReceiptReturn.receipt_id == receipt_id)
    return bool(session.scalar(paid) or session.scalar(back))


def received_now() -> ColumnElement[int]:
    """What came in for the payment at hand."""
    matches, bills = table_of(ReceiptMatch), table_of(Payment)
    matched = select(func.sum(matches.c.amount)).where(matches.c.payment_id == bills.c.id)
    return func.coalesce(matched.correlate(bills).scalar_subquery(), 0)


def left_now() -> ColumnElement[int]:
    """What of the receipt at hand belongs to no bill."""
    matched = select(func.sum(ReceiptMatch.amount)).where(ReceiptMatch.receipt_id == Receipt.id)
    back = select(func.sum(ReceiptReturn.amount)).where(ReceiptReturn.receipt_id == Receipt.id)
    return (
        Receipt.amount
        - func.coalesce(matched.correlate(Receipt).scalar_subquery(), 0)
        - func.coalesce(back.correlate(Receipt).scalar_subquery(), 0)
    )


def is_void_now() -> ColumnElement[bool]:
    """Whether the receipt at hand was taken out of count."""
    return exists().where(ReceiptVoid.receipt_id == Receipt.id)
