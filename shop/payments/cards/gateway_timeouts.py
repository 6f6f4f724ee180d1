"""Timeouts and a time budget per request for gateway calls."""

import contextvars
import http.client
import queue
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from typing import TypeVar, cast
from urllib.parse import urlsplit

T = TypeVar("T")
_together: contextvars.ContextVar[float | None] = contextvars.ContextVar("together", default=None)

CONNECT_SECONDS = 3
READ_SECONDS = 9
WHOLE_SECONDS = 9.5
"""For one question with all its repetitions; the page around it has twelve seconds."""
PAUSES = (0.3, 1.0)
"""Seconds before the second and the third try; a page, whose shopper waits, has two tries."""
MIN_SECONDS = 4
"""What must be left for another try to make sense."""


class NoAnswer(Exception):
    """The time is over and nothing came."""


def start_request_budget() -> None:
    """Give all gateway calls of this request ``WHOLE_SECONDS`` together, from the first on."""
    if _together.get() is None:
        _together.set(time.monotonic() + WHOLE_SECONDS)


def end_request_budget(_fault: BaseException | None = None) -> None:
    """End the request's budget: each call has its own timeout again."""
    _together.set(None)


def with_timeout(call: Callable[[], T], may_pass: Callable[[Exception], bool]) -> T:
    """Call, and retry after a temporary fault, within ``WHOLE_SECONDS``.

    A page asks once more, the worker and commands twice. Where several questions share the time
    of a page, the later ones get what the earlier left.
    A question must be the same each time and carry its own idempotency key.

    :raises NoAnswer: when the time is over; else what the last try raised.
    """
    end = time.monotonic() + WHOLE_SECONDS
    together = _together.get()
    if together is not None:
        end = min(end, together)
        if end <= time.monotonic():
            raise NoAnswer
    for pause in PAUSES if together is None else PAUSES[:1]:
        try:
            return _bounded(call, end)
        except NoAnswer:
            raise
        except Exception as fault:
            if not may_pass(fault) or end - time.monotonic() < MIN_SECONDS + pause:
                raise
            time.sleep(pause)
    return _bounded(call, end)


def call_once(
    method: str, url: str, headers: Mapping[str, str], body: str | None, trust: ssl.SSLContext
) -> tuple[str, int, Mapping[str, str]]:
    """Call once: text, status and headers of the response.

    One connection a question, closed at its end: nothing is shared by threads, nothing grows
    stale. It asks no proxy and no ``.netrc`` of the machine, which would get the key to see.

    :raises OSError: or ``HTTPException``, when there is no answer.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port
    connection: http.client.HTTPConnection = (
        http.client.HTTPSConnection(host, port, timeout=CONNECT_SECONDS, context=trust)
        if parts.scheme == "https"
        else http.client.HTTPConnection(host, port, timeout=CONNECT_SECONDS)
    )
    try:
        connection.connect()
        connection.sock.settimeout(READ_SECONDS)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body=body, headers=dict(headers))
        answer = connection.getresponse()
        text = answer.read().decode(errors="replace")
        # Headers of the post are found in any spelling, as the caller expects of a mapping here.
        return text, answer.status, cast("Mapping[str, str]", answer.headers)
    finally:
        connection.close()


def _bounded(call: Callable[[], T], end: float) -> T:
    """Let a thread ask, and stop waiting at ``end``.

    The time-outs of a socket bound neither the look-up of a name nor an answer that comes byte by
    byte. A thread that is left behind ends with its socket and holds up no shutdown.
    """
    answers: queue.SimpleQueue[Callable[[], T]] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answer = call()
        except BaseException as fault:
            refusal = fault

            def fail() -> T:
                raise refusal

            answers.put(fail)
        else:
            answers.put(lambda: answer)

    context = contextvars.copy_context()
    threading.Thread(target=context.run, args=(ask,), name="gateway", daemon=True).start()
    try:
        result = answers.get(timeout=max(end - time.monotonic(), 0.1))
    except queue.Empty:
        raise NoAnswer from None
    return result()
