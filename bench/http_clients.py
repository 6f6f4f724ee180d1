"""Clients that keep their connections and send the next request as soon as one is answered.

    python -m bench.http_clients < work.json

They run in a process of their own, in one thread over bare sockets, so that they take as little
as possible of the cores that the servers need.
"""

import json
import re
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[1]
TIMEOUT_SECONDS = 60
LOCATION = "{location}"
"""In the text of a request: the address that the answer before it redirects to."""
_STATUS_AT = slice(9, 12)  # in "HTTP/1.1 200"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_LOCATION = re.compile(rb"\r\nlocation: *([^\r]+)", re.IGNORECASE)


class Request(NamedTuple):
    """A whole HTTP request, and the status that has to answer it."""

    text: str
    status: int


Task = Sequence[Request]
"""Requests that one client sends one after the other; it is measured as a whole."""


@dataclass(frozen=True)
class Load:
    """What became of all tasks together."""

    clients: int
    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    worst_ms: float
    body_bytes: int
    """Of the last answer, as it travels."""

    @property
    def each_ms(self) -> float:
        """Milliseconds of the clock for a task: of one client the middle, of many the rate."""
        return self.p50_ms if self.clients == 1 else 1_000 / self.per_second


def get(path: str, headers: Mapping[str, str] | None = None) -> Request:
    """A request for a page, compressed where the server can."""
    return Request(
        _text("GET", path, {"Accept-Encoding": "gzip", **(headers or {})}),
        200,
    )


def post(
    path: str, fields: Mapping[str, list[str]], headers: Mapping[str, str] | None = None
) -> Request:
    """A form, which has to be answered by a redirect."""
    body = urlencode(fields, doseq=True)
    form = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body)),
    }
    return Request(_text("POST", path, form | dict(headers or {})) + body, 303)


def _text(method: str, path: str, headers: Mapping[str, str]) -> str:
    lines = {"Host": "127.0.0.1", **headers}
    head = "\r\n".join(f"{name}: {value}" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n\r\n"


def send(url: str, tasks: Sequence[Task], *, clients: int, seconds: float = 0) -> Load:
    """Send each task once; with ``seconds``, again and again for so long.

    :raises subprocess.CalledProcessError: for an answer with another status than it has to have.
    """
    return by_turns([(url, tasks)], clients=clients, turns=1, seconds=seconds)[0][0]


def by_turns(
    servers: Sequence[tuple[str, Sequence[Task]]], *, clients: int, turns: int, seconds: float = 0
) -> list[list[Load]]:
    """Send tasks to several servers by turns; for each turn what became of each server's.

    :param servers: the address of each, and its tasks.
    :param seconds: of each turn, in which the tasks are repeated; 0: each is sent once, an equal
        share of them in each turn.
    """
    work = {"servers": servers, "clients": clients, "turns": turns, "seconds": seconds}
    told = subprocess.run(
        [sys.executable, "-m", "bench.http_clients"],
        cwd=ROOT,
        input=json.dumps(work),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return [[Load(**load) for load in turn] for turn in json.loads(told.stdout)]


class _Client:
    """One connection, and the task that it is busy with."""

    def __init__(self, address: tuple[str, int]) -> None:
        self.line = socket.create_connection(address, timeout=TIMEOUT_SECONDS)
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.began = 0.0
        self.body_bytes = 0
        self._left: Iterator[Request] = iter(())
        self._status = b""
        self._location = b""
        self._got = b""

    def begin(self, task: Task) -> None:
        """Send the first request of a task."""
        self._left = iter(task)
        self.began = time.perf_counter()
        self._send_next()

    def receive(self) -> bool:
        """Read what has come, and send what follows; whether the task is done."""
        part = self.line.recv(262_144)
        if not part:
            raise RuntimeError("the server closed a connection")
        self._got += part
        head_end = self._got.find(b"\r\n\r\n")
        if head_end < 0:
            return False
        length = _LENGTH.search(self._got, 0, head_end)
        self.body_bytes = int(length[1]) if length else 0
        if len(self._got) < head_end + 4 + self.body_bytes:
            return False
        if self._got[_STATUS_AT] != self._status:
            raise RuntimeError(self._got[:2_000].decode(errors="replace"))
        location = _LOCATION.search(self._got, 0, head_end)
        self._location = location[1] if location else b""
        self._got = b""
        return not self._send_next()

    def _send_next(self) -> bool:
        request = next(self._left, None)
        if request is None:
            return False
        text, status = request
        self._status = str(status).encode()
        self.line.sendall(text.encode().replace(LOCATION.encode(), self._location))
        return True


def _load(address: tuple[str, int], tasks: Sequence[Task], clients: int, seconds: float) -> Load:
    waits: list[float] = []
    connected = [_Client(address) for _ in range(clients)]
    began = time.perf_counter()
    end = began + (seconds or float("inf"))
    left = cycle(tasks) if seconds else iter(tasks)
    body_bytes = 0
    with selectors.DefaultSelector() as selector:
        for client, task in zip(connected, islice(left, clients), strict=False):
            selector.register(client.line, selectors.EVENT_READ, client)
            client.begin(task)
        while selector.get_map():
            ready = selector.select(TIMEOUT_SECONDS)
            if not ready:
                raise RuntimeError("the server does not answer")
            for key, _events in ready:
                client = key.data
                if not client.receive():
                    continue
                now = time.perf_counter()
                waits.append((now - client.began) * 1_000)
                body_bytes = client.body_bytes
                following = next(left, None) if now < end else None
                if following is None:
                    selector.unregister(client.line)
                    client.line.close()
                else:
                    client.begin(following)
    took = time.perf_counter() - began
    waits.sort()
    p50, p95, p99 = (waits[len(waits) * part // 100] for part in (50, 95, 99))
    return Load(clients, len(waits) / took, p50, p95, p99, waits[-1], body_bytes)


def main() -> None:
    """Do the work of standard input, and print what became of it."""
    work = json.load(sys.stdin)
    turns, told = work["turns"], []
    for turn in range(turns):
        loads = []
        for url, tasks in work["servers"]:
            host, port = url.removeprefix("http://").split(":")
            share = tasks if work["seconds"] else tasks[turn::turns]
            loads.append(asdict(_load((host, int(port)), share, work["clients"], work["seconds"])))
        told.append(loads)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
