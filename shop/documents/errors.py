"""Refusals about what is printed."""

from shop.core.errors import RuleBroken


class DoesNotFit(RuleBroken):
    """A text has no room on its paper, even in the smallest letters that the law allows."""
