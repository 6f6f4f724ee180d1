"""The real shop in its own processes, for browsers and races."""

import os
import random
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from shop.core.database.engine import Database
from tests.support.cleanup import HOUSE
from tests.support.forking import Forked
from tests.support.inside import NOBODY

READY_SECONDS = 60
PORT_TRIES = 5


@dataclass(frozen=True)
class LiveShop:
    """A running shop."""

    url: str
    database_url: str
    var_dir: Path
    environment: Mapping[str, str]

    def lumbung(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command of the shop beside it, e.g. ``shop.lumbung("reconcile")``."""
        out, err = (self.var_dir / f"{arguments[0]}.{name}" for name in ("out", "err"))
        for file in (out, err):
            file.write_bytes(b"")
        code = Forked(arguments, self.environment, out, err).wait()
        answer = subprocess.CompletedProcess(
            arguments, code, out.read_text("utf-8"), err.read_text("utf-8")
        )
        if check and answer.returncode:
            raise AssertionError(f"lumbung {' '.join(arguments)}: {answer.stdout}{answer.stderr}")
        return answer

    def broken(self) -> list[str]:
        """Every invariant that does not hold, as ``lumbung verify`` counts them."""
        from shop.cli.invariants import checks

        database = Database(self.database_url)
        with database.reading() as session:
            found = checks(session)
        database.dispose()
        return [name for name, check in found.items() if not check["ok"]]


def free_port() -> int:
    """A port nobody listens on, nor on the next one, which the payment double takes.

    Below 32,768, where Linux begins to hand out ports to connections that a program opens: one
    of those comes and goes at any moment.
    """
    while True:
        port = random.randrange(10_000, 32_000)
        if _is_free(port) and _is_free(port + 1):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


@contextmanager
def live_shop(
    database_url: str, var_dir: Path, *, worker: bool = True, **extra: str
) -> Iterator[LiveShop]:
    """Serve the shop over a migrated database until the block ends.

    :param worker: also run the process that sends mail and lapses holds.
    :param extra: more settings, by the names of the environment.
    """
    with ExitStack() as stack:
        shop = _serving(stack, database_url, var_dir, extra)
        if worker:
            stack.enter_context(_process(shop, "worker"))
        yield shop


class PortTaken(AssertionError):
    """Another program took the port between the look for a free one and the start."""


def _serving(
    stack: ExitStack, database_url: str, var_dir: Path, extra: Mapping[str, str]
) -> LiveShop:
    """Start the web server; on another port when somebody was quicker to take it."""
    for _ in range(PORT_TRIES):
        shop = _shop(database_url, var_dir, extra)
        with ExitStack() as attempt:
            server = attempt.enter_context(_process(shop, "serve"))
            try:
                _wait(shop, server)
            except PortTaken:
                continue
            stack.push(attempt.pop_all())
            return shop
    raise AssertionError(f"no free port on 127.0.0.1 after {PORT_TRIES} tries")


class MortalShop:
    """A shop that can be killed at any moment, and opened again at the same address."""

    def __init__(self, database_url: str, var_dir: Path, **extra: str) -> None:
        self.shop = _shop(database_url, var_dir, extra)
        self._running: list[Forked] = []

    def open(self) -> None:
        """Start web and worker; return when pages are served."""
        self._running = [_start(self.shop, command) for command in ("serve", "worker")]
        _wait(self.shop, self._running[0])

    def kill(self) -> None:
        """End web and worker with all their processes, without a word: ``kill -9``."""
        for process in self._running:
            process.kill()
        self._running = []


def _shop(database_url: str, var_dir: Path, extra: Mapping[str, str]) -> LiveShop:
    port = free_port()
    environment = {
        **os.environ,
        "LUMBUNG_ENV": "test",
        "DATABASE_URL": database_url,
        "VAR_DIR": str(var_dir),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "WEB_PROCESSES": "1",
        "STRIPE_API_BASE": NOBODY,
        "STRIPE_SECRET_KEY": "",
        "STRIPE_WEBHOOK_SECRET": "",
        **extra,
    }
    var_dir.mkdir(parents=True, exist_ok=True)
    compiled, here = Path(os.environ[HOUSE]) / "compiled", var_dir / "templates"
    compiled.mkdir(exist_ok=True)
    if not here.exists():
        here.symlink_to(compiled)  # the first shop of a run compiles them for all
    return LiveShop(environment["PUBLIC_URL"], database_url, var_dir, environment)


def _start(shop: LiveShop, command: str) -> Forked:
    log = shop.var_dir / f"{command}.log"
    log.write_bytes(b"")
    return Forked((command,), shop.environment, log, log)


@contextmanager
def _process(shop: LiveShop, command: str) -> Iterator[Forked]:
    process = _start(shop, command)
    try:
        yield process
    finally:
        process.stop()


def _wait(shop: LiveShop, server: Forked) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and server.code is None:
        try:
            with urllib.request.urlopen(f"{shop.url}/readyz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    log = (shop.var_dir / "serve.log").read_text(errors="replace")
    if "PORT=" in log and "another program" in log:
        raise PortTaken(log[-300:])
    raise AssertionError(f"the shop did not start: {log[-2000:]}")
