"""Many clients at once that each post what they were given: how many a second, how long each waits.

    python -m bench.rush HOST PORT CLIENTS < requests.json

It runs in a process of its own and speaks HTTP over bare sockets, so that the clients take as
little as possible of the cores that the server needs.
"""

import json
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[1]
SECONDS = 60


@dataclass(frozen=True)
class Rush:
    """What became of all posts together."""

    per_second: float
    p50_ms: float
    p95_ms: float
    p99_ms: float
    worst_ms: float


def post(
    path: str, fields: Mapping[str, list[str]], headers: Mapping[str, str] | None = None
) -> str:
    """A whole request, ready to be sent."""
    body = urlencode(fields, doseq=True)
    lines = {
        "Host": "127.0.0.1",
        "Content-Type": "application/x-www-form-urlencoded",
        "Content-Length": str(len(body)),
        **(headers or {}),
    }
    head = "\r\n".join(f"{name}: {value}" for name, value in lines.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n\r\n{body}"


def rush(url: str, requests: Sequence[str], *, clients: int) -> Rush:
    """Send each request once, so many at a time; every one has to be answered by a redirect."""
    host, port = url.removeprefix("http://").split(":")
    told = subprocess.run(
        [sys.executable, "-m", "bench.rush", host, port, str(clients)],
        cwd=ROOT,
        input=json.dumps(requests),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    return Rush(**json.loads(told.stdout))


def _all(host: str, port: int, requests: Sequence[str], clients: int) -> Rush:
    left = deque(request.encode() for request in requests)
    waits: list[float] = []
    faults: list[str] = []
    lines = [socket.create_connection((host, port), timeout=SECONDS) for _ in range(clients)]

    def ask(line: socket.socket) -> None:
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with line:
            while left and not faults:
                try:
                    request = left.popleft()
                except IndexError:
                    return
                began = time.monotonic()
                line.sendall(request)
                answer = _answer(line)
                waits.append((time.monotonic() - began) * 1000)
                if not answer.startswith(b"HTTP/1.1 303"):
                    faults.append(answer.decode(errors="replace")[:2_000])

    people = [threading.Thread(target=ask, args=(line,)) for line in lines]
    began = time.monotonic()
    for one in people:
        one.start()
    for one in people:
        one.join()
    took = time.monotonic() - began
    if faults or len(waits) != len(requests):
        raise RuntimeError(faults[0] if faults else "a client went away")
    waits.sort()
    p50, p95, p99 = (waits[len(waits) * part // 100] for part in (50, 95, 99))
    return Rush(len(waits) / took, p50, p95, p99, waits[-1])


def _answer(line: socket.socket) -> bytes:
    """One whole answer; the length of its body stands in its head."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += _more(line)
    head, _, body = got.partition(b"\r\n\r\n")
    length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
    while len(body) < int(length or 0):
        body += _more(line)
    return head


def _more(line: socket.socket) -> bytes:
    part = line.recv(65_536)
    if not part:
        raise RuntimeError("the server hung up")
    return part


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    print(json.dumps(asdict(_all(sys.argv[1], int(sys.argv[2]), asked, int(sys.argv[3])))))
