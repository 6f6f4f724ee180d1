"""Why a purchase is not placed. Each carries what the page has to say."""

from collections.abc import Sequence

from shop.core.values.errors import RuleBroken


class NothingToBuy(RuleBroken):
    """The cart is empty, or nothing in it can be had that way."""


class CheckoutAsksMore(RuleBroken):
    """Something has to be chosen or accepted before there is a total to pay."""


class PriceChanged(RuleBroken):
    """The total is no longer the one the shopper saw; nothing is placed until they accept it."""

    def __init__(self, seen: int | None, total: int) -> None:
        super().__init__(f"seen {seen}, now {total}")
        self.seen, self.total = seen, total


class TooManyOpen(RuleBroken):
    """This phone already has as many unpaid purchases as one phone may have."""

    def __init__(self, maximum: int, own_codes: Sequence[str]) -> None:
        super().__init__(f"{maximum} unpaid purchases already")
        self.maximum = maximum
        self.own_codes = tuple(own_codes)
        """Codes of those that this visitor may open."""


class StaleCheckout(RuleBroken):
    """The form belongs to a checkout that is over, and not to this visitor's."""


class AlreadyPlaced(RuleBroken):
    """The form was sent before: its checkout is a purchase of this visitor's already."""

    def __init__(self, code: str) -> None:
        super().__init__(f"placed as {code}")
        self.code = code


class NoWayToPay(RuleBroken):
    """The chosen way to pay is not offered now."""
