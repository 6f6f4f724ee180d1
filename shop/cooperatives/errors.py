"""Why a cooperative or a member cannot be entered."""

from shop.core.errors import RuleBroken, ShopError


class CodeTaken(RuleBroken):
    """A cooperative's code, its name in addresses, or a member's number is in use."""


class NoAccount(RuleBroken):
    """The member has no account that a password could open."""


class SecretNeeded(ShopError):
    """A borrowed phone is about to show money; the answer leads to where the PIN is asked again."""
