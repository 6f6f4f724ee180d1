"""``run``, ``serve`` and ``worker``: the processes of the shop."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType

import click

from config import ROOT, Settings
from shop.cli.double import DOUBLE, require_free, wait_for_double, with_double
from shop.cli.setting import newest_revision, open_for_the_public, revision, settings
from shop.core.database import Database

READY_SECONDS = 30
STOP_SECONDS = 2.5
KILL_SECONDS = 2
"""How long the server lets open requests end; slow sockets get no more."""


@click.command()
def serve() -> None:
    """Serve pages: WEB_PROCESSES × WEB_THREADS at HOST:PORT until SIGTERM."""
    found = settings()
    open_for_the_public(found)
    require_free(found, found.port)
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from shop.cli.ready import ready_shop

    if sys.platform == "linux":
        # Newer Pythons begin each process from nothing. Ours are copies of this one.
        multiprocessing.set_start_method("fork", force=True)
        ready_shop()
    Granian(
        "shop.cli.ready:ready_shop",
        interface=Interfaces.WSGI,
        address=found.host,
        port=found.port,
        workers=found.web_processes,
        blocking_threads=found.web_threads,
        workers_kill_timeout=KILL_SECONDS,
        respawn_failed_workers=True,
        websockets=False,
        working_dir=ROOT,
        # Its one warning is about more threads than cores; ours wait for slow phones, not for CPU.
        log_level=LogLevels.error,
    ).serve(target_loader=ready_shop, wrap_loader=False)


@click.command()
def worker() -> None:
    """Send what the outbox holds, lapse holds, run what is due; any number of them."""
    found = settings()
    open_for_the_public(found)
    from shop.app import create_app
    from shop.outbox.worker import run_forever
    from shop.web.runtime import EXTENSION

    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    app = create_app(found)
    with app.app_context():
        run_forever(app.extensions[EXTENSION].database, stop)


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
        _prepare(found, double)
        web = _start("serve", found, processes)
        _start("worker", found, processes)
        _wait_until_ready(found, web)
        _greet(found)
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


@contextmanager
def _interrupts_deferred() -> Iterator[None]:
    """Let SIGINT and SIGTERM wait for the end of the block."""
    came: list[int] = []
    before = {
        name: signal.signal(name, lambda number, _frame: came.append(number))
        for name in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)
    if came:
        raise KeyboardInterrupt


def _prepare(found: Settings, double: subprocess.Popen[bytes] | None) -> None:
    from shop.demo.load import is_loaded, load_market
    from shop.media.storage import storage_of

    database = Database(found.database_url)
    bring_up(found, database)
    if not is_loaded(database):
        if double is not None:
            wait_for_double(found, double)
        with with_double(found):  # the demo's past is paid there
            load_market(database, storage=storage_of(found), say=click.echo)
    database.dispose()


def bring_up(found: Settings, database: Database) -> None:
    """Make the tables those of this version, and the search index whole."""
    from shop.search.actions import fill

    if revision(database) != newest_revision():
        click.echo("Making the tables …")
        from shop.core.migrate import upgrade

        upgrade(found.database_url)
    fill(database)


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
    from shop.demo.accounts import lines

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
