"""Refusals about what is printed."""

from shop.core.values.errors import OutsideUnavailable, RuleBroken


class DoesNotFit(RuleBroken):
    """A text has no room on its paper, even in the smallest letters that the law allows."""


class PressStopped(OutsideUnavailable):
    """The process that prints did not begin, or did not end in time."""
