"""A page of cards: the statement of a list, and what is made of its rows."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, Select

from shop.catalog.products.queries import Card, card_of
from shop.core.database.engine import Reader
from shop.core.database.pagination import Page, write_cursor


class ListStatement(NamedTuple):
    """What reads one card more than a page shows, the keys of the order in its last columns."""

    statement: Select[*tuple[Any, ...]]
    values: Mapping[str, Any]
    sign: str
    """Of the cursors of its order."""
    keys: int

    def page(self, session: Reader, size: int) -> Page[Card]:
        """The cards of a page, and the cursor of what follows where a row more was found."""
        rows: Sequence[Row[*tuple[Any, ...]]] = session.execute(self.statement, self.values).all()
        cursor = None
        if len(rows) > size:
            last = rows[size - 1][-self.keys :]
            cursor = write_cursor((self.sign, *map(_written, last)))
        return Page(tuple(map(card_of, rows[:size])), cursor)


def _written(value: object) -> int:
    """A sort key as a whole number; a moment counts microseconds."""
    if isinstance(value, datetime):
        whole = value.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
        return (whole.days * 86_400 + whole.seconds) * 1_000_000 + whole.microseconds
    assert isinstance(value, int)
    return value
