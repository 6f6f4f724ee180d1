"""Refusals of shipping."""

from shop.core.errors import InvalidInput


class WrongRates(InvalidInput):
    """A tariff or a delivery list that cannot be used; says which row and why."""

    def __init__(self, row: int, column: str, value: str) -> None:
        super().__init__(f"row {row}: {column} = {value!r}")
        self.row, self.column, self.value = row, column, value
