"""Refusals about labels and permits."""

from datetime import date

from shop.core.values.errors import InvalidInput, NotFound, RuleBroken


class NumberMalformed(InvalidInput):
    """A permit or certificate number that no register writes like this."""

    def __init__(self, kind: str, typed: str) -> None:
        super().__init__(f"not a {kind} number")
        self.kind, self.typed = kind, typed[:60]


class ClaimNotFound(NotFound):
    """There is no such permit or halal state."""


class NothingToCheck(RuleBroken):
    """A paper cannot be seen before it has a number."""


class ClaimMoved(RuleBroken):
    """Another manager decided first, or the maker changed the number meanwhile."""


class ExpiresTooEarly(InvalidInput):
    """A last day before the day of production."""

    def __init__(self, produced_on: date, last_day: date) -> None:
        super().__init__(f"{last_day} lies before {produced_on}")
        self.produced_on, self.last_day = produced_on, last_day


class BatchKnown(RuleBroken):
    """A code that this variant has already."""

    def __init__(self, code: str) -> None:
        super().__init__("batch code taken")
        self.code = code
