"""What the person who confirms money does: read the bank, type what came, let the shop compare."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.checkout.settlement.actions import Settlement, settle_purchase
from shop.checkout.settlement.duplicate_payments import lock_purchase
from shop.core.database import settings_by_date
from shop.core.values import clock
from shop.core.values.money import Rupiah
from shop.payments.bills import queries
from shop.payments.bills.errors import NoSuchPayment, OwnPurchase, WrongAmount
from shop.payments.bills.models import BY_STATEMENT, WAS_PAID, Payee, Payment, PaymentState, Receipt
from shop.payments.bills.refunds import PLATFORM, request_refund
from shop.payments.ledger import actions as ledger
from shop.payments.ledger.actions import Posting
from shop.payments.ledger.models import AccountKind
from shop.payments.transfers import actions as transfers
from shop.sales.orders.models import Purchase
from shop.services.audit import actions as audit


class Allowance(StrEnum):
    """Why a difference is let go; or that too much is kept only until it goes back."""

    WITHOUT_CODE = "tanpa_kode"
    BANK_FEE = "biaya_bank"
    ROUNDED = "dibulatkan"
    RETURN_REST = "kembalikan"
    KEEP_REST = "sisakan"
    """Take what the bill asks; the rest is for another bill (n:m)."""


BIG = (Allowance.RETURN_REST, Allowance.KEEP_REST)
"""Answers to too much, whatever the difference."""
EXTRA = "extra"
"""Reason of a refund: money on top of a bill that was paid."""


class Outcome(StrEnum):
    """What became of money that was confirmed."""

    PAID = "paid"
    SHORT = "short"
    """Less than asked: it counts, nothing is paid yet."""
    OVER = "over"
    """More than asked: *belum dikenali* until somebody says what it was for."""
    TWICE = "twice"
    """The bill was paid before: *belum dikenali*."""
    RETURNED = "returned"
    """The orders had been paid another way: all of it goes back."""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """How money and bill compare. ``difference`` below zero: so much is missing."""

    outcome: Outcome
    difference: Rupiah
    settlement: Settlement | None = None


def confirm_money(
    session: Session,
    *,
    payment_code: str,
    cooperative_id: int | None = None,
    amount: int,
    received_on: date,
    source_key: str,
    person_id: int | None,
    now: datetime,
    allowance: Allowance | None = None,
) -> Confirmation:
    """Record what was seen on the account and settle the bill when it is what was asked.

    A wrong amount stays recorded as *belum dikenali*; nothing is paid then. The same form twice
    is one receipt and the same answer.

    :param amount: rupiah as typed from the bank's page, never taken from the bill (rule R6).
    :param source_key: what makes this receipt one and the same.
    :raises ReceiptUsed: when the same form was sent before with other figures.
    """
    payment = transfer(session, payment_code, cooperative_id, person_id)
    receipt = transfers.record_receipt(
        session,
        payee_id=payment.payee_id,
        received_on=received_on,
        amount=amount,
        source_key=source_key,
        person_id=person_id,
        now=now,
    )
    if queries.is_booked(session, receipt.id):
        return _as_it_stands(session, payment)
    return compare(session, receipt, payment, allowance, person_id=person_id, now=now)


def use_receipt(
    session: Session,
    *,
    payment_code: str,
    cooperative_id: int | None = None,
    source_key: str,
    person_id: int | None,
    now: datetime,
    allowance: Allowance | None = None,
) -> Confirmation:
    """Let money that was *belum dikenali* count for a bill."""
    payment = transfer(session, payment_code, cooperative_id, person_id)
    receipt = queries.receipt_by_key(session, source_key)
    if receipt.payee_id != payment.payee_id or not queries.left_of(session, receipt.id):
        return _as_it_stands(session, payment)
    return compare(session, receipt, payment, allowance, person_id=person_id, now=now)


def allow_difference(
    session: Session,
    *,
    payment_code: str,
    cooperative_id: int | None = None,
    allowance: Allowance,
    person_id: int | None,
    now: datetime,
) -> Confirmation:
    """Settle a bill for which slightly too little came in.

    :raises WrongAmount: when the difference is more than may be let go.
    """
    payment = transfer(session, payment_code, cooperative_id, person_id)
    if payment.state in WAS_PAID:
        return _as_it_stands(session, payment)
    received = queries.received_for(session, payment.id)
    difference = Rupiah(received - payment.amount)
    if not received:
        raise WrongAmount(difference)  # a small bill is not paid by letting all of it go
    return _settle(session, payment, difference, allowance, person_id=person_id, now=now)


def record_unknown(
    session: Session,
    *,
    payee_id: int,
    amount: int,
    received_on: date,
    source_key: str,
    person_id: int | None,
    now: datetime,
) -> Receipt:
    """Write down money that fits no bill, so that it is in the books and looked for (rule R4)."""
    receipt = transfers.record_receipt(
        session,
        payee_id=payee_id,
        received_on=received_on,
        amount=amount,
        source_key=source_key,
        person_id=person_id,
        now=now,
    )
    if not queries.is_booked(session, receipt.id):
        transfers.set_aside(session, receipt, now=now, person_id=person_id)
    return receipt


def give_back(
    session: Session,
    *,
    payment_code: str,
    source_key: str,
    cooperative_id: int | None = None,
    person_id: int | None,
    now: datetime,
) -> Rupiah:
    """Promise money back that came on top of a paid bill, once; returns how much (rule R4)."""
    payment = transfer(session, payment_code, cooperative_id, person_id)
    receipt = queries.receipt_by_key(session, source_key)
    left = queries.left_of(session, receipt.id)
    if receipt.payee_id != payment.payee_id or payment.state not in WAS_PAID or not left:
        return Rupiah(0)
    transfers.match(session, receipt, payment, left, person_id=person_id, now=now)
    owe_back(
        session,
        payment,
        left,
        key=f"extra:{receipt.id}:{payment.code}",
        reason=EXTRA,
        person_id=person_id,
        now=now,
    )
    return left


def owe_back(
    session: Session,
    payment: Payment,
    amount: int,
    *,
    key: str,
    reason: str,
    person_id: int | None,
    now: datetime,
) -> None:
    """Promise money back that was *belum dikenali*: it counts for no order.

    :param amount: rupiah.
    :param key: the cause, unique for ever.
    """
    _bank, unknown = transfers.accounts_of(session, payment.payee_id)
    ledger.post(
        session,
        kind="refund",
        reason=f"refund:{key}",
        postings=[
            Posting(unknown, amount),
            Posting(ledger.account(session, AccountKind.REFUND_DUE), -amount),
        ],
        now=now,
        actor_id=person_id,
    )
    request_refund(
        session,
        key=key,
        payment_id=payment.id,
        order=None,
        amount=amount,
        reason=reason,
        bearer=PLATFORM,
        from_escrow=False,
        person_id=person_id,
        now=now,
    )


def take_back(
    session: Session,
    *,
    source_key: str,
    cooperative_id: int | None = None,
    person_id: int | None,
    now: datetime,
) -> bool:
    """Take a wrongly typed receipt out of count; False once a bill was settled with it."""
    receipt = queries.receipt_by_key(session, source_key)
    _refuse_foreign(session, receipt.payee_id, cooperative_id)
    bills = session.scalars(
        select(Payment)
        .where(Payment.id.in_(queries.matches_of(session, receipt.id)))
        .order_by(Payment.purchase_id, Payment.id)
    ).all()
    for one in bills:
        # First the bill, as everywhere: its settling must not run beside this.
        lock_purchase(session, one.purchase_id)
        session.refresh(one, with_for_update=True)
    done = transfers.void(session, receipt, person_id=person_id, now=now)
    if done:
        audit.record(
            session,
            action="receipt.voided",
            subject=f"receipt:{receipt.id}",
            actor_id=person_id,
            before={"amount": receipt.amount},
            now=now,
        )
    return done


def transfer(
    session: Session, payment_code: str, cooperative_id: int | None, person_id: int | None
) -> Payment:
    """The bill, locked before anything else is looked at: two confirmations follow one another.

    Its purchase is locked before it, as whoever settles or ends it does: else each could wait
    for the other.

    :param cooperative_id: whose accounts this person looks after; None: the operator's.
    :raises OwnPurchase: for who pays it.
    :raises NoSuchPayment: for a bill of others' accounts, and one that no bank's page shows.
    """
    lock_purchase(session, queries.payment_by_code(session, payment_code).purchase_id)
    payment = queries.payment_by_code(session, payment_code, lock=True)
    _refuse_foreign(session, payment.payee_id, cooperative_id)
    if is_own(session, payment, person_id):
        raise OwnPurchase(payment_code)
    if payment.method not in BY_STATEMENT:
        raise NoSuchPayment(payment_code)
    return payment


def is_own(session: Session, payment: Payment, person_id: int | None) -> bool:
    """Whether this person is the one who pays."""
    buyer = session.scalar(select(Purchase.person_id).where(Purchase.id == payment.purchase_id))
    return buyer is not None and buyer == person_id


def _refuse_foreign(session: Session, payee_id: int, cooperative_id: int | None) -> None:
    if session.get_one(Payee, payee_id).cooperative_id != cooperative_id:
        raise NoSuchPayment(str(payee_id))


def compare(
    session: Session,
    receipt: Receipt,
    payment: Payment,
    allowance: Allowance | None,
    *,
    person_id: int | None,
    now: datetime,
) -> Confirmation:
    """Hold what is left of a receipt against a locked bill, and settle it when it is enough."""
    left = queries.left_of(session, receipt.id)
    missing = payment.amount - queries.received_for(session, payment.id)
    difference = Rupiah(left - missing)
    maximum = settings_by_date.settings_on(session, clock.day_in(clock.HOME_ZONE, now))[
        "rounding_most"
    ]
    small = allowance not in (None, *BIG) and abs(difference) <= maximum
    if payment.state in WAS_PAID:
        transfers.set_aside(session, receipt, now=now, person_id=person_id)
        return Confirmation(Outcome.TWICE, left)
    if difference > 0 and allowance is Allowance.KEEP_REST and missing > 0:
        transfers.set_aside(session, receipt, now=now, person_id=person_id)
        transfers.match(session, receipt, payment, missing, person_id=person_id, now=now)
        return _settle(session, payment, Rupiah(0), None, person_id=person_id, now=now)
    enough = difference == 0 or small or (difference > 0 and allowance is Allowance.RETURN_REST)
    if enough or difference < 0:
        transfers.match(session, receipt, payment, left, person_id=person_id, now=now)
    if enough:
        return _settle(session, payment, difference, allowance, person_id=person_id, now=now)
    transfers.set_aside(session, receipt, now=now, person_id=person_id)
    return Confirmation(Outcome.SHORT if difference < 0 else Outcome.OVER, difference)


def _settle(
    session: Session,
    payment: Payment,
    difference: Rupiah,
    allowance: Allowance | None,
    *,
    person_id: int | None,
    now: datetime,
) -> Confirmation:
    settlement = settle_purchase(
        session,
        payment_id=payment.id,
        now=now,
        person_id=person_id,
        accept_difference=allowance not in (None, *BIG),
        return_rest=allowance is Allowance.RETURN_REST,
    )
    if difference and allowance is not None:
        audit.record(
            session,
            action="payment.difference_allowed",
            subject=f"payment:{payment.id}",
            actor_id=person_id,
            after={"difference": difference, "reason": allowance.value},
            now=now,
        )
    outcome = Outcome.RETURNED if settlement.is_returned else Outcome.PAID
    return Confirmation(outcome, difference, settlement)


def _as_it_stands(session: Session, payment: Payment) -> Confirmation:
    """What a repeated form finds: nothing is done a second time."""
    difference = Rupiah(queries.received_for(session, payment.id) - payment.amount)
    if payment.state in WAS_PAID:
        is_paid = payment.state is PaymentState.PAID
        return Confirmation(Outcome.PAID if is_paid else Outcome.RETURNED, Rupiah(0))
    return Confirmation(Outcome.SHORT if difference < 0 else Outcome.OVER, difference)
