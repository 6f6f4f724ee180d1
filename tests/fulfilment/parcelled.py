"""Parcels of an order: what lies in them, and what of each line has left and come."""

from collections.abc import Mapping

from sqlalchemy import select

from shop.core.database.engine import Database
from shop.fulfilment.order_steps import actions
from shop.sales.orders.models import Actor, Parcel, ParcelLine
from tests.factories import DAY, NOON
from tests.fulfilment.paid import Desk, lines_of, order_of


def packs(db: Database, number: str, *counts: int) -> dict[int, int]:
    """So many packs of the first line, and so on."""
    return {
        line.id: count for line, count in zip(lines_of(db, number), counts, strict=True) if count
    }


def send(desk: Desk, number: str, some: Mapping[int, int] | None, tracking: str) -> None:
    """Some packs leave, or all that is left of them."""
    desk.do(
        number,
        lambda s, order: actions.hand_over(s, order, tracking=tracking, packs=some, now=NOON),
    )


def parcels_of(db: Database, number: str) -> list[Parcel]:
    """In the order in which they left."""
    with db.reading() as session:
        return list(
            session.scalars(
                select(Parcel).where(Parcel.order_id == order_of(db, number).id).order_by(Parcel.id)
            )
        )


def goods_of(db: Database, parcel: Parcel) -> dict[int, int]:
    """Packs in a parcel by line id."""
    with db.reading() as session:
        rows = session.execute(
            select(ParcelLine.line_id, ParcelLine.packs).where(ParcelLine.parcel_id == parcel.id)
        )
        return dict(rows.all())


def counted(db: Database, number: str) -> list[tuple[int, int, int]]:
    """Shipped, delivered and returned of each line."""
    return [(line.shipped, line.delivered, line.returned) for line in lines_of(db, number)]


def arrive(desk: Desk, number: str, parcel: Parcel | None, actor: Actor = Actor.SHOPPER) -> None:
    """A parcel has come, or all that are on their way."""
    desk.do(
        number,
        lambda s, order: actions.confirm_arrival(
            s, order, actor=actor, parcel_id=parcel.id if parcel else None, now=NOON + DAY
        ),
    )
