"""Complaints that are answered with money, by the one way money goes back by hand (``refunds``)."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.aftersales.complaints import notices
from shop.aftersales.complaints.errors import AlreadyAnswered, CountNotAsked
from shop.aftersales.complaints.models import Actor, Complaint
from shop.aftersales.complaints.rules import (
    RefusalReason,
    State,
    delivery_goes_back,
    platform_pays,
    refund_reason,
)
from shop.aftersales.complaints.transitions import appeal_until, require, stands, transition
from shop.aftersales.refunds import actions as refunds
from shop.aftersales.refunds.models import RefundRequest
from shop.aftersales.refunds.queries import delivery_left
from shop.aftersales.refunds.rules import RefundSelection
from shop.core.values.errors import RuleBroken
from shop.core.values.money import Rupiah
from shop.fulfilment.orders.queries import lines_to_work_on
from shop.payments.bills.models import Refund
from shop.sales.orders.models import Order
from shop.services.audit import actions as audit


def give_money(
    session: Session,
    order: Order,
    complaint: Complaint,
    *,
    packs: int,
    delivery: int,
    till_pays: bool,
    now: datetime,
    actor: Actor = Actor.COOPERATIVE,
    refusal: RefusalReason | None = None,
    words: str = "",
    person_id: int | None = None,
) -> Refund | RefundRequest:
    """Give back the price of packs, reckoned as every refund by hand is.

    From a limit on a second person has to allow it; until then the complaint stands open.

    :param refusal: why fewer packs than were complained of; then the operator can be asked.
    :raises CountNotAsked: for no packs, or more than it is about.
    :raises RuleBroken: whatever ``refunds.actions.calculated`` refuses.
    """
    if not 0 < packs <= complaint.packs:
        raise CountNotAsked(complaint.packs)
    require(complaint, State.OPEN)
    selection = refund_selection(complaint, packs, delivery, till_pays=till_pays)
    if actor is Actor.COOPERATIVE and person_id is not None:
        given = refunds.request_or_refund(
            session, order, selection, seen=order.refunded, person_id=person_id, now=now
        )
    else:
        given = refunds.give_back(
            session, order, selection, seen=order.refunded, person_id=person_id, now=now
        )
    if isinstance(given, RefundRequest):
        _wait_for_second(session, complaint, given.id, refusal, words)
        return given
    settle_money(
        session,
        order,
        complaint,
        given,
        packs=packs,
        actor=actor,
        person_id=person_id,
        refusal=refusal,
        words=words,
        now=now,
    )
    return given


def settle_money(
    session: Session,
    order: Order,
    complaint: Complaint,
    refund: Refund,
    *,
    packs: int,
    actor: Actor,
    person_id: int | None,
    refusal: str | None,
    words: str,
    now: datetime,
    asked: int | None = None,
) -> None:
    """Write down that a refund answers a complaint, in whole or in part.

    :param asked: the request that a second person allowed.
    """
    is_part = packs < complaint.packs
    changes: dict[str, Any] = {"granted": packs, "request_id": None, "answered_at": now}
    if words:
        changes["answer_words"] = words
    if is_part:
        changes |= {
            "refusal": refusal or RefusalReason.AS_SAID,
            "due_at": appeal_until(session, order, now),
        }
    transition(
        session,
        complaint,
        State.ANSWERED if is_part else State.GRANTED,
        allowed=(State.OPEN,),
        actor=actor,
        person_id=person_id,
        now=now,
        packs=packs,
        refund_id=refund.id,
        asked=asked,
        changes=changes,
    )
    if is_part:
        notices.tell_shopper(session, order, complaint, "complaint_answered", now)
    elif actor is not Actor.COOPERATIVE:
        notices.tell_managers(session, complaint, "complaint_ended", now)


def hear_second(
    session: Session,
    order: Order,
    request: RefundRequest,
    refund: Refund | None,
    now: datetime,
) -> None:
    """A second person has looked at a refund: it answers the complaint, or nothing was said yet.

    A no gives no new days: its cooperative answers another way in those it had.
    """
    complaint = session.scalars(
        select(Complaint)
        .where(Complaint.request_id == request.id, Complaint.state == State.OPEN)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if complaint is None:
        return
    if refund is None:
        complaint.request_id, complaint.refusal, complaint.answer_words = None, None, ""
        session.flush()
        return
    settle_money(
        session,
        order,
        complaint,
        refund,
        packs=RefundSelection.from_json(request.wish).packs[complaint.line_id],
        actor=Actor.COOPERATIVE,
        person_id=request.decided_by_id,
        refusal=complaint.refusal,
        words="",
        now=now,
        asked=request.id,
    )


def decide(
    session: Session,
    order: Order,
    complaint: Complaint,
    *,
    packs: int,
    till_pays: bool,
    words: str,
    person_id: int,
    now: datetime,
) -> Refund | None:
    """The operator's word, which is the last: so many packs' price goes back, or none.

    :param packs: beside those that were granted before.
    """
    require(complaint, State.APPEALED)
    left = complaint.packs - complaint.granted
    if not 0 <= packs <= left:
        raise CountNotAsked(left)
    refund = None
    if packs:
        lines = lines_to_work_on(session, order.id)
        delivery = delivery_goes_back(
            lines, complaint.line_id, packs, delivery_left(session, order)
        )
        selection = refund_selection(complaint, packs, delivery, till_pays=till_pays)
        refund = refunds.give_back(
            session, order, selection, seen=order.refunded, person_id=person_id, now=now
        )
    granted = complaint.granted + packs
    transition(
        session,
        complaint,
        State.GRANTED if granted else State.DECLINED,
        allowed=(State.APPEALED,),
        actor=Actor.OPERATOR,
        person_id=person_id,
        now=now,
        packs=packs,
        refund_id=refund.id if refund else None,
        changes={"granted": granted, "decision_words": words},
    )
    audit.record(
        session,
        action="complaint.decided",
        subject=f"complaint:{complaint.id}",
        actor_id=person_id,
        cooperative_id=complaint.cooperative_id,
        before={"granted": granted - packs},
        after={"granted": granted, "till_pays": till_pays},
        now=now,
    )
    notices.tell_shopper(session, order, complaint, "complaint_decided", now)
    notices.tell_managers(session, complaint, "complaint_ended", now)
    return refund


def refund_selection(
    complaint: Complaint, packs: int, delivery: int, *, till_pays: bool
) -> RefundSelection:
    """What goes back for a complaint, in the words of a refund by hand."""
    return RefundSelection(
        packs={complaint.line_id: packs},
        delivery=delivery,
        reason=refund_reason(complaint.wrong),
        # The packs are with the shopper; nobody has seen them fit to be sold (rule R11).
        is_back=False,
        till_pays=till_pays,
    )


def default_refund_selection(
    session: Session, order: Order, complaint: Complaint
) -> RefundSelection:
    """What goes back where nobody says otherwise: all packs, borne as the rule has it."""
    lines = lines_to_work_on(session, order.id)
    packs = complaint.packs - complaint.granted
    delivery = delivery_goes_back(lines, complaint.line_id, packs, delivery_left(session, order))
    return refund_selection(complaint, packs, delivery, till_pays=platform_pays(complaint.wrong))


def amount_of(session: Session, order: Order, complaint: Complaint) -> Rupiah | None:
    """What goes back when all that is left of the claim is granted; None where nothing can."""
    if complaint.granted >= complaint.packs:
        return None
    try:
        return refunds.calculated(
            session, order, default_refund_selection(session, order, complaint)
        ).to_buyer
    except RuleBroken:
        return None


def _wait_for_second(
    session: Session,
    complaint: Complaint,
    request_id: int,
    refusal: RefusalReason | None,
    words: str,
) -> None:
    """One person has said yes, a second has to look within the days that the answer has."""
    waits = session.scalar(
        update(Complaint)
        .where(stands(complaint, (State.OPEN,)))
        .values(request_id=request_id, answer_words=words, refusal=refusal)
        .returning(Complaint.id)
        .execution_options(synchronize_session=False)
    )
    session.refresh(complaint)
    if waits is None:
        require(complaint, State.OPEN)
        raise AlreadyAnswered(complaint.state)
