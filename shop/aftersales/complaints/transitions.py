"""Moving complaints from state to state. What lets one of two at once pass is the state itself."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from shop.aftersales.complaints.errors import AlreadyAnswered, SecondLooks, WindowOver
from shop.aftersales.complaints.models import Actor, Complaint, ComplaintEvent
from shop.aftersales.complaints.queries import figures_on
from shop.aftersales.complaints.rules import ALLOWED_TRANSITIONS, OVER, ComplaintReason, State
from shop.catalog.packaging.batches import count_broken
from shop.fulfilment.orders.queries import working_days_on
from shop.fulfilment.orders.rules import COMPLAINT, NOT_ARRIVED
from shop.sales.orders.models import Order, OrderLine, OrderState, Parcel


def transition(
    session: Session,
    complaint: Complaint,
    to: State,
    *,
    allowed: tuple[State, ...],
    actor: Actor,
    person_id: int | None,
    now: datetime,
    packs: int = 0,
    refund_id: int | None = None,
    reason: str | None = None,
    asked: int | None = None,
    changes: Mapping[str, Any] | None = None,
) -> None:
    """Move a complaint. Nothing else writes its state.

    :param packs: that this step grants.
    :param asked: the refund request whose end this step is; None: nothing may wait for one.
    :raises AlreadyAnswered: when it does not stand at any of ``allowed`` any more.
    :raises SecondLooks: while a second person looks at its money.
    """
    assert all(to in ALLOWED_TRANSITIONS[state] for state in allowed), "no such way"
    before = complaint.state
    closes = {"closed_at": now, "due_at": None} if to in OVER else {}
    moved = session.scalar(
        update(Complaint)
        .where(stands(complaint, allowed, asked))
        .values(state=to, **{**(changes or {}), **closes})
        .returning(Complaint.id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(complaint)
    if moved is None:
        require(complaint, *allowed)
        raise AlreadyAnswered(complaint.state)
    note(session, complaint, before, actor, person_id, now, packs, refund_id, reason)
    if to in OVER:
        _let_go(session, complaint)
        _tell_maker(session, complaint, now)


def stands(
    complaint: Complaint, allowed: tuple[State, ...], asked: int | None = None
) -> ColumnElement[bool]:
    """What lets one of two at once pass; while a second person looks, only what ends that."""
    is_free = Complaint.request_id.is_not_distinct_from(asked)
    return (Complaint.id == complaint.id) & Complaint.state.in_(allowed) & is_free


def note(
    session: Session,
    complaint: Complaint,
    before: State | None,
    actor: Actor,
    person_id: int | None,
    now: datetime,
    packs: int = 0,
    refund_id: int | None = None,
    reason: str | None = None,
) -> None:
    """Write down a step that was taken."""
    session.add(
        ComplaintEvent(
            complaint_id=complaint.id,
            at=now,
            actor=actor,
            person_id=person_id,
            from_state=before,
            to_state=complaint.state,
            packs=packs,
            refund_id=refund_id,
            reason=reason,
        )
    )
    session.flush()


def _tell_maker(session: Session, complaint: Complaint, now: datetime) -> None:
    """What came broken counts against how it was packed."""
    if complaint.wrong is ComplaintReason.BROKEN and complaint.granted:
        line = session.get_one(OrderLine, complaint.line_id)
        count_broken(
            session,
            product_id=line.product_id,
            packs=complaint.granted,
            source=f"complaint:{complaint.id}",
            now=now,
        )


def hold(session: Session, order: Order) -> str | None:
    """Keep the order from ending by the clock; who complains of goods has them.

    :return: ``NOT_ARRIVED`` where another parcel of it is missed: that claim goes on afterwards.
        The complaint's first step has to carry it, as the order says one thing at a time.
    """
    missed = _missed_beside(session, order)
    held = session.scalar(
        update(Order)
        .where(Order.id == order.id, Order.state == OrderState.ARRIVED)
        .where(Order.needs.is_(None) | Order.needs.in_((NOT_ARRIVED, COMPLAINT)))
        .values(needs=COMPLAINT)
        .returning(Order.id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(order, ["needs", "state"])
    if held is None:
        raise WindowOver(None)
    return missed


def _missed_beside(session: Session, order: Order) -> str | None:
    if order.needs == COMPLAINT:  # what an open complaint carries, the next one does too
        carried = session.scalar(
            select(Complaint.id)
            .where(Complaint.order_id == order.id, Complaint.state.not_in(OVER))
            .where(_carries_a_miss(Complaint.id))
            .limit(1)
        )
        return None if carried is None else NOT_ARRIVED
    if order.needs != NOT_ARRIVED:
        return None
    sent = session.scalar(
        select(func.count())
        .select_from(Parcel)
        .where(Parcel.order_id == order.id)
        .where(Parcel.returned_at.is_(None), Parcel.given_up_at.is_(None))
    )
    return NOT_ARRIVED if (sent or 0) > 1 else None


def _carries_a_miss(complaint_id: int | InstrumentedAttribute[int]) -> ColumnElement[bool]:
    return exists().where(
        ComplaintEvent.complaint_id == complaint_id, ComplaintEvent.reason == NOT_ARRIVED
    )


def _let_go(session: Session, complaint: Complaint) -> None:
    """Let the order go on when its last complaint is over, to what was missed before it."""
    others = select(Complaint.id).where(
        Complaint.order_id == complaint.order_id, Complaint.state.not_in(OVER)
    )
    is_missed = _carries_a_miss(complaint.id) & (Order.refunded < Order.total)
    session.execute(
        update(Order)
        .where(Order.id == complaint.order_id, Order.needs == COMPLAINT)
        .where(~others.exists())
        .values(needs=case((is_missed, NOT_ARRIVED), else_=None))
        .execution_options(synchronize_session=False)
    )


def require(complaint: Complaint, *allowed: State) -> None:
    """Refuse before any money is reckoned; ``transition`` looks again."""
    if complaint.state not in allowed:
        raise AlreadyAnswered(complaint.state)
    if complaint.request_id is not None:
        raise SecondLooks(complaint.request_id)


def appeal_until(session: Session, order: Order, now: datetime) -> datetime:
    """Until when the operator can be asked about an answer that is given now."""
    days = figures_on(session, now)["complaint_appeal_working_days"]
    return working_days_on(session, order.cooperative_id, now, days)
