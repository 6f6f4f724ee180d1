"""The payment double: Stripe's protocol with no money behind it, for the demo and for tests.

It runs as a process of its own and talks with the shop as Stripe does, over HTTP and with signed
events, so that the shop needs no second way of paying. It refuses to start anywhere else.
"""

import contextlib
import json
import secrets
import signal
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from werkzeug.exceptions import HTTPException
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from stripe_double.api import ApiRequest, answer, is_key
from stripe_double.charges import ChargeEngine
from stripe_double.errors import Refusal
from stripe_double.fault_injection import hold_up, stumble
from stripe_double.parameters import pairs, read
from stripe_double.pay_pages import PayPages
from stripe_double.store import Store, Thing
from stripe_double.test_controls import apply_control
from stripe_double.webhook_sender import WebhookSender

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

MAX_BODY_BYTES = 200_000
LONG_AGO_SECONDS = 600
"""What happened earlier than this is listed and not told: nobody tells the past again."""


class OutsideDemo(Exception):
    """The double was asked to stand in for real money."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What the double is started with."""

    env: str
    folder: Path
    """Where ``sandbox.db`` stands."""
    key: str
    webhook_secrets: tuple[str, ...]
    page_url: str
    """Where browsers reach it."""
    shop_url: str
    """Where the shop hears events, at ``/webhooks/stripe``."""

    def require_demo(self) -> None:
        """:raises OutsideDemo: anywhere but in demo and test."""
        if self.env not in ("demo", "test"):
            raise OutsideDemo(
                f"the payment double moves no real money and stays out of {self.env}:"
                " set LUMBUNG_ENV=demo if this is none."
            )


class Sandbox:
    """The double as a WSGI application."""

    def __init__(self, setup: Setup) -> None:
        """:raises OutsideDemo: anywhere but in demo and test."""
        setup.require_demo()
        self._setup = setup
        self.store = Store(setup.folder / "sandbox.db")
        self._pages = PayPages(setup.key)
        self.webhook_sender = WebhookSender(
            self.store,
            self.till,
            f"{setup.shop_url}/webhooks/stripe",
            setup.webhook_secrets,
        )

    def till(self, moment: int | None = None) -> ChargeEngine:
        """The double at a moment; now, when left out."""
        now = int(time.time())
        past = moment is not None and now - moment > LONG_AGO_SECONDS
        return ChargeEngine(
            self.store, now if moment is None else moment, self._setup.page_url, tells=not past
        )

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        request.max_content_length = MAX_BODY_BYTES
        try:
            response = self._answer(request)
        except HTTPException as refusal:
            response = Response(refusal.description, refusal.code, content_type="text/plain")
        if request.method == "POST":
            self.webhook_sender.wake()
        return response(environ, start_response)

    def _answer(self, request: Request) -> Response:
        till = self.till(_pretended(request))
        if request.path.startswith("/pay/") and request.method in ("GET", "HEAD", "POST"):
            return self._pages.answer(request, till)
        if request.path == "/healthz":
            return _json({"ok": True})
        try:
            found, repeated = self._ask(request, till)
        except Refusal as refusal:
            return _json({"error": refusal.error}, refusal.status)
        response = _json(found)
        if repeated:
            response.headers["Idempotent-Replayed"] = "true"
        return response

    def _ask(self, request: Request, till: ChargeEngine) -> tuple[Thing, bool]:
        if not is_key(request.headers.get("Authorization", ""), self._setup.key):
            raise Refusal("Invalid API Key provided.", status=401)
        body = request.get_data(cache=False, parse_form_data=False)
        text = (body if request.method == "POST" else request.query_string).decode(errors="replace")
        question = ApiRequest(
            request.method,
            request.path,
            read(pairs(text)),
            text,
            request.headers.get("Idempotency-Key"),
        )
        if request.path.startswith("/sandbox/"):
            return apply_control(till, question), False
        hold_up(self.store)
        stumble(self.store, "refused")
        answered = answer(till, question)
        stumble(self.store, "forgotten")
        return answered


def _pretended(request: Request) -> int | None:
    given = request.headers.get("Sandbox-Now", "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) <= 12 else None


def _json(found: Thing, status: int = 200) -> Response:
    return Response(
        json.dumps(found, indent=2),
        status,
        content_type="application/json",
        headers={"Request-Id": f"req_{secrets.token_hex(8)}", "Cache-Control": "no-store"},
    )


class _Quiet(WSGIRequestHandler):
    """Says nothing about each request."""

    timeout = 30  # a silent connection holds a thread

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Not written down."""


@contextmanager
def opened(setup: Setup, host: str, port: int) -> Iterator[tuple[Sandbox, BaseWSGIServer]]:
    """The double listening at ``host:port``, not yet answering; closed at the end of the block.

    :raises OutsideDemo: anywhere but in demo and test.
    """
    sandbox = Sandbox(setup)
    with contextlib.closing(sandbox.store):
        server = make_server(host, port, sandbox, threaded=True, request_handler=_Quiet)
        sandbox.webhook_sender.start()
        try:
            yield sandbox, server
        finally:
            sandbox.webhook_sender.stop()
            server.server_close()


def serve(setup: Setup, host: str, port: int) -> None:
    """Answer until SIGTERM or SIGINT."""
    over = threading.Event()
    # Before the port is open: whoever finds it open may tell us to end at once.
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda _signal, _frame: over.set())
    with opened(setup, host, port) as (_, server):

        def end() -> None:
            over.wait()
            server.shutdown()  # in a thread of its own: the server waits for itself otherwise

        threading.Thread(target=end, daemon=True).start()
        server.serve_forever(poll_interval=0.2)
