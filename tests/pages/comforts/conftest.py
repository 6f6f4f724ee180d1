"""One more busy day, on which buttons may be pressed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support.browser import Window
from tests.support.busy_day import BusyDay, busy_day
from tests.support.databases import Templates
from tests.support.live import LiveShop, live_shop

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def own_day(
    templates: Templates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[BusyDay, LiveShop]]:
    """A day on which buttons may be pressed."""
    with busy_day(templates, "sqlite", tmp_path_factory.mktemp("day")) as day:
        folder = tmp_path_factory.mktemp("live")
        with live_shop(day.database_url, folder, worker=False, MEDIA_URL=day.media_url) as shop:
            yield day, shop


@pytest.fixture
def window(browser: "Browser", own_day: tuple[BusyDay, LiveShop]) -> Iterator[Window]:
    window = Window(browser, base_url=own_day[1].url)
    yield window
    window.close()


@pytest.fixture
def day(own_day: tuple[BusyDay, LiveShop]) -> BusyDay:
    return own_day[0]
