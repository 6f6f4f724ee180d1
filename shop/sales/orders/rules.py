"""The life of an order, and what every line freezes at the sale."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Protocol

from shop.catalog.products.rules import PriceSplit, price_split
from shop.core.values.money import (
    BASIS_POINTS,
    Rupiah,
    allocate,
    apply_basis_points,
    included_tax,
    tax_on_top,
)


class OrderState(StrEnum):
    """Fulfilment; whether it is paid is told by the payment (rule R7)."""

    UNPAID = "unpaid"
    NEW = "new"
    ACCEPTED = "accepted"
    READY = "ready"
    ON_THE_WAY = "on_the_way"
    ARRIVED = "arrived"
    DONE = "done"
    LAPSED = "lapsed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    UNDELIVERED = "undelivered"
    RETURNED = "returned"


class DeliveryKind(StrEnum):
    """How a parcel reaches the shopper; the first two come first (rule R15)."""

    PICKUP = "pickup"
    OWN = "own"
    COURIER = "courier"


class ShortageChoice(StrEnum):
    """What a shopper may choose when packs are missing (rule R9)."""

    SEND = "send"
    """What there is; the rest is paid back."""
    WAIT = "wait"
    """Until all of it is there, on the day that was offered."""
    CANCEL = "cancel"


SHORT_ASKED = "short_asked"
"""Why an order waits (``Order.needs``): its shopper was asked what to do about missing packs."""

ENDS = frozenset({OrderState.DONE, OrderState.REFUSED, OrderState.CANCELLED, OrderState.RETURNED})
ALLOWED_TRANSITIONS: Mapping[OrderState, frozenset[OrderState]] = MappingProxyType(
    {
        OrderState.UNPAID: frozenset({OrderState.NEW, OrderState.LAPSED, OrderState.CANCELLED}),
        OrderState.LAPSED: frozenset({OrderState.NEW, OrderState.CANCELLED}),
        OrderState.NEW: frozenset({OrderState.ACCEPTED, OrderState.REFUSED, OrderState.CANCELLED}),
        OrderState.ACCEPTED: frozenset({OrderState.READY, OrderState.CANCELLED}),
        OrderState.READY: frozenset(
            {
                OrderState.ACCEPTED,  # packed by mistake, and nothing left the house (record 0321)
                OrderState.ON_THE_WAY,
                OrderState.ARRIVED,
                OrderState.CANCELLED,
            }
        ),
        OrderState.ON_THE_WAY: frozenset({OrderState.ARRIVED, OrderState.UNDELIVERED}),
        OrderState.UNDELIVERED: frozenset({OrderState.ON_THE_WAY, OrderState.RETURNED}),
        OrderState.ARRIVED: frozenset({OrderState.DONE}),
        **{end: frozenset() for end in ENDS},
    }
)
"""To which states an order may go from each; :func:`actions.move` refuses all others (rule R7)."""


def way_to(state: OrderState, target: OrderState) -> tuple[OrderState, ...]:
    """The fewest steps that lead from a state to another; none where there is no way, or no need.

    Whatever happens to one parcel of several may bring its order more than one step on.
    """
    ways: list[tuple[OrderState, ...]] = [()]
    seen = {state}
    while ways and state is not target:
        longer = []
        for way in ways:
            for step in sorted(ALLOWED_TRANSITIONS[way[-1] if way else state] - seen):
                if step is target:
                    return (*way, step)
                seen.add(step)
                longer.append((*way, step))
        ways = longer
    return ()


LATE = timedelta(days=3)
"""How long after the shipping promise a shopper may call off what has not left (rule R8)."""


def goods_name(name: str, variant: str, net: str) -> str:
    """Goods as desks and papers write them: ``Kopi Gayo halus 200 g``."""
    return " ".join(part for part in (name, variant, net) if part)


def is_cancellable(
    state: OrderState, kind: DeliveryKind, ship_by: datetime | None, now: datetime
) -> bool:
    """Whether a shopper may cancel an order: not begun, or long overdue.

    What stands ready at the counter was promised to be fetched, not to be sent.
    """
    if state is OrderState.ACCEPTED or (
        state is OrderState.READY and kind is not DeliveryKind.PICKUP
    ):
        return ship_by is not None and now > ship_by + LATE
    return state is OrderState.NEW


NOT_FROM_QUANTITIES = frozenset(
    {OrderState.LAPSED, OrderState.CANCELLED, OrderState.UNDELIVERED, OrderState.DONE}
)
"""States that quantities of packs cannot tell: the bill lapsed, the order was cancelled, the
parcel was not delivered, the time for complaints is over."""


class HasQuantities(Protocol):
    """A line, as far as the life of its order goes."""

    packs: int
    accepted: int
    packed: int
    shipped: int
    delivered: int
    returned: int
    refusal: str | None


@dataclass(slots=True)
class Quantities:
    """What became of the packs of one line; the plain twin of an order line."""

    packs: int
    accepted: int = 0
    packed: int = 0
    shipped: int = 0
    delivered: int = 0
    returned: int = 0
    refusal: str | None = None


def state_of(
    lines: Sequence[HasQuantities], *, confirmed: bool, beside: OrderState | None = None
) -> OrderState:
    """The state that the lines tell (rule R7): the least that is true of all of them.

    :param confirmed: whether it is paid, or promised in cash at the door.
    :param beside: the one of ``NOT_FROM_QUANTITIES`` that happened last, if any did.
    """
    if beside in (OrderState.LAPSED, OrderState.CANCELLED):
        return beside
    if not confirmed:
        return OrderState.UNPAID
    told = _state_from_quantities(lines)
    if (told, beside) == (OrderState.ON_THE_WAY, OrderState.UNDELIVERED):
        return OrderState.UNDELIVERED
    if (told, beside) == (OrderState.ARRIVED, OrderState.DONE):
        return OrderState.DONE
    return told


def _state_from_quantities(lines: Sequence[HasQuantities]) -> OrderState:
    if all(line.accepted == 0 for line in lines):
        refused = all(line.refusal is not None for line in lines)
        return OrderState.REFUSED if refused else OrderState.NEW
    if any(line.packed < line.accepted for line in lines):
        return OrderState.ACCEPTED
    if any(line.shipped < line.packed for line in lines):
        return OrderState.READY
    if all(line.delivered == 0 and line.returned == line.shipped for line in lines):
        return OrderState.RETURNED
    # What came back of an order that left in parts is on no way any more.
    if any(line.delivered + line.returned < line.shipped for line in lines):
        return OrderState.ON_THE_WAY
    return OrderState.ARRIVED


def advance_quantities(line: HasQuantities, to: OrderState, *, reason: str | None = None) -> None:
    """Advance the quantities of a line together with its order.

    How many can be sent is counted per line by a person before ``ACCEPTED`` (rule R9); an order
    that comes back to it is unpacked.

    :param reason: code of a refusal.
    """
    if to is OrderState.REFUSED:
        line.accepted, line.refusal = 0, line.refusal or reason or "refused"
    if to is OrderState.ACCEPTED:
        line.packed = line.shipped
    if to in (OrderState.READY, OrderState.ON_THE_WAY, OrderState.ARRIVED):
        line.packed = line.accepted
    if to in (OrderState.ON_THE_WAY, OrderState.ARRIVED):
        line.shipped = line.packed
    if to is OrderState.ARRIVED:
        line.delivered = line.shipped - line.returned
    if to is OrderState.RETURNED:
        line.returned = line.shipped


@dataclass(frozen=True, slots=True)
class QuoteSnapshot:
    """The delivery that was chosen for one parcel, as it was quoted."""

    kind: DeliveryKind
    name: str
    fee: Rupiah
    scale_grams: int
    billable_grams: int
    rate_code: str | None = None
    days_least: int | None = None
    days_most: int | None = None
    place: str | None = None
    """Where and when it can be picked up."""


@dataclass(frozen=True, slots=True)
class LineDraft:
    """So many packs of one variant as the shopper is about to buy them."""

    variant_id: int
    product_id: int
    member_id: int
    name: str
    sku: str
    unit_price: Rupiah
    packs: int
    unit_grams: int
    length_mm: int
    width_mm: int
    height_mm: int
    variant_name: str = ""
    net_label: str = ""
    discount: int = 0
    platform_pays: bool = False
    """Whether the platform gives the seller what the discount takes off."""
    fee_bp: int | None = None
    """The platform's fee on these goods; None: the figure of the day."""

    @property
    def goods_total(self) -> Rupiah:
        """Price of all packs, before any discount."""
        return Rupiah(self.unit_price * self.packs)

    @property
    def net(self) -> Rupiah:
        """Goods after discount: what shares and fees are computed on."""
        return Rupiah(self.goods_total - self.discount)


