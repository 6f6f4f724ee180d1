"""A bank's list, matched in bulk: looked at first, taken with one yes (rule R4)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from shop.checkout.confirmation.actions import Outcome, compare, is_own
from shop.checkout.settlement.duplicate_payments import lock_purchase
from shop.core.database.engine import Database
from shop.core.values import codes
from shop.core.values.money import Rupiah
from shop.payments.bills import queries
from shop.payments.bills.errors import NoSuchPayment
from shop.payments.bills.models import (
    BY_STATEMENT,
    WAS_PAID,
    Payee,
    Payment,
    PaymentState,
    Receipt,
    StatementFile,
)
from shop.payments.transfers import actions as transfers
from shop.payments.transfers.bank_statements import LineFault, Statement, StatementLine

KEPT_FOR = timedelta(days=1)
BY_HAND = "form:%"
NEAR = timedelta(days=1)
"""How far the day that a person typed may be from the bank's."""


class Fate(StrEnum):
    """What a yes would do with a line."""

    SETTLES = "settles"
    """One bill of this account asks for exactly this amount."""
    LATE = "late"
    """The same, but its time is over, or the shopper chose another way or called it off."""
    TWICE = "twice"
    """The bill that asked for it is paid: *belum dikenali*."""
    UNKNOWN = "unknown"
    """No bill asks for it: *belum dikenali*."""
    BY_HAND = "by_hand"
    """A person typed it already; it is not recorded again."""
    KNOWN = "known"
    """It came with an earlier file."""


