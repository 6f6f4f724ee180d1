"""Why work that was promised cannot be done yet."""

from shop.core.errors import OutsideUnavailable


class NoHandler(LookupError):
    """Nobody said how this kind of job is done; a newer worker may know."""


class NoWords(LookupError):
    """Nobody said how this kind of notice is worded; a newer worker may know."""


class MailUnavailable(OutsideUnavailable):
    """The mail server does not answer, or refuses; the job is tried again."""
