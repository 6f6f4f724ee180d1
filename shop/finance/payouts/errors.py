"""Why money does not go out."""

from collections.abc import Iterable

from shop.core.values.errors import InvalidInput, NotFound, RuleBroken


class NoSuchBatch(NotFound):
    """No batch answers to this code, or not for this desk."""


class NothingDue(RuleBroken):
    """Nobody is owed anything that may go out now."""


class SecondPersonNeeded(RuleBroken):
    """So much money needs a second person, who is not the one who put it together."""


class BatchOver(RuleBroken):
    """The batch was decided about before, the other way."""


class BatchStale(RuleBroken):
    """What is owed for some orders changed since the batch was put together."""

    def __init__(self, numbers: Iterable[str]) -> None:
        self.numbers = tuple(numbers)
        super().__init__(f"{len(self.numbers)} order(s) changed")


class PayoutOver(RuleBroken):
    """This payout was paid, failed or dropped before.

    :param reference: under which it was paid, where it was.
    """

    def __init__(self, reference: str | None) -> None:
        super().__init__("the payout is over")
        self.reference = reference


class AccountChanged(RuleBroken):
    """The account that a payout names is closed, not checked any more, or not the newest.

    :param names: of the cooperatives.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = tuple(names)
        super().__init__(f"{len(self.names)} account(s) changed")


class ReferenceMissing(InvalidInput):
    """Money that left without the bank's reference could not be found again."""
