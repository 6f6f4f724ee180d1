"""What a cart shows and when it may be paid: decisions about lines, without a database."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from shop.catalog.products.queries import Sellable
from shop.catalog.products.rules import price_at
from shop.checkout.cart.errors import BelowMinimum, ExceedsStock, NotForSale, SoldOut
from shop.core.values.money import Rupiah
from shop.core.values.text import MAX_PACKS

Steps = tuple[tuple[int, Rupiah], ...]
"""Wholesale: from how many packs of a product on, and the price of one then."""


class LineWarning(StrEnum):
    """What happened to a line since it was put in; the shopper accepts or removes it."""

    GONE = "gone"
    """Not for sale any more."""
    SOLD_OUT = "sold_out"
    SHORT = "short"
    """Fewer are left than lie in the cart."""
    BELOW_MINIMUM = "below_minimum"
    REPRICED = "repriced"


@dataclass(frozen=True, slots=True)
class Line:
    """So many packs of one kind of goods, as they lie in the cart and as they are sold now."""

    variant_id: int
    packs: int
    seen_price: Rupiah
    """Rupiah a pack when the shopper last accepted it."""
    goods: Sellable | None
    """None: no such goods exist any more."""
    together: int = 0
    """Packs of all variants of its product in the cart: wholesale steps count them (rule R29)."""
    seen_steps: Steps | None = None
    """Wholesale steps when the shopper last accepted them; None: those of today."""

    @property
    def inside(self) -> int:
        """Packs that its wholesale steps count."""
        return max(self.together, self.packs)

    @property
    def unit_price(self) -> Rupiah:
        """What a pack costs now, with the wholesale step that is reached."""
        return self.goods.price_at(self.inside) if self.goods else self.seen_price

    @property
    def seen_unit_price(self) -> Rupiah:
        """The same as the shopper accepted it. A step that they reach or leave by changing the
        count themselves is no change of price: the page shows it at once.
        """
        return price_at(self.inside, self.seen_price, self.accepted_steps)

    @property
    def accepted_steps(self) -> Steps:
        """The wholesale steps that the shopper accepted."""
        if self.seen_steps is None:
            return self.goods.steps if self.goods else ()
        return self.seen_steps

    def steps_with(self, inside: int) -> Steps:
        """The steps that hold after the shopper made it ``inside`` packs.

        The page offers the steps of today. One that makes a pack cheaper is taken as it was
        offered; one that makes it dearer is another price, which only a yes takes.
        """
        if self.goods is None or LineWarning.REPRICED in self.marks:
            return self.accepted_steps
        offered = price_at(inside, self.seen_price, self.goods.steps)
        is_dearer = offered > price_at(inside, self.seen_price, self.accepted_steps)
        return self.accepted_steps if is_dearer else self.goods.steps

    @property
    def amount(self) -> Rupiah:
        """What the shopper was told the line costs: it changes only when they accept."""
        return Rupiah(self.seen_unit_price * self.packs)

    @property
    def next_step(self) -> tuple[int, Rupiah] | None:
        """How many packs more make each cheaper, and what one costs then."""
        if self.goods is None:
            return None
        for minimum, price in self.goods.steps:
            if minimum > self.inside and price < self.unit_price:
                return minimum - self.inside, price
        return None

    @property
    def left(self) -> int:
        """Packs that could be bought now."""
        return max(self.goods.available, 0) if self.goods and self.goods.is_published else 0

    @property
    def minimum(self) -> int:
        """Smallest count the maker sells."""
        return self.goods.least_packs if self.goods else 1

    @property
    def marks(self) -> tuple[LineWarning, ...]:
        """Everything the shopper has to accept before paying; none: the line stands."""
        if self.goods is None or not self.goods.is_published:
            return (LineWarning.GONE,)
        if self.left < self.minimum:
            return (LineWarning.SOLD_OUT,)
        marks = []
        if self.packs > self.left:
            marks.append(LineWarning.SHORT)
        if self.packs < self.minimum:
            marks.append(LineWarning.BELOW_MINIMUM)
        if self.seen_unit_price != self.unit_price:
            marks.append(LineWarning.REPRICED)
        return tuple(marks)

    @property
    def accepted(self) -> int:
        """Packs after the shopper accepts what changed; 0: the line goes."""
        marks = self.marks
        if LineWarning.GONE in marks or LineWarning.SOLD_OUT in marks:
            return 0
        return min(max(self.packs, self.minimum), self.left)

    @property
    def can_shrink(self) -> bool:
        """Whether one pack fewer is still a count the maker sells."""
        return self.packs > self.minimum

    @property
    def can_grow(self) -> bool:
        """Whether one pack more is there."""
        return self.packs < min(self.left, MAX_PACKS)


@dataclass(slots=True)
class LineChanges:
    """What a shopper asks of the lines of a cart, and what of it cannot be."""

    packs: dict[int, int] = field(default_factory=dict)
    """New count by variant; only lines that change."""
    removed: int | None = None
    accepts: bool = False
    """Whether the shopper accepts what happened to marked lines."""
    typed: dict[int, str] = field(default_factory=dict)
    """Every count as it was typed, kept when the page is refused."""
    refused: dict[int, str] = field(default_factory=dict)
    """Sentence by variant."""

    @property
    def is_any(self) -> bool:
        """Whether anything is to be changed."""
        return bool(self.packs or self.removed or self.accepts)


@dataclass(frozen=True, slots=True)
class StoredLine:
    """What is written down of a line: its packs, and the terms the shopper accepted."""

    packs: int
    price: Rupiah
    steps: Steps


def stored_line_of(line: Line) -> StoredLine:
    """A line as it lies in the cart."""
    return StoredLine(line.packs, line.seen_price, line.accepted_steps)


def settled(lines: Sequence[Line], changes: LineChanges) -> dict[int, StoredLine | None]:
    """Each line after the shopper's changes, by variant; None: it goes."""
    after: dict[int, StoredLine | None] = {}
    inside: Counter[int] = Counter()
    for line in lines:
        packs = changes.packs.get(line.variant_id, line.packs)
        if changes.accepts and line.marks and line.variant_id not in changes.packs:
            # A count that was typed just now has been checked against the shelf already.
            packs = line.accepted
        is_gone = line.variant_id == changes.removed or (changes.accepts and not line.accepted)
        after[line.variant_id] = None if is_gone else replace(stored_line_of(line), packs=packs)
        if line.goods is not None and not is_gone:
            inside[line.goods.product_id] += packs
    for line in lines:
        kept = after[line.variant_id]
        if kept is None or line.goods is None:
            continue
        if changes.accepts and line.marks:
            kept = replace(kept, price=line.goods.price, steps=line.goods.steps)
        elif inside[line.goods.product_id] != line.inside:
            kept = replace(kept, steps=line.steps_with(inside[line.goods.product_id]))
        after[line.variant_id] = kept
    return after


