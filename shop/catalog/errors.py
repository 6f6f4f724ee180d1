"""Refusals of the catalogue."""

from shop.core.errors import NotFound, RuleBroken


class ProductNotFound(NotFound):
    """There is no such product, or shoppers may not see it."""


class CategoryNotFound(NotFound):
    """There is no such branch of the category tree."""


class NotPublishable(RuleBroken):
    """A product that nobody could buy or send: no variant, or no weight and measures."""
