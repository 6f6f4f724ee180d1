"""Whole servers: how they are started, their memory, how soon they are ready."""

import http.client
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORKERS, THREADS, CLIENTS = 2, 8, 8
READY_SECONDS = 30


@contextmanager
def serving(
    factory: str | None, environment: Mapping[str, str], probe: str
) -> Iterator[tuple[str, int]]:
    """A server of two processes for an app until the block ends: its address and process id.

    :param factory: of a bare app; None: the shop, as ``lumbung serve`` opens it.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", *(_bare(factory, port) if factory else ("shop", "serve"))],
        cwd=ROOT,
        env={
            **environment,
            "PUBLIC_URL": f"http://127.0.0.1:{port}",
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "WEB_PROCESSES": str(WORKERS),
            "WEB_THREADS": str(THREADS),
        },
    )
    try:
        _wait(port, probe)
        yield f"http://127.0.0.1:{port}", server.pid
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(10)


def _bare(factory: str, port: int) -> list[str]:
    return [
        *("granian", "--interface", "wsgi", "--factory", "--host", "127.0.0.1"),
        *("--port", str(port), "--workers", str(WORKERS), "--blocking-threads", str(THREADS)),
        *("--no-ws", "--log-level", "error", "--workers-kill-timeout", "2", factory),
    ]


def _wait(port: int, probe: str) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        try:
            if _get(http.client.HTTPConnection("127.0.0.1", port, timeout=5), probe) == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not answer")


def _get(connection: http.client.HTTPConnection, path: str) -> int:
    connection.request("GET", path, headers={"Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def memory(pid: int) -> int:
    """Kilobytes (PSS) of a server with all its processes: shared pages are counted once."""
    total = 0
    for process in [pid, *_children(pid)]:
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    direct = [int(child) for child in listed]
    return direct + [grandchild for child in direct for grandchild in _children(child)]


def cold_start(code: str, environment: Mapping[str, str]) -> float:
    """Seconds from a new process to its first page; the middle of five."""
    told = []
    for _ in range(5):
        began = time.monotonic()
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=dict(environment), check=True)
        told.append(time.monotonic() - began)
    return sorted(told)[2]
