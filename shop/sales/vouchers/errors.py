"""Why a voucher gives nothing, or cannot be made."""

from enum import StrEnum

from shop.core.values.errors import NotFound, RuleBroken


class Why(StrEnum):
    """The exact reason a voucher is refused for."""

    UNKNOWN = "unknown"
    STOPPED = "stopped"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    USED_UP = "used_up"
    ALREADY = "already"
    """This buyer used it as often as one buyer may."""
    FOREIGN = "foreign"
    """Nothing in the cart is of the cooperative that pays for it."""
    BELOW = "below"
    """The goods it counts cost less than its minimum."""


class VoucherRefused(RuleBroken):
    """A voucher gives nothing for this purchase.

    :ivar missing: rupiah that the goods are short of the minimum; 0 for other reasons.
    """

    def __init__(self, why: Why, missing: int = 0) -> None:
        super().__init__(why.value)
        self.why, self.missing = why, missing


class VoucherCodeTaken(RuleBroken):
    """Another voucher answers to this code already."""


class VoucherNotFound(NotFound):
    """No voucher of this sponsor has that id."""
