"""The payment double beside a test, and gateways that fail in the four ways."""

import contextlib
import random
import re
import socket
import struct
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from stripe_double.server import Sandbox

Outcome = Literal["paid", "declined", "later", "later-paid", "later-failed"]
Button = Literal["bayar", "tolak", "batal"]
WEBHOOK = "/webhooks/stripe"


@dataclass(frozen=True)
class Double:
    """A running payment double; it shares its keys with the shop through ``var_dir``."""

    url: str
    key: str
    webhook_secrets: tuple[str, ...]
    sandbox: "Sandbox"

    # ---- what shoppers do
    def press(self, page_url: str, button: Button) -> tuple[int, str | None]:
        """Press a button of the pay page as a browser does; status and where it leads."""
        return press_at(page_url, button)

    # ---- what cards do, without a page
    def outcome(self, ref: str, outcome: Outcome, *, at: float | None = None) -> None:
        """Let a session be paid, declined, or completed with the money coming later."""
        self.control(f"sessions/{ref}/{outcome}", at=at)

    def control(self, path: str, *, at: float | None = None, **given: str) -> None:
        """``switches`` with ``refunds="pending"``, ``refunds/<id>/succeeded``, and so on."""
        status, text, _ = _ask(f"{self.url}/sandbox/{path}", given, key=self.key, at=at)
        assert status == 200, text

    # ---- what the shop is told
    def send_to(self, shop_url: str) -> None:
        """From now on a running shop hears events by itself."""
        self.sandbox.webhook_sender.url = shop_url + WEBHOOK
        self.control("switches", delivery="sent")

    def hold(self) -> None:
        """Keep events back, to be handed over by the test."""
        self.control("switches", delivery="held")

    def waiting(self) -> list[dict[str, Any]]:
        """Events that the shop has not been told yet, oldest first."""
        found = [self.sandbox.store.find(key) for key, _, _ in self.sandbox.store.waiting()]
        return [event for event in found if event is not None]

    def letter(
        self, event: dict[str, Any], *, at: float | None = None, secret: str | None = None
    ) -> tuple[bytes, str]:
        """Body and signature of an event; changed, late or by another secret, if so wanted."""
        from stripe_double.webhook_sender import signed

        secrets = [secret] if secret is not None else self.webhook_secrets
        return signed(event, secrets, time.time() if at is None else at)

    def deliver(
        self, client: "FlaskClient", *, times: int = 1, shuffle: random.Random | None = None
    ) -> list["TestResponse"]:
        """Hand all waiting events to an app inside the test, each as often as wanted."""
        events = self.waiting()
        copies = events * times
        if shuffle is not None:
            shuffle.shuffle(copies)
        answers = []
        for event in copies:
            body, signature = self.letter(event)
            answers.append(
                client.post(
                    WEBHOOK,
                    data=body,
                    headers={"Stripe-Signature": signature},
                    content_type="application/json",
                )
            )
        for event in events:
            self.sandbox.store.delivered(event["id"])
        return answers


def press_at(page_url: str, button: str) -> tuple[int, str | None]:
    """Press any button of a page of the double; status and where it leads."""
    html = _ask(page_url)[1]
    token = re.search(r'name="token" value="(\w+)"', html)
    assert token is not None, f"no form to press {button} on: {html[-600:]}"
    status, _, location = _ask(page_url, {"token": token[1], "tindakan": button})
    return status, location


def wait_until_told(double: Double, seconds: float = 10) -> None:
    """Return when no event waits any more: the shop knows it, or it was lost as wanted."""
    deadline = time.monotonic() + seconds
    while double.waiting() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert double.waiting() == []


@contextmanager
def running_double(var_dir: Path, *, shop_url: str = "http://127.0.0.1:9") -> Iterator[Double]:
    """The double in a thread of this process, holding its events back at first.

    :param var_dir: the shop's ``VAR_DIR``: the same secrets, and a ``sandbox.db`` that stays.
    """
    from config import Settings
    from stripe_double.server import Setup, opened

    settings = Settings.from_environment({"LUMBUNG_ENV": "test", "VAR_DIR": str(var_dir)})
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    assert settings.stripe_secret_key is not None
    setup = Setup(
        env=settings.env,
        folder=var_dir,
        key=settings.stripe_secret_key,
        webhook_secrets=settings.stripe_webhook_secrets,
        page_url=url,
        shop_url=shop_url,
    )
    with opened(setup, "127.0.0.1", port) as (sandbox, server):
        sandbox.store.turn("delivery", "held")
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield Double(url, setup.key, setup.webhook_secrets, sandbox)
        finally:
            server.shutdown()
            thread.join()


Failing = Literal["refuses", "hangs", "drips", "resets", "busy"]


@contextmanager
def failing_gateway(how: Failing, port: int = 0) -> Iterator[str]:
    """The address of a gateway that refuses connections, is silent, drips, resets or says 503."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        if how == "refuses":
            yield url  # bound, so that nobody else takes it, and listening to nobody
            return
        listener.listen(64)
        over = threading.Event()
        thread = threading.Thread(target=_fail, args=(listener, how, over), daemon=True)
        thread.start()
        try:
            yield url
        finally:
            over.set()
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join(5)


def _fail(listener: socket.socket, how: Failing, over: threading.Event) -> None:
    kept: list[socket.socket] = []
    listener.settimeout(0.1)
    while not over.is_set():
        try:
            visitor, _ = listener.accept()
        except TimeoutError:
            visitor = None
        except OSError:
            break
        if visitor is None:
            pass
        elif how == "resets":
            visitor.recv(1)
            # No farewell: the other side sees "connection reset by peer".
            visitor.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            visitor.close()
        elif how == "busy":
            visitor.recv(65_536)
            body = b"upstream is busy"
            visitor.sendall(
                b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: %d\r\n\r\n%s"
                % (len(body), body)
            )
            visitor.close()
        else:
            kept.append(visitor)
        if how == "drips":
            _drip(kept)
    for visitor in kept:
        visitor.close()


def _drip(visitors: Sequence[socket.socket]) -> None:
    for visitor in visitors:
        with contextlib.suppress(OSError):
            visitor.sendall(b"H")


class _StayHere(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def _ask(
    url: str,
    form: dict[str, str] | None = None,
    *,
    key: str | None = None,
    at: float | None = None,
) -> tuple[int, str, str | None]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    if at is not None:
        headers["Sandbox-Now"] = str(int(at))
    data = None if form is None else urllib.parse.urlencode(form).encode()
    request = urllib.request.Request(url, data, headers)
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}), _StayHere)
    try:
        answer = direct.open(request, timeout=10)
    except urllib.error.HTTPError as refused:
        answer = refused
    with answer:
        return answer.status, answer.read().decode(), answer.headers.get("Location")
