"""The board: a cooperative's orders by stage, the ones that are late first.

What a page costs does not grow with its rows: one statement for the counts, one for each column,
one for the lines of all of them and one for their cash.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from shop.catalog.products.rules import short_place
from shop.core.database.pagination import Page, page_of, read_cursor
from shop.core.values.codes import order_number, read_order_number
from shop.fulfilment.orders.rules import (
    STATES,
    Rights,
    Stage,
    due_of,
    goods_name,
    shows_person,
    to_load,
)
from shop.payments.cash.queries import CashView, cash_of
from shop.people.accounts.models import Contact
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import Order, OrderCounter, OrderLine, OrderState, Parcel, Purchase
from shop.sales.orders.rules import DeliveryKind
from shop.shipping.places.models import Address

PAGE = 100
GLANCE = 8
"""Orders of a column where three stand side by side."""
MIN_DIGITS = 3
MAX_RUNNING = 6
"""Digits of an order's running number."""
_IS_CONFIRMED = or_(Order.paid_at.is_not(None), Order.accept_by.is_not(None))
"""``Order.is_confirmed`` beside a query."""


@dataclass(frozen=True, slots=True)
class Card:
    """One order on the board."""

    number: str
    state: OrderState
    kind: DeliveryKind
    way: str
    """Name of the delivery that was chosen."""
    who: str
    """The shopper's name; the first one for those who only read; empty while unpaid."""
    place: str
    goods: tuple[tuple[int, str], ...]
    due: datetime | None
    """When the next step has to be done."""
    since: datetime
    """When it came to where it stands."""
    needs: str | None
    has_note: bool
    cash: CashView | None
    """What is taken for it at the door or the counter; None: it is paid otherwise."""


@dataclass(frozen=True, slots=True)
class Column:
    """One stage of the board, or a part of it."""

    stage: Stage
    count: int
    cards: tuple[Card, ...]
    next_cursor: str | None


def columns(
    session: Session,
    cooperative_id: int,
    stages: Sequence[Stage],
    rights: Rights,
    *,
    counted: Mapping[Stage, int],
    size: int,
    after: str | None = None,
) -> tuple[Column, ...]:
    """Some stages of the board; ``after`` is the cursor of the page before, for a single one."""
    pages = [_page(session, cooperative_id, stage, size, after) for stage in stages]
    ids = [row[0].id for page in pages for row in page.rows]
    goods, cash = goods_by_order(session, ids), cash_of(session, ids)
    return tuple(
        Column(
            stage,
            counted[stage],
            tuple(_card(row, goods, rights, cash) for row in page.rows),
            page.next_cursor,
        )
        for stage, page in zip(stages, pages, strict=True)
    )


def search(
    session: Session, cooperative_id: int, text: str, rights: Rights, *, after: str | None = None
) -> Page[Card]:
    """Orders by number, tracking number, name or the last digits of the phone; newest first."""
    wanted = (
        _cards()
        .where(
            Order.cooperative_id == cooperative_id, _matches(session, cooperative_id, text, rights)
        )
        .order_by(Order.id.desc())
        .limit(PAGE + 1)
    )
    start = read_cursor(after, (int,))
    if start is not None:
        wanted = wanted.where(Order.id < start[0])
    page = page_of(session.execute(wanted).all(), PAGE, lambda row: (row[0].id,))
    ids = [row[0].id for row in page.rows]
    goods, cash = goods_by_order(session, ids), cash_of(session, ids)
    return Page(tuple(_card(row, goods, rights, cash) for row in page.rows), page.next_cursor)


def cards_of(
    session: Session, cooperative_id: int, numbers: Collection[str], rights: Rights
) -> dict[str, Card]:
    """Some orders of this cooperative by number; another's are left out."""
    rows = session.execute(
        _cards().where(Order.cooperative_id == cooperative_id, Order.number.in_(numbers))
    ).all()
    ids = [row[0].id for row in rows]
    goods, cash = goods_by_order(session, ids), cash_of(session, ids)
    return {row[0].number: _card(row, goods, rights, cash) for row in rows}


def fetched_with(
    session: Session, cooperative_id: int, code: str, rights: Rights
) -> tuple[Card, ...]:
    """Orders that wait at the counter for who says this code; hardly ever more than one."""
    numbers = session.scalars(
        select(Order.number)
        .where(Order.cooperative_id == cooperative_id, Order.state.in_(STATES[Stage.READY]))
        .where(Order.delivery_kind == DeliveryKind.PICKUP, Order.pickup_code == code)
        .order_by(Order.id)
        .limit(GLANCE)
    ).all()
    cards = cards_of(session, cooperative_id, numbers, rights)
    return tuple(cards[number] for number in numbers)


def _cards() -> Select[*tuple[Any, ...]]:
    return (
        select(Order, Contact.name, Address.regency)
        .join(Purchase, Purchase.id == Order.purchase_id)
        .join(Contact, Contact.id == Purchase.contact_id)
        .outerjoin(Address, Address.id == Purchase.address_id)
    )


