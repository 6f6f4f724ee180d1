"""The shop front is tested over the goods of the demo market."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shop.core.database.engine import Database
from tests.support.databases import Templates
from tests.support.engines import Engine
from tests.support.inside import shop_app
from tests.support.market import market as open_market
from tests.support.visitor import Visitor


@pytest.fixture
def market(templates: Templates, engine: Engine) -> Iterator[Database]:
    """The demo market, on SQLite and on PostgreSQL."""
    with open_market(templates, engine) as database:
        yield database


@pytest.fixture
def pages(market: Database, var_dir: Path) -> Iterator[Visitor]:
    """A visitor without cookies in that market."""
    url = market.url.render_as_string(hide_password=False)
    with shop_app(url, var_dir) as app:
        visitor = app.test_client()
        assert isinstance(visitor, Visitor)
        yield visitor
