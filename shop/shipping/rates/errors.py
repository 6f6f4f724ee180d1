"""Refusals of shipping."""

from shop.core.values.errors import InvalidInput, NotFound, RuleBroken


class WrongRates(InvalidInput):
    """A tariff or a delivery list that cannot be used; says which row and why."""

    def __init__(self, row: int, column: str, value: str) -> None:
        super().__init__(f"row {row}: {column} = {value!r}")
        self.row, self.column, self.value = row, column, value


class NotInBook(NotFound):
    """An address that is not in this person's book, whoever else may have it."""


class BookIsFull(RuleBroken):
    """The address book holds as many as it can."""

    def __init__(self, maximum: int) -> None:
        super().__init__(f"{maximum} addresses")
        self.maximum = maximum


class WayNotFound(NotFound):
    """A round or a pick-up place that is not this cooperative's."""
