"""What a refund by hand takes from whom (rules R10, R11, R21): reckoned before anybody confirms."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from shop.aftersales.refunds.errors import NothingWouldBeSent, TooManyPacks, TooMuchDelivery
from shop.core.values.money import Rupiah
from shop.fulfilment.orders.rules import HasSold, Reason, given_back
from shop.sales.orders.rules import OrderState, discount_of, unit_shares

REASONS = (
    Reason.DAMAGED,
    Reason.WRONG_GOODS,
    Reason.SHORT,
    Reason.BROKEN_ON_THE_WAY,
    Reason.LOST_ON_THE_WAY,
    Reason.TOO_LATE,
    Reason.AGREED,
)
"""Why a person gives money back."""

UNSENT = frozenset({OrderState.ACCEPTED, OrderState.READY})
"""The packs lie at the cooperative: what goes back is simply not sent."""
SENT = frozenset({OrderState.ON_THE_WAY, OrderState.UNDELIVERED})
THERE = frozenset({OrderState.ARRIVED, OrderState.DONE})
REFUNDABLE = UNSENT | SENT | THERE
"""Before, the form that accepts an order counts; after its other ends all went back already."""


class HasPacks(HasSold, Protocol):
    """A sold line, as far as its packs can go back."""

    id: int
    accepted: int
    shipped: int


@dataclass(frozen=True, slots=True)
class RefundSelection:
    """What somebody wants to give back."""

    packs: Mapping[int, int]
    """By line id, ``> 0``."""
    delivery: int
    """Rupiah of the delivery fee."""
    reason: Reason
    is_back: bool
    """The packs lie on the shelf again and can be sold: nobody guesses that (rule R11)."""
    till_pays: bool
    """The maker keeps what was promised; the cooperative's till bears it."""

    def to_json(self) -> dict[str, Any]:
        """As it is stored until a second person has looked."""
        return {
            "packs": {str(line_id): packs for line_id, packs in self.packs.items()},
            "delivery": self.delivery,
            "reason": self.reason.value,
            "is_back": self.is_back,
            "till_pays": self.till_pays,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "RefundSelection":
        """What was stored."""
        return cls(
            packs={int(line_id): packs for line_id, packs in stored["packs"].items()},
            delivery=stored["delivery"],
            reason=Reason(stored["reason"]),
            is_back=stored["is_back"],
            till_pays=stored["till_pays"],
        )


@dataclass(frozen=True, slots=True)
class RefundCalculation:
    """Who gives how much so that the shopper has the money back; all whole rupiah."""

    goods: Rupiah
    delivery: Rupiah
    members: Mapping[int, Rupiah]
    """Their shares of the packs that go back, by member id."""
    fee: Rupiah
    """The platform gives its fee back."""
    tax: Rupiah
    """PPN on that fee and PPh 22: no longer owed to the state."""
    voucher: Rupiah
    """What a voucher had paid of these packs: it returns to who gave it."""
    till_pays: bool

    @property
    def to_buyer(self) -> Rupiah:
        """What goes back to the shopper."""
        return Rupiah(self.goods + self.delivery)

    @property
    def shares(self) -> Rupiah:
        """The makers' shares together, whoever bears them."""
        return Rupiah(sum(self.members.values()))

    @property
    def from_members(self) -> Rupiah:
        """What the makers do not receive, or give back."""
        return Rupiah(0) if self.till_pays else self.shares

    @property
    def from_cooperative(self) -> Rupiah:
        """What the cooperative's till does not receive, or gives back."""
        whole = self.to_buyer + self.voucher - self.fee - self.tax
        return Rupiah(whole - self.from_members)


def calculate_refund(lines: Sequence[HasPacks], selection: RefundSelection) -> RefundCalculation:
    """What a refund takes from whom: pack ``k`` of a line carries share ``k`` (rule R11)."""
    members: dict[int, int] = {}
    goods = fee = tax = voucher = 0
    for line in lines:
        units = given_back(line.packs, line.refunded, selection.packs.get(line.id, 0))
        voucher += discount_of(line, units)
        for unit in units:
            share = unit_shares(line, unit)
            goods += share.net
            members[line.member_id] = members.get(line.member_id, 0) + share.member_share
            fee += share.parts.get("platform_fee", 0)
            tax += share.parts.get("platform_fee_ppn", 0) + share.parts.get("pph22", 0)
    return RefundCalculation(
        goods=Rupiah(goods),
        delivery=Rupiah(selection.delivery),
        members={member: Rupiah(amount) for member, amount in sorted(members.items())},
        fee=Rupiah(fee),
        tax=Rupiah(tax),
        voucher=Rupiah(voucher),
        till_pays=selection.till_pays,
    )


def check(
    state: OrderState, lines: Sequence[HasPacks], selection: RefundSelection, *, delivery_left: int
) -> None:
    """Whether a selection can be refunded.

    :param delivery_left: rupiah of the delivery fee that did not go back before.
    :raises TooManyPacks, TooMuchDelivery, NothingWouldBeSent:
    """
    for line in lines:
        left = line.packs - line.refunded
        if not 0 <= selection.packs.get(line.id, 0) <= left:
            raise TooManyPacks(line.id, left)
    if not 0 <= selection.delivery <= delivery_left:
        raise TooMuchDelivery(delivery_left)
    if any(line.shipped for line in lines):
        return  # a part is gone: of that any pack can go back
    if state in UNSENT and all(line.accepted <= selection.packs.get(line.id, 0) for line in lines):
        raise NothingWouldBeSent
