"""The whole demo market as a template: loaded once a run, copied for each test that trades in it.

Its books are empty, as tests count orders of their own; ``lived_market`` has a year behind it.
``tests.support.market`` is the smaller one: goods alone, for searching and listing.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from tests.support.copying import copy_rows
from tests.support.databases import MIGRATED, Recipe, Templates
from tests.support.engines import Engine
from tests.support.inside import shop_app
from tests.web.markup import Markup

if TYPE_CHECKING:
    from shop.core.database.engine import Database

MEDIA = "market-media"
FIRST_PAGES = ("/", "/produk")
TRADED = (
    "opak-ketan-bakar-arang",
    "nasi-megono-kering-tabur",
    "vas-gerabah-lilit-rotan-30-cm",
)
"""What the journeys buy: by courier from Garut, brought in Pekalongan, fetched in Bantul."""


def _load_places(url: str) -> None:
    from shop.core.database.engine import Database
    from shop.core.values import clock
    from shop.shipping.places.actions import load_regions

    database = Database(url)
    with database.writing() as session:
        load_regions(session, now=clock.now())
    database.dispose()


PLACES = Recipe("places", _load_places, MIGRATED)
"""All regions and postcodes, which take longest of what is no picture; and nothing else."""


@dataclass(frozen=True)
class Market:
    """A database with the whole demo market and the folder of its pictures, for one test."""

    database_url: str
    media_url: str


@contextmanager
def whole_market(templates: Templates, engine: Engine, folder: Path) -> Iterator[Market]:
    """A market of this test's own.

    Pictures are taken in for SQLite alone, as they are the same bytes on both engines; on
    PostgreSQL the goods stand there without.

    :param folder: where this test keeps its files.
    """
    recipe = whole_market_recipe(templates, engine)
    with templates.copy(engine, recipe.name, recipe.build, PLACES) as url:
        yield Market(url, pictures_for(templates, folder))


def whole_market_recipe(templates: Templates, engine: Engine) -> Recipe:
    """How the template of the whole market is made."""

    def build(url: str) -> None:
        load(url, templates.house / MEDIA, pictures=engine == "sqlite")

    return Recipe("whole_market", build, PLACES)


@contextmanager
def lived_market(templates: Templates, engine: Engine) -> Iterator[str]:
    """The address of a market with a year of trade behind it, without pictures."""
    recipe = on_engine(templates, engine, Recipe("lived_market", _live, PLACES))
    with templates.copy(engine, recipe.name, recipe.build, recipe.base) as url:
        yield url


def on_engine(templates: Templates, engine: Engine, traded: Recipe) -> Recipe:
    """How a template of much trade is made on an engine.

    It is traded on SQLite and its rows are copied to PostgreSQL, as trading takes long; the actions
    that trade are tested on both engines one by one.
    """
    if engine == "sqlite":
        return traded

    def copied(url: str) -> None:
        with templates.copy("sqlite", traded.name, traded.build, traded.base) as made:
            copy_rows(made, url, there=["regions", "region_editions"])

    return Recipe(traded.name, copied, PLACES)


def _live(url: str) -> None:
    from demo.load import load_market
    from shop.core.database.engine import Database

    database = Database(url)
    with tempfile.TemporaryDirectory() as folder, cards_at_a_double(Path(folder)):
        load_market(database, say=_nothing)
    database.dispose()


@contextmanager
def cards_at_a_double(folder: Path) -> Iterator[None]:
    """Let this process pay its cards at a payment double that keeps its books in a folder."""
    from shop.payments.cards import gateway_setup
    from shop.payments.cards.gateway import GatewayConfig
    from tests.support.sandbox import running_double

    before = gateway_setup.access()
    with running_double(folder) as double:
        gateway_setup.install(
            GatewayConfig(
                double.key, double.webhook_secrets, double.url, double.url, is_double=True
            )
        )
        try:
            yield
        finally:
            gateway_setup.install(before)


def pictures_for(templates: Templates, folder: Path) -> str:
    """The address of a copy of the market's pictures."""
    loaded, media = templates.house / MEDIA, folder / "media"
    if loaded.exists():
        shutil.copytree(loaded, media)
    return f"file:{media}"


def load(url: str, media: Path, *, pictures: bool) -> None:
    """Load the demo market into a migrated database.

    :param pictures: take in those of the goods that the first pages show.
    """
    from demo.load import load_market
    from demo.market.pictures import load_pictures
    from shop.core.database.engine import Database
    from shop.core.values import clock
    from shop.services.media.actions import RENDITIONS_JOB
    from shop.services.media.storage import open_storage
    from shop.services.outbox.models import OutboxJob

    database = Database(url)
    load_market(database, say=_nothing, past=False)
    if pictures:
        load_pictures(
            database,
            open_storage(f"file:{media}"),
            now=clock.now(),
            say=_nothing,
            skus=_shown_first(database, url, media),
        )
        # Smaller files of the same photos would keep every worker of every test busy.
        with database.writing() as session:
            session.execute(delete(OutboxJob).where(OutboxJob.kind == RENDITIONS_JOB))
    database.dispose()


def _shown_first(database: "Database", url: str, media: Path) -> list[str]:
    from shop.catalog.products.models import Product

    with shop_app(url, media.with_name("market-var")) as app:
        pages = [app.test_client().get(path).text for path in FIRST_PAGES]
    slugs = {
        link.attrs["href"].removeprefix("/produk/")
        for page in pages
        for link in Markup.of(page).all("a")
        if link.attrs.get("href", "").startswith("/produk/")
    }
    with database.reading() as session:
        wanted = select(Product.sku).where(Product.slug.in_(slugs | set(TRADED)))
        return list(session.scalars(wanted))


def _nothing(_line: str) -> None:
    pass
