"""Stages of the board, who may do what, and how a finished order's money is divided."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from shop.core.values.money import Rupiah
from shop.fulfilment.orders.errors import NotATrackingNumber
from shop.people.cooperatives.rules import PACKS, RUNS, Role
from shop.sales.orders.rules import DeliveryKind, HasShares, OrderState, unit_shares
from shop.sales.orders.rules import goods_name as goods_name  # noqa: PLC0414 - handed on to rooms above


class Stage(StrEnum):
    """A column of the board; the value stands in its address (``?tahap=``)."""

    NEW = "baru"
    PACK = "kemas"
    READY = "siap"
    ON_THE_WAY = "jalan"
    ARRIVED = "tiba"
    DONE = "selesai"
    ENDED = "batal"
    NEEDS = "perlu"
    """A flag beside the state, not a state."""
    UNPAID = "belum"


STATES: Mapping[Stage, frozenset[OrderState]] = MappingProxyType(
    {
        Stage.NEW: frozenset({OrderState.NEW}),
        Stage.PACK: frozenset({OrderState.ACCEPTED}),
        Stage.READY: frozenset({OrderState.READY}),
        Stage.ON_THE_WAY: frozenset({OrderState.ON_THE_WAY, OrderState.UNDELIVERED}),
        Stage.ARRIVED: frozenset({OrderState.ARRIVED}),
        Stage.DONE: frozenset({OrderState.DONE}),
        Stage.ENDED: frozenset(
            {OrderState.REFUSED, OrderState.CANCELLED, OrderState.RETURNED, OrderState.LAPSED}
        ),
        Stage.UNPAID: frozenset({OrderState.UNPAID}),
    }
)
BOARD = (Stage.NEW, Stage.PACK, Stage.READY)
"""The three columns of a wide screen: where somebody has to do something."""

NOT_SENT = (OrderState.NEW, OrderState.ACCEPTED, OrderState.READY)
"""Paid, and still with the cooperative."""
OPEN = (*NOT_SENT, OrderState.ON_THE_WAY, OrderState.UNDELIVERED, OrderState.ARRIVED)
"""Paid, and not over."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What somebody may do with the orders of a cooperative."""

    decides: bool
    """Accepts, refuses, calls off."""
    packs: bool
    """Packs, hands over, marks as arrived; sees where a parcel goes."""


def rights_of(roles: Iterable[Role]) -> Rights:
    """The rights of somebody's roles together."""
    held = frozenset(roles)
    return Rights(decides=bool(held & set(RUNS)), packs=bool(held & set(PACKS)))


def stage_of(state: OrderState) -> Stage:
    """The stage that orders of a state stand in."""
    return next(stage for stage, states in STATES.items() if state in states)


def to_load(state: OrderState, accepted: int, shipped: int) -> int:
    """Packs of a line for the next parcel; where nothing waits any more, all that were promised."""
    return accepted - shipped if state is OrderState.READY else accepted


class HasTimes(Protocol):
    """An order, as far as its promises go."""

    state: OrderState
    delivery_kind: DeliveryKind
    accept_by: datetime | None
    ship_by: datetime | None


def due_of(order: HasTimes) -> datetime | None:
    """When the next step is promised; what waits for its shopper to come has no hurry."""
    if order.state is OrderState.NEW:
        return order.accept_by
    if order.state is OrderState.READY and order.delivery_kind is DeliveryKind.PICKUP:
        return None
    return order.ship_by if order.state in (OrderState.ACCEPTED, OrderState.READY) else None


def shows_person(state: OrderState, *, is_confirmed: bool, rights: Rights) -> bool:
    """Whether name and phone are shown: to who works on it, while there is work."""
    return is_confirmed and rights.packs and state in OPEN


def shows_address(
    state: OrderState, kind: DeliveryKind, *, is_confirmed: bool, rights: Rights
) -> bool:
    """Whether the address is shown: only when a parcel has to get there."""
    return kind is not DeliveryKind.PICKUP and shows_person(
        state, is_confirmed=is_confirmed, rights=rights
    )


class Reason(StrEnum):
    """Why packs are not sent: a list, because free text has no place in a fact."""

    SHORT = "short"
    DAMAGED = "damaged"
    NOT_MADE = "not_made"
    CANNOT_SEND = "cannot_send"
    CLOSED = "closed"
    NOT_FETCHED = "not_fetched"
    NO_ANSWER = "no_answer"
    NOT_SENT = "not_sent"
    NOBODY_THERE = "nobody_there"
    NOT_TAKEN = "not_taken"
    WRONG_ADDRESS = "wrong_address"
    BROKEN_ON_THE_WAY = "broken_on_the_way"
    LOST_ON_THE_WAY = "lost_on_the_way"
    CHANGED_MIND = "changed_mind"
    WRONG_GOODS = "wrong_goods"
    TOO_LATE = "too_late"
    AGREED = "agreed"
    SUSPENDED = "suspended"
    LESS_FREIGHT = "less_freight"
    NOT_CONFIRMED = "not_confirmed"

    @property
    def packs_are_gone(self) -> bool:
        """Whether the packs are not there to be sold to somebody else."""
        return self in (Reason.SHORT, Reason.DAMAGED)

    @property
    def delivery_was_done(self) -> bool:
        """Whether a parcel came to the door as it was paid for, and only nobody took it."""
        return self in (Reason.NOBODY_THERE, Reason.NOT_TAKEN, Reason.WRONG_ADDRESS)

    @property
    def was_left_behind(self) -> bool:
        """Whether packs were brought or kept ready for somebody who did not take them (R18)."""
        return self.delivery_was_done or self is Reason.NOT_FETCHED


