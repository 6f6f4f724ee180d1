"""Refusals about what members bring."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shop.core.values.errors import NotFound, RuleBroken


@dataclass(frozen=True, slots=True)
class Unfit:
    """Goods of a parcel that must not be sold."""

    name: str
    code: str
    last_day: date | None
    is_recalled: bool


class NoSuchLine(NotFound):
    """A line that is not this member's, or not this cooperative's."""


class NotWanted(RuleBroken):
    """The order of this line is not being made ready any more."""


class CountMoved(RuleBroken):
    """Somebody else received packs of this line since the page was opened."""

    def __init__(self, received: int) -> None:
        super().__init__(f"{received} were received by now")
        self.received = received


class MoreThanAsked(RuleBroken):
    """More packs than the order still waits for."""

    def __init__(self, left: int) -> None:
        super().__init__(f"{left} are left")
        self.left = left


class NothingCounted(RuleBroken):
    """Neither a good pack nor one that was turned away."""


class BatchNeeded(RuleBroken):
    """Goods that spoil are received with the code they were made under."""


class NoSuchBatch(RuleBroken):
    """A code that these goods do not have."""


class BatchOver(RuleBroken):
    """The last day of this batch has gone by, or it was recalled."""

    def __init__(self, code: str, last_day: date | None, *, is_recalled: bool) -> None:
        super().__init__(f"batch {code} is not to be sold")
        self.code, self.last_day, self.is_recalled = code, last_day, is_recalled


class MoreThanMade(RuleBroken):
    """More packs than were made under this code."""

    def __init__(self, code: str, left: int) -> None:
        super().__init__(f"{left} of {code} are left")
        self.code, self.left = code, left


class UnfitGoods(RuleBroken):
    """A parcel would hold goods past their last day, or recalled ones."""

    def __init__(self, number: str, unfit: Sequence[Unfit]) -> None:
        super().__init__(f"{number} holds goods that must not be sold")
        self.number, self.unfit = number, tuple(unfit)


class AlreadyRecalled(RuleBroken):
    """A batch is recalled once."""
