"""When nobody says anything: a cooperative that does not answer (rule R8), a shopper who was asked
(R9), a courier whose parcel nobody reported (R13), goods that nobody fetches (R15). The worker
looks, each step happens once.
"""

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, func, select, update
from sqlalchemy.orm import Session

from shop.core.database import settings_by_date
from shop.core.database.engine import Database
from shop.core.values import clock
from shop.fulfilment.order_steps.actions import confirm_arrival
from shop.fulfilment.order_steps.shortages import expire_offer, unanswered_offers
from shop.fulfilment.orders.notifications import notify_shopper
from shop.fulfilment.orders.order_refunds import refund_order
from shop.fulfilment.orders.queries import counts_as_arrived_on, lines_to_work_on, working_days_on
from shop.fulfilment.orders.restocking import put_back_all
from shop.fulfilment.orders.rules import NO_ANSWER, Reason
from shop.payments.cards.disputes import is_disputed
from shop.people.accounts.models import OperatorRight, OperatorSeat, Person
from shop.people.cooperatives.queries import managers_to_tell
from shop.people.working_days.queries import calendar_of
from shop.sales.orders.actions import advance
from shop.sales.orders.errors import MoveRefused
from shop.sales.orders.models import Actor, Order, OrderState, Parcel
from shop.sales.orders.rules import DeliveryKind
from shop.services.outbox.actions import notify
from shop.services.outbox.models import Notice
from shop.services.outbox.worker import one_by_one, periodic

AT_ONCE = 200
_CLOCK_RUNS = (
    OrderState.READY,
    OrderState.ON_THE_WAY,
    OrderState.UNDELIVERED,
    OrderState.ARRIVED,
)
_WAITING, _UNFETCHED = "order_waiting", "order_unfetched"


@periodic("order-silence", every_seconds=600)
def run_timeouts(db: Database, now: datetime) -> None:
    """Handle every expired deadline, each order in a transaction of its own."""
    for find, act in (
        (half_waited, remind),
        (unanswered, call_operator),
        (given_up, cancel_unanswered),
        (unanswered_offers, expire_offer),
        (long_on_the_way, take_as_arrived),
        (unfetched, remind_to_fetch),
        (left_behind, cancel_unfetched),
    ):
        with db.reading() as session:
            due = find(session, now)
        one_by_one(db, act, due, now)


# ------------------------------------------------------------------ a cooperative that is silent


def half_waited(session: Session, now: datetime) -> tuple[int, ...]:
    """New orders whose time for an answer is half over, and whose managers were told once only."""
    rows = session.execute(
        select(Order.id, Order.paid_at, Order.placed_at, Order.accept_by)
        .where(Order.state == OrderState.NEW, Order.accept_by > now, ~_told(_WAITING))
        .where(Order.needs.is_(None))
        .order_by(Order.accept_by, Order.id)
        .limit(AT_ONCE)
    )
    return tuple(
        order_id
        for order_id, paid_at, placed_at, until in rows
        if until and now >= _half(paid_at or placed_at, until)
    )


def _half(since: datetime, until: datetime) -> datetime:
    return since + (until - since) / 2


def remind(session: Session, order_id: int, now: datetime) -> None:
    """Ask the managers for an answer while there is time."""
    order = _locked(session, order_id)
    if order.state is not OrderState.NEW:
        return
    for _cooperative_id, contact_id in managers_to_tell(session, [order.cooperative_id]):
        _notify(session, order, _WAITING, contact_id, now, cooperative_id=order.cooperative_id)


def unanswered(session: Session, now: datetime) -> tuple[int, ...]:
    """New orders whose time for an answer is over, that no operator knows of."""
    return _ids(
        session,
        select(Order.id)
        .where(Order.state == OrderState.NEW, Order.accept_by <= now, Order.needs.is_(None))
        .order_by(Order.accept_by, Order.id),
    )


