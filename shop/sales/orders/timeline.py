"""The steps of an order as a shopper follows them. Words are the page's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shop.sales.orders.rules import DeliveryKind, OrderState

_WAY = (
    OrderState.UNPAID,
    OrderState.NEW,
    OrderState.ACCEPTED,
    OrderState.READY,
    OrderState.ON_THE_WAY,
    OrderState.ARRIVED,
    OrderState.DONE,
)
_SIDES = (
    OrderState.LAPSED,
    OrderState.REFUSED,
    OrderState.CANCELLED,
    OrderState.UNDELIVERED,
    OrderState.RETURNED,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step: the state it stands for, when it was reached, and whether it is the latest."""

    state: OrderState
    at: datetime | None
    is_current: bool

    @property
    def is_done(self) -> bool:
        """Whether the order has come this far."""
        return self.at is not None


def was_accepted(steps: Sequence[Step]) -> bool:
    """Whether an order was accepted, which is when its invoice is issued (rule R25)."""
    return any(step.state is OrderState.ACCEPTED and step.is_done for step in steps)


def steps_of(
    kind: DeliveryKind, state: OrderState, reached: Mapping[OrderState, datetime]
) -> tuple[Step, ...]:
    """The way of an order: what was reached with its time, then what is still to come.

    An order that left the way ends with the side it left to; nothing is promised after it.

    :param reached: when each state was last entered.
    """
    way = [step for step in _WAY if not _skips(kind, step)]
    if state in _SIDES:
        way = [step for step in way if step in reached] + [
            side for side in _SIDES if side in reached
        ]
    return tuple(Step(step, reached.get(step), is_current=step is state) for step in way)


def latest(states: Sequence[OrderState]) -> OrderState:
    """One state for several orders: the one that is furthest behind on the way."""
    on_the_way = [state for state in states if state in _WAY]
    return min(on_the_way, key=_WAY.index) if on_the_way else states[0]


def _skips(kind: DeliveryKind, step: OrderState) -> bool:
    # What is picked up is never on its way.
    return kind is DeliveryKind.PICKUP and step is OrderState.ON_THE_WAY
