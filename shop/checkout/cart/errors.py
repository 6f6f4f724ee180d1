"""Why something cannot lie in a cart."""

from shop.core.values.errors import RuleBroken


class NotForSale(RuleBroken):
    """Nobody sells this (any more): unknown, hidden, or its cooperative is suspended."""


class CannotHoldThat(RuleBroken):
    """The goods are for sale, but not so many of them.

    :ivar name: what the goods are called, for the sentence on the page.
    :ivar minimum: smallest count the maker sells.
    :ivar left: packs that nobody has bought or holds.
    :ivar inside: packs of them that already lay in the cart.
    """

    def __init__(self, name: str, *, minimum: int, left: int, inside: int) -> None:
        super().__init__(f"least {minimum}, left {left}, already inside {inside}")
        self.name, self.minimum, self.left, self.inside = name, minimum, left, inside


class SoldOut(CannotHoldThat):
    """Nothing is left, or less than the smallest count the maker sells."""


class BelowMinimum(CannotHoldThat):
    """Below the product's minimum; the page offers the minimum, nothing raises it silently."""


class ExceedsStock(CannotHoldThat):
    """More than is in stock, counted with what is in the cart."""
