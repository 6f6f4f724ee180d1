"""Loading the demo market: all of it, once, and on from where it was interrupted."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from demo import load
from demo.market import pictures
from demo.market.csv_lists import rows
from shop.catalog.products.models import Product, ProductPhoto, Variant
from shop.core.database.engine import Database
from shop.core.database.schema import Base
from shop.core.values import clock
from shop.people.cooperatives.models import Cooperative, Member
from shop.services.media.storage import open_storage
from shop.shipping.places.models import Region
from tests.support.engines import BOOKS


@pytest.fixture
def market(market_url: str) -> Iterator[Database]:
    """A loaded market of this test's own."""
    database = Database(market_url)
    yield database
    database.dispose()


def content(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    with database.reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
        }


def everything(database: Database) -> dict[str, list[str]]:
    """Every row of every table, in writing."""
    with database.reading() as session:
        return {
            table.name: sorted(repr(tuple(row)) for row in session.execute(select(table)))
            for table in Base.metadata.sorted_tables
        }


def test_the_market_is_as_large_as_its_files(market: Database) -> None:
    with market.reading() as session:

        def count(model: type[Base]) -> int:
            return session.scalar(select(func.count()).select_from(model)) or 0

        assert count(Cooperative) == len(list(rows("cooperatives"))) == 12
        assert count(Member) == len(list(rows("members")))
        assert count(Product) == len(list(rows("products"))) == 150
        assert count(Variant) > count(Product)
        assert count(Region) > 80_000


def test_loading_twice_changes_nothing(market: Database, var_dir: Path) -> None:
    before = everything(market)
    load.load_market(market, say=lambda _line: None)
    after = everything(market)
    assert {name for name in before if before[name] != after[name]} == set()


def test_an_interrupted_load_goes_on_where_it_was(
    db: Database, market: Database, var_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall_over(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    def load_into(database: Database) -> None:
        load.load_market(
            database,
            say=lambda _line: None,
            past=False,
        )

    with monkeypatch.context() as patch:
        patch.setattr(load, "load_goods", fall_over)
        with pytest.raises(KeyboardInterrupt):
            load_into(db)
    load_into(db)
    # What was told of changes while goods were loaded stands there twice, once for each start.
    told = {"photos", "photo_renditions", "product_photos", "outbox_jobs", "page_changes"}
    whole, half = content(market), content(db)
    assert {name for name in whole if whole[name] != half[name]} <= told


@pytest.mark.only_on("sqlite", because=BOOKS)
def test_only_missing_pictures_are_taken_in(market: Database, var_dir: Path) -> None:
    skus = [row["sku"] for row in rows("products")]
    with market.reading() as session:
        has = set(
            session.scalars(
                select(Product.sku).join(ProductPhoto, ProductPhoto.product_id == Product.id)
            )
        )
    new = next(sku for sku in skus if sku not in has)
    storage = open_storage(f"file:{var_dir}/media")

    def take_in() -> int:
        return pictures.load_pictures(
            market,
            storage,
            now=clock.now(),
            say=lambda _line: None,
            skus=[next(iter(has)), new],
        )

    assert take_in() in (1, 2)  # its front, and what is inside where that can be eaten
    assert take_in() == 0
