"""A database that knows all of Indonesia, made once a run."""

from collections.abc import Iterator

import pytest

from shop.core.database import Database
from shop.shipping.actions import load_regions
from tests.factories import NOON
from tests.support.databases import Engine, Templates


def _load(url: str) -> None:
    database = Database(url)
    with database.writing() as session:
        load_regions(session, now=NOON)
    database.dispose()


@pytest.fixture
def mapped(templates: Templates, engine: Engine) -> Iterator[Database]:
    """A database of this test's own with every province, regency, district and village."""
    with templates.copy(engine, "regions", _load) as url:
        database = Database(url)
        yield database
        database.dispose()
