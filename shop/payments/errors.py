"""Refusals around money in."""

from shop.core.errors import NotFound, OutsideUnavailable, RuleBroken


class NoSuchPayment(NotFound):
    """No payment answers to this code."""


class NoFreeCode(RuleBroken):
    """All 999 unique codes of this amount are taken: transfer cannot be offered (rule R5)."""


class WrongAmount(RuleBroken):
    """What was received is not what was asked; ``difference`` below zero: too little."""

    def __init__(self, difference: int) -> None:
        super().__init__(f"off by {difference}")
        self.difference = difference


class OverMatched(RuleBroken):
    """More of a receipt would be used than was received."""


class ReceiptUsed(RuleBroken):
    """The same form was already sent with other figures."""

    def __init__(self, amount: int) -> None:
        super().__init__(f"already recorded with {amount}")
        self.amount = amount


class CostUnknown(OutsideUnavailable):
    """The gateway does not know yet what it keeps of a payment."""
