"""What every test may ask for: databases, the app, a running shop, a browser."""

import gc
import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

import hypothesis
import pytest

from migrations.tables import target
from shop.core.database.engine import Database
from tests.support.cleanup import HOUSE, DiskFull, is_disk_full, open_run_folder
from tests.support.databases import Templates
from tests.support.dialects import compile_once
from tests.support.effort import SOAK, effort
from tests.support.engines import Engine, engines_of
from tests.support.inside import shop_app
from tests.support.live import LiveShop, live_shop
from tests.support.sandbox import Double, running_double
from tests.support.whole_market import whole_market

if TYPE_CHECKING:
    from flask import Flask
    from playwright.sync_api import Browser

    from tests.support.browser import Window
    from tests.support.visitor import Visitor

# A row is written only when every table it leans on is known; a room's tests alone know their own.
target()
compile_once()

# One number for effort: an example of a property is one step, a stateful example twenty.
STEPS = effort("HYPOTHESIS_STEPS", short=2_000, soak=10_000)
hypothesis.settings.register_profile(
    "lumbung",
    max_examples=max(STEPS // 20, 10),
    stateful_step_count=20,
    deadline=None,  # a busy machine is no fault of the rule
    derandomize=STEPS <= 2_000,  # more steps also mean new ones
    database=None,
    suppress_health_check=[
        hypothesis.HealthCheck.too_slow,
        hypothesis.HealthCheck.function_scoped_fixture,
    ],
)
hypothesis.settings.load_profile("lumbung")


def pytest_configure(config: pytest.Config) -> None:
    """Give the run a folder of its own, watched over until all of it is gone again."""
    if hasattr(config, "workerinput"):
        return  # one of several test processes: the first one made the folder
    try:
        run = open_run_folder()
    except DiskFull as full:
        raise pytest.UsageError(str(full)) from None
    config.add_cleanup(run.close)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that uses ``engine`` once for each of its engines."""
    if "engine" in metafunc.fixturenames:
        metafunc.parametrize("engine", engines_of(metafunc.definition), indirect=True)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what takes long; in ``make soak`` leave out all the rest."""

    def is_wanted(item: pytest.Item) -> bool:
        is_long = item.get_closest_marker("soak_only") is not None
        return is_long or item.get_closest_marker("soak") is not None if SOAK else not is_long

    left_out = [item for item in items if not is_wanted(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if is_wanted(item)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Name a full disk in one line: where it happened says nothing about the test."""
    report = yield
    if call.excinfo is not None and is_disk_full(call.excinfo.value):
        report.longrepr = f"No room is left in {os.environ[HOUSE]}: free some, or set TMPDIR."
    return report


def pytest_collection_finish() -> None:
    """Spare the collector what stays until the end: all modules, their tables and their tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def templates() -> Iterator[Templates]:
    """Databases made once and copied; for a template of your own see ``Templates.copy``."""
    templates = Templates(Path(os.environ[HOUSE]))
    yield templates
    templates.hang_up()


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> Engine:
    """The name of the engine; a test that uses ``db`` runs on each, or as ``only_on`` says."""
    return cast("Engine", request.param)


@pytest.fixture
def database_url(templates: Templates, engine: Engine) -> Iterator[str]:
    """The address of an empty, migrated database of this test's own."""
    with templates.copy(engine) as url:
        yield url


@pytest.fixture
def db(database_url: str) -> Iterator[Database]:
    """An empty, migrated database of this test's own, on SQLite and on PostgreSQL."""
    database = Database(database_url)
    yield database
    database.dispose()


@pytest.fixture
def var_dir(tmp_path: Path) -> Path:
    """Where the shop of this test keeps its files."""
    return tmp_path / "var"


@pytest.fixture
def sandbox(var_dir: Path) -> Iterator[Double]:
    """The payment double, for a test that also asks for ``app``, ``live`` or their markets.

    It holds events back until it is told where to: a live shop hears them, for an app they are
    handed over with ``sandbox.deliver(client)``.
    """
    with running_double(var_dir) as double:
        yield double


@pytest.fixture
def card_settings(request: pytest.FixtureRequest) -> dict[str, str]:
    """Where the shop of this test pays by card: at ``sandbox`` if the test asks for it."""
    if "sandbox" not in request.fixturenames:
        return {}
    return {"STRIPE_API_BASE": request.getfixturevalue("sandbox").url}


@pytest.fixture
def app(database_url: str, var_dir: Path, card_settings: dict[str, str]) -> Iterator["Flask"]:
    """The whole shop over the same database as ``db``."""
    with shop_app(database_url, var_dir, **card_settings) as app:
        yield app


@pytest.fixture
def client(app: "Flask") -> "Visitor":
    """A visitor without cookies, whose forms carry the token."""
    return cast("Visitor", app.test_client())


@pytest.fixture
def live_engine(request: pytest.FixtureRequest) -> Engine:
    """What a running shop stands on: SQLite, or what ``parametrize(…, indirect=True)`` says."""
    return cast("Engine", getattr(request, "param", "sqlite"))


@pytest.fixture
def live(
    templates: Templates, live_engine: Engine, var_dir: Path, request: pytest.FixtureRequest
) -> Iterator[LiveShop]:
    """A running shop over an empty database, with its worker."""
    cards = request.getfixturevalue("card_settings")
    with templates.copy(live_engine) as url, live_shop(url, var_dir, **cards) as shop:
        _introduce(request, shop)
        yield shop


@pytest.fixture
def live_market(
    templates: Templates, live_engine: Engine, var_dir: Path, request: pytest.FixtureRequest
) -> Iterator[LiveShop]:
    """A running shop with the whole demo market: places, people, goods and their pictures."""
    cards = request.getfixturevalue("card_settings")
    with (
        whole_market(templates, live_engine, var_dir) as found,
        live_shop(found.database_url, var_dir, MEDIA_URL=found.media_url, **cards) as shop,
    ):
        _introduce(request, shop)
        yield shop


def _introduce(request: pytest.FixtureRequest, shop: LiveShop) -> None:
    """Tell the payment double of this test, if it has one, where the shop hears events."""
    if "sandbox" in request.fixturenames:
        request.getfixturevalue("sandbox").send_to(shop.url)


@pytest.fixture
def market_url(templates: Templates, engine: Engine, var_dir: Path) -> Iterator[str]:
    """The address of a database with the whole demo market, on SQLite and on PostgreSQL."""
    with whole_market(templates, engine, var_dir) as found:
        yield found.database_url


@pytest.fixture
def market_app(market_url: str, var_dir: Path, card_settings: dict[str, str]) -> Iterator["Flask"]:
    """The whole shop over the demo market, in this process."""
    with shop_app(market_url, var_dir, **card_settings) as app:
        yield app


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """One browser for all tests of this process; fails with the cure when there is none."""
    from playwright.sync_api import sync_playwright

    from tests.support.browser import launch

    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def window(browser: "Browser") -> Iterator["Window"]:
    """Opens pages: ``window.open(live.url, size=DESK, javascript=False)``."""
    from tests.support.browser import Window

    window = Window(browser)
    yield window
    window.close()
