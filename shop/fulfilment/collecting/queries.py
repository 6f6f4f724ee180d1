"""What members have to make and bring, and on which days somebody collects it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session

from shop.catalog.products.models import Product
from shop.core.values.clock import HOME_ZONE, day_in
from shop.fulfilment.collecting.models import CollectedLine, CollectionDays, Withdrawal
from shop.fulfilment.collecting.rules import (
    WANTED,
    LineState,
    brought_on,
    line_state,
    next_collection,
    read_key,
    read_weekdays,
)
from shop.people.accounts.models import Contact
from shop.people.cooperatives.models import Member
from shop.people.cooperatives.rules import Calendar
from shop.people.working_days.queries import calendar_of
from shop.sales.orders.models import Order, OrderLine, OrderState
from shop.sales.orders.rules import goods_name

MAX_LINES = 500
"""Lines that a page shows; what is more urgent comes first."""


@dataclass(frozen=True, slots=True)
class WantedLine:
    """Packs of one order that their maker is asked for. No buyer stands here."""

    line_id: int
    order: str
    position: int
    variant_id: int
    name: str
    sku: str
    asked: int
    received: int
    is_ready: bool
    is_accepted: bool
    """Whether the cooperative promised to send them."""
    by: date | None
    """The day somebody collects them, or until when the parcel is promised to leave."""
    is_collected: bool
    """Whether ``by`` is a collection day."""
    is_late: bool
    member: str
    member_code: str
    village: str

    @property
    def key(self) -> str:
        """How forms and addresses name it."""
        return f"{self.order}.{self.position}"

    @property
    def left(self) -> int:
        """Packs that are still to come."""
        return max(self.asked - self.received, 0)

    @property
    def state(self) -> LineState:
        """*Diminta, siap, diterima*."""
        return line_state(self.asked, self.received, is_ready=self.is_ready)


def is_asked() -> ColumnElement[bool]:
    """Whether the order at hand wants its goods: new and confirmed, or accepted.

    Also one that stands ready, of a line of which packs were set aside.
    """
    was_set_aside = exists().where(Withdrawal.order_line_id == OrderLine.id)
    return or_(
        Order.state == OrderState.ACCEPTED,
        and_(Order.state == OrderState.READY, was_set_aside),
        and_(
            Order.state == OrderState.NEW,
            or_(Order.paid_at.is_not(None), Order.accept_by.is_not(None)),
        ),
    )


def asked_packs() -> ColumnElement[int]:
    """Packs of the line at hand: what will be sent, or before that what was ordered."""
    return case((Order.state == OrderState.NEW, OrderLine.packs), else_=OrderLine.accepted)


def lines_of_member(
    session: Session, cooperative_id: int, member_id: int, now: datetime
) -> tuple[WantedLine, ...]:
    """What one member has to make and bring, the most urgent first; three statements."""
    return _wanted(session, cooperative_id, _lines().where(OrderLine.member_id == member_id), now)


def lines_to_collect(
    session: Session, cooperative_id: int, now: datetime
) -> tuple[WantedLine, ...]:
    """What the members of a cooperative have to bring, by day, village and member."""
    found = _wanted(
        session, cooperative_id, _lines().where(Order.cooperative_id == cooperative_id), now
    )
    last = date.max
    return tuple(
        sorted(
            (line for line in found if line.left),
            key=lambda line: (line.by or last, line.village, line.member, line.name, line.order),
        )
    )


def line_of(
    session: Session, cooperative_id: int, key: str, member_id: int | None = None
) -> OrderLine | None:
    """A line by its key, of this cooperative and, where one is named, of this member."""
    known = read_key(key)
    if known is None:
        return None
    number, position = known
    wanted = (
        select(OrderLine)
        .join(Order, Order.id == OrderLine.order_id)
        .where(
            Order.number == number,
            Order.cooperative_id == cooperative_id,
            OrderLine.position == position,
        )
    )
    if member_id is not None:
        wanted = wanted.where(OrderLine.member_id == member_id)
    return session.scalars(wanted).one_or_none()


def collection_weekdays(session: Session, cooperative_id: int) -> dict[str, frozenset[int]]:
    """The weekdays of each village that has its own, and under "" those of the others."""
    rows = session.execute(
        select(CollectionDays.village, CollectionDays.weekdays)
        .where(CollectionDays.cooperative_id == cooperative_id)
        .order_by(CollectionDays.village)
    )
    return {village: read_weekdays(weekdays) for village, weekdays in rows}


def villages_of(session: Session, cooperative_id: int) -> tuple[str, ...]:
    """The villages that a cooperative's members live in."""
    return tuple(
        one
        for one in session.scalars(
            select(Member.village)
            .where(Member.cooperative_id == cooperative_id, Member.left_on.is_(None))
            .distinct()
            .order_by(Member.village)
        )
        if one
    )


