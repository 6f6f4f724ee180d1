"""Searching is tested over the goods of the demo market."""

from collections.abc import Iterator

import pytest

from shop.core.database.engine import Database
from tests.support.databases import Templates
from tests.support.engines import Engine
from tests.support.market import market as open_market


@pytest.fixture
def market(templates: Templates, engine: Engine) -> Iterator[Database]:
    """The demo market, on SQLite and on PostgreSQL."""
    with open_market(templates, engine) as database:
        yield database
