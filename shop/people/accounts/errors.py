"""Why somebody may not come in, or not that way."""

from shop.core.values.errors import InvalidInput, NotFound, RuleBroken, ShopError


class SignInNeeded(ShopError):
    """The page is for people who are signed in; the answer leads to the sign-in page."""


class NotALogin(InvalidInput):
    """Neither an e-mail address nor an Indonesian mobile number."""


class LoginTaken(RuleBroken):
    """The e-mail or the number signs somebody in already."""


class DeadLink(NotFound):
    """A link or code that was never given, was used, or is too old."""


class HoldsOffice(RuleBroken):
    """The person holds an office: no colleague may open that account with a desk code."""


class LastLogin(RuleBroken):
    """The person's only way to sign in would be gone."""


class NotOwnDevice(NotFound):
    """A session that is not this person's, whoever else's it may be."""