@dataclass(frozen=True, slots=True)
class Parcel:
    """One cooperative's part of a cart."""

    seller: Sellable
    """Any goods of it: they carry the cooperative's name, cloth and place."""
    lines: tuple[Line, ...]

    @property
    def cooperative_id(self) -> int:
        """Whose parcel it is."""
        return self.seller.cooperative_id

    @property
    def goods_total(self) -> Rupiah:
        """What its goods cost as the shopper accepted them."""
        return Rupiah(sum(line.amount for line in self.lines))

    @property
    def packs(self) -> int:
        """How many packs lie in it."""
        return sum(line.packs for line in self.lines)


def by_cooperative(lines: Sequence[Line]) -> tuple[Parcel, ...]:
    """One parcel per cooperative, in the order the shopper first met them.

    Lines whose goods are gone without a trace belong to nobody; see :func:`lost`.
    """
    parts: dict[int, list[Line]] = {}
    sellers: dict[int, Sellable] = {}
    for line in lines:
        if line.goods is not None:
            sellers.setdefault(line.goods.cooperative_id, line.goods)
            parts.setdefault(line.goods.cooperative_id, []).append(line)
    return tuple(Parcel(sellers[key], tuple(part)) for key, part in parts.items())


def lost(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Lines whose goods do not exist any more."""
    return tuple(line for line in lines if line.goods is None)


def check_count(goods: Sellable | None, packs: int, *, inside: int = 0) -> Sellable:
    """The goods, if a cart may hold ``packs`` of them beside the ``inside`` it holds already.

    :raises NotForSale: nobody sells them.
    :raises SoldOut: nothing is left that could be bought.
    :raises BelowMinimum: the maker sells only more at once.
    :raises ExceedsStock: fewer are left, or more than one line may hold.
    """
    if goods is None or not goods.is_published:
        raise NotForSale
    minimum, left = goods.least_packs, min(goods.available, MAX_PACKS)
    if left < minimum:
        raise SoldOut(goods.name, minimum=minimum, left=max(left, 0), inside=inside)
    if packs + inside < minimum:
        raise BelowMinimum(goods.name, minimum=minimum, left=left, inside=inside)
    if packs + inside > left:
        raise ExceedsStock(goods.name, minimum=minimum, left=left, inside=inside)
    return goods
