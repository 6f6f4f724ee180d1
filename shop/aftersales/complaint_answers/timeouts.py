"""When nobody says anything about a complaint: whose silence it is tells its state (rule R13)."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.aftersales.complaint_answers import replacements
from shop.aftersales.complaint_answers.refunds import default_refund_selection, give_money
from shop.aftersales.complaint_answers.replacements import keep_until
from shop.aftersales.complaints import notices
from shop.aftersales.complaints.models import Actor, Complaint
from shop.aftersales.complaints.photos import purge
from shop.aftersales.complaints.queries import answers_by, figures_on, goods_by
from shop.aftersales.complaints.rules import State, platform_pays
from shop.aftersales.complaints.transitions import transition
from shop.aftersales.refunds.actions import calculated, let_lapse
from shop.core.database.engine import Database
from shop.core.values.errors import RuleBroken
from shop.payments.cards.disputes import has_open_dispute
from shop.people.cooperatives.events import on_calendar_change
from shop.sales.orders.models import Order
from shop.services.outbox.worker import one_by_one, periodic

AT_ONCE = 200


@periodic("complaint-silence", every_seconds=600)
def follow_silence(db: Database, now: datetime) -> None:
    """Look at the clock of every complaint, each in a transaction of its own."""
    with db.reading() as session:
        found = due(session, now)
    one_by_one(db, act, found, now)


@periodic("complaint-forgetting", every_seconds=6 * 3_600)
def purge_evidence(db: Database, now: datetime) -> None:
    """Let photos go that nobody needs, and the words of who is forgotten."""
    db.write(partial(purge, now=now))


def due(session: Session, now: datetime) -> Sequence[int]:
    """Complaints whose time ran out, the oldest first; a bank that decides goes first (R24)."""
    return session.scalars(
        select(Complaint.id)
        .where(Complaint.due_at <= now)
        .where(
            Complaint.state.in_((State.OPEN, State.PROMISED, State.SENT, State.ANSWERED)),
            ~has_open_dispute(Complaint.order_id),
        )
        .order_by(Complaint.due_at, Complaint.id)
        .limit(AT_ONCE)
    ).all()


def act(session: Session, complaint_id: int, now: datetime) -> None:
    """What silence means for one complaint; a second look finds it done."""
    order_id = session.scalars(select(Complaint.order_id).where(Complaint.id == complaint_id)).one()
    order = session.scalars(select(Order).where(Order.id == order_id).with_for_update()).one()
    complaint = session.get_one(Complaint, complaint_id, populate_existing=True)
    if complaint.due_at is None or complaint.due_at > now:
        return
    match complaint.state:
        case State.OPEN:
            grant_or_escalate(session, order, complaint, now)
        case State.PROMISED:
            replacements.release_replacement(session, complaint)
            escalate(session, complaint, State.PROMISED, now)
        case State.SENT:
            replacements.arrived(session, order, complaint, actor=Actor.SHOP, now=now)
        case State.ANSWERED:
            accept_answer(session, complaint, now)
        case _:
            return


def grant_or_escalate(session: Session, order: Order, complaint: Complaint, now: datetime) -> None:
    """After a cooperative's silence: grant the remedy up to a limit, escalate above it.

    The shop can send no goods for it: what it grants is money. Where one person said yes and the
    second nothing, the operator decides too.
    """
    if complaint.request_id is not None:
        let_lapse(session, complaint.request_id, now=now)
        escalate(session, complaint, State.OPEN, now)
        return
    selection = default_refund_selection(session, order, complaint)
    try:
        money = calculated(session, order, selection)
    except RuleBroken:  # nothing of it can go back by itself: a person looks
        escalate(session, complaint, State.OPEN, now)
        return
    if money.to_buyer > figures_on(session, now)["complaint_silent_most"]:
        escalate(session, complaint, State.OPEN, now)
        return
    give_money(
        session,
        order,
        complaint,
        packs=complaint.packs,
        delivery=selection.delivery,
        till_pays=platform_pays(complaint.wrong),
        actor=Actor.SHOP,
        now=now,
    )


def escalate(session: Session, complaint: Complaint, since: State, now: datetime) -> None:
    """Escalate to the operator, whose decision is final."""
    is_proposed = complaint.request_id is not None  # a proposal is no answer
    unsaid = {"request_id": None, "refusal": None, "answer_words": ""} if is_proposed else {}
    transition(
        session,
        complaint,
        State.APPEALED,
        allowed=(since,),
        actor=Actor.SHOP,
        person_id=None,
        now=now,
        asked=complaint.request_id,
        changes={"appealed_at": now, "due_at": None, **unsaid},
    )
    notices.tell_operators(session, complaint, "complaint_appealed", now)


def accept_answer(session: Session, complaint: Complaint, now: datetime) -> None:
    """Who does not ask the operator in time is content with the answer."""
    transition(
        session,
        complaint,
        State.GRANTED if complaint.granted else State.DECLINED,
        allowed=(State.ANSWERED,),
        actor=Actor.SHOP,
        person_id=None,
        now=now,
    )


def set_clocks_anew(session: Session, cooperative_id: int, now: datetime) -> None:
    """Count the time for answers and promised packs again; what has run out already stays so."""
    for complaint in session.scalars(
        select(Complaint)
        .where(Complaint.cooperative_id == cooperative_id, Complaint.due_at > now)
        .where(Complaint.state.in_((State.OPEN, State.PROMISED)))
        .order_by(Complaint.id)
        .with_for_update()
    ):
        if complaint.state is State.PROMISED and complaint.answered_at is not None:
            keep_until(session, complaint, goods_by(session, cooperative_id, complaint.answered_at))
        else:
            complaint.due_at = answers_by(session, cooperative_id, complaint.filed_at)
    session.flush()


def init_app(_app: object, _settings: object) -> None:
    """Listen to cooperatives that change their days."""
    if set_clocks_anew not in on_calendar_change:
        on_calendar_change.append(set_clocks_anew)
