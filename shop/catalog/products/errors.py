"""Refusals of the catalogue."""

from collections.abc import Sequence

from shop.core.values.errors import InvalidInput, NotFound, RuleBroken


class ProductNotFound(NotFound):
    """There is no such product, or shoppers may not see it."""


class CategoryNotFound(NotFound):
    """There is no such branch of the category tree."""


class NotPublishable(RuleBroken):
    """A product that nobody could buy or send: no variant, or no weight and measures."""


class LabelTooThin(NotPublishable):
    """A label that lacks what the law wants, while the operator's switch says block."""


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


class ProductCodeTaken(InvalidInput):
    """Another product answers to this code; ``sku`` is its address where it may be told."""

    def __init__(self, sku: str, *, is_same_cooperative: bool) -> None:
        super().__init__(f"{sku} is taken")
        self.sku, self.is_same_cooperative = sku, is_same_cooperative


class NotComplete(RuleBroken):
    """A listing that cannot be sent yet; ``missing`` names what it still needs."""

    def __init__(self, missing: Sequence[str]) -> None:
        super().__init__(f"needs {', '.join(missing)}")
        self.missing = tuple(missing)


class ListingMoved(RuleBroken):
    """Somebody edited or decided the listing since it was looked at."""


class StepsMoved(RuleBroken):
    """Somebody changed the wholesale steps since they were looked at."""


class MemberUnknown(RuleBroken):
    """Nobody active in this cooperative has that code."""


class TooManyPhotos(RuleBroken):
    """A product shows no more photos than somebody looks through."""

    def __init__(self, maximum: int) -> None:
        super().__init__(f"at most {maximum} photos")
        self.maximum = maximum
