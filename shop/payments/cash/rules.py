"""Which parcels may be paid in cash (rule R18). No input or output."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from shop.core.values.money import Rupiah
from shop.core.values.units import Grams
from shop.sales.orders.rules import DeliveryKind
from shop.shipping.rates.rules import SendLimit


class CashRefusal(StrEnum):
    """Why a parcel cannot be paid in cash."""

    NOT_TAKEN = "not_taken"
    """The cooperative takes none, or not this way."""
    COURIER = "courier"
    """Others carry the parcel, and nobody of the cooperative stands at the door."""
    TOTAL = "total"
    WEIGHT = "weight"
    MADE_TO_ORDER = "made_to_order"
    PERISHABLE = "perishable"


@dataclass(frozen=True, slots=True)
class Terms:
    """Up to where a cooperative takes cash."""

    payee_id: int
    at_door: bool
    pickup_most: Rupiah | None
    grams_most: Grams


@dataclass(frozen=True, slots=True)
class Asked:
    """A parcel as the question of cash looks at it."""

    kind: DeliveryKind
    total: int
    """Goods and delivery, rupiah, before any voucher."""
    grams: int
    round_most: int | None
    """What the chosen round takes at a door; None: it takes none there."""
    days_to_make: Iterable[int]
    limits: Iterable[str | None]
    """*Batas kirim* of each sort of goods."""


def why_not(parcel: Asked, terms: Terms | None) -> CashRefusal | None:
    """Why this parcel cannot be paid in cash; None: it can."""
    if parcel.kind is DeliveryKind.COURIER:
        return CashRefusal.COURIER
    if terms is None:
        return CashRefusal.NOT_TAKEN
    maximum = terms.pickup_most
    if parcel.kind is DeliveryKind.OWN:
        maximum = Rupiah(parcel.round_most) if terms.at_door and parcel.round_most else None
    if maximum is None:
        return CashRefusal.NOT_TAKEN
    if any(parcel.days_to_make):
        return CashRefusal.MADE_TO_ORDER
    if any(limit and limit != SendLimit.LAND_OR_SEA for limit in parcel.limits):
        return CashRefusal.PERISHABLE
    if parcel.grams > terms.grams_most:
        return CashRefusal.WEIGHT
    return CashRefusal.TOTAL if parcel.total > maximum else None
