"""The processes of the shop: how they start, what they say, and that they end when told to."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import insert, select

from config import ROOT, Settings
from demo import commands
from demo.market.pictures import VIEWS, pictures
from shop import cli
from shop.catalog.products.models import Product, ProductPhoto
from shop.core.database.engine import Database
from shop.services.media.models import Photo
from shop.services.outbox.models import Worker
from tests.support.databases import Templates
from tests.support.live import free_port
from tests.support.whole_market import Market, whole_market

STOP = 3.0
SLACK = 10.0
"""Seconds that a loaded machine may take longer; what the shop promises is STOP."""
"""Seconds more that a machine busy with other tests may take; ``make bench`` holds the promise."""

SLOW = b"POST /masuk HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nlog"


@pytest.fixture
def market(templates: Templates, tmp_path: Path) -> Iterator[Market]:
    """A market in which every product has its pictures, as after a first start."""
    with whole_market(templates, "sqlite", tmp_path) as found:
        database = Database(found.database_url)
        with database.writing() as session:
            two = session.scalars(select(Photo.id).order_by(Photo.id.desc()).limit(2)).all()
            photos = dict(zip(VIEWS.values(), two, strict=True))
            products = dict(session.execute(select(Product.sku, Product.id)).all())
            known = set(session.execute(select(ProductPhoto.product_id, ProductPhoto.view)))
            wanted = [(products[picture.sku], picture.view) for picture in pictures()]
            session.execute(
                insert(ProductPhoto),
                [
                    {
                        "product_id": product,
                        "photo_id": photos[view],
                        "position": place,
                        "view": view,
                    }
                    for place, (product, view) in enumerate(wanted, 10)
                    if (product, view) not in known
                ],
            )
        database.dispose()
        yield found


def environment(market: Market, folder: Path, port: int) -> dict[str, str]:
    return {
        **os.environ,
        "LUMBUNG_ENV": "demo",
        "DATABASE_URL": market.database_url,
        "MEDIA_URL": market.media_url,
        "VAR_DIR": str(folder / "var"),
        "PORT": str(port),
        "WEB_PROCESSES": "2",
        "STRIPE_API_BASE": "",
        "STRIPE_SECRET_KEY": "",
        "STRIPE_WEBHOOK_SECRET": "",
    }


@contextmanager
def lumbung(*arguments: str, env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """A command that goes on until it is told to stop."""
    process = subprocess.Popen(
        [sys.executable, "-m", "shop", *arguments],
        env=env,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()  # killed, it would leave its processes behind
            try:
                process.wait(STOP + SLACK)
            except subprocess.TimeoutExpired:
                process.kill()
        process.communicate()


def wait_for(process: subprocess.Popen[str], words: str) -> str:
    """What it printed up to the line with these words."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if words in line:
            return said
    raise AssertionError(f"it never said {words!r}: {said}")


def wait_until_open(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5),
        ):
            return
        time.sleep(0.05)
    raise AssertionError("it never answered")


def wait_until_at_work(market: Market) -> None:
    database = Database(market.database_url)
    deadline = time.monotonic() + 30
    seen = None
    while seen is None and time.monotonic() < deadline:
        with database.reading() as session:
            seen = session.scalar(select(Worker.seen_at))
        time.sleep(0.05)
    database.dispose()
    assert seen is not None, "no worker was seen"


