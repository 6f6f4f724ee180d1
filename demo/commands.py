"""The commands of the demo: load it, list its accounts, run it."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Collection, Sequence
from types import FrameType

import click
from sqlalchemy import select

from config import ROOT, Settings
from shop.catalog.products.models import Product
from shop.cli.common import open_database, require_free, settings
from shop.cli.serving import (
    READY_SECONDS,
    STOP_SECONDS,
    _interrupts_deferred,
    bring_up,
)
from shop.core.database.engine import Database
from shop.core.values import clock
from stripe_double.command import DOUBLE, wait_for_double, with_double


@click.group()
def demo() -> None:
    """The demo market: twelve invented cooperatives with 150 goods."""


@demo.command("load")
def load() -> None:
    """Load it; doing so again changes nothing."""
    from demo.load import load_market

    found = _demo_settings()
    database = open_database(found)
    with with_double(found):  # the demo's past is paid there
        load_market(database, say=click.echo)
    _load_pictures(database, found)


@demo.command("accounts")
def accounts() -> None:
    """List who can sign in, and with which password."""
    from demo.market.accounts import lines

    _demo_settings()
    for line in lines():
        click.echo(line)


def _demo_settings() -> Settings:
    found = settings()
    if not found.is_demo:
        raise click.ClickException(
            "the demo market stays out of production: set LUMBUNG_ENV=demo if this is none."
        )
    return found


@click.command()
def run() -> None:
    """The whole demo market: tables, goods, web, worker and payment double, until Ctrl-C."""
    found = settings()
    if found.env != "demo":
        raise click.ClickException(
            "`lumbung run` is for the demo: use `make run`, or `lumbung serve` in production."
        )
    require_free(found, found.port)
    if found.double_port is not None:
        require_free(found, found.double_port, DOUBLE)
    processes: list[subprocess.Popen[bytes]] = []
    # First the way out, then the processes: nobody is left behind by an early Ctrl-C.
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, _interrupt)
    try:
        double = _start("sandbox", found, processes) if found.double_port else None
        database = _prepare(found, double)
        web = _start("serve", found, processes)
        _wait_until_ready(found, web)
        # What the first page shows; the rest comes while the visitor looks at it.
        _load_pictures(database, found, skus=_goods_of_first_page(database, found))
        _start("worker", found, processes)
        _greet(found)
        _load_pictures(database, found)
        database.dispose()
        web.wait()
        raise click.ClickException("the web server ended by itself; its lines above say why.")
    except KeyboardInterrupt:
        click.echo("\nStopping.")
    finally:
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, signal.SIG_IGN)  # impatience must not interrupt the stopping
        _stop(processes)


def _start(
    part: str, found: Settings, processes: list[subprocess.Popen[bytes]]
) -> subprocess.Popen[bytes]:
    """Run a command of ours in a session of its own, so that Ctrl-C reaches ``run`` alone."""
    with _interrupts_deferred():  # a process that is not in the list yet would be left behind
        process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "shop", part],
            cwd=ROOT,
            env={**os.environ, "PUBLIC_URL": found.public_url},
            start_new_session=True,
        )
        processes.append(process)
    return process


def _prepare(found: Settings, double: subprocess.Popen[bytes] | None) -> Database:
    """Bring tables and market up to date, all but the pictures."""
    from demo.load import is_loaded, load_market

    database = Database(found.database_url)
    bring_up(found, database)
    if not is_loaded(database):
        if double is not None:
            wait_for_double(found, double)
        with with_double(found):  # the demo's past is paid there
            load_market(database, say=click.echo)
    return database


def _load_pictures(
    database: Database, found: Settings, skus: Collection[str] | None = None
) -> None:
    from demo.market.pictures import load_pictures
    from shop.services.media.storage import storage_of

    load_pictures(database, storage_of(found), now=clock.now(), say=click.echo, skus=skus)


def _goods_of_first_page(database: Database, found: Settings) -> list[str]:
    with urllib.request.urlopen(f"http://{found.host}:{found.port}/", timeout=30) as answer:
        slugs = set(re.findall(r'href="/produk/([a-z0-9-]+)"', answer.read().decode()))
    with database.reading() as session:
        return list(session.scalars(select(Product.sku).where(Product.slug.in_(slugs))))


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _wait_until_ready(found: Settings, web: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        if web.poll() is not None:
            raise click.ClickException("the web server did not start; its lines above say why.")
        try:
            with urllib.request.urlopen(f"http://{found.host}:{found.port}/readyz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise click.ClickException(f"the shop did not answer within {READY_SECONDS} s.")


def _greet(found: Settings) -> None:
    from demo.market.accounts import lines

    click.echo(f"\nLumbung is open: {found.public_url}\n")
    for line in lines():
        click.echo(f"  {line}")
    click.echo("\nCtrl-C closes it; the data stays.")


def _stop(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.terminate()
    end = time.monotonic() + STOP_SECONDS
    for process in processes:
        try:
            process.wait(max(end - time.monotonic(), 0.05))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
