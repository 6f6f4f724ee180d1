"""Why cash does not move on. Each carries the facts; the pages find the words."""

from shop.core.values.errors import InvalidInput, NotFound, RuleBroken


class NotConfirmed(RuleBroken):
    """Nobody has asked the shopper yet whether the order stands (rule R18)."""


class CashFirst(RuleBroken):
    """The parcel is handed over against cash: whoever takes it says so, not the shopper."""


class WrongCash(InvalidInput):
    """Another amount than was asked; ``asked`` in rupiah, ``taken`` None where nobody counted."""

    def __init__(self, asked: int, taken: int | None) -> None:
        super().__init__(f"{taken} for {asked}")
        self.asked, self.taken = asked, taken


class CashMoved(RuleBroken):
    """Somebody else took this step before."""


class NoSuchCash(NotFound):
    """No cash answers to this number, or it is another cooperative's."""
