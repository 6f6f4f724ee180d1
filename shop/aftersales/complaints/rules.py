"""What a complaint can be about, what cures it, and who bears it (record 0310)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from shop.core.values.money import Rupiah
from shop.fulfilment.orders.rules import Reason
from shop.sales.orders.rules import OrderState


class ComplaintReason(StrEnum):
    """What is wrong with the packs."""

    BROKEN = "broken"
    """Leaking, crushed, torn open: the packaging score hears of it."""
    MISSING = "missing"
    """Fewer packs in the parcel than were sent."""
    WRONG_GOODS = "wrong_goods"
    SPOILED = "spoiled"
    """Stale, mouldy, past its last day."""
    NOT_AS_SAID = "not_as_said"
    """Not what the page said of it."""


class RequestedRemedy(StrEnum):
    """What the shopper would like."""

    REFUND = "refund"
    EXCHANGE = "exchange"
    REST = "rest"
    """What is missing of the parcel, sent after it."""


CURES: Mapping[ComplaintReason, frozenset[RequestedRemedy]] = MappingProxyType(
    {
        wrong: frozenset({RequestedRemedy.REFUND, RequestedRemedy.REST})
        if wrong is ComplaintReason.MISSING
        else frozenset({RequestedRemedy.REFUND, RequestedRemedy.EXCHANGE})
        for wrong in ComplaintReason
    }
)
"""What is missing is not exchanged, what is there is not sent after."""


class RefusalReason(StrEnum):
    """Why a cooperative grants less than was wished: a list, as facts hold no free text."""

    AS_SAID = "as_said"
    NOT_SHOWN = "not_shown"
    USED_UP = "used_up"
    NOT_OURS = "not_ours"
    SETTLED = "settled"


class State(StrEnum):
    """The life of a complaint."""

    OPEN = "open"
    """Its cooperative is to answer."""
    PROMISED = "promised"
    """Packs are held on the shelf, to be sent after."""
    SENT = "sent"
    """They are on their way."""
    ANSWERED = "answered"
    """With less than was wished: the operator can be asked once."""
    APPEALED = "appealed"
    """The operator decides, for good."""
    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


OVER = frozenset({State.GRANTED, State.DECLINED, State.WITHDRAWN})
ALLOWED_TRANSITIONS: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        State.OPEN: frozenset(
            {State.GRANTED, State.PROMISED, State.ANSWERED, State.APPEALED, State.WITHDRAWN}
        ),
        State.PROMISED: frozenset({State.SENT, State.APPEALED}),
        State.SENT: frozenset({State.GRANTED, State.APPEALED}),
        State.ANSWERED: frozenset({State.APPEALED, State.GRANTED, State.DECLINED}),
        State.APPEALED: frozenset({State.GRANTED, State.DECLINED}),
        **{over: frozenset() for over in OVER},
    }
)

MAX_PHOTOS = 5

_AS_REFUND: Mapping[ComplaintReason, Reason] = MappingProxyType(
    {
        ComplaintReason.BROKEN: Reason.BROKEN_ON_THE_WAY,
        ComplaintReason.MISSING: Reason.SHORT,
        ComplaintReason.WRONG_GOODS: Reason.WRONG_GOODS,
        ComplaintReason.SPOILED: Reason.DAMAGED,
        ComplaintReason.NOT_AS_SAID: Reason.WRONG_GOODS,
    }
)


def refund_reason(wrong: ComplaintReason) -> Reason:
    """What a refund is called that cures it."""
    return _AS_REFUND[wrong]


def platform_pays(wrong: ComplaintReason) -> bool:
    """Whether the cooperative's own part pays for it by default.

    It packed and sent the parcel: what broke, was left out or mixed up is not the maker's loss
    (rule R21). What the goods themselves lack is no sale.
    """
    return wrong in (ComplaintReason.BROKEN, ComplaintReason.MISSING, ComplaintReason.WRONG_GOODS)


class HasCounts(Protocol):
    """A sold line, as far as packs can be complained of or go back."""

    id: int
    packs: int
    delivered: int
    refunded: int


def packs_to_complain_of(line: HasCounts) -> int:
    """Packs of a line that arrived and were not given back before."""
    return max(min(line.delivered, line.packs - line.refunded), 0)


def delivery_goes_back(lines: Sequence[HasCounts], line_id: int, packs: int, left: int) -> Rupiah:
    """What of the delivery goes back with some packs: all that is left of it with the last pack.

    :param left: rupiah of the delivery fee that did not go back before.
    """
    kept = sum(line.packs - line.refunded for line in lines)
    mine = next(line for line in lines if line.id == line_id)
    is_last = kept == packs == mine.packs - mine.refunded
    return Rupiah(left if is_last else 0)


def may_be_filed(state: OrderState, until: datetime | None, now: datetime) -> bool:
    """Whether the days for complaints run (rule R13)."""
    return state is OrderState.ARRIVED and until is not None and now <= until