FOR_A_LINE = (Reason.SHORT, Reason.DAMAGED, Reason.NOT_MADE)
FOR_REFUSING = (*FOR_A_LINE, Reason.CANNOT_SEND, Reason.CLOSED)
FOR_REFUSING_CASH = (Reason.NOT_CONFIRMED, *FOR_REFUSING)
FOR_CALLING_OFF = (*FOR_REFUSING, Reason.NOT_FETCHED)
FOR_FAILING = (
    Reason.NOBODY_THERE,
    Reason.NOT_TAKEN,
    Reason.WRONG_ADDRESS,
    Reason.BROKEN_ON_THE_WAY,
    Reason.LOST_ON_THE_WAY,
)
"""Why a parcel that left was not handed over."""


NO_ANSWER, NOT_ARRIVED, COMPLAINT = "no_answer", "not_arrived", "complaint"
"""Why an order needs somebody (``Order.needs``): its cooperative is silent, its parcel missed,
its shopper complains."""

NOTHING = Rupiah(0)
MIN_FREIGHT_BACK_RUPIAH = 1_000
"""Rupiah below which a cheaper delivery is booked and not sent back (rule R17)."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What becomes of the difference between a fee that was charged and the one that was paid.

    At most one of the three is more than nothing; they sum to the difference.
    """

    refund: Rupiah = NOTHING
    """Goes back to the shopper."""
    booked: Rupiah = NOTHING
    """Stays, as *selisih ongkir*."""
    borne: Rupiah = NOTHING
    """The cooperative pays it on top."""


def settle_freight(charged: int, paid: int) -> Settled:
    """Cheaper goes back, or is booked where it is little; dearer the cooperative bears (R17)."""
    if paid >= charged:
        return Settled(borne=Rupiah(paid - charged))
    less = Rupiah(charged - paid)
    return Settled(refund=less) if less >= MIN_FREIGHT_BACK_RUPIAH else Settled(booked=less)


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Why fewer packs of a line can be sent, and what really lies on the shelf now."""

    reason: Reason
    left_on_shelf: int | None = None
    """Packs counted there besides those of this order; None: nobody counted."""


_TRACKING = re.compile(r"[A-Z0-9][A-Z0-9/.-]{4,39}")


def read_tracking(text: str) -> str:
    """A tracking number as couriers print it: ``jp 1234 5678`` becomes ``JP12345678``.

    :raises NotATrackingNumber: when it is shorter than 5 signs, longer than 40, or has others
        than letters, digits, ``-``, ``/`` and ``.``.
    """
    number = "".join(text[:80].split()).upper()
    if not _TRACKING.fullmatch(number):
        raise NotATrackingNumber(text[:40])
    return number


def given_back(packs: int, refunded: int, more: int) -> range:
    """The next ``more`` packs of a line that go back, counted from the last (rule R11)."""
    first = packs - refunded - more + 1
    return range(first, first + more)


class HasSold(HasShares, Protocol):
    """A sold line whose money is divided."""

    member_id: int
    refunded: int


@dataclass(frozen=True, slots=True)
class Division:
    """Who gets what of an order's money; all together is what was held for it."""

    members: Mapping[int, Rupiah]
    """By member id: a promise (rule R21)."""
    fee: Rupiah
    """The platform's (rule R22)."""
    tax: Rupiah
    """PPN on the fee and PPh 22, owed to the state."""
    cooperative: Rupiah
    """All the rest: its part, the delivery, its own PPN, less what payment and refunds cost it.
    Below zero it owes."""


def divide(lines: Sequence[HasSold], held: int) -> Division:
    """Divide what is held for an order that is done, by the shares its lines froze at the sale.

    :param held: *titipan* that stands for the order, rupiah; the cooperative bears whatever was
        taken from it on the way, never the member (rule R21).
    """
    members: dict[int, int] = {}
    fee = tax = 0
    for line in lines:
        members[line.member_id] = members.get(line.member_id, 0) + member_part(line)
        fee += _part_not_refunded(line, "platform_fee")
        tax += _part_not_refunded(line, "platform_fee_ppn") + _part_not_refunded(line, "pph22")
    return Division(
        members={member: Rupiah(amount) for member, amount in sorted(members.items())},
        fee=Rupiah(fee),
        tax=Rupiah(tax),
        cooperative=Rupiah(held - sum(members.values()) - fee - tax),
    )


def member_part(line: HasSold) -> Rupiah:
    """What the member receives for the packs of a line that were not paid back (rule R21)."""
    return Rupiah(_part_not_refunded(line, "member"))


def _part_not_refunded(line: HasSold, part: str) -> int:
    """What of one part of a line stays after the packs that went back (rule R11)."""
    total: int = line.member_share if part == "member" else line.parts.get(part, 0)
    back = 0
    for unit in given_back(line.packs, 0, line.refunded):
        share = unit_shares(line, unit)
        back += share.member_share if part == "member" else share.parts.get(part, 0)
    return total - back
