"""A gateway that fails: every call ends in time, and nothing forged is read."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest

from config import ROOT
from shop.core.values import clock
from shop.core.values.money import Rupiah
from shop.payments.cards import gateway_timeouts, stripe_gateway
from shop.payments.cards.gateway import (
    BadSignature,
    Gateway,
    GatewayConfig,
    GatewayRefused,
    GatewayUnavailable,
)
from shop.payments.cards.stripe_gateway import StripeGateway
from tests.payments.paid_by_card import access, wanted
from tests.support.sandbox import Double, Failing, failing_gateway

PROMISE = 10.0
"""Seconds; checkout itself has twelve."""
SLACK = 1.0

CALLS: dict[str, Callable[[Gateway], object]] = {
    "open_page": lambda gateway: gateway.open_page(wanted()),
    "page": lambda gateway: gateway.page("cs_test_x"),
    "close_page": lambda gateway: gateway.close_page("cs_test_x"),
    "refund": lambda gateway: gateway.refund(key="r", intent_ref="pi_x", amount=Rupiah(1_000)),
    "cost": lambda gateway: gateway.cost("pi_x"),
}


def at(url: str) -> Gateway:
    return StripeGateway(GatewayConfig("sk_test_x", ("whsec_x",), url, url, is_double=True))


def seconds_until_refused(gateway: Gateway, call: str = "open_page") -> float:
    began = time.monotonic()
    with pytest.raises(GatewayUnavailable) as refused:
        CALLS[call](gateway)
    assert not isinstance(refused.value, GatewayRefused)
    return time.monotonic() - began


@pytest.mark.parametrize("how", ["refuses", "resets", "busy", "hangs", "drips"])
def test_a_shopper_waits_ten_seconds_at_most(how: Failing) -> None:
    with failing_gateway(how) as url:
        assert seconds_until_refused(at(url)) <= PROMISE + SLACK


@pytest.mark.parametrize("call", CALLS)
def test_every_call_says_that_nobody_answers(call: str) -> None:
    with failing_gateway("refuses") as url:
        assert seconds_until_refused(at(url), call) <= 3 + SLACK


def test_events_say_that_nobody_answers(sandbox: Double) -> None:
    with failing_gateway("refuses") as url, pytest.raises(GatewayUnavailable):
        list(at(url).events(clock.now()))


Asked = list[tuple[Any, ...]]


def stumble(monkeypatch: pytest.MonkeyPatch, times: int) -> Asked:
    """Let the first questions be reset on their way; all of them as they were asked."""
    asked: Asked = []

    def stumbling(*given: Any) -> Any:
        asked.append(given)
        if len(asked) <= times:
            raise ConnectionResetError
        return gateway_timeouts.call_once(*given)

    monkeypatch.setattr(stripe_gateway, "call_once", stumbling)
    return asked


def test_a_short_refusal_is_asked_again(sandbox: Double, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = stumble(monkeypatch, times=2)
    page = StripeGateway(access(sandbox)).open_page(wanted())
    assert page.attempt_id == "attempt-1"
    assert len(asked) == 3
    assert len({given[3] for given in asked}) == 1, "the same words each time"
    assert len({given[2]["Idempotency-Key"] for given in asked}) == 1


@pytest.mark.parametrize(("times", "opens"), [(1, True), (2, False)])
def test_a_page_asks_once_more_and_then_says_so(
    sandbox: Double, monkeypatch: pytest.MonkeyPatch, times: int, opens: bool
) -> None:
    asked = stumble(monkeypatch, times)
    gateway = StripeGateway(access(sandbox))
    gateway_timeouts.start_request_budget()
    try:
        if opens:
            assert gateway.open_page(wanted()).url is not None
        else:
            with pytest.raises(GatewayUnavailable):
                gateway.open_page(wanted())
    finally:
        gateway_timeouts.end_request_budget()
    assert len(asked) == 2


def test_the_whole_purchase_is_one_transfer_group_and_the_account_chooses_the_wallets(
    sandbox: Double, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = stumble(monkeypatch, times=0)
    StripeGateway(access(sandbox)).open_page(wanted())
    form = dict(parse_qsl(asked[0][3]))
    assert form["payment_intent_data[transfer_group]"] == "KPS-7F3K"
    # A named kind of payment would switch off every wallet that the account offers for rupiah.
    assert not any("payment_method" in name for name in form)


# ---- forged and broken events
@pytest.fixture
def event(sandbox: Double) -> dict[str, Any]:
    page = StripeGateway(access(sandbox)).open_page(wanted())
    sandbox.outcome(page.ref, "paid")
    return sandbox.waiting()[-1]


def test_a_signed_event_is_read(sandbox: Double, event: dict[str, Any]) -> None:
    seen = StripeGateway(access(sandbox)).read_event(*sandbox.letter(event))
    assert (seen.ref, seen.kind) == (event["id"], "checkout.session.completed")
    assert seen.page is not None
    assert (seen.page.is_paid, seen.page.amount) == (True, 45_000)
    assert seen.object_ref == seen.page.ref


def test_each_secret_counts_while_one_is_changed(sandbox: Double, event: dict[str, Any]) -> None:
    changing = replace(access(sandbox), webhook_secrets=("whsec_new", *sandbox.webhook_secrets))
    gateway = StripeGateway(changing)
    assert gateway.read_event(*sandbox.letter(event)).ref == event["id"]
    assert gateway.read_event(*sandbox.letter(event, secret="whsec_new")).ref == event["id"]


def test_no_forged_event_is_read(sandbox: Double, event: dict[str, Any]) -> None:
    gateway = StripeGateway(access(sandbox))
    body, signature = sandbox.letter(event)
    moment, mark = signature.split(",")
    forged = {
        "no signature": (body, ""),
        "another secret": sandbox.letter(event, secret="whsec_theirs"),
        "an old scheme": (body, signature.replace("v1=", "v0=")),
        "601 seconds old": sandbox.letter(event, at=time.time() - 601),
        "another body": (body.replace(b"45", b"46"), signature),
        "another moment": (body, f"t={int(time.time()) + 5},{mark}"),
        "no moment": (body, mark),
        "no mark": (body, moment),
        "not ASCII": (body, f"{moment},v1=é"),
        "half a mark": (body, signature[:-1]),
        "a moment without end": (body, f"t={'9' * 5_000},{mark}"),
        "not UTF-8": (b"\xff\xfe" + body, signature),
        "a long line": (body, "t=1," * 50_000),
        "nothing": (b"", ""),
    }
    for text, header in forged.values():
        with pytest.raises(BadSignature):
            gateway.read_event(text, header)


@pytest.mark.parametrize(
    "said",
    [
        [],
        {},
        {"id": "evt_1"},
        {"id": "evt_1", "object": "event", "type": "x", "created": 1, "livemode": False},
        {"id": "evt_1", "object": "event", "type": "x", "data": {"object": []}},
    ],
)
def test_signed_words_that_are_no_event_are_refused(sandbox: Double, said: Any) -> None:
    body, signature = sandbox.letter(said)
    with pytest.raises(BadSignature):
        StripeGateway(access(sandbox)).read_event(body, signature)


@pytest.mark.parametrize(
    ("changed", "amount"),
    [
        ({"currency": "usd"}, None),
        ({"amount_total": 4_500_050}, None),
        ({"amount_total": None}, None),
        ({"amount_total": 100}, 1),
    ],
)
def test_an_amount_that_is_no_rupiah_is_none(
    sandbox: Double, event: dict[str, Any], changed: dict[str, Any], amount: int | None
) -> None:
    event["data"]["object"] |= changed
    seen = StripeGateway(access(sandbox)).read_event(*sandbox.letter(event))
    assert seen.page is not None
    assert seen.page.amount == amount


def test_an_event_of_real_money_says_so(sandbox: Double, event: dict[str, Any]) -> None:
    event["livemode"] = event["data"]["object"]["livemode"] = True
    seen = StripeGateway(access(sandbox)).read_event(*sandbox.letter(event))
    assert seen.is_live
    assert seen.page is not None
    assert seen.page.is_live
    assert json.loads(sandbox.letter(event)[0])["livemode"] is True


def test_a_page_that_asks_twice_waits_once() -> None:
    with failing_gateway("hangs") as url:
        gateway = at(url)
        began = time.monotonic()
        gateway_timeouts.start_request_budget()
        try:
            seconds_until_refused(gateway, "close_page")
            seconds_until_refused(gateway)
            seconds_until_refused(gateway)
        finally:
            gateway_timeouts.end_request_budget()
        assert time.monotonic() - began <= PROMISE + SLACK


@pytest.mark.parametrize(
    ("start", "not_loaded"),
    [
        ("from shop.app import create_app; create_app()", {"stripe", "requests"}),
        ("import stripe_double.server", {"stripe", "flask", "sqlalchemy"}),
    ],
)
def test_nobody_carries_what_only_cards_need(
    tmp_path: Path, start: str, not_loaded: set[str]
) -> None:
    told = subprocess.run(
        [sys.executable, "-c", f"{start}; import sys; print(*sys.modules)"],
        cwd=ROOT,
        env={**os.environ, "LUMBUNG_ENV": "test", "VAR_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not not_loaded & set(told.stdout.split())
