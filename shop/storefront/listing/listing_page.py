"""A page of cards from plain rows: what every list asks, and what is made of its answer."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import Dialect

from shop.catalog.products.queries import Card, card_of
from shop.core.database.pagination import Page, write_cursor
from shop.web.page_cache.prepared_queries import Question, Raw


class Asked(NamedTuple):
    """A question for one card more than a page shows, the keys of the order in its last columns."""

    question: Question
    values: Mapping[str, Any]
    sign: str
    """Of the cursors of its order."""
    keys: int


def page_of(
    rows: Sequence[Raw], question: Question, sign: str, keys: int, size: int, dialect: Dialect
) -> Page[Card]:
    """The cards of a page, and the cursor of what follows where a row more was found."""
    cursor = None
    if len(rows) > size:
        last = question.values(rows[size - 1], dialect)[-keys:]
        cursor = write_cursor((sign, *map(_written, last)))
    return Page(tuple(card_of(row, dialect) for row in rows[:size]), cursor)


def _written(value: object) -> int:
    """A sort key as a whole number; a moment counts microseconds."""
    if isinstance(value, datetime):
        whole = value.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
        return (whole.days * 86_400 + whole.seconds) * 1_000_000 + whole.microseconds
    assert isinstance(value, int)
    return value
