"""People send money back to where shoppers said: with a reference, once, large sums by two."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.aftersales.refund_transfers.destinations import BY_HAND
from shop.aftersales.refunds.errors import (
    NoAccountToPayFrom,
    NoSuchRefund,
    ReferenceUsed,
    RefundsChanged,
    SamePerson,
)
from shop.core.database import settings_by_date
from shop.core.values import clock
from shop.payments.bills.holding_accounts import holding_account
from shop.payments.bills.models import (
    Method,
    Payee,
    PayeeKind,
    Payment,
    Refund,
    RefundDestination,
    RefundState,
    RefundTransfer,
    TransferState,
)
from shop.payments.ledger import actions as ledger
from shop.payments.ledger.actions import Posting
from shop.payments.ledger.models import AccountKind
from shop.services.audit import actions as audit
from shop.services.outbox.actions import notify


def send(
    session: Session,
    *,
    cooperative_id: int | None,
    destination_id: int,
    seen: int,
    reference: str,
    person_id: int,
    now: datetime,
) -> RefundTransfer:
    """Write down that all that waits for one destination was sent in one transfer.

    From a limit on it waits for a second person, and counts as sent when that one says so.

    :param cooperative_id: whose account the money came to; None: the operator's.
    :param seen: rupiah that waited when somebody looked.
    :param reference: the bank's, one for each transfer.
    :raises RefundsChanged: with what waits now.
    :raises ReferenceUsed: for another transfer before.
    """
    payee_id = _account_of(session, cooperative_id)
    before = session.scalars(
        select(RefundTransfer).where(
            RefundTransfer.payee_id == payee_id,
            RefundTransfer.reference == reference,
            RefundTransfer.state != TransferState.FAILED,
        )
    ).one_or_none()
    if before is not None:
        if (before.destination_id, before.amount) == (destination_id, seen):
            return before  # the second of two clicks
        raise ReferenceUsed(reference)
    waiting = session.execute(
        select(Refund.id, Refund.amount)
        .join(Payment, Payment.id == Refund.payment_id)
        .join(Payee, Payee.id == Payment.payee_id)
        .where(Refund.destination_id == destination_id, BY_HAND)
        .where(Payee.cooperative_id.is_not_distinct_from(cooperative_id))
        .order_by(Refund.id)
        .with_for_update(of=Refund)
    ).all()
    amount = sum(one for _, one in waiting)
    if not waiting or amount != seen:
        raise RefundsChanged(amount)
    transfer = RefundTransfer(
        destination_id=destination_id,
        payee_id=payee_id,
        amount=amount,
        reference=reference,
        state=TransferState.WAITING,
        made_by_id=person_id,
        made_at=now,
    )
    session.add(transfer)
    session.flush()
    session.execute(
        update(Refund)
        .where(Refund.id.in_([refund_id for refund_id, _ in waiting]))
        .values(transfer_id=transfer.id, state=RefundState.SENT, reference=reference)
        .execution_options(synchronize_session=False)
    )
    figures = settings_by_date.settings_on(session, clock.day_in(clock.HOME_ZONE, now))
    if amount < figures["transfer_second_person_from"]:
        _paid(session, transfer, person_id, now)
    _log(session, "refund.transferred", transfer, cooperative_id, person_id, now)
    return transfer


def allow(
    session: Session,
    *,
    cooperative_id: int | None,
    transfer_id: int,
    person_id: int,
    now: datetime,
) -> RefundTransfer:
    """The second person has seen it at the bank: it was sent.

    :raises SamePerson: when it is who wrote it down.
    :raises NoSuchRefund: when it does not wait any more, or is another's.
    """
    transfer = _transfer(session, cooperative_id, transfer_id)
    if transfer.state is not TransferState.WAITING:
        raise NoSuchRefund(transfer_id)
    if transfer.made_by_id == person_id:
        raise SamePerson(transfer_id)
    transfer.allowed_by_id = person_id
    _paid(session, transfer, person_id, now)
    _log(session, "refund.allowed", transfer, cooperative_id, person_id, now)
    return transfer


def undo(
    session: Session,
    *,
    cooperative_id: int | None,
    transfer_id: int,
    person_id: int,
    now: datetime,
) -> RefundTransfer:
    """It did not go, or the bank sent it back: all of it is owed to the shopper again.

    What was never sent can be written down anew; an account that sent money back is named anew.

    :raises NoSuchRefund: when it failed before, or is another's.
    """
    transfer = _transfer(session, cooperative_id, transfer_id)
    was_paid = transfer.state is TransferState.PAID
    if transfer.state is TransferState.FAILED:
        raise NoSuchRefund(transfer_id)
    refunds = _refunds(session, transfer)
    if was_paid:
        _post(session, transfer, refunds, -1, "refund-failed", "refund-transfer-back", now)
    transfer.state, transfer.failed_at = TransferState.FAILED, now
    destination = session.get_one(RefundDestination, transfer.destination_id)
    for refund in refunds:
        by_card = _method(session, refund) is Method.CARD
        refund.state = RefundState.FAILED if was_paid or by_card else RefundState.ASKED
        refund.transfer_id = refund.reference = refund.done_at = refund.done_by_id = None
        if was_paid:
            refund.destination_id = None
    if was_paid:
        destination.refused_at = now
        _tell(session, "refund_came_back", transfer, destination, now)
    _log(session, "refund.undone", transfer, cooperative_id, person_id, now)
    session.flush()
    return transfer


def _paid(session: Session, transfer: RefundTransfer, person_id: int, now: datetime) -> None:
    refunds = _refunds(session, transfer)
    for refund in refunds:
        refund.state, refund.done_at, refund.done_by_id = RefundState.DONE, now, person_id
    transfer.state, transfer.paid_at = TransferState.PAID, now
    _post(session, transfer, refunds, 1, "refund-paid", "refund-transfer", now)
    destination = session.get_one(RefundDestination, transfer.destination_id)
    _tell(session, "refund_sent", transfer, destination, now)
    session.flush()


def _post(
    session: Session,
    transfer: RefundTransfer,
    refunds: Sequence[Refund],
    sign: int,
    kind: str,
    cause: str,
    now: datetime,
) -> None:
    """What was owed to the shopper left the bank, or came back to it."""
    due = ledger.account(session, AccountKind.REFUND_DUE)
    bank = ledger.account(session, AccountKind.BANK, owner=f"p{transfer.payee_id}")
    # A cooperative gives back of the money that it keeps itself, wherever that lies.
    left = {refund.id: holding_account(session, refund.payment_id) or bank for refund in refunds}
    ledger.post(
        session,
        kind=kind,
        reason=f"{cause}:{transfer.id}",
        postings=[
            posting
            for refund in refunds
            for posting in (
                Posting(due, sign * refund.amount, refund.order_id),
                Posting(left[refund.id], -sign * refund.amount, refund.order_id),
            )
        ],
        now=now,
    )


def _transfer(session: Session, cooperative_id: int | None, transfer_id: int) -> RefundTransfer:
    """A transfer of this account, kept from others until the transaction ends."""
    found = session.scalars(
        select(RefundTransfer)
        .join(Payee, Payee.id == RefundTransfer.payee_id)
        .where(RefundTransfer.id == transfer_id)
        .where(Payee.cooperative_id.is_not_distinct_from(cooperative_id))
        .with_for_update(of=RefundTransfer)
    ).one_or_none()
    if found is None:
        raise NoSuchRefund(transfer_id)
    return found


def _refunds(session: Session, transfer: RefundTransfer) -> Sequence[Refund]:
    return session.scalars(
        select(Refund)
        .where(Refund.transfer_id == transfer.id)
        .order_by(Refund.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def _method(session: Session, refund: Refund) -> Method:
    return session.scalars(select(Payment.method).where(Payment.id == refund.payment_id)).one()


def _account_of(session: Session, cooperative_id: int | None) -> int:
    """The account that refunds leave: the bank's first that was verified and is open, else the
    drawer of a cooperative.
    """
    found = session.scalar(
        select(Payee.id)
        .where(Payee.cooperative_id.is_not_distinct_from(cooperative_id))
        .where(Payee.kind.in_((PayeeKind.BANK, PayeeKind.CASH)))
        .where(Payee.verified_at.is_not(None), Payee.closed_at.is_(None))
        .order_by(Payee.kind, Payee.id)
        .limit(1)
        # One transfer after the other: two people may type the same reference at once.
        .with_for_update()
    )
    if found is None:
        raise NoAccountToPayFrom(cooperative_id)
    return found


def _tell(
    session: Session,
    kind: str,
    transfer: RefundTransfer,
    destination: RefundDestination,
    now: datetime,
) -> None:
    notify(
        session,
        key=f"{kind}:{transfer.id}",
        kind=kind,
        contact_id=destination.contact_id,
        purchase_id=destination.purchase_id,
        now=now,
    )


def _log(
    session: Session,
    action: str,
    transfer: RefundTransfer,
    cooperative_id: int | None,
    person_id: int,
    now: datetime,
) -> None:
    audit.record(
        session,
        action=action,
        subject=f"refund-transfer:{transfer.id}",
        actor_id=person_id,
        cooperative_id=cooperative_id,
        after={"amount": transfer.amount, "state": transfer.state.value},
        now=now,
    )
