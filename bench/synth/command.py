"""``synth``: an invented market of any size, to see how the shop behaves in it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import click

from bench.synth.plan import MAX_COOPERATIVES, MAX_PRODUCTS, Plan
from shop.cli.common import open_database, settings

MAX_ORDERS = 1_000_000


@click.command()
@click.option(
    "--products", type=click.IntRange(1, MAX_PRODUCTS), default=100_000, show_default=True
)
@click.option(
    "--cooperatives", type=click.IntRange(1, MAX_COOPERATIVES), default=1_000, show_default=True
)
@click.option("--seed", type=int, default=1, show_default=True, help="Which one of that size.")
@click.option(
    "--orders",
    type=click.IntRange(0, MAX_ORDERS),
    default=0,
    show_default=True,
    help="A year of them, of all goods that stand there then.",
)
@click.option("--beside", is_flag=True, help="Also where goods stand already.")
def synth(products: int, cooperatives: int, seed: int, orders: int, *, beside: bool) -> None:
    """Invent goods, their cooperatives and orders: the same numbers always invent the same."""
    from bench.synth.load import MarketStands, load_synth
    from bench.synth.load_orders import load_orders
    from shop.core.values import clock

    found = settings()
    if not found.is_demo:
        raise click.ClickException(
            "invented goods stay out of production: set LUMBUNG_ENV=demo if this is none."
        )
    if cooperatives > products:
        raise click.ClickException(
            f"{cooperatives} cooperatives cannot share {products} products:"
            f" ask for --cooperatives {products} or fewer."
        )
    database = open_database(found)
    began = time.monotonic()
    with _bar("goods", products) as goods, _bar("search", products) as search:
        try:
            load_synth(
                database,
                Plan(products, cooperatives, seed),
                now=clock.now(),
                beside=beside,
                progress=goods,
                indexed=search,
            )
        except MarketStands as fault:
            raise click.ClickException(
                "goods stand in this database: point DATABASE_URL at an empty one and run"
                " `lumbung db upgrade`, or say --beside to put the invented ones next to them."
            ) from fault
    what = f"{products} goods of {cooperatives} cooperatives"
    if orders:
        with _bar("orders", orders) as told:
            load_orders(database, orders, seed, now=clock.now(), progress=told)
        what += f" and {orders} orders"
    click.echo(f"{what} after {time.monotonic() - began:.0f} s")


@contextmanager
def _bar(label: str, length: int) -> "Iterator[_Told]":
    told = _Told(label, length)
    yield told
    told.end()


class _Told:
    """A bar that is drawn from the first step on."""

    def __init__(self, label: str, length: int) -> None:
        self._bar = click.progressbar(length=length, label=f"{label:8}", width=40)
        self._done = 0

    def __call__(self, done: int, whole: int) -> None:
        if not self._done:
            self._bar.length = whole
            self._bar.__enter__()
        self._bar.update(done - self._done)
        self._done = done

    def end(self) -> None:
        if self._done:
            self._bar.__exit__(None, None, None)