REST = "cooperative"
"""The part of a line that takes what no other part does."""
VOUCHER = "voucher"
"""What the platform adds to a line instead of its shopper: below zero, as all others take."""


@dataclass(frozen=True, slots=True)
class FrozenShares:
    """How a line's net is divided, for ever (rules R21, R22, R25).

    ``parts`` are the named deductions; they and the member's share sum to the net. *cooperative*
    is what stays in its till after everything named beside it; it may be below zero where its
    contribution is smaller than the tax it has to hand on.
    """

    member_share: Rupiah
    fee_bp: int
    fee: Rupiah
    fee_ppn: Rupiah
    tax_base: Rupiah
    ppn: Rupiah
    pph22: Rupiah
    parts: Mapping[str, int]


def freeze_line(
    goods: int,
    *,
    contribution_bp: int,
    is_pkp: bool,
    figures: Mapping[str, int],
    discount: int = 0,
    platform_pays: bool = False,
    fee_bp: int | None = None,
) -> FrozenShares:
    """Divide what a shopper pays for a line.

    The member's share is that of the price before any discount: whoever gives the voucher pays
    for it, never the member (rule R21). The fee is taken of what is left after it (rule R22).

    :param goods: price of all packs, rupiah, PPN included where the seller is PKP.
    :param contribution_bp: what stays with the cooperative, basis points of the price before PPN.
    :param figures: ``settings_on``, of the day of the sale.
    :param discount: what a voucher takes off; the platform's is a negative part of the line,
        because the seller gets it back, the cooperative's own comes out of its rest.
    :param fee_bp: the platform's fee where it is not the figure of the day.
    """
    net = goods - discount
    # Tax is owed on what the seller receives, whoever of the two buyers of a line pays it.
    received = goods if platform_pays else net
    tax_base, ppn = included_tax(received, figures) if is_pkp else (Rupiah(received), Rupiah(0))
    fee_bp = figures["platform_fee_bp"] if fee_bp is None else fee_bp

    def split(price: int) -> PriceSplit:
        # The rule that the product page shows: what was promised there is what is frozen here.
        inside = included_tax(price, figures)[1] if is_pkp else 0
        return price_split(price, contribution_bp, fee_bp, cost_bp=0, ppn=inside)

    member_share, fee = split(goods).member, split(net).fee
    fee_ppn = tax_on_top(fee, figures) if figures["platform_is_pkp"] else Rupiah(0)
    pph22 = _floor_part(received - ppn, figures["pph22_bp"])
    parts = {"platform_fee": fee, "platform_fee_ppn": fee_ppn, "ppn": ppn, "pph22": pph22}
    if platform_pays:
        parts[VOUCHER] = Rupiah(-discount)
    parts[REST] = Rupiah(net - member_share - sum(parts.values()))
    return FrozenShares(member_share, fee_bp, fee, fee_ppn, tax_base, ppn, pph22, parts)


