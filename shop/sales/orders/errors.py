"""Refusals of orders."""

from shop.core.values.errors import NotFound, RuleBroken


class NoSuchOrder(NotFound):
    """No order or purchase answers to this number or code."""


class MoveRefused(RuleBroken):
    """An order cannot go from where it is to where it was sent."""

    def __init__(self, number: str, state: str, to: str) -> None:
        super().__init__(f"{number}: no way from {state} to {to}")
        self.number, self.state, self.to = number, state, to


class AlreadyMoved(RuleBroken):
    """Somebody else moved the order between the look and the act."""

    def __init__(self, number: str, expected: str) -> None:
        super().__init__(f"{number} is no longer {expected}")
        self.number, self.expected = number, expected


class QuantitiesDisagree(RuleBroken):
    """The packs on the lines tell another state than the one asked for: a mistake of ours."""

    def __init__(self, number: str, wanted: str, told: str) -> None:
        super().__init__(f"{number}: {wanted} was asked, the lines tell {told}")
        self.number, self.wanted, self.told = number, wanted, told


class TooManyPacks(RuleBroken):
    """More packs of a line than are packed and still there, or under way."""

    def __init__(self, line_id: int, wanted: int, left: int) -> None:
        super().__init__(f"line {line_id}: {wanted} of {left}")
        self.line_id, self.wanted, self.left = line_id, wanted, left
