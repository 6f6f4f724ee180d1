"""The double tells the shop what happened: signed, at least once, over failures and restarts."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from shop.payments.cards.gateway import EventSeen
from shop.payments.cards.stripe_gateway import StripeGateway
from tests.payments.paid_by_card import access, wanted
from tests.support.sandbox import Double, failing_gateway, running_double, wait_until_told


class Ear:
    """A shop that only listens; it refuses the first ``deaf`` letters."""

    def __init__(self, double: Double, deaf: int) -> None:
        self.heard: list[EventSeen] = []
        self.asked = 0
        self._gateway, self._deaf = StripeGateway(access(double)), deaf
        self._lock = threading.Lock()

    def hear(self, path: str, body: bytes, signature: str) -> int:
        with self._lock:
            self.asked += 1
            if path != "/webhooks/stripe":
                return 404
            if self.asked <= self._deaf:
                return 503
            self.heard.append(self._gateway.read_event(body, signature))
            return 200


@contextmanager
def listening(double: Double, deaf: int = 0) -> Iterator[tuple[Ear, str]]:
    ear = Ear(double, deaf)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(ear.hear(self.path, body, self.headers["Stripe-Signature"]))
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield ear, f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def pay(double: Double) -> None:
    gateway = StripeGateway(access(double))
    double.outcome(gateway.open_page(wanted()).ref, "paid")


def test_every_event_arrives_signed_and_in_order(sandbox: Double) -> None:
    with listening(sandbox) as (ear, url):
        sandbox.send_to(url)
        pay(sandbox)
        wait_until_told(sandbox)
    assert [event.kind for event in ear.heard] == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]
    assert ear.asked == 4


def test_a_shop_that_refuses_is_told_again(sandbox: Double) -> None:
    with listening(sandbox, deaf=3) as (ear, url):
        sandbox.send_to(url)
        pay(sandbox)
        wait_until_told(sandbox)
    assert {event.kind for event in ear.heard} >= {"checkout.session.completed"}
    assert len({event.ref for event in ear.heard}) == 4
    assert ear.asked == 7


def test_a_shop_that_was_closed_hears_when_it_opens(tmp_path: Path) -> None:
    with running_double(tmp_path) as double, failing_gateway("refuses") as closed:
        double.send_to(closed)
        pay(double)
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            if all(tries for _, tries, _ in double.sandbox.store.waiting()):
                break
            time.sleep(0.02)
        assert len(double.waiting()) == 4
    with running_double(tmp_path) as again, listening(again) as (ear, url):
        again.send_to(url)
        wait_until_told(again)
    assert len({event.ref for event in ear.heard}) == 4


def test_a_silent_shop_does_not_hold_up_the_pay_page(sandbox: Double) -> None:
    with failing_gateway("hangs") as silent:
        sandbox.send_to(silent)
        page = StripeGateway(access(sandbox)).open_page(wanted())
        sandbox.outcome(page.ref, "declined")
        time.sleep(0.1)  # by now the first letter lies in silent hands
        began = time.monotonic()
        assert page.url is not None
        assert sandbox.press(page.url, "bayar")[0] == 303
        assert time.monotonic() - began < 1


def test_held_letters_stay_where_they_are(sandbox: Double) -> None:
    with listening(sandbox) as (ear, url):
        sandbox.send_to(url)
        sandbox.hold()
        pay(sandbox)
        time.sleep(0.2)
        assert ear.asked == 0
        assert len(sandbox.waiting()) == 4
        sandbox.send_to(url)
        wait_until_told(sandbox)
    assert ear.asked == 4


def test_pauses_grow_and_end(sandbox: Double, monkeypatch: pytest.MonkeyPatch) -> None:
    from stripe_double.webhook_sender import GIVE_UP_SECONDS, LONGEST_PAUSE

    store = sandbox.sandbox.store
    pay(sandbox)
    key = store.waiting()[0][0]
    with store.transaction():
        for event in sandbox.waiting()[1:]:
            store.delivered(event["id"])
        for _ in range(20):
            store.put_off(key, 0)
    with failing_gateway("refuses") as closed:
        sandbox.send_to(closed)
        deadline = time.monotonic() + 5
        while store.waiting()[0][1] == 20 and time.monotonic() < deadline:
            time.sleep(0.02)
        [(_, tries, due_at)] = store.waiting()
        assert tries == 21
        assert 0 < due_at - time.time() <= LONGEST_PAUSE
        sandbox.hold()
        with store.transaction():
            store._ask("UPDATE letters SET due_at = 0, since = ?", [time.time() - GIVE_UP_SECONDS])
        sandbox.send_to(closed)
        wait_until_told(sandbox, 5)
