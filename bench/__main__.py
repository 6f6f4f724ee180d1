"""``make bench``: measures the shop beside the floor, prints a table, writes ``var/bench.json``.

    python -m bench [--quick]

Each line has its goal where there is one. A missed goal is told, not hidden, and does not fail
the run: numbers of one noisy minute are for people to judge.
"""

import argparse
import json
import os
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from bench import cpu, floor, hot, over_http, served, weight, wrong_searches
from bench.figures import Figure
from bench.market import ROOT, Market, databases, market
from bench.shopper import Shopper, new_phone
from shop.catalog.products.models import Product, ProductState, Variant
from shop.core.database.engine import Database
from shop.core.values import clock
from shop.people.cooperatives.models import Cooperative

VAR = Path(os.environ.get("VAR_DIR", ROOT / "var"))
KB = 1_000
COLD = "from {module} import create_app; app = create_app(); app.test_client().get({path!r})"


@dataclass(frozen=True)
class Paths:
    """What is looked at in the measured market."""

    product: str
    cooperative: str
    variants: list[int]


def main() -> None:
    """Measure everything and tell it."""
    asked = argparse.ArgumentParser(prog="make bench", description=__doc__)
    asked.add_argument("--quick", action="store_true", help="fewer rounds: a first impression")
    quick = asked.parse_args().quick
    VAR.mkdir(parents=True, exist_ok=True)
    print("Making the market that is measured (once) …", flush=True)
    found = market(VAR / "bench")
    figures: list[Figure] = []
    print(f"\n{'':15} {'':48} {'measured':>10} {'goal':>9}")
    for figure in _figures(found, quick=quick):
        figures.append(figure)
        print(figure, flush=True)
    file = VAR / "bench.json"
    file.write_text(json.dumps(_told(figures, quick), indent=1) + "\n")
    missed = sum(figure.verdict == "MISSED" for figure in figures)
    print(f"\n{missed or 'No'} goal{'' if missed == 1 else 's'} missed. All figures: {file}")


def _told(figures: list[Figure], quick: bool) -> dict[str, object]:
    return {
        "measured_at": clock.now().isoformat(timespec="seconds"),
        "quick": quick,
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        "python": platform.python_version(),
        "figures": [{**asdict(figure), "verdict": figure.verdict} for figure in figures],
    }


def _figures(found: Market, *, quick: bool) -> Iterator[Figure]:
    paths = paths_of(found)
    yield from _inside(found, paths, quick=quick)
    yield from _outside(found, paths, quick=quick)


def paths_of(found: Market) -> Paths:
    """A product and one variant of each of three cooperatives, always the same ones."""
    database = Database(found.database_url)
    with database.reading() as session:
        first = session.scalars(
            select(func.min(Variant.id))
            .join(Product, Product.id == Variant.product_id)
            .where(Product.state == ProductState.PUBLISHED)
            .group_by(Product.cooperative_id)
            .order_by(Product.cooperative_id)
            .limit(3)
        ).all()
        slug, cooperative_id = session.execute(
            select(Product.slug, Product.cooperative_id)
            .join(Variant, Variant.product_id == Product.id)
            .where(Variant.id == first[0])
        ).one()
        cooperative = session.get_one(Cooperative, cooperative_id).slug
    database.dispose()
    return Paths(f"/produk/{slug}", f"/koperasi/{cooperative}", list(first))


