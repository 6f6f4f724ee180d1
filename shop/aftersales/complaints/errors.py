"""Why a complaint is not taken, or not answered so. Each carries the facts."""

from datetime import datetime

from shop.core.values.errors import NotFound, RuleBroken


class NoSuchComplaint(NotFound):
    """No complaint about this line, or none that this person may see."""


class NothingToComplainOf(RuleBroken):
    """The goods did not arrive yet, or all of the line went back already."""


class WindowOver(RuleBroken):
    """The days for complaints are over; ``until`` they ran."""

    def __init__(self, until: datetime | None) -> None:
        super().__init__(f"complaints ran until {until}")
        self.until = until


class AlreadyComplained(RuleBroken):
    """This line has its complaint already."""


class MoreThanBought(RuleBroken):
    """More packs than arrived and were not given back; ``left`` can be complained of."""

    def __init__(self, left: int) -> None:
        super().__init__(f"{left} left")
        self.left = left


class RemedyNotAllowed(RuleBroken):
    """What was wished is no cure for what is wrong."""


class TooManyPhotos(RuleBroken):
    """More photos than a complaint takes; ``maximum`` do."""

    def __init__(self, maximum: int) -> None:
        super().__init__(f"at most {maximum}")
        self.maximum = maximum


class AlreadyAnswered(RuleBroken):
    """Somebody else was faster: the complaint does not stand where this step begins."""


class SecondLooks(RuleBroken):
    """A second person looks at money that would answer it: nothing else does meanwhile."""


class NoGoodsLeft(RuleBroken):
    """The shelf cannot replace so many packs; ``left`` are free."""

    def __init__(self, left: int) -> None:
        super().__init__(f"{left} free")
        self.left = left


class PaidBackMeanwhile(RuleBroken):
    """The price of packs went back by another way; ``left`` can still be sent after."""

    def __init__(self, left: int) -> None:
        super().__init__(f"{left} not paid back")
        self.left = left


class AppealOver(RuleBroken):
    """The days in which the operator could be asked are over."""


class CountNotAsked(RuleBroken):
    """More packs than the complaint is about; ``maximum`` are."""

    def __init__(self, maximum: int) -> None:
        super().__init__(f"at most {maximum}")
        self.maximum = maximum
