"""Money out, step by step: put together, agreed to, paid with a reference, failed and undone.

Nothing here sends money: a person does that at the bank, with the file of the batch. So each step
is a fact that is written once, and only the one that says "paid" reaches the books.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from shop.core.values import codes
from shop.finance.payouts.amounts_due import (
    due_by_cooperative,
    due_to_members,
    require_accounts,
    require_still_owed,
    second_person_limit,
)
from shop.finance.payouts.errors import (
    BatchOver,
    NothingDue,
    PayoutOver,
    ReferenceMissing,
    SecondPersonNeeded,
)
from shop.finance.payouts.ledger_entries import post_payout, reverse_payout
from shop.finance.payouts.models import BatchState, Payout, PayoutBatch, PayoutOrder, PayoutState
from shop.finance.payouts.queries import batch_by_code, payout_of
from shop.finance.payouts.rules import may_approve, may_pay
from shop.people.cooperatives.models import Cooperative
from shop.services.audit.actions import record


def prepare(session: Session, *, now: datetime, person_id: int | None = None) -> PayoutBatch:
    """Put together what is due to all cooperatives: one payout each, its debts netted.

    :param person_id: None: the shop itself.
    :raises NothingDue: when nothing may go out now.
    """
    _one_at_a_time(session)
    due = [one for one in due_by_cooperative(session, now) if one.stop is None and one.orders]
    return _put_together(
        session,
        {
            Payout(cooperative_id=one.cooperative_id, payee_id=one.payee_id): [
                PayoutOrder(order_id=owed.order_id, own=owed.own, members=owed.members)
                for owed in one.orders
            ]
            for one in due
        },
        cooperative_id=None,
        now=now,
        person_id=person_id,
    )


def prepare_members(
    session: Session, cooperative_id: int, *, now: datetime, person_id: int
) -> PayoutBatch:
    """Put together what a cooperative received for its members: one payout each.

    :raises NothingDue: when nothing came for any of them.
    """
    _one_at_a_time(session, cooperative_id)
    return _put_together(
        session,
        {
            Payout(cooperative_id=cooperative_id, member_id=one.member_id): [
                PayoutOrder(order_id=order_id, member_id=one.member_id, own=0, members=amount)
                for order_id, amount in one.parts.items()
            ]
            for one in due_to_members(session, cooperative_id)
            if one.amount > 0
        },
        cooperative_id=cooperative_id,
        now=now,
        person_id=person_id,
    )


def approve(
    session: Session,
    code: str,
    *,
    now: datetime,
    person_id: int,
    cooperative_id: int | None = None,
) -> PayoutBatch:
    """Agree to a batch: from now on it may be paid, and nothing of it changes any more.

    What is owed is asked again here: a refund or a complaint may have come in between.

    :raises SecondPersonNeeded: above the limit, to the one who put it together.
    :raises BatchStale: when what stands for an order is not what the batch would pay.
    :raises AccountChanged: when an account of the batch was closed or another came since.
    :raises BatchOver: when somebody decided before.
    """
    batch = batch_by_code(session, code, cooperative_id)
    if not may_approve(
        batch.total,
        second_person_limit(session, now),
        prepared_by=batch.prepared_by_id,
        person_id=person_id,
    ):
        raise SecondPersonNeeded
    _decide(session, batch, BatchState.APPROVED, approved_at=now, approved_by_id=person_id)
    require_still_owed(session, batch)
    require_accounts(session, batch, select(Payout.id).where(Payout.batch_id == batch.id))
    _note(session, "payout.approved", batch, person_id, now)
    return batch


def drop(
    session: Session,
    code: str,
    *,
    now: datetime,
    person_id: int,
    cooperative_id: int | None = None,
) -> PayoutBatch:
    """Give a batch up before anybody agreed to it; its orders are due as before."""
    batch = batch_by_code(session, code, cooperative_id)
    _decide(session, batch, BatchState.DROPPED)
    session.execute(
        update(Payout).where(Payout.batch_id == batch.id).values(state=PayoutState.DROPPED)
    )
    _let_go(session, Payout.batch_id == batch.id)
    _note(session, "payout.dropped", batch, person_id, now)
    return batch


def mark_paid(
    session: Session,
    batch_code: str,
    payout_code: str,
    *,
    reference: str,
    paid_on: date,
    now: datetime,
    person_id: int,
    cooperative_id: int | None = None,
    had_left: bool = False,
) -> bool:
    """Write down that a payout left, once.

    :param reference: the bank's, or the number of the slip that was signed for cash.
    :param had_left: the person knows that its account is another by now, and that the money went
        to the one that was agreed to; what happened is written down all the same.
    :return: False when it stands there already with this reference: a second click.
    :raises PayoutOver: when it was paid under another reference, failed or was dropped.
    :raises AccountChanged: when its account was closed or another came since it was agreed to.
    """
    if not reference:
        raise ReferenceMissing
    batch = batch_by_code(session, batch_code, cooperative_id)
    if batch.state is not BatchState.APPROVED:
        raise BatchOver
    if not may_pay(
        batch.total,
        second_person_limit(session, now),
        prepared_by=batch.prepared_by_id,
        approved_by=batch.approved_by_id,
        person_id=person_id,
    ):
        raise SecondPersonNeeded
    if not _claim_paid(session, batch, payout_code, reference, paid_on, now, person_id):
        payout = payout_of(session, batch, payout_code)
        if payout.state is PayoutState.PAID and payout.reference == reference:
            return False
        raise PayoutOver(payout.reference)
    payout = payout_of(session, batch, payout_code)
    if not had_left:
        require_accounts(session, batch, select(Payout.id).where(Payout.id == payout.id))
    post_payout(session, payout, now, person_id)
    _let_go(session, Payout.id == payout.id)
    record(
        session,
        action="payout.paid",
        subject=f"payout:{payout.id}",
        actor_id=person_id,
        cooperative_id=payout.cooperative_id,
        after={
            "amount": payout.amount,
            "reference": reference,
            "payee_id": payout.payee_id,
            **({"account_had_changed": True} if had_left else {}),
        },
        now=now,
    )
    return True


def mark_failed(
    session: Session,
    batch_code: str,
    payout_code: str,
    *,
    now: datetime,
    person_id: int,
    cooperative_id: int | None = None,
) -> bool:
    """The bank did not send it, or it came back: undone by a second entry, its orders due again.

    :return: False when it stands there already.
    :raises PayoutOver: when it was dropped.
    """
    batch = batch_by_code(session, batch_code, cooperative_id)
    if batch.state is not BatchState.APPROVED:
        raise BatchOver
    payout = payout_of(session, batch, payout_code, lock=True)
    if payout.state is PayoutState.FAILED:
        return False
    was_paid = payout.state is PayoutState.PAID
    payout.state, payout.failed_at, payout.failed_by_id = PayoutState.FAILED, now, person_id
    session.flush()
    if was_paid:
        reverse_payout(session, payout, now, person_id)
    _let_go(session, Payout.id == payout.id)
    record(
        session,
        action="payout.failed",
        subject=f"payout:{payout.id}",
        actor_id=person_id,
        cooperative_id=payout.cooperative_id,
        before={"was_paid": was_paid},
        after={"amount": payout.amount, "reference": payout.reference},
        now=now,
    )
    return True


def _one_at_a_time(session: Session, cooperative_id: int | None = None) -> None:
    """Two people who put batches together wait for each other: nothing is in both."""
    wanted = select(Cooperative.id).order_by(Cooperative.id).with_for_update(key_share=True)
    if cooperative_id is not None:
        wanted = wanted.where(Cooperative.id == cooperative_id)
    session.execute(wanted).all()


def _put_together(
    session: Session,
    wanted: Mapping[Payout, Sequence[PayoutOrder]],
    *,
    cooperative_id: int | None,
    now: datetime,
    person_id: int | None,
) -> PayoutBatch:
    """Write a batch down: its payouts, each for some orders."""
    if not wanted:
        raise NothingDue
    for payout, parts in wanted.items():
        payout.amount = sum(part.own + part.members for part in parts)
    batch = PayoutBatch(
        code=codes.new_code(),
        cooperative_id=cooperative_id,
        state=BatchState.PREPARED,
        total=sum(payout.amount for payout in wanted),
        prepared_at=now,
        prepared_by_id=person_id,
    )
    session.add(batch)
    session.flush()
    for payout in wanted:
        payout.code, payout.batch_id, payout.state = (
            codes.new_code(),
            batch.id,
            PayoutState.WAITING,
        )
    session.add_all(wanted)
    session.flush()
    for payout, parts in wanted.items():
        for part in parts:
            part.payout_id, part.is_open = payout.id, True
        session.add_all(parts)
    session.flush()
    _note(session, "payout.prepared", batch, person_id, now)
    return batch


def _decide(session: Session, batch: PayoutBatch, to: BatchState, **facts: object) -> None:
    """Move a batch from prepared, if nobody did before."""
    moved = session.scalar(
        update(PayoutBatch)
        .where(PayoutBatch.id == batch.id, PayoutBatch.state == BatchState.PREPARED)
        .values(state=to, **facts)
        .returning(PayoutBatch.id)
    )
    if moved is None:
        raise BatchOver
    session.refresh(batch)


def _claim_paid(
    session: Session,
    batch: PayoutBatch,
    payout_code: str,
    reference: str,
    paid_on: date,
    now: datetime,
    person_id: int,
) -> bool:
    """Be the one who writes it down: of two at once, one is."""
    claimed = session.scalar(
        update(Payout)
        .where(Payout.batch_id == batch.id, Payout.code == payout_code)
        .where(Payout.state == PayoutState.WAITING)
        .values(
            state=PayoutState.PAID,
            reference=reference,
            paid_on=paid_on,
            paid_at=now,
            paid_by_id=person_id,
        )
        .returning(Payout.id)
    )
    return claimed is not None


def _let_go(session: Session, which: ColumnElement[bool]) -> None:
    """The orders of these payouts may stand in another batch."""
    session.execute(
        update(PayoutOrder)
        .where(PayoutOrder.payout_id.in_(select(Payout.id).where(which)))
        .values(is_open=False)
        .execution_options(synchronize_session=False)
    )


def _note(
    session: Session, action: str, batch: PayoutBatch, person_id: int | None, now: datetime
) -> None:
    record(
        session,
        action=action,
        subject=f"payout_batch:{batch.id}",
        actor_id=person_id,
        cooperative_id=batch.cooperative_id,
        after={"total": batch.total},
        now=now,
    )