NEW = (Fate.SETTLES, Fate.LATE, Fate.TWICE, Fate.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Seen:
    """A line and what a yes would do with it."""

    line: StatementLine
    fate: Fate
    numbers: tuple[str, ...] = ()
    """The orders of the bill."""
    typed: int = 0
    """How often people had typed such money by then."""


@dataclass(frozen=True, slots=True)
class Preview:
    """A file as it compares with the bills of this moment."""

    code: str
    payee_id: int
    bank: str
    provider: str
    number: str | None
    seen: tuple[Seen, ...]
    faults: tuple[LineFault, ...]

    @property
    def counts(self) -> Mapping[Fate, int]:
        """Lines by what a yes would do with them."""
        return Counter(one.fate for one in self.seen)

    @property
    def total(self) -> Rupiah:
        """Rupiah that a yes would record."""
        return Rupiah(sum(one.line.amount for one in self.seen if one.fate in NEW))


def keep_statement(
    session: Session,
    statement: Statement,
    *,
    payee_id: int,
    person_id: int | None,
    now: datetime,
) -> str:
    """Keep a file until somebody says yes; returns its code."""
    kept = StatementFile(
        code=codes.new_code(),
        payee_id=payee_id,
        content={
            "bank": statement.bank,
            "lines": [
                [line.day.isoformat(), line.amount, line.text, line.place]
                for line in statement.lines
            ],
            "faults": [[one.row, one.cell, one.is_day] for one in statement.faults],
        },
        sent_by_id=person_id,
        sent_at=now,
    )
    session.add(kept)
    session.flush()
    return kept.code


def preview(session: Session, code: str, *, cooperative_id: int | None) -> Preview:
    """What a yes to a file would do now.

    :param cooperative_id: whose accounts are looked after; None: the operator's.
    :raises NoSuchPayment: when no file of these accounts answers to the code (any more).
    """
    kept, payee = _file(session, code, cooperative_id)
    lines = _lines(kept)
    keys = [line.source_key(payee.id) for line in lines]
    known = set(
        session.scalars(
            select(Receipt.source_key)
            .where(Receipt.payee_id == payee.id)
            .where(Receipt.source_key.in_(keys))
        )
    )
    typed_at_all = _typed(session, payee.id, lines)
    typed = {amount: [*days] for amount, days in typed_at_all.items()}
    bills = {
        payment.amount: payment
        for payment in session.scalars(
            select(Payment).where(
                Payment.payee_id == payee.id,
                Payment.code_held,
                Payment.amount.in_({line.amount for line in lines}),
            )
        )
    }
    numbers: dict[int, tuple[str, ...]] = {}
    for payment_id, number in session.execute(
        queries.numbers_of([bill.id for bill in bills.values()])
    ):
        numbers[payment_id] = (*numbers.get(payment_id, ()), number)
    seen, settled = [], set()
    for line, key in zip(lines, keys, strict=True):
        bill = bills.get(line.amount)
        by_hand = len(_near(typed_at_all, line))
        if key in known:
            fate = Fate.KNOWN
        elif _take_typed(typed, line) is not None:
            fate = Fate.BY_HAND
        elif bill is None:
            fate = Fate.UNKNOWN
        elif bill.state in WAS_PAID or bill.id in settled:
            fate = Fate.TWICE
        else:
            fate = Fate.SETTLES if bill.state is PaymentState.OPEN else Fate.LATE
            settled.add(bill.id)
        orders = numbers.get(bill.id, ()) if bill is not None else ()
        seen.append(Seen(line, fate, orders, by_hand))
    faults = tuple(LineFault(*one) for one in kept.content.get("faults", ()))
    return Preview(
        code,
        payee.id,
        kept.content.get("bank", ""),
        payee.provider,
        payee.number,
        tuple(seen),
        faults,
    )


def confirm_statement(
    db: Database,
    code: str,
    *,
    cooperative_id: int | None,
    person_id: int | None,
    now: datetime,
) -> Counter[Outcome]:
    """Record every new line of a file and settle the bills it pays.

    Each line is a transaction of its own: a file that is stopped in the middle goes on where it
    stopped, because what was recorded is known.

    :return: how many lines ended how.
    """
    with db.reading() as session:
        looked = preview(session, code, cooperative_id=cooperative_id)
    done: Counter[Outcome] = Counter()
    for one in looked.seen:
        if one.fate in NEW:
            outcome = db.write(
                partial(
                    take_line,
                    payee_id=looked.payee_id,
                    line=one.line,
                    typed=one.typed,
                    person_id=person_id,
                    now=now,
                )
            )
            if outcome is not None:
                done[outcome] += 1
    db.write(partial(_empty, code=code))
    return done


def take_line(
    session: Session,
    *,
    payee_id: int,
    line: StatementLine,
    typed: int,
    person_id: int | None,
    now: datetime,
) -> Outcome | None:
    """Record one line, and settle the bill that asks for exactly its amount, if any does.

    :param typed: how often people had typed such money when the line was looked at.
    :return: ``OVER`` for money that nobody asked for; None when somebody recorded it meanwhile.
    """
    asked = (
        select(Payment)
        .where(Payment.payee_id == payee_id, Payment.amount == line.amount, Payment.code_held)
        .where(Payment.method.in_(BY_STATEMENT))
    )
    bill = session.scalars(asked).one_or_none()
    if bill is not None:
        # The bill first, and its purchase before it, as everywhere: two confirmations of it
        # follow one another.
        lock_purchase(session, bill.purchase_id)
        bill = session.scalars(
            asked.with_for_update().execution_options(populate_existing=True)
        ).one_or_none()
    if len(_near(_typed(session, payee_id, [line]), line)) > typed:
        return None
    receipt = transfers.record_receipt(
        session,
        payee_id=payee_id,
        received_on=line.day,
        amount=line.amount,
        source_key=line.source_key(payee_id),
        text=line.text,
        person_id=person_id,
        now=now,
    )
    if queries.is_booked(session, receipt.id):
        return None
    if bill is None or is_own(session, bill, person_id):
        transfers.set_aside(session, receipt, now=now, person_id=person_id)
        return Outcome.OVER
    return compare(session, receipt, bill, None, person_id=person_id, now=now).outcome


def purge_statement_files(session: Session, now: datetime) -> int:
    """Drop the files that nobody said yes to in a day; returns how many."""
    gone = session.scalars(
        delete(StatementFile)
        .where(StatementFile.sent_at <= now - KEPT_FOR)
        .returning(StatementFile.id)
    ).all()
    return len(gone)


def _file(session: Session, code: str, cooperative_id: int | None) -> tuple[StatementFile, Payee]:
    if not codes.is_code(code):
        raise NoSuchPayment(code[:30])
    found = session.execute(
        select(StatementFile, Payee)
        .join(Payee, Payee.id == StatementFile.payee_id)
        .where(StatementFile.code == code)
        .where(Payee.cooperative_id.is_not_distinct_from(cooperative_id))
    ).one_or_none()
    if found is None:
        raise NoSuchPayment(code)
    return found[0], found[1]


def _lines(kept: StatementFile) -> list[StatementLine]:
    return [
        StatementLine(date.fromisoformat(day), amount, text, place)
        for day, amount, text, place in kept.content.get("lines", ())
    ]


def _empty(session: Session, code: str) -> None:
    session.execute(delete(StatementFile).where(StatementFile.code == code))


def _typed(
    session: Session, payee_id: int, lines: Sequence[StatementLine]
) -> dict[int, list[date]]:
    """Days by amount of what people typed from this account."""
    rows = session.execute(
        select(Receipt.amount, Receipt.received_on)
        .where(Receipt.payee_id == payee_id, Receipt.source_key.like(BY_HAND))
        .where(Receipt.amount.in_({line.amount for line in lines}), ~queries.is_void_now())
        .order_by(Receipt.id)
    )
    typed: dict[int, list[date]] = {}
    for amount, day in rows:
        typed.setdefault(amount, []).append(day)
    return typed


def _near(typed: Mapping[int, Sequence[date]], line: StatementLine) -> list[date]:
    """The days on which people typed money like this line's."""
    return [day for day in typed.get(line.amount, ()) if abs(day - line.day) <= NEAR]


def _take_typed(typed: dict[int, list[date]], line: StatementLine) -> date | None:
    """The day on which a person typed this line, used up for it."""
    near = _near(typed, line)
    if not near:
        return None
    typed[line.amount].remove(near[0])
    return near[0]
