"""Money that was too little for its bill, once the bill is over: it goes back (rule R4)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.checkout.confirmation.actions import owe_back, transfer
from shop.core.values.money import Rupiah
from shop.payments.bills.models import ENDED_UNPAID, Payment, Receipt, ReceiptMatch, ReceiptReturn
from shop.payments.bills.queries import matched_receipts
from shop.payments.bills.refunds import SHORT_BACK
from shop.services.audit import actions as audit


def give_short_back(
    session: Session, payment_id: int, *, person_id: int | None, now: datetime
) -> Rupiah:
    """Promise back all that came for a bill that is over and was not paid; rupiah.

    Nothing of it counts for the bill any more. A second tap finds nothing, and what covers the
    bill is not short: it settles it, late as it is. Its purchase has to be locked before.
    """
    payment = session.get_one(Payment, payment_id, with_for_update=True, populate_existing=True)
    if payment.state not in ENDED_UNPAID:
        return Rupiah(0)
    came = matched_receipts(session, payment.id)
    # Nobody may take one of these back, or use it, while it is counted.
    session.execute(
        select(Receipt.id).where(Receipt.id.in_(came)).order_by(Receipt.id).with_for_update()
    )
    came = matched_receipts(session, payment.id)
    if sum(came.values()) >= payment.amount:
        return Rupiah(0)
    for receipt_id, amount in came.items():
        where = {"receipt_id": receipt_id, "payment_id": payment.id}
        session.add_all(
            (
                ReceiptMatch(**where, amount=-amount, person_id=person_id, at=now),
                ReceiptReturn(**where, amount=amount, person_id=person_id, at=now),
            )
        )
        owe_back(
            session,
            payment,
            amount,
            key=f"short-back:{receipt_id}:{payment.code}",
            reason=SHORT_BACK,
            person_id=person_id,
            now=now,
        )
    total = Rupiah(sum(came.values()))
    if total:
        audit.record(
            session,
            action="payment.short_returned",
            subject=f"payment:{payment.id}",
            actor_id=person_id,
            after={"amount": total},
            now=now,
        )
    session.flush()
    return total


def send_short_back(
    session: Session,
    *,
    payment_code: str,
    cooperative_id: int | None = None,
    person_id: int | None,
    now: datetime,
) -> Rupiah:
    """The same at the wish of who looks after the account.

    :raises OwnPurchase, NoSuchPayment: as for every bill (``actions.transfer``).
    """
    payment = transfer(session, payment_code, cooperative_id, person_id)
    return give_short_back(session, payment.id, person_id=person_id, now=now)
