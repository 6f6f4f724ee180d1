"""What the person who confirms money does: read the bank, type what came, let the shop compare."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from shop.audit import actions as audit
from shop.checkout.settlement import Settlement, settle_purchase
from shop.core import clock, policy
from shop.core.money import Rupiah
from shop.payments import queries, receipts
from shop.payments.errors import NoSuchPayment, WrongAmount
from shop.payments.models import BY_STATEMENT, Payment, PaymentState, Receipt

OVER = (PaymentState.PAID, PaymentState.RETURNED)
"""Whose money was taken in: what comes now is for something else."""


class Allowance(StrEnum):
    """Why a difference is let go; or that too much is kept only until it goes back."""

    WITHOUT_CODE = "tanpa_kode"
    BANK_FEE = "biaya_bank"
    ROUNDED = "dibulatkan"
    RETURN_REST = "kembalikan"


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
    payment = _transfer(session, payment_code)
    receipt = receipts.record_receipt(
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
    return _compare(session, receipt, payment, allowance, person_id=person_id, now=now)


def use_receipt(
    session: Session,
    *,
    payment_code: str,
    source_key: str,
    person_id: int | None,
    now: datetime,
    allowance: Allowance | None = None,
) -> Confirmation:
    """Let money that was *belum dikenali* count for a bill."""
    payment = _transfer(session, payment_code)
    receipt = queries.receipt_by_key(session, source_key)
    if receipt.payee_id != payment.payee_id or not queries.left_of(session, receipt.id):
        return _as_it_stands(session, payment)
    return _compare(session, receipt, payment, allowance, person_id=person_id, now=now)


def allow_difference(
    session: Session,
    *,
    payment_code: str,
    allowance: Allowance,
    person_id: int | None,
    now: datetime,
) -> Confirmation:
    """Settle a bill for which slightly too little came in.

    :raises WrongAmount: when the difference is more than may be let go.
    """
    payment = _transfer(session, payment_code)
    if payment.state in OVER:
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
    receipt = receipts.record_receipt(
        session,
        payee_id=payee_id,
        received_on=received_on,
        amount=amount,
        source_key=source_key,
        person_id=person_id,
        now=now,
    )
    if not queries.is_booked(session, receipt.id):
        receipts.park(session, receipt, now=now, person_id=person_id)
    return receipt


def take_back(session: Session, *, source_key: str, person_id: int | None, now: datetime) -> bool:
    """Take a wrongly typed receipt out of count; False once a bill was settled with it."""
    receipt = queries.receipt_by_key(session, source_key)
    for payment_id in sorted(queries.matches_of(session, receipt.id)):
        # The bill first, as everywhere: its settling must not run beside this.
        session.get_one(Payment, payment_id, with_for_update=True, populate_existing=True)
    done = receipts.void(session, receipt, person_id=person_id, now=now)
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


def _transfer(session: Session, payment_code: str) -> Payment:
    """The bill, locked before anything else is looked at: two confirmations follow one another."""
    payment = queries.payment_by_code(session, payment_code, lock=True)
    if payment.method not in BY_STATEMENT:
        raise NoSuchPayment(payment_code)
    return payment


def _compare(
    session: Session,
    receipt: Receipt,
    payment: Payment,
    allowance: Allowance | None,
    *,
    person_id: int | None,
    now: datetime,
) -> Confirmation:
    left = queries.left_of(session, receipt.id)
    missing = payment.amount - queries.received_for(session, payment.id)
    difference = Rupiah(left - missing)
    most = policy.figures(session, clock.day_in(clock.HOME_ZONE, now))["rounding_most"]
    small = allowance not in (None, Allowance.RETURN_REST) and abs(difference) <= most
    if payment.state in OVER:
        receipts.park(session, receipt, now=now, person_id=person_id)
        return Confirmation(Outcome.TWICE, left)
    enough = difference == 0 or small or (difference > 0 and allowance is Allowance.RETURN_REST)
    if enough or difference < 0:
        receipts.match(session, receipt, payment, left, person_id=person_id, now=now)
    if enough:
        return _settle(session, payment, difference, allowance, person_id=person_id, now=now)
    receipts.park(session, receipt, now=now, person_id=person_id)
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
        accept_difference=allowance not in (None, Allowance.RETURN_REST),
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
    if payment.state in OVER:
        is_paid = payment.state is PaymentState.PAID
        return Confirmation(Outcome.PAID if is_paid else Outcome.RETURNED, Rupiah(0))
    return Confirmation(Outcome.SHORT if difference < 0 else Outcome.OVER, difference)
