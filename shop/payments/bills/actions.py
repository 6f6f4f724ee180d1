"""Opening a payment, choosing its unique code, moving its state. Each move is conditional."""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ARRAY, BigInteger, bindparam, func, insert, select, true, update
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from shop.core.database import settings_by_date
from shop.core.database.schema import table_of
from shop.core.database.upserts import add_rows, insert_if_absent
from shop.core.values import clock, codes
from shop.payments.bills.errors import NoFreeCode
from shop.payments.bills.models import (
    BY_STATEMENT,
    WAS_PAID,
    Method,
    Payee,
    PayeeKind,
    Payment,
    PaymentOrder,
    PaymentState,
)
from shop.payments.bills.qris import read_static

MAX_UNIQUE_CODE = 999
CODE_TRIES = 10


@dataclass(frozen=True, slots=True)
class Opened:
    """A bill that was just made out."""

    code: str
    unique_code: int
    amount: int
    """Rupiah to be paid, the unique code with it."""
    id: int = 0


def hold_duration(method: Method, figures: Mapping[str, int], *, one_piece: bool) -> timedelta:
    """How long goods are held for a purchase that is to be paid this way."""
    if method is Method.CARD:
        return settings_by_date.minutes(figures["card_hold_minutes"])
    return settings_by_date.minutes(
        figures["hold_one_piece_minutes" if one_piece else "hold_transfer_minutes"]
    )


def add_payee(
    session: Session,
    *,
    kind: PayeeKind,
    provider: str,
    number: str | None,
    holder: str | None,
    verified_at: datetime | None,
    cooperative_id: int | None = None,
    qris: str | None = None,
) -> Payee:
    """Make an account known that can be paid; without a cooperative it is the operator's.

    :param qris: the merchant's static code, for an account of that kind.
    :raises BadQris: when the code is broken or asks for something else.
    """
    if kind is PayeeKind.QRIS:
        read_static(qris or "")
    payee = Payee(
        cooperative_id=cooperative_id,
        kind=kind,
        provider=provider,
        number=number,
        holder=holder,
        verified_at=verified_at,
        qris=qris,
    )
    session.add(payee)
    session.flush()
    return payee


def open_payment(
    session: Session,
    *,
    purchase_id: int,
    method: Method,
    payee_id: int,
    orders: Mapping[int, int],
    due_at: datetime,
    now: datetime,
) -> Opened:
    """Ask for the money of some orders.

    :param orders: rupiah by order id; their sum is ``orders_total``.
    :raises NoFreeCode: when no unique code is left for this amount (rule R5).
    """
    total = sum(orders.values())
    # Nobody transfers a code alone: what costs nothing needs no payment (rule R3).
    asks = method in BY_STATEMENT and total > 0
    for attempt in range(CODE_TRIES):
        unique = 0
        if asks:
            # Nearly always the first draw is free, and the index is what decides anyway.
            unique = _free_code(session, payee_id, total) if attempt else _any_code()
        opened = Opened(codes.new_code(), unique, total + unique)
        values = {
            "code": opened.code,
            "purchase_id": purchase_id,
            "payee_id": payee_id,
            "method": method,
            "state": PaymentState.OPEN,
            "orders_total": total,
            "unique_code": unique,
            "amount": opened.amount,
            "code_held": asks,
            "due_at": due_at,
            "created_at": now,
        }
        payment_id = _make_out(session, values, orders)
        if payment_id is not None:
            return replace(opened, id=payment_id)
        # Somebody holds this amount: look again.
    raise NoFreeCode(str(total))


def _make_out(session: Session, bill: Mapping[str, Any], orders: Mapping[int, int]) -> int | None:
    """Write a bill and what it covers; None when its amount is taken."""
    if session.get_bind().dialect.name != "sqlite":
        named = {f"bill_{name}": value for name, value in bill.items()}
        parts = {"order_ids": list(orders), "amounts": list(orders.values())}
        made: int | None = session.scalars(_making_out(tuple(bill)), {**named, **parts}).first()
        return made
    payment_id = insert_if_absent(session, Payment, bill)
    if payment_id is not None:
        covered = [
            {"payment_id": payment_id, "order_id": order_id, "amount": amount}
            for order_id, amount in orders.items()
        ]
        add_rows(session, PaymentOrder, covered)
    return payment_id


