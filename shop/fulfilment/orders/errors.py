"""Why an order does not go on. Each carries the facts; the pages find the words."""

from shop.core.values.errors import InvalidInput, RuleBroken


class CountsMissing(InvalidInput):
    """A line of the order was not counted."""

    def __init__(self, line_ids: tuple[int, ...]) -> None:
        super().__init__(f"{len(line_ids)} line(s) were not counted")
        self.line_ids = line_ids


class WrongCount(InvalidInput):
    """More packs than were ordered, or fewer than none."""

    def __init__(self, line_id: int, counted: int, ordered: int) -> None:
        super().__init__(f"{counted} of {ordered}")
        self.line_id, self.counted, self.ordered = line_id, counted, ordered


class ReasonMissing(InvalidInput):
    """Fewer packs than were ordered, and nobody said why."""

    def __init__(self, line_id: int) -> None:
        super().__init__(f"line {line_id} is short without a reason")
        self.line_id = line_id


class NoSuchDay(InvalidInput):
    """Not a day on which missing packs can be there: it has passed, or is too far off."""


class NothingChosen(InvalidInput):
    """A parcel with nothing in it."""


class GoesWhole(RuleBroken):
    """An order whose cash is taken once, for all of it, leaves in one parcel."""


class ShelfTooLow(RuleBroken):
    """Fewer packs lie free on the shelf than would be sent once more."""

    def __init__(self, line_id: int, wanted: int, there: int) -> None:
        super().__init__(f"line {line_id}: {wanted} of {there}")
        self.line_id, self.wanted, self.there = line_id, wanted, there


class NoRate(RuleBroken):
    """The price that an order's delivery was sold at is not known any more."""


class AlreadyWeighed(RuleBroken):
    """The real box of an order was recorded before."""

    def __init__(self, number: str, fee: int) -> None:
        super().__init__(f"{number} was weighed, its box costs {fee}")
        self.number, self.fee = number, fee


class ShelfBelowHeld(RuleBroken):
    """Fewer were counted on the shelf than are kept for purchases that are about to be paid."""

    def __init__(self, line_id: int, counted: int, held: int) -> None:
        super().__init__(f"line {line_id}: {counted} counted, {held} held")
        self.line_id, self.counted, self.held = line_id, counted, held


class WrongCode(InvalidInput):
    """Not the six digits that the shopper was given."""


class NotATrackingNumber(InvalidInput):
    """Not the number a courier writes on a receipt."""


class WrongWay(RuleBroken):
    """An order goes the way that was paid for: no tracking number for what is picked up."""

    def __init__(self, number: str, kind: str) -> None:
        super().__init__(f"{number} goes by {kind}")
        self.number, self.kind = number, kind


class BankDecides(RuleBroken):
    """A bank decides about an order's money (rule R24): given back as well, it would go twice."""


class NotSuspended(RuleBroken):
    """A cooperative that works by itself: nobody acts in its place."""
