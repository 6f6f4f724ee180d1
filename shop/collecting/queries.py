"""What members have to make and bring, and what is known about the packs that came."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from shop.accounts.models import Contact
from shop.catalog.models import Product
from shop.collecting.errors import Unfit
from shop.collecting.models import CollectedLine, CollectionDays, LineReceipt, Recall, Withdrawal
from shop.collecting.rules import (
    WANTED,
    LineState,
    brought_on,
    line_state,
    next_collection,
    read_key,
    read_weekdays,
)
from shop.cooperatives.calendar import calendar_of
from shop.cooperatives.models import Member
from shop.cooperatives.rules import Calendar
from shop.core.clock import HOME_ZONE, day_in
from shop.orders.models import Order, OrderLine, OrderState
from shop.orders.rules import goods_name
from shop.packaging.models import Batch, PackFacts

MOST = 500
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


@dataclass(frozen=True, slots=True)
class BatchChoice:
    """A batch that packs may have been made in."""

    batch_id: int
    code: str
    produced_on: date
    last_day: date | None
    left: int | None
    """Packs that have not come yet; None: nobody counted what was made."""


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


def batch_choices(
    session: Session, variant_ids: Collection[int], today: date
) -> dict[int, list[BatchChoice]]:
    """The batches of some variants that may still be sold, newest first; one statement."""
    found: dict[int, list[BatchChoice]] = {}
    for batch in session.scalars(
        select(Batch)
        .outerjoin(Recall, Recall.batch_id == Batch.id)
        .where(
            Batch.variant_id.in_(variant_ids),
            Recall.id.is_(None),
            or_(Batch.best_before.is_(None), Batch.best_before >= today),
            or_(Batch.made.is_(None), Batch.brought < Batch.made),
        )
        .order_by(Batch.produced_on.desc(), Batch.id.desc())
    ):
        left = None if batch.made is None else batch.made - batch.brought
        found.setdefault(batch.variant_id, []).append(
            BatchChoice(batch.id, batch.code, batch.produced_on, batch.best_before, left)
        )
    return found


def spoils(session: Session, product_id: int) -> bool:
    """Whether goods have a shelf life: then their packs come with a batch."""
    return bool(
        session.scalar(select(PackFacts.shelf_life_days).where(PackFacts.product_id == product_id))
    )


def unfit_goods(session: Session, order_id: int, today: date) -> tuple[Unfit, ...]:
    """Goods of an order that must not be sold: past their last day, or recalled.

    A line that came without a batch is looked at by the newest one of its goods, where these are
    received with batches at all: is even that one over, nobody wrote down anything younger. Two
    statements.
    """
    names = (OrderLine.name, OrderLine.variant_name, OrderLine.net_label)
    is_recalled = case((Recall.id.is_(None), 0), else_=1)
    waits = OrderLine.accepted > OrderLine.shipped  # what has left keeps nothing else back
    with_batch = session.execute(
        select(*names, Batch.code, Batch.best_before, is_recalled)
        .select_from(LineReceipt)
        .join(OrderLine, OrderLine.id == LineReceipt.order_line_id)
        .join(Batch, Batch.id == LineReceipt.batch_id)
        .outerjoin(Recall, Recall.batch_id == Batch.id)
        .where(OrderLine.order_id == order_id, waits, LineReceipt.packs > 0)
        .where(~exists().where(*_same_line(LineReceipt)))
        .distinct()
    ).all()
    set_aside = session.execute(
        select(*names, Batch.code, Batch.best_before, is_recalled)
        .select_from(Withdrawal)
        .join(OrderLine, OrderLine.id == Withdrawal.order_line_id)
        .join(CollectedLine, CollectedLine.order_line_id == OrderLine.id)
        .join(Batch, Batch.id == Withdrawal.batch_id)
        .outerjoin(Recall, Recall.batch_id == Batch.id)
        .where(OrderLine.order_id == order_id, waits)
        .where(CollectedLine.received < OrderLine.accepted)
    ).all()
    is_known = (
        select(LineReceipt.id)
        .where(LineReceipt.order_line_id == OrderLine.id, LineReceipt.batch_id.is_not(None))
        .correlate(OrderLine)
        .exists()
    )
    others = aliased(Batch)
    comes_with_batches = (
        select(LineReceipt.id)
        .join(others, others.id == LineReceipt.batch_id)
        .where(others.variant_id == OrderLine.variant_id)
        .correlate(OrderLine)
        .exists()
    )
    without = session.execute(
        select(OrderLine.id, *names, Batch.code, Batch.best_before, is_recalled)
        .join(Batch, Batch.variant_id == OrderLine.variant_id)
        .outerjoin(Recall, Recall.batch_id == Batch.id)
        .where(OrderLine.order_id == order_id, waits)
        .where(~is_known, comes_with_batches)
        .order_by(OrderLine.id, Batch.best_before.is_(None), Batch.best_before, Batch.id)
    ).all()
    recalled = {row[0]: row[1:] for row in without}
    youngest = {row[0]: row[1:] for row in without if not row[-1]}
    rows = [
        *(tuple(row) for row in (*with_batch, *set_aside)),
        *({**recalled, **youngest}).values(),
    ]
    return tuple(
        Unfit(goods_name(name, variant, net), code, last_day, bool(is_back))
        for name, variant, net, code, last_day, is_back in rows
        if is_back or (last_day is not None and last_day < today)
    )


def _same_line(receipt: type[LineReceipt]) -> tuple[ColumnElement[bool], ...]:
    """What was set aside of the line and batch of a receipt."""
    return (
        Withdrawal.order_line_id == receipt.order_line_id,
        Withdrawal.batch_id == receipt.batch_id,
    )


def unfit_receipts(
    session: Session, order_id: int, today: date
) -> tuple[tuple[int, int, int], ...]:
    """What came for an order, still waits, and must not be sold: line, batch, packs."""
    rows = session.execute(
        select(LineReceipt.order_line_id, Batch.id, func.sum(LineReceipt.packs))
        .join(OrderLine, OrderLine.id == LineReceipt.order_line_id)
        .join(Batch, Batch.id == LineReceipt.batch_id)
        .outerjoin(Recall, Recall.batch_id == Batch.id)
        .where(OrderLine.order_id == order_id, OrderLine.accepted > OrderLine.shipped)
        .where(or_(Recall.id.is_not(None), Batch.best_before < today), LineReceipt.packs > 0)
        .where(~exists().where(*_same_line(LineReceipt)))
        .group_by(LineReceipt.order_line_id, Batch.id)
        .order_by(LineReceipt.order_line_id, Batch.id)
    )
    return tuple((line_id, batch_id, int(packs)) for line_id, batch_id, packs in rows)


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
        .limit(MOST)
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


def receipts_of(session: Session, line_ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    """Packs with their batch's code that came for some lines; one statement."""
    found: dict[int, list[tuple[int, str]]] = {}
    for line_id, packs, code in session.execute(
        select(LineReceipt.order_line_id, func.sum(LineReceipt.packs), Batch.code)
        .outerjoin(Batch, Batch.id == LineReceipt.batch_id)
        .where(LineReceipt.order_line_id.in_(line_ids), LineReceipt.packs > 0)
        .group_by(LineReceipt.order_line_id, Batch.code)
        .order_by(LineReceipt.order_line_id, Batch.code)
    ):
        found.setdefault(line_id, []).append((int(packs), code or ""))
    return found
