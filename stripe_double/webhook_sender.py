"""The double tells the shop what happened: signed, at least once, over restarts."""

import contextlib
import hmac
import json
import sqlite3
import ssl
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from http.client import HTTPException

from shop.payments.cards.gateway_timeouts import call_once
from stripe_double.charges import ChargeEngine
from stripe_double.fault_injection import HELD, is_lost, number, position
from stripe_double.store import Letter, Store, Thing

LONGEST_PAUSE = 300
GIVE_UP_SECONDS = 3 * 24 * 3_600
IDLE_SECONDS = 60


def signed(event: Thing, secrets: Sequence[str], now: float) -> tuple[bytes, str]:
    """Body and ``Stripe-Signature`` of an event; one signature for each secret in use."""
    body = json.dumps(event, indent=2).encode()
    marks = [
        hmac.new(secret.encode(), f"{int(now)}.".encode() + body, "sha256").hexdigest()
        for secret in secrets
    ]
    return body, ",".join([f"t={int(now)}", *(f"v1={mark}" for mark in marks)])


class WebhookSender:
    """A thread that sends due webhooks and expires pay pages."""

    def __init__(
        self, store: Store, till: Callable[[], ChargeEngine], url: str, secrets: Sequence[str]
    ) -> None:
        self._store, self._till, self.url, self._secrets = store, till, url, secrets
        self._trust = ssl.create_default_context()
        self._wake = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._work, name="webhook-sender", daemon=True)

    def start(self) -> None:
        """Begin to walk."""
        self._thread.start()

    def stop(self) -> None:
        """End after the letter in hand."""
        self._over.set()
        self._wake.set()
        self._thread.join(timeout=1)

    def wake(self) -> None:
        """Something new lies there."""
        self._wake.set()

    def _work(self) -> None:
        while not self._over.is_set():
            self._wake.clear()
            try:
                pause = self._round()
            except sqlite3.Error:
                if self._over.is_set():  # the file was closed while a letter was still on its way
                    return
                pause = 1
            self._wake.wait(pause)

    def _round(self) -> float:
        """Do what is due; seconds until the next."""
        self._end_pages()
        held = position(self._store, "delivery") == HELD
        late = number(self._store, "delay")
        if not held and self._deliver_one(time.time() - late):
            return 0
        due = self._store.next_moment(letters_late_by=None if held else late)
        return IDLE_SECONDS if due is None else min(max(due - time.time(), 0.05), IDLE_SECONDS)

    def _end_pages(self) -> None:
        with self._store.transaction():
            for key in self._store.lapsed(time.time()):
                self._till().get("checkout.session", key)  # looking at it ends it

    def _deliver_one(self, due_by: float) -> bool:
        shuffled = position(self._store, "order") == "shuffled"
        letter = self._store.next_letter(due_by, shuffled=shuffled)
        if letter is None:
            return False
        key = letter.event["id"]
        is_over = is_lost(self._store, key) or self._hand_over_copies(letter)
        if is_over or time.time() - letter.since > GIVE_UP_SECONDS:
            self._store.delivered(key)
        else:
            self._store.put_off(key, time.time() + min(2**letter.tries, LONGEST_PAUSE))
        return True

    def _hand_over_copies(self, letter: Letter) -> bool:
        """All of them at the same instant; whether the shop took each."""
        copies = number(self._store, "copies")
        with ThreadPoolExecutor(copies) as hands:
            return all(list(hands.map(self._hand_over, [letter] * copies)))

    def _hand_over(self, letter: Letter) -> bool:
        body, signature = signed(letter.event, self._secrets, time.time())
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature,
            "User-Agent": "Lumbung-Sandbox/1.0",
        }
        with contextlib.suppress(OSError, HTTPException, ValueError):
            _, status, _ = call_once("POST", self.url, headers, body.decode(), self._trust)
            return HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES
        return False
