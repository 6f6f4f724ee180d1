"""The market that is measured: the demo's, in its own folder, with shelves that never empty."""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import create_engine, make_url, select, text
from sqlalchemy.pool import NullPool

from shop.catalog.inventory.actions import restock
from shop.catalog.inventory.models import MovementReason, StockItem
from shop.core.database import migrations
from shop.core.database.engine import Database
from shop.core.values import clock
from shop.storefront.search_index.actions import rebuild
from tests.support import postgres
from tests.support.cleanup import open_run_folder
from tests.support.copying import copy_rows

ROOT = Path(__file__).resolve().parents[1]
ENOUGH = 1_000_000


@dataclass(frozen=True)
class Market:
    """Where the measured market stands."""

    var: Path
    environment: Mapping[str, str]

    @property
    def database_url(self) -> str:
        """Its database."""
        return self.environment["DATABASE_URL"]


def market(var: Path) -> Market:
    """Make the demo market under ``var``, or take the one that stands there.

    It is made anew when the tables or the demo's files have changed since.
    """
    made_of = _made_of()
    mark = var / "made-of"
    if var.exists() and (not mark.exists() or mark.read_text() != made_of):
        shutil.rmtree(var)
    var.mkdir(parents=True, exist_ok=True)
    environment = {
        **os.environ,
        "LUMBUNG_ENV": "demo",
        "VAR_DIR": str(var),
        "DATABASE_URL": f"sqlite:///{var / 'lumbung.db'}",
        "MEDIA_URL": f"file:{var / 'media'}",
    }
    found = Market(var, environment)
    if not mark.exists():
        for command in (("db", "upgrade"), ("demo", "load")):
            subprocess.run(
                [sys.executable, "-m", "shop", *command], cwd=ROOT, env=environment, check=True
            )
        _fill_shelves(found.database_url)
        mark.write_text(made_of)
    return found


class Measured(NamedTuple):
    """A database in which the shop and the floor are measured."""

    name: str
    floor_url: str
    environment: Mapping[str, str]
    """Of the shop's server."""


def databases(found: Market, *, quick: bool) -> Iterator[Measured]:
    """SQLite; PostgreSQL as well in a full run, or where TEST_POSTGRES_URL names a server."""
    yield Measured("SQLite", f"sqlite:///{found.var / 'floor.db'}", found.environment)
    if not quick or os.environ.get("TEST_POSTGRES_URL"):
        with on_postgresql(found) as (floor_url, environment):
            yield Measured("PostgreSQL", floor_url, environment)


@contextmanager
def on_postgresql(found: Market) -> Iterator[tuple[str, dict[str, str]]]:
    """The floor's address and the environment of a copy of this market, both on PostgreSQL.

    The server waits for the disk; it ends with the block, unless TEST_POSTGRES_URL names one.
    """
    run = open_run_folder(Path(tempfile.gettempdir()))
    try:
        server = make_url(postgres.server_url(run.path, durable=True))
        engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        urls = []
        for name in ("lumbung_bench_floor", "lumbung_bench_market"):
            with engine.connect() as connection:
                connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
                connection.execute(text(f"CREATE DATABASE {name}"))
            urls.append(server.set(database=name).render_as_string(hide_password=False))
        floor, url = urls
        migrations.upgrade(url)
        copy_rows(found.database_url, url)
        database = Database(url)
        rebuild(database)  # what PostgreSQL keeps for searching is not among the copied rows
        database.dispose()
        tidy(url)
        yield floor, {**found.environment, "DATABASE_URL": url}
    finally:
        run.close()


def tidy(url: str) -> None:
    """What a PostgreSQL server does by itself in the minutes after so many rows came."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _made_of() -> str:
    told = hashlib.sha256()
    files = [
        *(ROOT / "migrations" / "versions").glob("*.py"),
        *(ROOT / "demo" / "data").glob("*.csv"),
    ]
    for file in sorted(files):
        told.update(file.read_bytes())
    return told.hexdigest()


def _fill_shelves(url: str) -> None:
    database = Database(url)
    with database.writing() as session:
        variants = session.scalars(select(StockItem.variant_id)).all()
        restock(
            session,
            packs_by_variant=dict.fromkeys(variants, ENOUGH),
            reference="bench",
            now=clock.now(),
            reason=MovementReason.PRODUCED,
        )
    database.dispose()
