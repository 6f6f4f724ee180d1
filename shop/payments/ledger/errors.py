"""Refusals of the books."""

from shop.core.values.errors import RuleBroken


class Unbalanced(RuleBroken):
    """Postings that do not sum to zero, or fewer than two: a mistake of ours, never a shopper's."""

    def __init__(self, reason: str, total: int) -> None:
        super().__init__(f"{reason} is off by {total}")
        self.reason, self.total = reason, total
