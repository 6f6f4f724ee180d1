"""Why work that was promised cannot be done yet."""

from shop.core.values.errors import OutsideUnavailable


class NoHandler(LookupError):
    """Nobody said how this kind of job is done; a newer worker may know."""


class NoWords(LookupError):
    """Nobody said how this kind of notice is worded; a newer worker may know."""


class MailUnavailable(OutsideUnavailable):
    """The mail server does not answer, or refuses, and has no mail of ours; it is tried again."""


class AnswerLost(MailUnavailable):
    """The mail was handed over whole and no answer came: the server may have it or not."""


class AddressRefused(OutsideUnavailable):
    """The server says for good that nobody has this address; trying again helps nobody."""
