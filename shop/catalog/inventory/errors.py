"""Refusals of the shelf."""

from collections.abc import Sequence
from dataclasses import dataclass

from shop.core.values.errors import NotFound, RuleBroken


@dataclass(frozen=True, slots=True)
class Shortage:
    """So many packs were wanted of a variant, so many are free."""

    variant_id: int
    wanted: int
    available: int


class InsufficientStock(RuleBroken):
    """The shelf cannot cover what was asked for."""

    def __init__(self, shortages: Sequence[Shortage]) -> None:
        super().__init__(f"short of {len(shortages)} variant(s)")
        self.shortages = tuple(shortages)


class BelowHeld(RuleBroken):
    """A count below what is kept for purchases that are about to be paid."""

    def __init__(self, counted: int, held: int) -> None:
        super().__init__(f"{counted} counted, {held} held")
        self.counted, self.held = counted, held


class HoldEnded(RuleBroken):
    """The packs are no longer kept for this holder."""


class NoShelf(NotFound):
    """This cooperative has no shelf of that variant."""
