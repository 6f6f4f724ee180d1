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


class NothingOffered(RuleBroken):
    """A product in the shop would be left without any pack to buy."""


class SkuTaken(RuleBroken):
    """A code that another pack has already.

    :param slug: the page of the product that has it, when shoppers can see it.
    """

    def __init__(self, sku: str, slug: str | None) -> None:
        super().__init__(sku)
        self.sku, self.slug = sku, slug
