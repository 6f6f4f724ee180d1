"""Refusals around money in."""

from shop.core.values.errors import NotFound, OutsideUnavailable, RuleBroken


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


class RefundTooMuch(RuleBroken):
    """More would go back than is left of what was paid; ``left`` in rupiah."""

    def __init__(self, left: int) -> None:
        super().__init__(f"{left} left")
        self.left = left


class RefundedMeanwhile(RuleBroken):
    """Money went back between the look and the act; ``is_same``: this very refund did."""

    def __init__(self, refunded: int, *, is_same: bool = False) -> None:
        super().__init__(f"{refunded} went back by now")
        self.refunded, self.is_same = refunded, is_same


class CostUnknown(OutsideUnavailable):
    """The gateway does not know yet what it keeps of a payment."""


class NoSuchAccount(NotFound):
    """No account of this cooperative answers to this, or somebody moved it first."""


class AccountInUse(RuleBroken):
    """A shopper was told to pay there, and has not yet."""


class OwnAccount(RuleBroken):
    """Who adds an account never verifies it."""


class OwnPurchase(RuleBroken):
    """Who pays never confirms it (rule R1)."""


class EnoughProofs(RuleBroken):
    """As many photos of a transfer lie beside the bill as may."""

    def __init__(self, maximum: int) -> None:
        super().__init__(f"{maximum} already")
        self.maximum = maximum
