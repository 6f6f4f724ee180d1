"""``run``, ``serve`` and ``worker``: the processes of the shop."""

import multiprocessing
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click

from config import ROOT, Settings
from shop.cli.common import newest_revision, open_for_the_public, require_free, revision, settings
from shop.core.database.engine import Database

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

    from shop.cli.preload import ready_shop

    if sys.platform == "linux":
        # Newer Pythons begin each process from nothing. Ours are copies of this one.
        multiprocessing.set_start_method("fork", force=True)
        ready_shop()
    Granian(
        "shop.cli.preload:ready_shop",
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
    from shop.services.outbox.worker import run_forever
    from shop.web.http.app_state import EXTENSION

    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    app = create_app(found)
    with app.app_context():
        run_forever(app.extensions[EXTENSION].database, stop)


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


def bring_up(found: Settings, database: Database) -> None:
    """Make the tables those of this version, and the search index whole."""
    from shop.storefront.search_index.actions import fill

    if revision(database) != newest_revision():
        click.echo("Making the tables …")
        from shop.core.database.migrations import upgrade

        upgrade(found.database_url)
    fill(database)
