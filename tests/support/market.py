"""The demo market without its regions and pictures: 150 goods of twelve cooperatives."""

from collections.abc import Iterator
from contextlib import contextmanager

from demo.market.csv_lists import load_synonyms_list
from demo.market.people import load_people
from demo.market.products import load_goods
from shop.core.database.engine import Database
from shop.storefront.search_index.actions import rebuild
from tests.factories import NOON
from tests.support.databases import Templates
from tests.support.engines import Engine


@contextmanager
def market(templates: Templates, engine: Engine) -> Iterator[Database]:
    """A market of this test's own; made once a run, copied each time."""
    with templates.copy(engine, "market", _build) as url:
        database = Database(url)
        yield database
        database.dispose()


def _build(url: str) -> None:
    database = Database(url)
    try:
        with database.writing() as session:
            load_people(session, now=NOON)
            load_synonyms_list(session)
            load_goods(session, now=NOON)
        rebuild(database)
    finally:
        database.dispose()
