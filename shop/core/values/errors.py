"""The five families of refusal; the family decides which page answers."""


class ShopError(Exception):
    """A refusal or a fault that the shop knows how to answer."""


class NotFound(ShopError):
    """What was asked for does not exist, or not for this person (404)."""


class NotAllowed(ShopError):
    """A known person without the right to do this (403)."""


class RuleBroken(ShopError):
    """A rule of trade says no; trying the same again says no again (409)."""


class InvalidInput(ShopError):
    """What was typed cannot be understood (422)."""


class OutsideUnavailable(ShopError):
    """Something the shop leans on does not answer; trying later may work (503)."""
