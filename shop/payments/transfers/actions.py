"""Money that was seen on an account: recorded, matched to a bill, parked, taken back (rule R4)."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.database.upserts import insert_if_absent
from shop.payments.bills import queries
from shop.payments.bills.errors import OverMatched, ReceiptUsed
from shop.payments.bills.models import (
    Payee,
    PayeeKind,
    Payment,
    Receipt,
    ReceiptMatch,
    ReceiptText,
    ReceiptVoid,
)
from shop.payments.ledger import actions as ledger
from shop.payments.ledger.actions import Posting
from shop.payments.ledger.models import AccountKind


def record_receipt(
    session: Session,
    *,
    payee_id: int,
    received_on: date,
    amount: int,
    source_key: str,
    text: str | None = None,
    person_id: int | None = None,
    now: datetime,
) -> Receipt:
    """Write down money that was seen on an account; the same source twice adds nothing.

    :param source_key: file and line, or the form that was sent.
    :raises ReceiptUsed: when this source was already recorded with other figures.
    """
    made = insert_if_absent(
        session,
        Receipt,
        {
            "payee_id": payee_id,
            "received_on": received_on,
            "amount": amount,
            "source_key": source_key,
            "text_id": _keep_text(session, text),
            "recorded_by_id": person_id,
            "recorded_at": now,
        },
        key=["source_key"],
    )
    receipt = session.scalars(select(Receipt).where(Receipt.source_key == source_key)).one()
    if made is None and (receipt.payee_id, receipt.received_on, receipt.amount) != (
        payee_id,
        received_on,
        amount,
    ):
        raise ReceiptUsed(receipt.amount)
    return receipt


def _keep_text(session: Session, text: str | None) -> int | None:
    if not text:
        return None
    kept = ReceiptText(text=text[:300])
    session.add(kept)
    session.flush()
    return kept.id


def match(
    session: Session,
    receipt: Receipt,
    payment: Payment,
    amount: int,
    *,
    person_id: int | None,
    now: datetime,
) -> ReceiptMatch:
    """Let so much of a receipt count for a payment.

    :raises OverMatched: when the receipt does not have that much left.
    """
    # Whoever holds the row matches first; the rows themselves only grow.
    session.execute(select(Receipt.id).where(Receipt.id == receipt.id).with_for_update())
    if amount > queries.left_of(session, receipt.id):
        raise OverMatched(str(receipt.id))
    matched = ReceiptMatch(
        receipt_id=receipt.id, payment_id=payment.id, amount=amount, person_id=person_id, at=now
    )
    session.add(matched)
    session.flush()
    return matched


def set_aside(
    session: Session, receipt: Receipt, *, now: datetime, person_id: int | None = None
) -> None:
    """Book a receipt as *belum dikenali*: it is on the account and belongs to no bill yet."""
    bank, unknown = accounts_of(session, receipt.payee_id)
    ledger.post(
        session,
        kind="receipt",
        reason=parked_reason(receipt.id),
        postings=[Posting(bank, receipt.amount), Posting(unknown, -receipt.amount)],
        now=now,
        actor_id=person_id,
    )


def void(session: Session, receipt: Receipt, *, now: datetime, person_id: int | None) -> bool:
    """Take a wrongly typed receipt out of count, while no payment was settled with it.

    :return: whether it still counted until now.
    """
    session.execute(select(Receipt.id).where(Receipt.id == receipt.id).with_for_update())
    if queries.is_settled_with(session, receipt.id):
        return False
    made = session.get(ReceiptVoid, receipt.id) is None
    if made:
        session.add(ReceiptVoid(receipt_id=receipt.id, person_id=person_id, at=now))
        for payment_id, amount in queries.matches_of(session, receipt.id).items():
            session.add(
                ReceiptMatch(
                    receipt_id=receipt.id,
                    payment_id=payment_id,
                    amount=-amount,
                    person_id=person_id,
                    at=now,
                )
            )
        bank, unknown = accounts_of(session, receipt.payee_id)
        ledger.post(
            session,
            kind="receipt-void",
            reason=f"receipt-void:{receipt.id}",
            postings=[Posting(unknown, receipt.amount), Posting(bank, -receipt.amount)],
            now=now,
            actor_id=person_id,
        )
    return made


def parked_reason(receipt_id: int) -> str:
    """The cause under which a receipt stands in the books as *belum dikenali*."""
    return f"receipt:{receipt_id}"


def accounts_of(session: Session, payee_id: int) -> tuple[int, int]:
    """The ledger accounts of a payee: where its money lies, and *belum dikenali* beside it."""
    owner, kind = f"p{payee_id}", session.get_one(Payee, payee_id).kind
    place = AccountKind.GATEWAY if kind is PayeeKind.GATEWAY else AccountKind.BANK
    return (
        ledger.account(session, place, owner=owner),
        ledger.account(session, AccountKind.UNRECOGNISED, owner=owner),
    )
