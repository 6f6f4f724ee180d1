"""A year of invented orders: who bought what when, and how far each order has come.

Nothing here is read or written; ``order_rows`` turns it into rows and ``load_orders`` loads them.
The same numbers always invent the same orders.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random

from shop.sales.orders.rules import DeliveryKind, OrderState

YEAR = timedelta(days=365)
MAX_WARES = 20_000
"""Goods that are bought at all: those that sell best."""
SECOND_ORDER = 0.2
"""How often a purchase is over two cooperatives."""
NEVER_PAID = 0.05
KINDS = (DeliveryKind.COURIER, DeliveryKind.COURIER, DeliveryKind.OWN, DeliveryKind.PICKUP)
FEES = (9_000, 12_000, 18_000, 24_000)
OWN_FEE = 5_000
PAID_AFTER = timedelta(minutes=25)
LAPSED_AFTER = timedelta(days=1)
STEPS = (
    (OrderState.NEW, PAID_AFTER),
    (OrderState.ACCEPTED, timedelta(hours=6)),
    (OrderState.READY, timedelta(hours=26)),
    (OrderState.ON_THE_WAY, timedelta(hours=32)),
    (OrderState.ARRIVED, timedelta(days=4)),
    (OrderState.DONE, timedelta(days=11)),
)
"""How long after it was placed an order usually gets there."""


@dataclass(frozen=True, slots=True)
class Shop:
    """A cooperative, as far as its orders need it."""

    cooperative_id: int
    code: str
    zone: str
    contribution_bp: int
    is_pkp: bool
    pickup_place: str


@dataclass(frozen=True, slots=True)
class Ware:
    """One variant that can be bought."""

    variant_id: int
    product_id: int
    member_id: int
    shop: Shop
    name: str
    variant_name: str
    sku: str
    price: int
    grams: int
    sides: tuple[int, int, int]
    sold: int


@dataclass(frozen=True, slots=True)
class Step:
    """An order came to a state."""

    state: OrderState
    at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """What one cooperative is asked for."""

    shop: Shop
    kind: DeliveryKind
    fee: int
    wares: tuple[tuple[Ware, int], ...]
    """With how many packs of each."""
    steps: tuple[Step, ...]
    """Without the first, which every order begins with."""


@dataclass(frozen=True, slots=True)
class Bought:
    """One purchase."""

    shopper: int
    """The same number, the same shopper: a third of them come back."""
    placed_at: datetime
    parts: tuple[Part, ...]


class Street:
    """The goods of all shops, to be picked as often as they sell."""

    def __init__(self, wares: Sequence[Ware]) -> None:
        self._wares = wares
        self._sold = list(accumulate(1 + ware.sold for ware in wares))
        self._of_shop: dict[int, list[Ware]] = {}
        for ware in wares:
            self._of_shop.setdefault(ware.shop.cooperative_id, []).append(ware)

    def ware(self, chance: Random) -> Ware:
        """One of them; what sells twice as often comes twice as often."""
        return self._wares[bisect_left(self._sold, chance.randint(1, self._sold[-1]))]

    def beside(self, chance: Random, ware: Ware) -> Ware:
        """Another of the same shop, or the same again."""
        return chance.choice(self._of_shop[ware.shop.cooperative_id])


def purchases(wares: Sequence[Ware], orders: int, seed: int, now: datetime) -> Iterator[Bought]:
    """So many orders of the last year, oldest first.

    :param wares: at least one.
    """
    chance, street = Random(seed + 2), Street(wares)
    done = 0
    while done < orders:
        # One after the other, and none so young that its shopper could still be about to pay.
        age = YEAR * ((orders - done) / orders) + LAPSED_AFTER / 24
        first = street.ware(chance)
        taken = [first]
        if orders - done > 1 and chance.random() < SECOND_ORDER:
            second = street.ware(chance)
            if second.shop != first.shop:
                taken.append(second)
        is_paid = chance.random() >= NEVER_PAID or age < LAPSED_AFTER
        yield Bought(
            shopper=chance.randrange(max(orders * 2 // 3, 1)),
            placed_at=now - age,
            parts=tuple(_part(chance, street, ware, now - age, now, is_paid) for ware in taken),
        )
        done += len(taken)


def _part(
    chance: Random, street: Street, ware: Ware, at: datetime, now: datetime, is_paid: bool
) -> Part:
    picked = {ware: chance.choice((1, 1, 1, 2, 2, 3, 4))}
    for _ in range(chance.choice((0, 0, 1, 2))):
        picked.setdefault(street.beside(chance, ware), chance.choice((1, 1, 2)))
    kind = chance.choice(KINDS)
    fee = {DeliveryKind.PICKUP: 0, DeliveryKind.OWN: OWN_FEE}.get(kind, chance.choice(FEES))
    lapsed = (Step(OrderState.LAPSED, at + LAPSED_AFTER),)
    steps = _steps(chance, kind, at, now) if is_paid else lapsed
    return Part(ware.shop, kind, fee, tuple(picked.items()), tuple(steps))


def _steps(chance: Random, kind: DeliveryKind, at: datetime, now: datetime) -> Iterator[Step]:
    slow = 0.6 + 0.8 * chance.random()
    for state, after in STEPS:
        if state is OrderState.ON_THE_WAY and kind is DeliveryKind.PICKUP:
            continue  # it is taken at the counter
        moment = at + (after if state is OrderState.NEW else after * slow)
        if moment > now:
            return
        yield Step(state, moment)