def call_operator(session: Session, order_id: int, now: datetime) -> None:
    """Mark the order, and tell the operators: a call helps more than another message."""
    marked = session.scalar(
        update(Order)
        .where(Order.id == order_id, Order.state == OrderState.NEW, Order.needs.is_(None))
        .values(needs=NO_ANSWER)
        .returning(Order.id)
        .execution_options(synchronize_session=False)
    )
    if marked is None:
        return
    order = session.get_one(Order, order_id)
    operators = select(Person.contact_id).where(Person.id.in_(_operators()))
    for contact_id in session.scalars(operators.order_by(Person.id)):
        _notify(session, order, "order_unanswered", contact_id, now)


def given_up(session: Session, now: datetime) -> tuple[int, ...]:
    """New orders that stayed without an answer after the operator was told, too."""
    days = _figure(session, now, "accept_grace_working_days")
    rows = session.execute(
        select(Order.id, Order.cooperative_id, Order.accept_by)
        .where(Order.state == OrderState.NEW, Order.accept_by <= now, Order.needs == NO_ANSWER)
        .order_by(Order.accept_by, Order.id)
        .limit(AT_ONCE)
    )
    return tuple(
        order_id
        for order_id, cooperative_id, until in rows
        if until and working_days_on(session, cooperative_id, until, days) < now
    )


def cancel_unanswered(session: Session, order_id: int, now: datetime) -> None:
    """End what nobody answered: all the money goes back, the other orders go on."""
    order = _locked(session, order_id)
    if order.state is OrderState.NEW and order.needs == NO_ANSWER:
        _cancel(session, order, Reason.NO_ANSWER, "order_refused", now)


# ------------------------------------------------------------------ a courier that says nothing


def long_on_the_way(session: Session, now: datetime) -> tuple[int, ...]:
    """Parcels that must be there by the days of their rate and some more; ids of parcels.

    Each parcel of an order has its own clock. What a shopper misses waits for people, and a
    cooperative's own round ends with a name; what went on top of an order has no other end.
    """
    days = _figure(session, now, "arrival_extra_working_days")
    rows = session.execute(
        select(Parcel.id, Order.cooperative_id, Parcel.promised_on)
        .join(Order, Order.id == Parcel.order_id)
        .where(Order.state.in_(_CLOCK_RUNS))
        .where(Order.needs.is_(None) | Parcel.extra.is_not(None))
        .where((Order.delivery_kind == DeliveryKind.COURIER) | Parcel.extra.is_not(None))
        .where(Parcel.arrived_at.is_(None), Parcel.failed_at.is_(None))
        .where(Parcel.returned_at.is_(None), Parcel.given_up_at.is_(None))
        .where(Parcel.promised_on < clock.day_in(clock.HOME_ZONE, now))
        .order_by(Parcel.promised_on, Parcel.id)
        .limit(AT_ONCE)
    )
    return tuple(
        parcel_id
        for parcel_id, cooperative_id, day in rows
        if day and counts_as_arrived_on(session, cooperative_id, day, days) < now
    )


def take_as_arrived(session: Session, parcel_id: int, now: datetime) -> None:
    """Count a parcel as arrived; from now on the days for complaints run."""
    parcel = session.get_one(Parcel, parcel_id)
    order = _locked(session, parcel.order_id)
    session.refresh(parcel)
    if order.needs and parcel.extra is None:
        return
    with suppress(MoveRefused):  # somebody heard of it meanwhile
        confirm_arrival(session, order, actor=Actor.SHOP, parcel_id=parcel_id, now=now)


# ------------------------------------------------------------------ goods that nobody fetches


def unfetched(session: Session, now: datetime) -> tuple[int, ...]:
    """Orders that stand ready at the counter for a week, and whose shopper was not reminded."""
    days = _figure(session, now, "pickup_reminder_days")
    standing = session.execute(_standing(now, days).where(~_told(_UNFETCHED)).limit(AT_ONCE))
    return tuple(
        order_id
        for order_id, cooperative_id, since in standing
        if _open_for(session, cooperative_id, since, now) >= timedelta(days=days)
    )


