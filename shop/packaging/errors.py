"""Refusals about labels and permits."""

from shop.core.errors import InvalidInput, NotFound, RuleBroken


class NumberMalformed(InvalidInput):
    """A permit or certificate number that no register writes like this."""

    def __init__(self, kind: str, typed: str) -> None:
        super().__init__(f"not a {kind} number")
        self.kind, self.typed = kind, typed[:60]


class ClaimNotFound(NotFound):
    """There is no such permit or halal state."""


class NothingToCheck(RuleBroken):
    """A paper cannot be seen before it has a number."""
