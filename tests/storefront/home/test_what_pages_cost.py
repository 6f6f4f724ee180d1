"""No page may come to cost more: statements and bytes. `make bench` measures CPU beside the floor.

Both are the same on every machine. Who makes a page cheaper lowers its figure here; who raises one
says why in the commit.
"""

from pathlib import Path

import pytest

from bench.cpu import Counter, asking
from shop.core.database.engine import Database
from tests.storefront.home.test_pages import COFFEE, GAYO
from tests.support.engines import PAGES
from tests.support.inside import shop_app

MORE = 1.1
"""A tenth more than was measured is the end of it."""
COSTS = {
    # path: statements, bytes (gzip)
    "/": (6, 8_160),
    "/produk": (2, 7_850),
    f"/produk/{COFFEE}": (4, 7_450),
    f"/koperasi/{GAYO}": (4, 6_600),
}
PACKED = {"Accept-Encoding": "gzip"}


@pytest.mark.only_on("sqlite", because=PAGES)
@pytest.mark.parametrize("path", COSTS)
def test_no_page_costs_more_than_it_did(market: Database, var_dir: Path, path: str) -> None:
    statements, weight = COSTS[path]
    with shop_app(market.url.render_as_string(hide_password=False), var_dir) as app:
        packed = app.test_client().get(path, headers=PACKED)
        assert len(packed.data) <= weight * MORE
        database = app.extensions["lumbung"].database
        counter = Counter(database.engine, database.read_engine)
        assert counter.of(asking(app, path)) <= statements