def _floor_part(amount: int, basis_points: int) -> Rupiah:
    """A share rounded down: PPh 22 is withheld in whole rupiah, never one too many."""
    part = apply_basis_points(amount, basis_points)
    return Rupiah(part - (part * BASIS_POINTS > amount * basis_points))


@dataclass(frozen=True, slots=True)
class UnitShare:
    """What one pack of a line carries of it: its refund and who bears how much (rule R11)."""

    net: Rupiah
    member_share: Rupiah
    parts: Mapping[str, int]
    """The named deductions, as on the line; they and the member's share sum to the net."""


class HasShares(Protocol):
    """A sold line, as far as its money goes."""

    packs: int
    unit_price: int
    discount: int
    member_share: int
    parts: dict[str, Any]


def unit_shares(line: HasShares, unit: int) -> UnitShare:
    """The share of the ``unit``-th pack (from 1), so that 1 + 1 + 1 equals 3 to the rupiah."""
    if not 1 <= unit <= line.packs:
        raise ValueError(f"a line of {line.packs} has no unit {unit}")
    each = (1,) * line.packs

    def share(total: int) -> Rupiah:
        return allocate(total, each)[unit - 1]

    net = Rupiah(line.unit_price - share(line.discount))
    member = share(line.member_share)
    parts = {name: share(total) for name, total in line.parts.items() if name != REST}
    # What is left over is left per pack too, so that every pack adds up by itself.
    parts[REST] = Rupiah(net - member - sum(parts.values()))
    return UnitShare(net, member, parts)


def discount_of(line: HasShares, units: Iterable[int]) -> Rupiah:
    """What of a line's discount some of its packs carry: it returns to who gave it."""
    each = allocate(line.discount, (1,) * line.packs)
    return Rupiah(sum(each[unit - 1] for unit in units))


def refund_of(line: HasShares, units: Iterable[int]) -> Rupiah:
    """What goes back to the shopper for some packs of a line, goods only."""
    return Rupiah(sum(unit_shares(line, unit).net for unit in units))
