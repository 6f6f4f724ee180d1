"""The round of own delivery: who is brought what today, village by village."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.values.clock import day_in
from shop.fulfilment.board.queries import goods_by_order
from shop.fulfilment.orders.rules import Rights, shows_address
from shop.payments.cash.queries import CashView, cash_of
from shop.people.accounts.models import Contact
from shop.sales.orders.models import Order, OrderState, Purchase
from shop.sales.orders.rules import DeliveryKind
from shop.shipping.places.models import Address

MAX_STOPS = 200
_ROUND = (OrderState.READY, OrderState.ON_THE_WAY, OrderState.UNDELIVERED)


@dataclass(frozen=True, slots=True)
class Stop:
    """One door."""

    number: str
    state: OrderState
    day: date | None
    """By when it was promised to leave, in the cooperative's own days."""
    who: str
    phone: str | None
    street: str
    village: str
    district: str
    note: str | None
    goods: tuple[tuple[int, str], ...]
    cash: CashView | None
    """What is taken at the door; None: it is paid."""

    @property
    def takes_cash(self) -> bool:
        """Whether money has to be counted at this door."""
        return self.cash is not None and self.cash.is_asked


@dataclass(frozen=True, slots=True)
class Round:
    """The stops of one day, those of a village beside each other."""

    day: date | None
    stops: tuple[Stop, ...]

    @property
    def to_leave(self) -> tuple[Stop, ...]:
        """What still stands at the cooperative."""
        return tuple(stop for stop in self.stops if stop.state is OrderState.READY)

    @property
    def cash(self) -> int:
        """Rupiah to take on the way."""
        return sum(stop.cash.asked for stop in self.stops if stop.cash and stop.takes_cash)

    @property
    def villages(self) -> tuple[tuple[str, tuple[Stop, ...]], ...]:
        """The stops by village and district."""
        return tuple(
            (f"{village}, {district}", tuple(stops))
            for (village, district), stops in groupby(
                self.stops, key=lambda stop: (stop.village, stop.district)
            )
        )


def rounds(session: Session, cooperative_id: int, zone: str, rights: Rights) -> tuple[Round, ...]:
    """What the cooperative brings itself, the earliest promise first; three statements.

    Nothing for who may not see where parcels go.
    """
    rows = session.execute(
        select(Order, Contact.name, Contact.phone, Address)
        .join(Purchase, Purchase.id == Order.purchase_id)
        .join(Contact, Contact.id == Purchase.contact_id)
        .join(Address, Address.id == Purchase.address_id)
        .where(Order.cooperative_id == cooperative_id, Order.state.in_(_ROUND))
        .where(Order.delivery_kind == DeliveryKind.OWN)
        .order_by(Order.ship_by, Order.id)
        .limit(MAX_STOPS)
    ).all()
    shown = [
        row
        for row in rows
        if shows_address(
            row[0].state, row[0].delivery_kind, is_confirmed=row[0].is_confirmed, rights=rights
        )
    ]
    ids = [order.id for order, *_ in shown]
    goods, cash = goods_by_order(session, ids), cash_of(session, ids)
    stops = [
        Stop(
            order.number,
            order.state,
            day_in(zone, order.ship_by) if order.ship_by else None,
            name,
            phone,
            address.street,
            address.village,
            address.district,
            address.courier_note,
            tuple(goods.get(order.id, ())),
            cash.get(order.id),
        )
        for order, name, phone, address in shown
    ]
    return by_day(stops)


def by_day(stops: Sequence[Stop]) -> tuple[Round, ...]:
    """Stops put together as they are driven: by day, then district, then village."""
    driven = sorted(
        stops,
        key=lambda stop: (stop.day or date.max, stop.district, stop.village, stop.number),
    )
    return tuple(
        Round(day, tuple(found)) for day, found in groupby(driven, key=lambda stop: stop.day)
    )