def _page(
    session: Session, cooperative_id: int, stage: Stage, size: int, after: str | None
) -> Page[Row[*tuple[Any, ...]]]:
    wanted = _cards().where(Order.cooperative_id == cooperative_id).limit(size + 1)
    if stage is Stage.NEEDS:
        wanted = wanted.where(Order.needs.is_not(None))
    else:
        wanted = wanted.where(Order.state.in_(STATES[stage]))
    due = _due_column(stage)
    if due is None:
        start = read_cursor(after, (int,))
        wanted = wanted.order_by(Order.id.desc())
        if start is not None:
            wanted = wanted.where(Order.id < start[0])
        return page_of(session.execute(wanted).all(), size, lambda row: (row[0].id,))
    start = read_cursor(after, (str, int))
    wanted = wanted.order_by(due, Order.id)
    last = _moment(start[0]) if start is not None else None
    if start is not None and last is not None:
        wanted = wanted.where(or_(due > last, and_(due == last, Order.id > start[1])))
    return page_of(
        session.execute(wanted).all(),
        size,
        lambda row: ((_sorted_by(row[0]) or row[0].placed_at).isoformat(), row[0].id),
    )


def _due_column(stage: Stage) -> ColumnElement[datetime] | None:
    """What a stage is sorted by: first what has to be done first; None: newest first."""
    if stage is Stage.NEW:
        return func.coalesce(Order.accept_by, Order.placed_at)
    if stage in (Stage.PACK, Stage.READY):
        return func.coalesce(Order.ship_by, Order.placed_at)
    return None


def _sorted_by(order: Order) -> datetime | None:
    return order.accept_by if order.state is OrderState.NEW else order.ship_by


def _moment(text: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(text))
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):  # the year 1 lies before the first one elsewhere
        return None


def _numbers(session: Session, cooperative_id: int, digits: str) -> list[str]:
    """The numbers that a running number can mean, one for each year of the cooperative.

    Asked for whole they are found by their index; by their end alone every number would be read.
    """
    if len(digits) > MAX_RUNNING:
        return []
    return [
        order_number(code, year, int(digits))
        for code, year in session.execute(
            select(Cooperative.code, OrderCounter.year)
            .join(OrderCounter, OrderCounter.cooperative_id == Cooperative.id)
            .where(Cooperative.id == cooperative_id)
        )
    ]


def _matches(
    session: Session, cooperative_id: int, text: str, rights: Rights
) -> ColumnElement[bool]:
    number = read_order_number(text)
    if number is not None:
        return Order.number == number
    typed = text.strip()[:80]
    packed = "".join(typed.split()).upper()
    ways: list[ColumnElement[bool]] = [
        Order.id.in_(select(Parcel.order_id).where(Parcel.tracking_number == packed))
    ]
    digits = "".join(sign for sign in typed if sign.isascii() and sign.isdecimal())
    if digits and len(digits) == len(packed):
        ways.append(Order.number.in_(_numbers(session, cooperative_id, digits)))
        if rights.packs and len(digits) >= MIN_DIGITS:
            known = and_(_IS_CONFIRMED, Contact.erased_at.is_(None))
            ways.append(and_(known, Contact.phone.endswith(digits, autoescape=True)))
    elif rights.packs and packed and not digits:  # a tracking number is nobody's name
        known = and_(_IS_CONFIRMED, Contact.erased_at.is_(None))
        is_named = func.lower(Contact.name).contains(typed.lower(), autoescape=True)
        ways.append(and_(known, is_named))
    return or_(*ways)


def goods_by_order(session: Session, order_ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    """Packs and names by order: what was accepted, or all while nobody decided.

    Of an order that left in part, what still waits.
    """
    goods: dict[int, list[tuple[int, str]]] = {}
    for order_id, state, packs, accepted, shipped, refusal, name, variant, net in session.execute(
        select(
            OrderLine.order_id,
            Order.state,
            OrderLine.packs,
            OrderLine.accepted,
            OrderLine.shipped,
            OrderLine.refusal,
            OrderLine.name,
            OrderLine.variant_name,
            OrderLine.net_label,
        )
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.order_id.in_(order_ids))
        .order_by(OrderLine.order_id, OrderLine.position)
    ):
        count = to_load(state, accepted, shipped) if accepted or refusal else packs
        if count:
            goods.setdefault(order_id, []).append((count, goods_name(name, variant, net)))
    return goods


def _card(
    row: Row[*tuple[Any, ...]],
    goods: Mapping[int, Sequence[tuple[int, str]]],
    rights: Rights,
    cash: Mapping[int, CashView],
) -> Card:
    order, name, regency = row
    who = place = ""
    if order.is_confirmed:
        is_shown = shows_person(order.state, is_confirmed=True, rights=rights)
        who = name if is_shown else (name.split() or [""])[0]
        is_sent = order.delivery_kind is not DeliveryKind.PICKUP
        place = short_place(regency) if regency and is_sent else ""
    return Card(
        number=order.number,
        state=order.state,
        kind=order.delivery_kind,
        way=order.delivery_name,
        who=who,
        place=place,
        goods=tuple(goods.get(order.id, ())),
        due=due_of(order),
        since=order.ended_at
        or order.arrived_at
        or order.handed_over_at
        or order.ready_at
        or order.accepted_at
        or order.paid_at
        or order.placed_at,
        needs=order.needs,
        has_note=bool(order.note) and order.is_confirmed,
        cash=cash.get(order.id),
    )
