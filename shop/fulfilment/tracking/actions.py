"""Many tracking numbers at once: what a list would do, and doing the part of it that is right."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.fulfilment.board.answer_words import moved_words
from shop.fulfilment.board.page_actions import run_step
from shop.fulfilment.board.queries import Card, cards_of
from shop.fulfilment.orders.rules import STATES, Rights, Stage
from shop.fulfilment.tracking.rules import Fault, Row
from shop.sales.orders.models import Order, Parcel
from shop.sales.orders.rules import DeliveryKind


class Fate(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    """It goes."""
    BLANK = "blank"
    """Its number is not filled in yet."""
    SENT = "sent"
    """It went with this very number before."""
    WRONG = "wrong"


class Why(StrEnum):
    """Why a row that is read right cannot go."""

    UNKNOWN = "unknown"
    """No order of this cooperative: of nobody, or of another one; nobody is told which."""
    OTHER_WAY = "other_way"
    """No courier takes it."""
    ELSEWHERE = "elsewhere"
    """It does not stand ready."""
    REFUSED = "refused"
    """Something came in between."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One row beside its order."""

    row: Row
    fate: Fate
    card: Card | None = None
    why: Fault | Why | None = None
    said: str = ""
    """Why it did not go, where the order says so itself."""
    same_rows: tuple[int, ...] = ()
    """Other rows with this tracking number: worth a look."""
    same_orders: tuple[str, ...] = ()
    """Orders that left with it before."""

    @property
    def stays_in_list(self) -> bool:
        """Whether the row stays in the list to be put right or filled in."""
        return self.fate in (Fate.WRONG, Fate.BLANK)

    @property
    def is_twice(self) -> bool:
        """Whether somebody should look at the number again."""
        return bool(self.same_rows or self.same_orders)


def check(
    session: Session, cooperative_id: int, rows: Sequence[Row], rights: Rights
) -> tuple[Checked, ...]:
    """What sending the list now would do; the statements do not grow with its rows."""
    cards = cards_of(session, cooperative_id, {one.number for one in rows if one.number}, rights)
    used = _used(session, cooperative_id, {one.tracking for one in rows if one.tracking})
    places: dict[str, list[int]] = {}
    for one in rows:
        if one.tracking:
            places.setdefault(one.tracking, []).append(one.row)
    return tuple(_checked(one, cards.get(one.number), used, places) for one in rows)


def send(
    cooperative_id: int, checked: Sequence[Checked], *, person_id: int, now: datetime
) -> tuple[Checked, ...]:
    """Hand the right rows to their couriers, each in a transaction of its own.

    One that cannot go keeps nobody back.

    :return: what is left to do: the rows that did not go, counted anew in their order.
    """
    left: list[Checked] = []
    for one in checked:
        if one.fate is Fate.NEW and one.card is not None:
            outcome = run_step(
                cooperative_id,
                one.card,
                Stage.READY,
                one.row.tracking,
                person_id=person_id,
                now=now,
            )
            if outcome.fault:
                wrong = Checked(one.row, Fate.WRONG, one.card, Why.REFUSED, outcome.fault)
                left.append(wrong)
        elif one.stays_in_list:
            left.append(one)
    return tuple(
        replace(one, row=replace(one.row, row=place)) for place, one in enumerate(left, start=1)
    )


def waiting(
    session: Session, cooperative_id: int, rights: Rights, maximum: int
) -> tuple[Card, ...]:
    """Orders that stand ready for a courier, first promised first: the list to fill in."""
    numbers = session.scalars(
        select(Order.number)
        .where(Order.cooperative_id == cooperative_id, Order.state.in_(STATES[Stage.READY]))
        .where(Order.delivery_kind == DeliveryKind.COURIER)
        .order_by(Order.ship_by, Order.id)
        .limit(maximum)
    ).all()
    cards = cards_of(session, cooperative_id, numbers, rights)
    return tuple(cards[number] for number in numbers)


def _checked(
    row: Row, card: Card | None, used: dict[str, dict[str, None]], places: dict[str, list[int]]
) -> Checked:
    if row.fault is not None:
        return Checked(row, Fate.WRONG, why=row.fault)
    if card is None:
        return Checked(row, Fate.WRONG, why=Why.UNKNOWN)
    if card.kind is not DeliveryKind.COURIER:
        return Checked(row, Fate.WRONG, card, Why.OTHER_WAY)
    before = used.get(row.tracking, {})
    if row.tracking and card.number in before:
        return Checked(row, Fate.SENT, card)
    if card.state not in STATES[Stage.READY]:
        return Checked(row, Fate.WRONG, card, Why.ELSEWHERE, moved_words(card.state, card.kind))
    if row.is_blank:
        return Checked(row, Fate.BLANK, card)
    others = tuple(place for place in places[row.tracking] if place != row.row)
    return Checked(row, Fate.NEW, card, same_rows=others, same_orders=tuple(before))


def _used(session: Session, cooperative_id: int, numbers: set[str]) -> dict[str, dict[str, None]]:
    """Orders of this cooperative by the tracking number they left with."""
    found: dict[str, dict[str, None]] = {}
    for tracking, number in session.execute(
        select(Parcel.tracking_number, Order.number)
        .join(Order, Order.id == Parcel.order_id)
        .where(Parcel.tracking_number.in_(numbers), Order.cooperative_id == cooperative_id)
        .order_by(Order.id)
    ):
        found.setdefault(tracking or "", {})[number] = None
    return found
