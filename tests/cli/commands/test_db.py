"""Walking the tables up and down with a market in them, and looking whether all holds."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, func, inspect, select

from config import Settings
from shop.catalog.inventory.models import StockItem
from shop.catalog.products.models import Product
from shop.cli.serving import bring_up
from shop.core.database.engine import Database
from shop.core.database.schema import Base
from shop.people.accounts.models import Person
from shop.storefront.search_index.actions import is_complete
from shop.storefront.search_index.models import SearchDocument, SearchWord
from tests.cli.conftest import Command
from tests.support.engines import COMMANDS


@pytest.fixture
def database_url(market_url: str) -> str:
    """These commands meet a market, not empty tables."""
    return market_url


@pytest.fixture
def market(database_url: str) -> Iterator[Database]:
    """The market's database, looked at from outside."""
    database = Database(database_url)
    yield database
    database.dispose()


def tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names())


def test_the_tables_go_down_with_a_market_in_them_and_come_up_again(
    run: Command, market: Database
) -> None:
    here = run("db", "current").output
    whole = tables(market)
    market.dispose()
    assert run("db", "downgrade", "base").exit_code == 0
    assert not tables(market) & set(Base.metadata.tables)
    assert run("db", "current").output == "nothing\n"
    market.dispose()
    assert run("db", "upgrade").exit_code == 0
    assert tables(market) == whole
    assert run("db", "current").output == here
    with market.reading() as session:
        assert session.scalar(select(Product.id).limit(1)) is None


def test_commands_ask_for_the_upgrade_they_need(run: Command) -> None:
    run("db", "downgrade", "base")
    for command in (("verify",), ("demo", "load"), ("search", "rebuild"), ("serve",), ("worker",)):
        told = run(*command)
        assert told.exit_code == 1
        assert "run `lumbung db upgrade` first" in told.output


def test_a_fresh_market_is_sound(run: Command) -> None:
    told = run("verify")
    assert told.exit_code == 0
    assert json.loads(told.output)["ok"]


def test_verify_names_what_is_broken(run: Command, market: Database) -> None:
    with market.writing() as session:
        item = session.scalars(select(StockItem).limit(1)).one()
        item.on_hand += 1  # packs that nobody ever counted
    told = run("verify")
    assert told.exit_code == 1
    found = json.loads(told.output)
    broken = {name: check["wrong"] for name, check in found["checks"].items() if not check["ok"]}
    assert not found["ok"]
    assert broken["stock_is_its_movements"]
    assert all("stock" in name for name in broken)


@pytest.mark.only_on("sqlite", because=COMMANDS)
def test_rebuilding_the_search_finds_the_same(run: Command) -> None:
    assert run("search", "rebuild").exit_code == 0
    assert json.loads(run("verify").output)["ok"]


@pytest.mark.only_on("sqlite", because=COMMANDS)
def test_the_demo_stays_out_of_production(run: Command) -> None:
    for command in ("load", "accounts"):
        told = run("demo", command, LUMBUNG_ENV="production", SECRET_KEY="x" * 48)
        assert told.exit_code == 1
        assert "stays out of production" in told.output


@pytest.mark.only_on("sqlite", because=COMMANDS)
def test_the_listed_accounts_exist(run: Command, market: Database) -> None:
    told = run("demo", "accounts").output
    logins = {word.strip(",") for word in told.split() if "@" in word}
    with market.reading() as session:
        known = set(session.scalars(select(Person.email_login)))
    assert logins
    assert logins <= known


def test_a_market_whose_index_is_empty_is_opened_with_a_whole_one(
    market: Database, market_url: str, var_dir: Path
) -> None:
    with market.writing() as session:
        session.execute(delete(SearchDocument))
        session.execute(delete(SearchWord))
    found = Settings.from_environment(
        {"LUMBUNG_ENV": "test", "DATABASE_URL": market_url, "VAR_DIR": str(var_dir)}
    )
    bring_up(found, market)
    with market.reading() as session:
        assert is_complete(session)
        assert session.scalar(select(func.sum(SearchWord.goods)))
