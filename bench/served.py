"""Whole servers: pages a second, how long the slow ones wait, how much memory, how soon ready."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORKERS, THREADS, CLIENTS = 2, 8, 8
READY_SECONDS = 30
WARM_SECONDS = 2.0


@dataclass(frozen=True)
class Served:
    """What a server did for eight clients at once."""

    per_second: int
    p50_ms: float
    p95_ms: float


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


def rate(url: str, path: str, *, seconds: float) -> Served:
    """Eight clients that keep their connection and ask for the same page again and again.

    They run in a process of their own, so that they do not share a lock with anything measured.
    A round before it lets every process of the server compile its templates and statements.
    """
    _clients(url, path, WARM_SECONDS)
    answer = subprocess.run(
        [sys.executable, "-m", "bench.served", url, path, str(seconds)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return Served(**json.loads(answer.stdout))


def memory(pid: int) -> int:
    """Kilobytes (PSS) of a server with all its processes: shared pages are counted once."""
    total = 0
    for process in [pid, *_children(pid)]:
        for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total


def cpu_ms(pid: int) -> float:
    """Milliseconds of CPU that a server and all its processes have used so far."""
    ticks = 0
    for process in [pid, *_children(pid)]:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks * 1000 / os.sysconf("SC_CLK_TCK")


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


def _clients(url: str, path: str, seconds: float) -> Served:
    host, port = url.removeprefix("http://").split(":")
    waits: list[float] = []
    end = time.monotonic() + seconds

    def ask() -> None:
        connection = http.client.HTTPConnection(host, int(port), timeout=10)
        while (began := time.monotonic()) < end:
            if _get(connection, path) != 200:
                os._exit(1)
            waits.append(time.monotonic() - began)

    clients = [threading.Thread(target=ask) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    waits.sort()
    return Served(
        int(len(waits) / seconds),
        round(waits[len(waits) // 2] * 1000, 2),
        round(waits[len(waits) * 95 // 100] * 1000, 2),
    )


if __name__ == "__main__":
    found = _clients(sys.argv[1], sys.argv[2], float(sys.argv[3]))
    print(json.dumps(asdict(found)))