def collected_for(
    session: Session,
    calendar: Calendar,
    cooperative_id: int,
    lines: Iterable[OrderLine],
    since: datetime,
) -> date | None:
    """The last collection day that the goods of an order wait for; None: nobody collects."""
    weekdays = collection_weekdays(session, cooperative_id)
    if not any(weekdays.values()):
        return None
    rows = session.execute(
        select(Product.days_to_make, Member.village)
        .select_from(OrderLine)
        .join(Product, Product.id == OrderLine.product_id)
        .join(Member, Member.id == OrderLine.member_id)
        .where(OrderLine.id.in_([line.id for line in lines]))
        .distinct()
    )
    days = [
        brought_on(calendar, _days_in(weekdays, village), since, days_to_make or 0)
        for days_to_make, village in rows
    ]
    return max((day for day in days if day is not None), default=None)


def _days_in(weekdays: Mapping[str, frozenset[int]], village: str | None) -> frozenset[int]:
    return weekdays.get(village or "", weekdays.get("", frozenset()))


def _lines() -> Select[*tuple[Any, ...]]:
    asked = asked_packs()
    return (
        select(
            OrderLine.id,
            Order.number,
            OrderLine.position,
            OrderLine.variant_id,
            OrderLine.name,
            OrderLine.variant_name,
            OrderLine.net_label,
            OrderLine.sku,
            asked.label("asked"),
            func.coalesce(CollectedLine.received, 0).label("received"),
            CollectedLine.ready_at,
            Order.state,
            Order.ship_by,
            Order.accepted_at,
            Product.days_to_make,
            Contact.name.label("member"),
            Member.code,
            Member.village,
        )
        .join(Order, Order.id == OrderLine.order_id)
        .join(Product, Product.id == OrderLine.product_id)
        .join(Member, Member.id == OrderLine.member_id)
        .join(Contact, Contact.id == Member.contact_id)
        .outerjoin(CollectedLine, CollectedLine.order_line_id == OrderLine.id)
        .where(Order.state.in_((*WANTED, OrderState.READY)), is_asked(), asked > 0)
        .order_by(Order.ship_by.is_(None), Order.ship_by, Order.id, OrderLine.position)
        .limit(MAX_LINES)
    )


def _wanted(
    session: Session, cooperative_id: int, wanted: Select[*tuple[Any, ...]], now: datetime
) -> tuple[WantedLine, ...]:
    rows = session.execute(wanted).all()
    weekdays = collection_weekdays(session, cooperative_id)
    calendar = calendar_of(session, cooperative_id, day_in(HOME_ZONE, now))
    return tuple(_line(row, calendar, _days_in(weekdays, row.village), now) for row in rows)


def _line(
    row: Row[*tuple[Any, ...]], calendar: Calendar, weekdays: frozenset[int], now: datetime
) -> WantedLine:
    today = day_in(calendar.zone, now)
    by = None if row.ship_by is None else day_in(calendar.zone, row.ship_by)
    is_late = by is not None and by < today
    collected = None
    if row.accepted_at is not None:
        collected = brought_on(calendar, weekdays, row.accepted_at, row.days_to_make or 0)
    if collected is not None and collected < today:
        is_late = True
        collected = next_collection(calendar, weekdays, today)
    return WantedLine(
        row.id,
        row.number,
        row.position,
        row.variant_id,
        goods_name(row.name, row.variant_name, row.net_label),
        row.sku,
        int(row.asked),
        int(row.received),
        row.ready_at is not None,
        row.state is not OrderState.NEW,
        collected or by,
        collected is not None,
        is_late,
        row.member,
        row.code,
        row.village or "",
    )
