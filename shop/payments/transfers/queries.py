"""The worklist of the person who confirms money: bills that wait, money that nobody knows."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from shop.core.database import pagination
from shop.core.values import codes
from shop.core.values.errors import InvalidInput
from shop.core.values.money import Rupiah, parse_rupiah
from shop.payments.bills.errors import NoSuchPayment
from shop.payments.bills.models import (
    BY_STATEMENT,
    ENDED_UNPAID,
    WAS_PAID,
    Method,
    Payee,
    PayeeKind,
    Payment,
    PaymentOrder,
    PaymentState,
    Receipt,
    ReceiptMatch,
    TransferProof,
)
from shop.payments.bills.queries import is_void_now, left_now, received_now
from shop.people.accounts.models import Contact
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import Order, Purchase

UNRECOGNISED_SHOWN = 50


@dataclass(frozen=True, slots=True)
class WaitingPayment:
    """A bill in the list of the person who confirms money."""

    id: int
    code: str
    method: Method
    state: PaymentState
    name: str
    orders_total: Rupiah
    unique_code: int
    amount: Rupiah
    received: Rupiah
    created_at: datetime
    due_at: datetime
    numbers: tuple[str, ...]
    cooperatives: tuple[str, ...]
    has_photo: bool
    """Whether its shopper sent a photo of the transfer."""

    @property
    def difference(self) -> Rupiah:
        """What came against what was asked; below zero: too little."""
        return Rupiah(self.received - self.amount)

    @property
    def was_paid(self) -> bool:
        """Whether all of it came."""
        return self.state in WAS_PAID

    @property
    def has_ended(self) -> bool:
        """Whether it is over and was not paid."""
        return self.state in ENDED_UNPAID


@dataclass(frozen=True, slots=True)
class CountedReceipt:
    """Money that counts for a bill."""

    source_key: str
    received_on: date
    amount: Rupiah


@dataclass(frozen=True, slots=True)
class Bill:
    """One bill of the worklist with the money that came for it."""

    waiting: WaitingPayment
    receipts: tuple[CountedReceipt, ...]


@dataclass(frozen=True, slots=True)
class UnrecognisedReceipt:
    """Money on the account that belongs to no bill."""

    source_key: str
    received_on: date
    amount: Rupiah
    left: Rupiah
    recorded_at: datetime
    account: str
    """Where it lies: bank or QRIS, and its number."""


def waiting(
    session: Session,
    *,
    cooperative_id: int | None = None,
    text: str = "",
    after: str | None = None,
) -> pagination.Page[WaitingPayment]:
    """Bills by transfer and QRIS that wait for their money, oldest first.

    Those that are over stay as long as too little came for them: it waits for the rest, or for
    somebody to send it back.

    :param cooperative_id: whose accounts are looked after; None: the operator's.
    :param text: an order number, an amount, a code of a purchase or of a payment; then bills that
        are closed are found too, because late money has to be found somewhere to go.
    """
    statement = _bills(cooperative_id).order_by(Payment.id).limit(pagination.PAGE_ROWS + 1)
    if text.strip():
        statement = statement.where(_found(text.strip()))
    else:
        statement = statement.where(or_(Payment.state == PaymentState.OPEN, _left_short()))
    start = pagination.read_cursor(after, (int,))
    if start is not None:
        statement = statement.where(Payment.id > start[0])
    return pagination.page_of(
        _read(session, statement), pagination.PAGE_ROWS, lambda row: (row.id,)
    )


def bill(session: Session, code: str, *, cooperative_id: int | None = None) -> Bill:
    """One bill, open or not.

    :raises NoSuchPayment: when none by transfer or QRIS answers to the code.
    """
    found = _read(session, _bills(cooperative_id).where(Payment.code == code))
    if not found:
        raise NoSuchPayment(code)
    counted = func.sum(ReceiptMatch.amount)
    rows = session.execute(
        select(Receipt.source_key, Receipt.received_on, counted)
        .join(ReceiptMatch, ReceiptMatch.receipt_id == Receipt.id)
        .where(ReceiptMatch.payment_id == found[0].id)
        .group_by(Receipt.id, Receipt.source_key, Receipt.received_on)
        .having(counted > 0)
        .order_by(Receipt.id)
    )
    return Bill(
        found[0],
        tuple(CountedReceipt(key, day, Rupiah(int(amount))) for key, day, amount in rows),
    )


def _bills(cooperative_id: int | None) -> Select[Payment, str, int]:
    return (
        select(Payment, Contact.name, received_now())
        .join(Purchase, Purchase.id == Payment.purchase_id)
        .join(Contact, Contact.id == Purchase.contact_id)
        .join(Payee, Payee.id == Payment.payee_id)
        .where(Payment.method.in_(BY_STATEMENT))
        .where(Payee.cooperative_id.is_not_distinct_from(cooperative_id))
    )


def _read(session: Session, statement: Select[Payment, str, int]) -> list[WaitingPayment]:
    rows = session.execute(statement).all()
    ids = [row[0].id for row in rows]
    parts = _parts(session, ids)
    shown = select(TransferProof.payment_id).where(TransferProof.payment_id.in_(ids))
    with_photo = set(session.scalars(shown))
    return [
        WaitingPayment(
            id=payment.id,
            code=payment.code,
            method=payment.method,
            state=payment.state,
            name=name,
            orders_total=Rupiah(payment.orders_total),
            unique_code=payment.unique_code,
            amount=Rupiah(payment.amount),
            received=Rupiah(int(received)),
            created_at=payment.created_at,
            due_at=payment.due_at,
            numbers=tuple(number for number, _ in parts.get(payment.id, ())),
            cooperatives=tuple(seller for _, seller in parts.get(payment.id, ())),
            has_photo=payment.id in with_photo,
        )
        for payment, name, received in rows
    ]


def unrecognised(
    session: Session, *, cooperative_id: int | None = None
) -> tuple[UnrecognisedReceipt, ...]:
    """Money that came and belongs to no bill, oldest first."""
    left = left_now()
    rows = session.execute(
        select(Receipt, left, Payee.provider, Payee.number)
        .join(Payee, Payee.id == Receipt.payee_id)
        # What came by card is on the list about cards: no transfer can be paid with it.
        .where(left > 0, ~is_void_now(), Payee.kind != PayeeKind.GATEWAY)
        .where(Payee.cooperative_id.is_not_distinct_from(cooperative_id))
        .order_by(Receipt.id)
        .limit(UNRECOGNISED_SHOWN)
    )
    return tuple(
        UnrecognisedReceipt(
            receipt.source_key,
            receipt.received_on,
            Rupiah(receipt.amount),
            Rupiah(int(rest)),
            receipt.recorded_at,
            f"{provider} {number or ''}".strip(),
        )
        for receipt, rest, provider, number in rows
    )


def _left_short() -> ColumnElement[bool]:
    return Payment.id.in_(
        select(ReceiptMatch.payment_id)
        .join(Payment, Payment.id == ReceiptMatch.payment_id)
        .where(Payment.state.in_(ENDED_UNPAID))
        .group_by(ReceiptMatch.payment_id)
        .having(func.sum(ReceiptMatch.amount) > 0)
    )


def _found(text: str) -> ColumnElement[bool]:
    number = codes.read_order_number(text)
    if number is not None:
        return Payment.id.in_(
            select(PaymentOrder.payment_id)
            .join(Order, Order.id == PaymentOrder.order_id)
            .where(Order.number == number)
        )
    try:
        return Payment.amount == parse_rupiah(text)
    except InvalidInput:
        return (Payment.code == text) | (Purchase.code == text)


def _parts(
    session: Session, payment_ids: Collection[int]
) -> dict[int, tuple[tuple[str, str], ...]]:
    """Order number and cooperative of each part of some payments."""
    rows = session.execute(
        select(PaymentOrder.payment_id, Order.number, Cooperative.short_name)
        .join(Order, Order.id == PaymentOrder.order_id)
        .join(Cooperative, Cooperative.id == Order.cooperative_id)
        .where(PaymentOrder.payment_id.in_(payment_ids))
        .order_by(PaymentOrder.payment_id, Order.position)
    )
    parts: dict[int, tuple[tuple[str, str], ...]] = {}
    for payment_id, number, name in rows:
        parts[payment_id] = (*parts.get(payment_id, ()), (number, name))
    return parts
