"""Why money does not go back. Each carries the facts; the pages find the words."""

from shop.core.values.errors import NotFound, RuleBroken


class NoSuchRefund(NotFound):
    """No refund, or none that waits for this person."""


class NoSuchDispute(NotFound):
    """No bank has told of such a dispute."""


class NotRefundable(RuleBroken):
    """Nothing was paid for the order, or it is over without a sale."""


class Disputed(RuleBroken):
    """A bank decides about this order's money: given back as well, it would go twice."""


class NothingToGiveBack(RuleBroken):
    """Nothing was chosen, or only what cost nothing."""


class TooManyPacks(RuleBroken):
    """More packs of a line than are left of it."""

    def __init__(self, line_id: int, left: int) -> None:
        super().__init__(f"line {line_id}: {left} left")
        self.line_id, self.left = line_id, left


class TooMuchDelivery(RuleBroken):
    """More than is left of what was paid for delivery."""

    def __init__(self, left: int) -> None:
        super().__init__(f"{left} left")
        self.left = left


class NothingWouldBeSent(RuleBroken):
    """No pack would be left in a parcel that has not gone: such an order is called off."""


class AlreadyWaiting(RuleBroken):
    """A refund of this order waits for a second person already."""


class SamePerson(RuleBroken):
    """The second person has to be another than the first."""


class RefundsChanged(RuleBroken):
    """What waits to be sent is not what somebody looked at; ``waiting`` in rupiah."""

    def __init__(self, waiting: int) -> None:
        super().__init__(f"{waiting} waits by now")
        self.waiting = waiting


class ReferenceUsed(RuleBroken):
    """A line of the bank pays one shopper once."""


class NoAccountToPayFrom(RuleBroken):
    """Nobody wrote down the bank account that refunds leave."""
