"""Why a cooperative, a member or a closing cannot be entered."""

from datetime import date

from shop.core.values.errors import NotFound, RuleBroken, ShopError


class CodeTaken(RuleBroken):
    """A cooperative's code, its name in addresses, or a member's number is in use."""


class NoAccount(RuleBroken):
    """The member has no account that a password could open."""


class SecretNeeded(ShopError):
    """A borrowed phone is about to show money; the answer leads to where the PIN is asked again."""


class ClosingOverlaps(RuleBroken):
    """Some of the days are closed already."""

    def __init__(self, last_sending: date, reopens: date) -> None:
        super().__init__(f"{last_sending} to {reopens}")
        self.last_sending, self.reopens = last_sending, reopens


class NoSuchClosing(NotFound):
    """A closing that is not this cooperative's."""