def is_taken(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def running(marker: str) -> Iterator[Path]:
    """Where the system tells of the shop's processes that have this folder in their environment."""
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            of_shop = b"-m\0shop" in (place / "cmdline").read_bytes()
            if of_shop and marker.encode() in (place / "environ").read_bytes():
                yield place


def left_behind(marker: str) -> list[str]:
    """Commands of the shop that still run with this folder in their environment."""
    return [(place / "cmdline").read_text().replace("\0", " ") for place in running(marker)]


def kilobytes(what: str, pid: str) -> int:
    """Of a process's memory; ``Pss`` counts a page that three hold a third for each."""
    told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return int(re.findall(rf"^{what}: +(\d+) kB", told, re.MULTILINE)[0])


def test_a_second_start_loads_nothing_and_tells_where_to_go(market: Market, tmp_path: Path) -> None:
    port = free_port()
    env = environment(market, tmp_path, port)
    with lumbung("run", env=env) as run:
        said = wait_for(run, "Ctrl-C closes it")
        assert f"Lumbung is open: http://127.0.0.1:{port}" in said
        assert "operator@lumbung.example" in said
        assert "lumbung-demo" in said
        assert "Loading" not in said
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/produk", timeout=10) as answer:
            assert b"/produk/" in answer.read()
        run.send_signal(signal.SIGINT)
        run.wait(STOP + SLACK)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_everything_also_with_slow_visitors(
    market: Market, tmp_path: Path, how: signal.Signals
) -> None:
    port = free_port()
    with lumbung("run", env=environment(market, tmp_path, port)) as run:
        wait_for(run, "Ctrl-C closes it")
        slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(8)]
        for visitor in slow[:4]:
            visitor.sendall(SLOW)  # a body that never comes whole
        time.sleep(0.2)
        began = time.monotonic()
        run.send_signal(how)
        run.wait(STOP + SLACK)
        assert time.monotonic() - began <= STOP + SLACK
        for visitor in slow:
            visitor.close()
    assert not is_taken(port)
    assert left_behind(str(tmp_path)) == []


def test_an_early_ctrl_c_leaves_nobody_behind(market: Market, tmp_path: Path) -> None:
    with lumbung("run", env=environment(market, tmp_path, free_port())) as run:
        time.sleep(1.0)  # somewhere in the middle of starting
        run.send_signal(signal.SIGINT)
        run.wait(STOP + SLACK)
    assert left_behind(str(tmp_path)) == []


def test_ctrl_c_while_a_process_starts_waits_until_it_can_be_ended(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started = object()

    def interrupted(*_command: str, **_how: object) -> object:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.01)  # without a guard the signal arrives here
        return started

    monkeypatch.setattr(subprocess, "Popen", interrupted)
    processes: list[subprocess.Popen[bytes]] = []
    with pytest.raises(KeyboardInterrupt):
        commands._start("worker", Settings.from_environment({"LUMBUNG_ENV": "test"}), processes)
    assert processes == [started]


@pytest.mark.parametrize("command", ["run", "serve"])
def test_a_taken_port_is_named_with_the_cure(market: Market, tmp_path: Path, command: str) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with lumbung(command, env=environment(market, tmp_path, port)) as refused:
            assert refused.wait(30) == 1
            assert refused.stdout is not None
            said = refused.stdout.read()
    assert said.count("\n") == 1
    assert f"port {port} is taken" in said
    assert re.search(r"PORT=\d+ make run", said)


@pytest.mark.parametrize("command", ["run", "sandbox"])
def test_the_payment_doubles_port_is_named_too(
    market: Market, tmp_path: Path, command: str
) -> None:
    said, taken = "port 0 is taken", 1
    while f"port {taken - 1} is taken" in said:  # by another program: look for another pair
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            taken = other.getsockname()[1]
            env = environment(market, tmp_path, taken - 1)
            with lumbung(command, env=env) as refused:
                assert refused.wait(30) == 1
                assert refused.stdout is not None
                said = refused.stdout.read()
    assert said.count("\n") == 1
    assert f"port {taken}, for the payment double, is taken" in said
    assert re.search(r"PORT=\d+ make run", said)


def test_a_card_can_be_paid_while_the_market_runs(market: Market, tmp_path: Path) -> None:
    env = environment(market, tmp_path, free_port())
    with lumbung("run", env=env) as run:
        wait_for(run, "Ctrl-C closes it")
        assert is_taken(int(env["PORT"]) + 1)
        run.send_signal(signal.SIGINT)
        run.wait(STOP + SLACK)
    assert not is_taken(int(env["PORT"]) + 1)


