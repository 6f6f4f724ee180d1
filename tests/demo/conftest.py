"""A market with its year behind it, and days on which a year may end."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo import load
from shop.core.database.engine import Database
from tests.support.databases import Templates
from tests.support.engines import Engine
from tests.support.whole_market import cards_at_a_double, lived_market

DAYS = (
    datetime(2026, 11, 24, 3, 0, tzinfo=UTC),  # a Tuesday
    datetime(2026, 11, 29, 20, 30, tzinfo=UTC),  # Monday night in Jakarta
    datetime(2026, 12, 31, 17, 1, tzinfo=UTC),  # the year's first minute in Jakarta
    datetime(2027, 1, 1, 5, 0, tzinfo=UTC),
    datetime(2026, 3, 22, 9, 0, tzinfo=UTC),  # Lebaran
    datetime(2028, 2, 29, 0, 0, tzinfo=UTC),  # holidays are not known so far ahead
    datetime(2027, 8, 14, 14, 0, tzinfo=UTC),  # a Saturday evening
)


@pytest.fixture
def lived(templates: Templates, engine: Engine) -> Iterator[Database]:
    """A market with its year behind it."""
    with lived_market(templates, engine) as url:
        database = Database(url)
        yield database
        database.dispose()


def load_into(database: Database, var_dir: Path) -> None:
    """Load the demo market without pictures, with its cards paid at a double."""
    with cards_at_a_double(var_dir):
        load.load_market(database, say=lambda _line: None)
