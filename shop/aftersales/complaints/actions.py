"""Filed, refused, withdrawn, appealed: what shopper and cooperative say of packs that arrived.

Each verb is for one transaction; whoever calls it holds the order's row.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from shop.aftersales.complaints import notices
from shop.aftersales.complaints.errors import (
    AlreadyComplained,
    AppealOver,
    MoreThanBought,
    NothingToComplainOf,
    RemedyNotAllowed,
    WindowOver,
)
from shop.aftersales.complaints.models import Actor, Complaint
from shop.aftersales.complaints.photos import attach
from shop.aftersales.complaints.queries import active_of_line, answers_by, line_of
from shop.aftersales.complaints.rules import (
    CURES,
    ComplaintReason,
    RefusalReason,
    RequestedRemedy,
    State,
    may_be_filed,
    packs_to_complain_of,
)
from shop.aftersales.complaints.transitions import appeal_until, hold, note, require, transition
from shop.core.database.upserts import insert_row
from shop.fulfilment.deadlines.completion import complaints_until
from shop.sales.orders.models import Order


def file(
    session: Session,
    order: Order,
    *,
    line_id: int,
    packs: int,
    wrong: ComplaintReason,
    wished: RequestedRemedy,
    now: datetime,
    words: str = "",
    draft: str = "",
    person_id: int | None = None,
) -> Complaint:
    """Say what is wrong with packs of one line; the order's money waits from now on (rule R20).

    :param draft: code of the photos that came with the form.
    :raises WindowOver: when the days for complaints are over, or have not begun.
    :raises AlreadyComplained, MoreThanBought, NothingToComplainOf, WishDoesNotFit:
    """
    line = line_of(session, order.id, line_id)
    until = (
        complaints_until(session, order.cooperative_id, order.arrived_at)
        if order.arrived_at is not None
        else None
    )
    if order.arrived_at is None:
        raise NothingToComplainOf(order.number)
    if not may_be_filed(order.state, until, now):
        raise WindowOver(until)
    if active_of_line(session, line.id) is not None:
        raise AlreadyComplained(order.number)
    left = packs_to_complain_of(line)
    if left == 0:
        raise NothingToComplainOf(order.number)
    if not 0 < packs <= left:
        raise MoreThanBought(left)
    if wished not in CURES[wrong]:
        raise RemedyNotAllowed(wished)
    values = {
        "order_id": order.id,
        "line_id": line.id,
        "cooperative_id": order.cooperative_id,
        "packs": packs,
        "wrong": wrong,
        "wished": wished,
        "state": State.OPEN,
        "words": words,
        "answer_words": "",
        "appeal_words": "",
        "decision_words": "",
        "granted": 0,
        "filed_at": now,
        "due_at": answers_by(session, order.cooperative_id, now),
    }
    complaint = session.get_one(Complaint, insert_row(session, Complaint, values))
    attach(session, complaint, draft)
    missed = hold(session, order)
    note(session, complaint, None, Actor.SHOPPER, person_id, now, reason=missed)
    notices.tell_managers(session, complaint, "complaint_filed", now)
    return complaint


def refuse(
    session: Session,
    order: Order,
    complaint: Complaint,
    *,
    reason: RefusalReason,
    words: str,
    now: datetime,
    person_id: int | None = None,
) -> None:
    """Grant nothing, and say why; the shopper can ask the operator once."""
    transition(
        session,
        complaint,
        State.ANSWERED,
        allowed=(State.OPEN,),
        actor=Actor.COOPERATIVE,
        person_id=person_id,
        now=now,
        reason=reason,
        changes={
            "refusal": reason,
            "answer_words": words,
            "answered_at": now,
            "due_at": appeal_until(session, order, now),
        },
    )
    notices.tell_shopper(session, order, complaint, "complaint_answered", now)


def withdraw(
    session: Session, complaint: Complaint, *, now: datetime, person_id: int | None = None
) -> None:
    """The shopper thinks otherwise, while nobody has answered."""
    transition(
        session,
        complaint,
        State.WITHDRAWN,
        allowed=(State.OPEN,),
        actor=Actor.SHOPPER,
        person_id=person_id,
        now=now,
    )
    notices.tell_managers(session, complaint, "complaint_ended", now)


def appeal(
    session: Session,
    order: Order,
    complaint: Complaint,
    *,
    words: str,
    now: datetime,
    person_id: int | None = None,
) -> None:
    """Ask the operator, once: about an answer, or about packs sent after that are no better.

    :raises AppealOver: when the days for it are over.
    """
    require(complaint, State.ANSWERED, State.SENT)
    if complaint.due_at is not None and now > complaint.due_at:
        raise AppealOver(order.number)
    transition(
        session,
        complaint,
        State.APPEALED,
        allowed=(State.ANSWERED, State.SENT),
        actor=Actor.SHOPPER,
        person_id=person_id,
        now=now,
        changes={"appeal_words": words, "appealed_at": now, "due_at": None},
    )
    notices.tell_operators(session, complaint, "complaint_appealed", now)
