"""What became of an order, parcel by parcel and step by step, as its desk sees it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.database import settings_by_date
from shop.core.values import clock
from shop.fulfilment.orders.queries import counts_as_arrived_on
from shop.fulfilment.orders.rules import goods_name
from shop.people.accounts.models import Contact, Person
from shop.sales.orders.models import (
    Actor,
    Order,
    OrderEvent,
    OrderLine,
    OrderState,
    Parcel,
    ParcelLine,
)
from shop.sales.orders.rules import DeliveryKind


@dataclass(frozen=True, slots=True)
class DeskParcel:
    """A parcel of an order: what lies in it, who has it, and how far it came."""

    id: int
    place: int
    """Which of its order's parcels, from 1."""
    courier: str | None
    tracking: str | None
    receiver: str | None
    goods: tuple[tuple[str, int], ...]
    """Name and packs."""
    packs: tuple[tuple[int, int], ...]
    """Line id and packs."""
    handed_over_at: datetime | None
    arrived_at: datetime | None
    failed_at: datetime | None
    returned_at: datetime | None
    given_up_at: datetime | None
    extra: str | None
    counts_on: datetime | None
    """Until when a courier's parcel is waited for; then it counts as arrived (rule R13)."""

    @property
    def is_under_way(self) -> bool:
        """Whether it left and nothing was heard of it since."""
        return not (self.arrived_at or self.failed_at or self.returned_at or self.given_up_at)

    @property
    def has_failed(self) -> bool:
        """Whether it was not handed over, and stands with who brought it."""
        return self.failed_at is not None and not (self.returned_at or self.given_up_at)


@dataclass(frozen=True, slots=True)
class Happening:
    """A step of an order's life, with who took it."""

    at: datetime
    actor: Actor
    who: str
    """Name of a person of the cooperative or the operator; a shopper's stands elsewhere."""
    before: OrderState | None
    after: OrderState
    reason: str | None


def parcels_of(session: Session, order: Order) -> tuple[DeskParcel, ...]:
    """The parcels of an order in the order they left; three statements, more while one waits."""
    rows = session.execute(
        select(Parcel, OrderLine, ParcelLine.packs)
        .outerjoin(ParcelLine, ParcelLine.parcel_id == Parcel.id)
        .outerjoin(OrderLine, OrderLine.id == ParcelLine.line_id)
        .where(Parcel.order_id == order.id)
        .order_by(Parcel.id, OrderLine.position)
    )
    boxes: dict[int, Parcel] = {}
    goods: dict[int, list[tuple[int, str, int]]] = {}
    for parcel, line, packs in rows:
        boxes[parcel.id] = parcel
        if line is not None:
            name = goods_name(line.name, line.variant_name, line.net_label)
            goods.setdefault(parcel.id, []).append((line.id, name, packs))
    return tuple(
        DeskParcel(
            id=parcel.id,
            place=place,
            courier=parcel.courier,
            tracking=parcel.tracking_number,
            receiver=parcel.receiver_name,
            goods=tuple((name, packs) for _, name, packs in goods.get(parcel.id, ())),
            packs=tuple((line_id, packs) for line_id, _, packs in goods.get(parcel.id, ())),
            handed_over_at=parcel.handed_over_at,
            arrived_at=parcel.arrived_at,
            failed_at=parcel.failed_at,
            returned_at=parcel.returned_at,
            given_up_at=parcel.given_up_at,
            extra=parcel.extra,
            counts_on=_counts_on(session, order, parcel),
        )
        for place, parcel in enumerate(boxes.values(), start=1)
    )


def _counts_on(session: Session, order: Order, parcel: Parcel) -> datetime | None:
    day: date | None = parcel.promised_on
    is_over = parcel.arrived_at or parcel.failed_at or parcel.returned_at or parcel.given_up_at
    if day is None or is_over:
        return None
    if order.delivery_kind is not DeliveryKind.COURIER and parcel.extra is None:
        return None
    figures = settings_by_date.settings_on(session, clock.day_in(clock.HOME_ZONE, clock.now()))
    days = figures["arrival_extra_working_days"]
    return counts_as_arrived_on(session, order.cooperative_id, day, days)


def history_of(session: Session, order_id: int) -> tuple[Happening, ...]:
    """Every step of an order, the newest last; one statement."""
    rows = session.execute(
        select(OrderEvent, Contact.name)
        .outerjoin(Person, Person.id == OrderEvent.person_id)
        .outerjoin(Contact, Contact.id == Person.contact_id)
        .where(OrderEvent.order_id == order_id)
        .order_by(OrderEvent.id)
    )
    return tuple(
        Happening(
            event.at,
            event.actor,
            # Who buys is shown by the rights of the page, not by the log.
            "" if event.actor is Actor.SHOPPER else name or "",
            event.from_state,
            event.to_state,
            event.reason,
        )
        for event, name in rows
    )


def packs_of(parcels: Iterable[DeskParcel]) -> dict[int, int]:
    """What lies in some parcels together, by line id."""
    found: dict[int, int] = {}
    for parcel in parcels:
        for line_id, packs in parcel.packs:
            found[line_id] = found.get(line_id, 0) + packs
    return found
