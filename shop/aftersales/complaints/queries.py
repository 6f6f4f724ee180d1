"""Complaints as each of the three sides sees them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import Session

from shop.aftersales.complaints.errors import NoSuchComplaint
from shop.aftersales.complaints.models import Actor, Complaint, ComplaintEvent, ComplaintPhoto
from shop.aftersales.complaints.rules import (
    OVER,
    ComplaintReason,
    RequestedRemedy,
    State,
    packs_to_complain_of,
)
from shop.core.database import pagination, settings_by_date
from shop.core.values import clock
from shop.core.values.money import Rupiah
from shop.fulfilment.orders.queries import working_days_on
from shop.fulfilment.orders.rules import goods_name
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import Order, OrderLine, Purchase

SHOWN = 24
OPEN_SHOWN = 200
"""Complaints that wait, in a list without pages: more than one desk can have open."""
LATELY = 20
"""Decided complaints that the operator's list still shows."""


@dataclass(frozen=True, slots=True)
class Line:
    """So many packs of an order, and what was said of them. ``position`` names it."""

    line_id: int
    variant_id: int
    position: int
    name: str
    packs: int
    left: int
    """As many can be complained of."""
    unit_price: Rupiah


@dataclass(frozen=True, slots=True)
class EventView:
    """A step of a complaint."""

    at: datetime
    actor: Actor
    to_state: State
    packs: int
    is_refund: bool
    reason: str | None


@dataclass(frozen=True, slots=True)
class Story:
    """A complaint with all that both sides said."""

    id: int
    order_id: int
    cooperative_id: int
    line: Line
    packs: int
    wrong: ComplaintReason
    wished: RequestedRemedy
    state: State
    words: str
    answer_words: str
    appeal_words: str
    decision_words: str
    granted: int
    refusal: str | None
    waits_for_second: bool
    filed_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    photos: tuple[int, ...]
    events: tuple[EventView, ...]

    @property
    def left(self) -> int:
        """Packs that were complained of and not granted."""
        return self.packs - self.granted

    @property
    def is_over(self) -> bool:
        """Whether nothing more can come of it."""
        return self.state in OVER

    def may_be_appealed(self, now: datetime) -> bool:
        """Whether the operator can still be asked."""
        return self.state is State.ANSWERED and (self.due_at is None or now <= self.due_at)


@dataclass(frozen=True, slots=True)
class Row:
    """A complaint in a list."""

    number: str
    cooperative: str
    slug: str
    zone: str
    position: int
    name: str
    packs: int
    wrong: ComplaintReason
    state: State
    filed_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    photos: int


def figures_on(session: Session, now: datetime) -> Mapping[str, int]:
    """The days and sums of complaints as they hold today."""
    return settings_by_date.settings_on(session, clock.day_in(clock.HOME_ZONE, now))


def answers_by(session: Session, cooperative_id: int, since: datetime) -> datetime:
    """Until when a cooperative answers (rule R13), by its own calendar (R14)."""
    days = figures_on(session, since)["complaint_answer_working_days"]
    return working_days_on(session, cooperative_id, since, days)


def goods_by(session: Session, cooperative_id: int, since: datetime) -> datetime:
    """Until when promised packs leave, by the same calendar."""
    days = figures_on(session, since)["complaint_goods_working_days"]
    return working_days_on(session, cooperative_id, since, days)


def line_of(session: Session, order_id: int, line_id: int) -> OrderLine:
    """A line of this order.

    :raises NoSuchComplaint: for another order's.
    """
    line = session.scalars(
        select(OrderLine).where(OrderLine.id == line_id, OrderLine.order_id == order_id)
    ).one_or_none()
    if line is None:
        raise NoSuchComplaint(str(line_id))
    return line


def active_of_line(session: Session, line_id: int) -> Complaint | None:
    """The complaint about a line, unless it was withdrawn."""
    return session.scalars(
        select(Complaint).where(Complaint.line_id == line_id, Complaint.state != State.WITHDRAWN)
    ).one_or_none()


