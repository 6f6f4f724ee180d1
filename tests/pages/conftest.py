"""One busy day for all sweeps that only look; those that press buttons get a day of their own."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.pages.sweep import Sweep
from tests.pages.tabs import Tabs
from tests.support.browser import Window
from tests.support.busy_day import BusyDay, busy_day
from tests.support.customer import InProcess
from tests.support.databases import Templates
from tests.support.engines import Engine
from tests.support.inside import shop_app
from tests.support.live import LiveShop, live_shop

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def day(templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BusyDay]:
    """A day that nobody changes."""
    with busy_day(templates, "sqlite", tmp_path_factory.mktemp("day")) as day:
        yield day


@pytest.fixture(scope="session")
def day_app(day: BusyDay, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Flask"]:
    """The shop of that day in this process."""
    with shop_app(day.database_url, tmp_path_factory.mktemp("app")) as app:
        yield app


@pytest.fixture(scope="session")
def line(day_app: "Flask") -> InProcess:
    """How requests reach it."""
    return InProcess(day_app)


@pytest.fixture(scope="session")
def day_shop(day: BusyDay, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveShop]:
    """The shop of that day for browsers."""
    folder = tmp_path_factory.mktemp("live")
    with live_shop(day.database_url, folder, worker=False, MEDIA_URL=day.media_url) as shop:
        yield shop


@pytest.fixture(scope="session")
def all_tabs(browser: "Browser", day_shop: LiveShop, day: BusyDay) -> Iterator[Tabs]:
    window = Window(browser, base_url=day_shop.url)
    yield Tabs(window, day.pockets)
    window.close()


@pytest.fixture
def tabs(all_tabs: Tabs) -> Iterator[Tabs]:
    """The tabs; what the browser complains about fails the test that opened the page."""
    yield all_tabs
    complaints = list(all_tabs.window.complaints)
    all_tabs.window.complaints.clear()
    assert complaints == []


@pytest.fixture
def sweep(templates: Templates, engine: Engine, who: str, tmp_path: Path) -> Iterator[Sweep]:
    with (
        busy_day(templates, engine, tmp_path) as day,
        shop_app(day.database_url, tmp_path / "var") as app,
    ):
        yield Sweep(app, day, templates, who)
