"""The parcels of orders as a shopper follows them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.orders.models import Parcel, ParcelLine


@dataclass(frozen=True, slots=True)
class ParcelView:
    """A box on its way, with what lies in it."""

    id: int
    place: int
    """Which of its order's parcels, from 1."""
    courier: str | None
    tracking_number: str | None
    receiver_name: str | None
    handed_over_at: datetime | None
    arrived_at: datetime | None
    failed_at: datetime | None
    returned_at: datetime | None
    given_up_at: datetime | None
    promised_on: date | None
    """The last day that its way named."""
    extra: str | None
    """Why it went on top of what was ordered, as a code."""
    packs: Mapping[int, int]
    """By line id."""

    @property
    def is_under_way(self) -> bool:
        """Whether it left and nothing was heard of it since."""
        return not (self.arrived_at or self.failed_at or self.returned_at or self.given_up_at)


def parcels_of(session: Session, order_ids: Sequence[int]) -> dict[int, list[ParcelView]]:
    """Parcels by order, in the order they left, with what lies in them; one statement."""
    boxes: dict[int, Parcel] = {}
    packs: dict[int, dict[int, int]] = defaultdict(dict)
    for parcel, line_id, count in session.execute(
        select(Parcel, ParcelLine.line_id, ParcelLine.packs)
        .outerjoin(ParcelLine, ParcelLine.parcel_id == Parcel.id)
        .where(Parcel.order_id.in_(order_ids))
        .order_by(Parcel.id, ParcelLine.line_id)
    ):
        boxes[parcel.id] = parcel
        if line_id is not None:
            packs[parcel.id][line_id] = count
    parcels: dict[int, list[ParcelView]] = defaultdict(list)
    for parcel in boxes.values():
        mine = parcels[parcel.order_id]
        mine.append(
            ParcelView(
                id=parcel.id,
                place=len(mine) + 1,
                courier=parcel.courier,
                tracking_number=parcel.tracking_number,
                receiver_name=parcel.receiver_name,
                handed_over_at=parcel.handed_over_at,
                arrived_at=parcel.arrived_at,
                failed_at=parcel.failed_at,
                returned_at=parcel.returned_at,
                given_up_at=parcel.given_up_at,
                promised_on=parcel.promised_on,
                extra=parcel.extra,
                packs=packs[parcel.id],
            )
        )
    return parcels