def complaint_at(session: Session, order_id: int, position: int) -> Complaint:
    """The latest complaint about a line of an order, to be worked on.

    :raises NoSuchComplaint: when nobody complained of it.
    """
    found = session.scalars(
        select(Complaint)
        .join(OrderLine, OrderLine.id == Complaint.line_id)
        .where(Complaint.order_id == order_id, OrderLine.position == position)
        .order_by(Complaint.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NoSuchComplaint(f"{order_id}:{position}")
    return found


def line_at(session: Session, order_id: int, position: int) -> Line:
    """A line by its place in the order.

    :raises NoSuchComplaint: when the order has no such line.
    """
    found = session.scalars(
        select(OrderLine).where(OrderLine.order_id == order_id, OrderLine.position == position)
    ).one_or_none()
    if found is None:
        raise NoSuchComplaint(f"{order_id}:{position}")
    return _line(found)


def lines_of(session: Session, order_id: int) -> tuple[Line, ...]:
    """All lines of an order by their places; one statement."""
    wanted = select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.position)
    return tuple(_line(one) for one in session.scalars(wanted))


def stories(session: Session, order_ids: Collection[int]) -> dict[int, tuple[Story, ...]]:
    """All complaints of some orders, oldest first, by order; four statements at most."""
    rows = session.execute(
        select(Complaint, OrderLine)
        .join(OrderLine, OrderLine.id == Complaint.line_id)
        .where(Complaint.order_id.in_(order_ids))
        .order_by(Complaint.id)
    ).all()
    if not rows:
        return {}
    ids = [complaint.id for complaint, _line_row in rows]
    events: dict[int, list[EventView]] = defaultdict(list)
    for event in session.scalars(
        select(ComplaintEvent)
        .where(ComplaintEvent.complaint_id.in_(ids))
        .order_by(ComplaintEvent.id)
    ):
        events[event.complaint_id].append(
            EventView(
                event.at,
                event.actor,
                event.to_state,
                event.packs,
                event.refund_id is not None,
                event.reason,
            )
        )
    photos: dict[int, list[int]] = defaultdict(list)
    for complaint_id, photo_id in session.execute(
        select(ComplaintPhoto.complaint_id, ComplaintPhoto.id)
        .where(ComplaintPhoto.complaint_id.in_(ids))
        .order_by(ComplaintPhoto.id)
    ):
        photos[complaint_id or 0].append(photo_id)
    found: dict[int, list[Story]] = defaultdict(list)
    for complaint, line in rows:
        found[complaint.order_id].append(
            _story(complaint, line, tuple(events[complaint.id]), tuple(photos[complaint.id]))
        )
    return {order_id: tuple(some) for order_id, some in found.items()}


def story_at(session: Session, order_id: int, position: int) -> Story | None:
    """The latest complaint about a line; None where nobody complained."""
    mine = [
        one
        for one in stories(session, [order_id]).get(order_id, ())
        if one.line.position == position
    ]
    return mine[-1] if mine else None


def of_cooperative(
    session: Session, cooperative_id: int, *, is_over: bool, after: str | None = None
) -> pagination.Page[Row]:
    """A cooperative's complaints: those that wait, the most urgent first, or those that are over.

    One statement however many.
    """
    mine = Complaint.cooperative_id == cooperative_id
    if is_over:
        wanted = _rows(mine, Complaint.state.in_(OVER)).order_by(Complaint.id.desc())
        start = pagination.read_cursor(after, (int,))
        if start is not None:
            wanted = wanted.where(Complaint.id < start[0])
        rows = session.execute(wanted.limit(SHOWN + 1)).all()
        page = pagination.page_of(rows, SHOWN, lambda row: (row[0],))
        return pagination.Page(tuple(_row(row) for row in page.rows), page.next_cursor)
    # Where the cooperative is to act comes first; what it answered waits for others.
    is_ours = case((Complaint.state.in_((State.OPEN, State.PROMISED)), 0), else_=1)
    wanted = _rows(mine, Complaint.state.not_in(OVER)).order_by(
        is_ours, Complaint.due_at, Complaint.id
    )
    return pagination.Page(
        tuple(_row(row) for row in session.execute(wanted.limit(OPEN_SHOWN))), None
    )


def for_operator(session: Session) -> tuple[tuple[Row, ...], tuple[Row, ...]]:
    """What waits for the operator, oldest first, and what was decided lately; two statements."""
    waiting = _rows(Complaint.state == State.APPEALED).order_by(Complaint.id).limit(OPEN_SHOWN)
    decided = (
        _rows(Complaint.state.in_(OVER), Complaint.appealed_at.is_not(None))
        .order_by(Complaint.closed_at.desc(), Complaint.id.desc())
        .limit(LATELY)
    )
    return (
        tuple(_row(row) for row in session.execute(waiting)),
        tuple(_row(row) for row in session.execute(decided)),
    )


def order_for_operator(session: Session, number: str) -> tuple[Order, Cooperative, str]:
    """An order that somebody complained of, its cooperative and the purchase's code.

    :raises NoSuchComplaint: when nobody did.
    """
    row = session.execute(
        select(Order, Cooperative, Purchase.code)
        .join(Cooperative, Cooperative.id == Order.cooperative_id)
        .join(Purchase, Purchase.id == Order.purchase_id)
        .where(Order.number == number)
        .where(select(Complaint.id).where(Complaint.order_id == Order.id).exists())
    ).one_or_none()
    if row is None:
        raise NoSuchComplaint(number)
    return row[0], row[1], row[2]


def _rows(*wanted: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    photos = (
        select(func.count())
        .select_from(ComplaintPhoto)
        .where(ComplaintPhoto.complaint_id == Complaint.id)
        .correlate(Complaint)
        .scalar_subquery()
    )
    chosen: Select[*tuple[Any, ...]] = (
        select(Complaint.id, Complaint, Order.number, Cooperative, OrderLine, photos)
        .join(Order, Order.id == Complaint.order_id)
        .join(Cooperative, Cooperative.id == Complaint.cooperative_id)
        .join(OrderLine, OrderLine.id == Complaint.line_id)
        .where(*wanted)
    )
    return chosen


def _row(row: Sequence[Any]) -> Row:
    _id, complaint, number, cooperative, line, photos = row
    return Row(
        number,
        cooperative.short_name,
        cooperative.slug,
        cooperative.zone,
        line.position,
        goods_name(line.name, line.variant_name, line.net_label),
        complaint.packs,
        complaint.wrong,
        complaint.state,
        complaint.filed_at,
        complaint.due_at,
        complaint.closed_at,
        int(photos),
    )


def _line(line: OrderLine) -> Line:
    return Line(
        line.id,
        line.variant_id,
        line.position,
        goods_name(line.name, line.variant_name, line.net_label),
        line.packs,
        packs_to_complain_of(line),
        Rupiah(line.unit_price),
    )


def _story(
    complaint: Complaint,
    line: OrderLine,
    events: tuple[EventView, ...],
    photos: tuple[int, ...],
) -> Story:
    return Story(
        id=complaint.id,
        order_id=complaint.order_id,
        cooperative_id=complaint.cooperative_id,
        line=_line(line),
        packs=complaint.packs,
        wrong=complaint.wrong,
        wished=complaint.wished,
        state=complaint.state,
        words=complaint.words,
        answer_words=complaint.answer_words,
        appeal_words=complaint.appeal_words,
        decision_words=complaint.decision_words,
        granted=complaint.granted,
        refusal=complaint.refusal,
        waits_for_second=complaint.request_id is not None,
        filed_at=complaint.filed_at,
        due_at=complaint.due_at,
        closed_at=complaint.closed_at,
        photos=photos,
        events=events,
    )
