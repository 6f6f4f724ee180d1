"""How pages grow with the catalogue: the floor and the shop by turns, in one run.

    python -m bench.growth [--products 10000 100000 1000000] [--engines sqlite postgresql]

Markets are invented once (``lumbung synth``) under ``VAR_DIR/growth`` and kept; those of a
PostgreSQL server of yours (``TEST_POSTGRES_URL``) too. Counted is the CPU of this process; of
pages on PostgreSQL the server's own comes on top. The tables go into ``docs/performance.md``.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import URL, create_engine, make_url, select, text
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from bench import cpu, floor, searching
from bench.market import ROOT, tidy
from config import Settings
from shop.catalog.products.models import ProductCard
from shop.core.database.engine import Database
from shop.web.http.app_state import EXTENSION
from tests.support import postgres
from tests.support.cleanup import open_run_folder

VAR = Path(os.environ.get("VAR_DIR", ROOT / "var")) / "growth"
PAGE = ROOT / "docs" / "performance.md"
START, END = "<!-- growth: {} -->", "<!-- /growth: {} -->"
GOODS_A_COOPERATIVE = 100
DEEP = 40
"""Pages that are turned to reach the deep one."""


@dataclass(frozen=True)
class Line:
    """One page in one market."""

    page: str
    products: int
    statements: int
    microseconds: int
    ratio: float
    bytes: int


def main() -> None:
    """Measure and write it down."""
    asked = argparse.ArgumentParser(prog="python -m bench.growth", description=__doc__)
    asked.add_argument("--products", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    asked.add_argument("--engines", nargs="+", default=["sqlite", "postgresql"])
    wanted = asked.parse_args()
    for engine in wanted.engines:
        with invented(engine, wanted.products) as (floors, markets):
            lines = list(_measured(floors, markets))
            sizes = {count: _bytes(url) // count for count, url in markets.items()}
            sought = [
                line
                for count, url in markets.items()
                for line in searching.measured(Database(url), count)
            ]
        table = f"{_table(lines, sizes)}\n\n{searching.table(sought)}"
        print(f"\n{engine}\n\n{table}", flush=True)
        _write(engine, table)


@contextmanager
def invented(engine: str, sizes: list[int]) -> Iterator[tuple[str, dict[int, str]]]:
    """The floor's address and each market's, invented where it is missing."""
    VAR.mkdir(parents=True, exist_ok=True)
    if engine == "sqlite":
        found = {count: f"sqlite:///{VAR / f'goods-{count}.db'}" for count in sizes}
        for count, url in found.items():
            done = VAR / f"goods-{count}.done"
            if not done.exists():
                _invent(url, count)
                done.touch()
        yield f"sqlite:///{VAR / 'floor.db'}", found
        return
    run = open_run_folder(Path(tempfile.gettempdir()))  # a server's folder is used once
    try:
        server = make_url(postgres.server_url(run.path, durable=True))
        control = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        found = {count: _in(server, f"goods_{count}") for count in sizes}
        with control.connect() as connection:
            there = set(connection.scalars(text("SELECT datname FROM pg_database")))
            for name in {"floor", *(f"goods_{count}" for count in sizes)} - there:
                connection.execute(text(f"CREATE DATABASE {name}"))
        for count, url in found.items():
            if f"goods_{count}" not in there:
                _invent(url, count)
                tidy(url)
        yield _in(server, "floor"), found
    finally:
        run.close()


def _in(server: URL, name: str) -> str:
    return server.set(database=name).render_as_string(hide_password=False)


def environment_of(url: str) -> dict[str, str]:
    """Of commands and servers over the market at this address."""
    return {**os.environ, "LUMBUNG_ENV": "demo", "VAR_DIR": str(VAR), "DATABASE_URL": url}


def _invent(url: str, count: int) -> None:
    sellers = max(count // GOODS_A_COOPERATIVE, 1)
    for command in (
        ("db", "upgrade"),
        ("synth", "--products", str(count), "--cooperatives", str(sellers), "--beside"),
    ):
        subprocess.run(
            [sys.executable, "-m", "shop", *command], cwd=ROOT, env=environment_of(url), check=True
        )


def _measured(floors: str, markets: Mapping[int, str]) -> Iterator[Line]:
    """Every page of every market, the floor and all of them by turns."""
    from shop.app import create_app

    works: dict[str, cpu.Work] = {}
    told: dict[str, tuple[str, int, int, int]] = {}
    for count, url in markets.items():
        made = create_app(Settings.from_environment({**environment_of(url), "PAGES_KEPT_MB": "0"}))
        keeps = create_app(Settings.from_environment(environment_of(url)))
        database = made.extensions[EXTENSION].database
        counter = cpu.Counter(database.engine, database.read_engine)
        for name, path in _pages(database).items():
            for app, kind in ((made, name), (keeps, f"{name}, kept")):
                work = cpu.asking(app, path, **{"Accept-Encoding": "gzip"})
                asked = counter.of(work) if app is made else 0
                key = f"{kind} {count}"
                works[key] = work
                told[key] = (kind, count, asked, _weight(app, path))
    bare = floor.create_app(floors)
    costs = cpu.compare(cpu.asking(bare, "/"), works, rounds=7, times=15)
    yield Line("the floor's list", 0, 1, costs[""].microseconds, 1.0, _weight(bare, "/"))
    for key, (kind, count, asked, size) in told.items():
        cost = costs[key]
        yield Line(kind, count, asked, cost.microseconds, cost.ratio, size)


def _pages(database: Database) -> dict[str, str]:
    with database.reading() as session:
        slug, seller = session.execute(
            select(ProductCard.slug, ProductCard.cooperative_slug)
            .order_by(ProductCard.popularity.desc())
            .limit(1)
        ).one()
        deep = _deep(session)
    return {
        "home": "/",
        "catalogue": "/produk",
        "catalogue, deep": deep,
        "category": "/produk?kategori=minuman",
        "product": f"/produk/{slug}",
        "cooperative": f"/koperasi/{seller}",
    }


def _deep(session: Session) -> str:
    """The address of a page far behind the first."""
    from shop.storefront.listing.queries import listing
    from shop.storefront.listing.rules import ListingFilters, address

    page = listing(session, ListingFilters(), None, size=24 * DEEP)
    return address(ListingFilters(), after=page.next_cursor) if page.next_cursor else "/produk"


def _weight(app: Flask, path: str) -> int:
    answer = app.test_client().get(path, headers={"Accept-Encoding": "gzip"})
    return len(answer.data)


def _bytes(url: str) -> int:
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            return Path(engine.url.database or "").stat().st_size
        return int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0)


def _table(lines: list[Line], sizes: Mapping[int, int]) -> str:
    """A row a page, a column a size; growth is the largest beside the smallest."""
    first, counts = lines[0], sorted(sizes)
    head = " | ".join(f"{count:,}" for count in counts)
    rows = [
        f"| page | statements | {head} | : floor | growth | bytes |",
        f"| --- | --- | {' | '.join('---' for _ in counts)} | --- | --- | --- |",
        f"| {first.page} | 1 | {first.microseconds} µs"
        f"{' |' * len(counts)} 1.00× | | {first.bytes:,} |",
    ]
    for name in dict.fromkeys(line.page for line in lines[1:]):
        mine = {line.products: line for line in lines if line.page == name}
        costs = " | ".join(f"{mine[count].microseconds} µs" for count in counts)
        maximum, minimum = mine[counts[-1]], mine[counts[0]]
        growth = maximum.ratio / minimum.ratio
        rows.append(
            f"| {name} | {maximum.statements} | {costs} | {maximum.ratio:.2f}× | {growth:.2f}×"
            f" | {maximum.bytes:,} |"
        )
    weights = " | ".join(f"{sizes[count]:,} B" for count in counts)
    rows.append(f"| database, bytes a product | | {weights} | | | |")
    return "\n".join(rows)


def _write(engine: str, table: str) -> None:
    """Put the table where the last run's stands."""
    start, end = START.format(engine), END.format(engine)
    page = PAGE.read_text(encoding="utf-8")
    before, _, rest = page.partition(start)
    _old, _, after = rest.partition(end)
    PAGE.write_text(f"{before}{start}\n\n{table}\n\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