def remind_to_fetch(session: Session, order_id: int, now: datetime) -> None:
    """Say again where it can be fetched, and until when."""
    order = _locked(session, order_id)
    if order.state is OrderState.READY:
        notify_shopper(session, order, _UNFETCHED, now)


def left_behind(session: Session, now: datetime) -> tuple[int, ...]:
    """Orders that nobody fetched a week after the reminder, whenever that was written."""
    days = _figure(session, now, "pickup_end_days")
    grace = timedelta(days=days - _figure(session, now, "pickup_reminder_days"))
    told_at = select(func.max(Notice.created_at)).where(
        Notice.order_id == Order.id, Notice.kind == _UNFETCHED
    )
    standing = session.execute(
        _standing(now, days)
        .add_columns(told_at.scalar_subquery())
        .where(_told(_UNFETCHED, Notice.created_at <= now - grace))
        .limit(AT_ONCE)
    )
    return tuple(
        order_id
        for order_id, cooperative_id, since, told in standing
        if _open_for(session, cooperative_id, since, now) >= timedelta(days=days)
        and _open_for(session, cooperative_id, told, now) >= grace
    )


def cancel_unfetched(session: Session, order_id: int, now: datetime) -> None:
    """End it: the goods go back on the shelf and the money to the shopper."""
    order = _locked(session, order_id)
    if order.state is OrderState.READY:
        _cancel(session, order, Reason.NOT_FETCHED, "order_not_fetched", now)


def _open_for(
    session: Session, cooperative_id: int, since: datetime | None, now: datetime
) -> timedelta:
    """How long goods could have been fetched: nobody comes to a closed counter (rule R14)."""
    if since is None:
        return timedelta(0)
    calendar = calendar_of(session, cooperative_id, clock.day_in(clock.HOME_ZONE, since))
    return calendar.time_open(since, now)


def _standing(now: datetime, days: int) -> Select[int, int, datetime | None]:
    return (
        select(Order.id, Order.cooperative_id, Order.ready_at)
        .where(Order.state == OrderState.READY, Order.delivery_kind == DeliveryKind.PICKUP)
        .where(Order.ready_at <= now - timedelta(days=days))
        .order_by(Order.ready_at, Order.id)
    )


def _cancel(session: Session, order: Order, reason: Reason, notice: str, now: datetime) -> None:
    if is_disputed(session, order.id):
        return  # the bank decides first (rule R24)
    lines = lines_to_work_on(session, order.id)
    advance(session, order, OrderState.CANCELLED, actor=Actor.SHOP, now=now, reason=reason)
    put_back_all(session, order, lines, reason, {}, now=now, person_id=None)
    refund_order(session, order, lines, reason, now=now, person_id=None)
    notify_shopper(session, order, notice, now)


def _operators() -> Select[int]:
    return select(OperatorSeat.person_id).where(OperatorSeat.right == OperatorRight.OPERATE)


def _locked(session: Session, order_id: int) -> Order:
    return session.scalars(select(Order).where(Order.id == order_id).with_for_update()).one()


def _told(kind: str, *more: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(Notice.order_id == Order.id, Notice.kind == kind, *more)


def _ids(session: Session, wanted: Select[int]) -> tuple[int, ...]:
    return tuple(session.scalars(wanted.limit(AT_ONCE)))


def _figure(session: Session, now: datetime, name: str) -> int:
    return settings_by_date.settings_on(session, clock.day_in(clock.HOME_ZONE, now))[name]


def _notify(
    session: Session,
    order: Order,
    kind: str,
    contact_id: int,
    now: datetime,
    *,
    cooperative_id: int | None = None,
) -> None:
    notify(
        session,
        key=f"{kind}:{order.id}:{contact_id}",
        kind=kind,
        contact_id=contact_id,
        cooperative_id=cooperative_id,
        order_id=order.id,
        now=now,
    )