@cache
def _making_out(names: tuple[str, ...]) -> ReturningInsert[int]:
    """Both in one trip to the server; nothing comes back when the amount is taken."""
    bills, covered = table_of(Payment), table_of(PaymentOrder)
    bill = (
        postgresql.insert(bills)
        .values({name: bindparam(f"bill_{name}", type_=bills.c[name].type) for name in names})
        .on_conflict_do_nothing()
        .returning(bills.c.id)
        .cte("bill")
    )
    part = (
        func.unnest(
            bindparam("order_ids", type_=ARRAY(BigInteger)),
            bindparam("amounts", type_=ARRAY(BigInteger)),
        )
        .table_valued("order_id", "amount")
        .render_derived()
    )
    rows = select(bill.c.id, part.c.order_id, part.c.amount).join_from(bill, part, true())
    return (
        insert(covered)
        .from_select(["payment_id", "order_id", "amount"], rows, include_defaults=False)
        .returning(covered.c.payment_id)
    )


def reopen_payment(
    session: Session, *, instead_of: Payment, method: Method, payee_id: int, due_at: datetime
) -> Payment | None:
    """Take up a transfer again that another bill had replaced, with the code it still holds.

    Whoever goes to and fro between ways to pay is asked for the same amount, and no code is used
    up by it.

    :return: None when there is none that can be taken up.
    """
    found = session.scalars(
        select(Payment)
        .where(Payment.purchase_id == instead_of.purchase_id, Payment.method == method)
        # An account that is used no more asks for nothing again.
        .where(Payment.payee_id == payee_id)
        .where(Payment.state == PaymentState.REPLACED, Payment.code_held)
        .where(Payment.orders_total == instead_of.orders_total)
        .order_by(Payment.id.desc())
        .limit(1)
    ).first()
    if found is None:
        return None
    moved = session.scalar(
        update(Payment)
        .where(Payment.id == found.id, Payment.state == PaymentState.REPLACED)
        .values(state=PaymentState.OPEN, closed_at=None, due_at=due_at)
        .returning(Payment.id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(found)
    return None if moved is None else found


def _any_code() -> int:
    return 1 + secrets.randbelow(MAX_UNIQUE_CODE)


def _free_code(session: Session, payee_id: int, total: int) -> int:
    """A unique code nobody holds; drawn, so that two at once seldom want the same."""
    amounts = {"payee": payee_id, "least": total + 1, "most": total + MAX_UNIQUE_CODE}
    taken = set(session.scalars(_HELD_AMOUNTS, amounts))
    free = [code for code in range(1, MAX_UNIQUE_CODE + 1) if total + code not in taken]
    if not free:
        raise NoFreeCode(str(total))
    return secrets.choice(free)


_bills = table_of(Payment).c
_HELD_AMOUNTS = select(_bills.amount).where(
    _bills.payee_id == bindparam("payee"),
    _bills.code_held,
    _bills.amount.between(bindparam("least"), bindparam("most")),
)


def release_codes(session: Session, now: datetime) -> int:
    """Release the unique codes of payments closed long enough ago; returns how many."""
    days = settings_by_date.settings_on(session, clock.day_in(clock.HOME_ZONE, now))[
        "unique_code_rest_days"
    ]
    freed = session.scalars(
        update(Payment)
        .where(Payment.code_held, Payment.closed_at <= now - timedelta(days=days))
        .values(code_held=False)
        .returning(Payment.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(freed)


def move(
    session: Session,
    payment: Payment,
    to: PaymentState,
    *,
    expected: Collection[PaymentState],
    now: datetime,
) -> PaymentState | None:
    """Move a payment if it still stands where it is expected to.

    :return: the state it left; None when somebody else moved it first.
    """
    for before in expected:
        moved = session.scalar(
            update(Payment)
            .where(Payment.id == payment.id, Payment.state == before)
            .values(
                state=to,
                closed_at=now,
                paid_at=now if to in WAS_PAID else None,
            )
            .returning(Payment.id)
            .execution_options(synchronize_session=False)
        )
        if moved is not None:
            session.refresh(payment)
            return before
    return None