def test_the_payment_double_ends_when_told_to(market: Market, tmp_path: Path) -> None:
    env = environment(market, tmp_path, free_port())
    with lumbung("sandbox", env=env) as double:
        deadline = time.monotonic() + 30
        while not is_taken(int(env["PORT"]) + 1) and time.monotonic() < deadline:
            time.sleep(0.05)
        double.terminate()
        assert double.wait(STOP) == 0


def test_the_payment_double_stays_out_of_production(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "shop", "sandbox"],
        cwd=ROOT,
        env={
            **os.environ,
            "LUMBUNG_ENV": "production",
            "SECRET_KEY": "x" * 48,
            "VAR_DIR": str(tmp_path / "var"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert "stays out of production" in told.stderr
    assert told.stderr.count("\n") == 1
    assert not (tmp_path / "var" / "sandbox.db").exists()


def test_the_server_lets_a_request_end_before_it_stops(market: Market, tmp_path: Path) -> None:
    port = free_port()
    with lumbung("serve", env=environment(market, tmp_path, port)) as server:
        wait_until_open(port)
        with socket.create_connection(("127.0.0.1", port)) as visitor:
            visitor.sendall(b"GET /produk HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            time.sleep(0.02)
            server.terminate()
            answer = b""
            while part := visitor.recv(65_536):
                answer += part
        assert answer.startswith(b"HTTP/1.1 200")
        assert b"</html>" in answer
        server.wait(STOP + SLACK)


def test_processes_that_serve_share_what_was_made_before_them(
    market: Market, tmp_path: Path
) -> None:
    port = free_port()
    env = environment(market, tmp_path, port) | {"WEB_PROCESSES": "4"}
    with lumbung("serve", env=env) as server:
        wait_until_open(port)
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
        end = time.monotonic() + STOP
        while len(copies := children.read_text().split()) < 4 and time.monotonic() < end:
            time.sleep(0.05)  # the first answers while the others begin
        shared = [kilobytes("Pss", pid) for pid in copies]
        assert len(shared) == 4
        assert sum(shared) < 2 * kilobytes("Rss", str(server.pid))  # each for itself: four times


def test_the_worker_ends_when_told_to(market: Market, tmp_path: Path) -> None:
    with lumbung("worker", env=environment(market, tmp_path, free_port())) as worker:
        wait_until_at_work(market)
        worker.terminate()
        assert worker.wait(STOP + SLACK) == 0


def test_python_m_shop_is_the_same_command() -> None:
    names = [
        [sys.executable, "-m", "shop", "--help"],
        [str(Path(sys.executable).with_name("lumbung")), "--help"],
    ]
    told = [
        subprocess.run(name, cwd=ROOT, capture_output=True, check=True).stdout for name in names
    ]
    assert told[0] == told[1]
    assert b"Usage: lumbung" in told[0]


@pytest.mark.parametrize(
    ("command", "folder"), [("run", "demo"), ("sandbox", "stripe_double"), ("synth", "bench")]
)
def test_a_command_whose_folder_was_left_out_names_the_cure(
    command: str, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli, "find_spec", lambda name: None if name == folder else object())
    refused = CliRunner().invoke(cli.lumbung, [command])
    assert refused.exit_code == 1
    assert f"`lumbung {command}` is not part of this installation" in refused.output
    assert f"{folder}/" in refused.output
    helped = CliRunner().invoke(cli.lumbung, ["--help"])
    assert helped.exit_code == 0
    assert f"  {command} " not in helped.output
    assert "  serve " in helped.output


def test_a_bad_setting_is_one_line_with_its_cure() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "shop", "serve"],
        cwd=ROOT,
        env={**os.environ, "LUMBUNG_ENV": "production", "SECRET_KEY": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1
    assert told.stderr.startswith("lumbung: SECRET_KEY is missing: make one with")
    assert told.stderr.count("\n") == 1
