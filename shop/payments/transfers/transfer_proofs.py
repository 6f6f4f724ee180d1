"""Photos of transfers: kept beside the bill for whoever compares it with the bank (rule R6).

They settle nothing. What was typed from the bank's own page does.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ScalarSelect, Select, bindparam, delete, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from shop.core.database.schema import table_of
from shop.core.database.upserts import insert_if_absent
from shop.payments.bills.errors import EnoughProofs, NoSuchPayment
from shop.payments.bills.models import (
    BY_STATEMENT,
    Payee,
    Payment,
    PaymentOrder,
    PaymentState,
    TransferProof,
)
from shop.people.accounts.models import Contact
from shop.sales.orders.models import Order, Purchase

MAX_PROOFS = 3
"""Photos of one bill: a long receipt in parts, or one that was blurred sent again."""
KEPT = timedelta(days=90)
"""How long after its bill closed a photo may still be asked for."""
WAITING = (PaymentState.OPEN, PaymentState.LAPSED)
"""Bills whose money may be on its way."""


@dataclass(frozen=True, slots=True)
class ProofSeen:
    """A photo beside a bill. ``id`` names it in addresses."""

    id: int
    sent_at: datetime
    also_for: tuple[str, ...]
    """Orders of other bills for which the very same photo was sent."""


def keep_proof(session: Session, payment_id: int, photo: bytes, *, now: datetime) -> bool:
    """Put a photo beside a bill.

    :param photo: written anew by us (``image_processing.readable``).
    :return: False when this very photo lies there already.
    :raises NoSuchPayment: when the bill waits for no transfer.
    :raises EnoughProofs: when as many lie there as may.
    """
    # The bill's row is ours until the end: two uploads at once are counted one after the other.
    payment = session.get(Payment, payment_id, with_for_update=True, populate_existing=True)
    if payment is None or payment.method not in BY_STATEMENT or payment.state not in WAITING:
        raise NoSuchPayment(str(payment_id))
    digest = hashlib.sha256(photo).hexdigest()
    mine = TransferProof.payment_id == payment.id
    there = session.scalars(select(TransferProof.digest).where(mine)).all()
    if digest in there:
        return False
    if len(there) >= MAX_PROOFS:
        raise EnoughProofs(MAX_PROOFS)
    values = {"payment_id": payment.id, "digest": digest, "photo": photo, "sent_at": now}
    insert_if_absent(session, TransferProof, values, key=["payment_id", "digest"])
    return True


def proofs_of(session: Session, payment_id: int) -> tuple[ProofSeen, ...]:
    """The photos of a bill, oldest first, without their bytes; two statements, one
    where no photo was sent.

    Where the same photo was sent for another purchase, only bills of the same owner are named:
    what others sell is not theirs to know.
    """
    rows = session.execute(_PROOFS, {"payment": payment_id}).all()
    if not rows:
        return ()
    other = aliased(TransferProof)
    found = session.execute(
        select(TransferProof.id, Order.number)
        .join(other, other.digest == TransferProof.digest)
        .join(PaymentOrder, PaymentOrder.payment_id == other.payment_id)
        .join(Order, Order.id == PaymentOrder.order_id)
        .where(TransferProof.payment_id == payment_id, other.payment_id != payment_id)
        .where(_owner_of(other.payment_id).is_not_distinct_from(_owner_of(payment_id)))
        # Another way to pay the same orders is the same purchase.
        .where(Order.purchase_id.not_in(_purchase_of(payment_id)))
        .order_by(Order.number)
        .distinct()
    ).all()
    return tuple(
        ProofSeen(
            row.id, row.sent_at, tuple(number for proof_id, number in found if proof_id == row.id)
        )
        for row in rows
    )


_proofs = table_of(TransferProof).c
# Asked with every page of a purchase that waits for a transfer: built once.
_PROOFS = (
    select(_proofs.id, _proofs.sent_at)
    .where(_proofs.payment_id == bindparam("payment"))
    .order_by(_proofs.id)
)


def photo_of(session: Session, payment_id: int, proof_id: int) -> bytes | None:
    """The bytes of one photo; None where this bill has no such photo."""
    return session.scalar(
        select(TransferProof.photo).where(
            TransferProof.id == proof_id, TransferProof.payment_id == payment_id
        )
    )


def photo_for_purchase(session: Session, purchase_id: int, proof_id: int) -> bytes | None:
    """The same for whom a purchase belongs to."""
    return session.scalar(
        select(TransferProof.photo)
        .join(Payment, Payment.id == TransferProof.payment_id)
        .where(TransferProof.id == proof_id, Payment.purchase_id == purchase_id)
    )


def purge_proofs(session: Session, now: datetime) -> int:
    """Delete photos whose bill closed long ago, or whose shopper is to be forgotten."""
    over = (
        select(Payment.id)
        .join(Purchase, Purchase.id == Payment.purchase_id)
        .join(Contact, Contact.id == Purchase.contact_id)
        .where(or_(Payment.closed_at <= now - KEPT, Contact.erased_at.is_not(None)))
    )
    gone = session.scalars(
        delete(TransferProof)
        .where(TransferProof.payment_id.in_(over))
        .returning(TransferProof.id)
        .execution_options(synchronize_session=False)
    ).all()
    return len(gone)


def _owner_of(payment_id: int | InstrumentedAttribute[int]) -> ScalarSelect[int | None]:
    """Whose account a bill is paid to: a cooperative's, or None for the operator's."""
    owner = select(Payee.cooperative_id).join(Payment, Payment.payee_id == Payee.id)
    return owner.where(Payment.id == payment_id).scalar_subquery()


def _purchase_of(payment_id: int) -> Select[int]:
    return select(Payment.purchase_id).where(Payment.id == payment_id)
