"""Two processes keep pages, a third changes goods: both drop what is not so any more, at once."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
import time_machine

from shop.core.database.engine import Database
from tests.factories import NOON
from tests.storefront.home.test_kept_pages import coffee
from tests.storefront.home.test_pages import COFFEE, GAYO
from tests.storefront.neighbour import Neighbour
from tests.support.visitor import Visitor

PATHS = ("/", "/produk", f"/produk/{COFFEE}", f"/koperasi/{GAYO}")


@pytest.fixture(scope="module")
def three() -> Iterator[tuple[Neighbour, Neighbour, Neighbour]]:
    """Two that serve and one that changes; for both databases the same ones."""
    with ExitStack() as stack:
        first, second, third = (stack.enter_context(closing(Neighbour())) for _ in range(3))
        yield first, second, third


def test_a_change_by_another_process_is_seen_by_all_that_serve(
    three: tuple[Neighbour, Neighbour, Neighbour],
    market: Database,
    pages: Visitor,
    var_dir: Path,
) -> None:
    *servers, writer = three
    product, seller = coffee(market)
    url = market.url.render_as_string(hide_password=False)
    for server in servers:
        server.serve(url, var_dir)  # the same secrets: pages carry the day's token
    before: list[str] = []
    with time_machine.travel(NOON, tick=False):
        for act in ("price", "none_left", "name", "hidden", "shown"):
            for server in servers:
                server.get(PATHS)
                there = [page for page in server.get(PATHS) if page.status == 200]
                assert not any(page.was_made for page in there), f"before {act} all are kept"
            writer.change(url, act, product, seller)
            true = [pages.get(path) for path in PATHS]
            assert [page.text for page in true] != before
            before = [page.text for page in true]
            for server in servers:
                found = server.get(PATHS)
                assert [(page.status, page.text) for page in found] == [
                    (page.status_code, page.text) for page in true
                ], act