def _inside(found: Market, paths: Paths, *, quick: bool) -> Iterator[Figure]:
    """CPU, statements and bytes, in this process."""
    from config import Settings
    from shop.app import create_app
    from shop.web.http.app_state import EXTENSION

    shop = create_app(Settings.from_environment(dict(found.environment)))
    bare = floor.create_app(f"sqlite:///{found.var / 'floor.db'}")
    pages = {
        "home": "/",
        "catalogue, 24 cards with facets": "/produk",
        "search": "/produk?q=kopi",
        "product page": paths.product,
        "cooperative page": paths.cooperative,
    }
    database = shop.extensions[EXTENSION].database
    counter = cpu.Counter(database.engine, database.read_engine)
    maximum = {"catalogue, 24 cards with facets": 4, "search": 4, "product page": 5}
    for name, path in pages.items():
        count = counter.of(cpu.asking(shop, path))
        yield Figure("statements", name, count, "", maximum.get(name))
    count = _placing(shop, paths, counter)
    yield Figure("statements", "placing, three cooperatives", count, "", 25)
    for name, path in pages.items():
        packed, _plain = weight.page_bytes(shop, path)
        yield Figure("bytes", f"{name}, gzip", packed, "bytes", 14 * KB)
    packed, plain = weight.style_bytes(shop, "/")
    yield Figure("bytes", "shoppers' stylesheet, gzip", packed, "bytes", 9 * KB)
    yield Figure("bytes", "shoppers' stylesheet, raw", plain, "bytes", 40 * KB)

    rounds, times = (5, 20) if quick else (21, 60)
    costs = cpu.compare(
        cpu.asking(bare, "/"),
        {
            "floor's product": cpu.asking(bare, "/goods/7"),
            **{name: cpu.asking(shop, path) for name, path in pages.items()},
            "catalogue as travels (gzip)": cpu.asking(
                shop, "/produk", **{"Accept-Encoding": "gzip"}
            ),
        },
        rounds=rounds,
        times=times,
    )
    for name, cost in costs.items():
        yield Figure("cpu", name or "floor's list", cost.microseconds, "µs")
        if name:
            yield Figure("ratio", f"{name} : floor's list", round(cost.ratio, 2), "times")
    dearer = round(wrong_searches.times_dearer(shop), 2)
    yield Figure("ratio", "wrong searches : ordinary ones, p95", dearer, "times", 1.2)
    placed = cpu.placing(shop, bare, paths.variants, rounds=10 if quick else 40)
    for name, cost in placed.items():
        yield Figure("cpu", name or "floor's order", cost.microseconds, "µs")
        if name:
            yield Figure("ratio", f"{name} : floor's order", round(cost.ratio, 2), "times")
    database.dispose()


def _placing(shop: Flask, paths: Paths, counter: cpu.Counter) -> int:
    """Statements of the one request that places a purchase."""
    shopper = Shopper(shop)
    shopper.put_in(paths.variants)
    action, fields = shopper.ready_to_pay(new_phone())
    counter.statements.clear()
    if shopper.post(action, fields).status_code != 303:
        raise RuntimeError("the purchase was not placed")
    return len(counter.statements)


def _outside(found: Market, paths: Paths, *, quick: bool) -> Iterator[Figure]:
    """Whole servers, a browser, new processes."""
    bare = {**os.environ, "BENCH_FLOOR": f"sqlite:///{found.var / 'floor.db'}"}
    with served.serving(None, found.environment, "/readyz") as (url, _pid):
        for name, path in (("home", "/"), ("catalogue", "/produk"), ("product", paths.product)):
            view = weight.first_view(url + path)
            what = f"first view at 360 px: {name}"
            yield Figure("bytes", what, view.on_screen, "bytes", 250 * KB)
            what = f"  fetched before scrolling, {view.pictures} pictures"
            yield Figure("bytes", what, view.fetched, "bytes", 280 * KB)
    for on in databases(found, quick=quick):
        yield from over_http.measured(on, paths.product, quick=quick)
        yield from hot.measured(on, quick=quick)
    least_start = served.cold_start(COLD.format(module="bench.floor", path="/"), bare)
    start = served.cold_start(COLD.format(module="shop.app", path="/produk"), found.environment)
    yield Figure("start", "floor: new process to first page", round(least_start, 2), "s")
    yield Figure("start", "shop: new process to first page", round(start, 2), "s", 0.8)
    yield Figure("start", "shop : floor", round(start / least_start, 2), "times", 1.7)


if __name__ == "__main__":
    main()
