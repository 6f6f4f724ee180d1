"""Refusals of the catalogue."""

from shop.core.errors import InvalidInput, NotFound, RuleBroken


class ProductNotFound(NotFound):
    """There is no such product, or shoppers may not see it."""


class CategoryNotFound(NotFound):
    """There is no such branch of the category tree."""


class NotPublishable(RuleBroken):
    """A product that nobody could buy or send: no variant, or no weight and measures."""


class StoryWithoutOpening(InvalidInput):
    """Parts of a story without the opening that lists and links show."""


class PaperNotFound(NotFound):
    """No such permit or certificate among a cooperative's goods."""
