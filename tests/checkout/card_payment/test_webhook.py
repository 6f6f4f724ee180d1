"""What reaches the webhook: only what the gateway signed counts, and nothing makes it fall over."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from shop.core.database.engine import Database
from shop.payments.cards.models import AlertKind, GatewayAlert, GatewayEvent
from shop.sales.orders.models import Order, OrderState
from tests.checkout.cards import make_gateway_payee
from tests.checkout.conftest import Market
from tests.checkout.shopping import pay_data, stand_at_checkout
from tests.support.books import broken
from tests.support.customer import Customer, InProcess
from tests.support.sandbox import Double

WEBHOOK = "/webhooks/stripe"
Event = dict[str, Any]  # JSON as Stripe writes it
Letter = tuple[bytes, str]


@pytest.fixture
def event(sandbox: Double, app: Flask, client: FlaskClient, db: Database, market: Market) -> Event:
    """The event of a purchase whose card was just paid; the shop has not heard of it."""
    make_gateway_payee(db)
    sari = Customer(InProcess(app))
    page = stand_at_checkout(sari, {market.gayo: 1})
    answer = sari.send("/checkout", pay_data(page, cara="card"), follow=False)
    sandbox.press(answer.headers["location"], "bayar")
    return next(one for one in sandbox.waiting() if one["type"] == "checkout.session.completed")


def send(client: FlaskClient, letter: tuple[bytes, str | None]) -> int:
    body, signature = letter
    headers = {} if signature is None else {"Stripe-Signature": signature}
    answer = client.post(WEBHOOK, data=body, headers=headers, content_type="application/json")
    status: int = answer.status_code
    return status


def is_paid(db: Database) -> bool:
    with db.reading() as session:
        return session.scalars(select(Order.state)).all() == [OrderState.NEW]


def count(db: Database, rows: type) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(rows)) or 0


def _tampered(double: Double, event: Event) -> Letter:
    body, signature = double.letter(event)
    return body.replace(b'"paid"', b'"unpaid"', 1).replace(b"4500000", b"4500100"), signature


def _other_body(double: Double, event: Event) -> Letter:
    return double.letter(event)[0], double.letter({**event, "id": "evt_other"})[1]


def _only(scheme: str) -> Callable[[Double, Event], Letter]:
    def forge(double: Double, event: Event) -> Letter:
        body, signature = double.letter(event)
        return body, signature.replace("v1=", f"{scheme}=")

    return forge


def _moved(double: Double, event: Event) -> Letter:
    """The time is set anew, so that an old signature looks fresh."""
    import time

    body, signature = double.letter(event, at=time.time() - 4_000)
    proof = signature.partition(",")[2]
    return body, f"t={int(time.time())},{proof}"


def _stale(double: Double, event: Event) -> Letter:
    import time

    return double.letter(event, at=time.time() - 601)


def _too_early(double: Double, event: Event) -> Letter:
    """Signed for a time to come, so that it could be sent again until then."""
    import time

    return double.letter(event, at=time.time() + 3_600)


FORGERIES: dict[str, Callable[[Double, Event], tuple[bytes, str | None]]] = {
    "unsigned": lambda double, event: (double.letter(event)[0], None),
    "empty": lambda double, event: (double.letter(event)[0], ""),
    "nonsense": lambda double, event: (double.letter(event)[0], "t=now,v1=yes"),
    "other secret": lambda double, event: double.letter(event, secret="whsec_" + "x" * 40),
    "older scheme": _only("v0"),
    "stale": _stale,
    "too early": _too_early,
    "moved in time": _moved,
    "tampered body": _tampered,
    "another body's": _other_body,
    "no ascii": lambda double, event: (double.letter(event)[0], "t=1,v1=é"),
}


def test_what_the_gateway_did_not_sign_is_refused_and_noted(
    sandbox: Double,
    client: FlaskClient,
    db: Database,
    event: Event,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name, forge in FORGERIES.items():
        caplog.clear()
        with caplog.at_level(logging.WARNING):
            assert send(client, forge(sandbox, event)) == 400, name
        assert "no gateway signed" in caplog.text, name
        assert not is_paid(db), name
        assert count(db, GatewayEvent) == 0, name


def _changed(**fields: Any) -> Callable[[Event], object]:
    def change(event: Event) -> object:
        about = {**event["data"]["object"], **fields}
        return {**event, "data": {**event["data"], "object": about}}

    return change


NONSENSE: dict[str, Callable[[Event], object]] = {
    "nothing": lambda _event: {},
    "a list": lambda _event: [1, 2, 3],
    "a word": lambda _event: "paid",
    "deep": lambda _event: json.loads("[" * 400 + "]" * 400),
    "no object": lambda event: {**event, "data": {}},
    "no type": lambda event: {name: value for name, value in event.items() if name != "type"},
    "odd state": _changed(status="dreaming"),
    "huge amount": _changed(amount_total=10**30),
    "negative amount": _changed(amount_total=-4_500_000),
    "amount as text": _changed(amount_total="4500000"),
    "marks of others": _changed(metadata={"attempt": "../../etc/passwd"}, id="cs_test_other"),
    "a page's name as a list": _changed(id=["cs"], metadata={}),
    "a page without name": _changed(id=None),
    "marks that are no text": _changed(metadata={"attempt": [1]}, id="cs_test_other"),
    "money in a list": _changed(currency=["idr"]),
    "a payment in a list": _changed(payment_intent=["pi"]),
    "half a letter": _changed(id="cs_\ud800", metadata={}),
    "a hidden end": lambda event: {**event, "id": "evt_\x00"},
    "an event without name": lambda event: {**event, "id": None},
    "an event that is a number": lambda event: {**event, "id": 5},
    "a kind that is a number": lambda event: {**event, "type": 5},
    "a refund that is a list": lambda event: {
        **event,
        "type": "refund.failed",
        "data": {"object": {"object": "refund", "id": ["re"]}},
    },
    "unknown kind": lambda event: {**event, "type": "moon.full"},
}


def test_signed_nonsense_settles_nothing_and_never_falls_over(
    sandbox: Double, client: FlaskClient, db: Database, event: Event
) -> None:
    for name, change in NONSENSE.items():
        made: Any = change(event)  # whatever the table makes of the event
        assert send(client, sandbox.letter(made)) < 500, name
        assert not is_paid(db), name
    assert broken(db) == {}


def test_an_event_with_a_long_name_settles_as_any_other(
    sandbox: Double, client: FlaskClient, db: Database, event: Event
) -> None:
    assert send(client, sandbox.letter({**event, "id": "evt_" + "x" * 5_000})) < 500
    assert is_paid(db)
    assert broken(db) == {}


def test_a_signed_letter_that_never_ends_to_nest_is_refused(
    sandbox: Double, client: FlaskClient, db: Database, event: Event
) -> None:
    import hmac
    import time

    body, at = b'{"a":' * 50_000, int(time.time())
    secret = sandbox.webhook_secrets[0].encode()
    proof = hmac.new(secret, b"%d." % at + body, "sha256").hexdigest()
    assert send(client, (body, f"t={at},v1={proof}")) == 400
    assert not is_paid(db)


def test_bytes_that_are_no_text_are_refused(
    sandbox: Double, client: FlaskClient, db: Database, event: Event
) -> None:
    assert send(client, (b"\xff\xfe{}", sandbox.letter(event)[1])) == 400


def test_a_body_that_no_event_could_have_is_not_read(
    client: FlaskClient, db: Database, event: Event
) -> None:
    assert send(client, (b" " * 300_000, "t=1,v1=x")) == 413


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"amount_total": 45_000}, AlertKind.WRONG_AMOUNT),  # hundredths forgotten
        ({"amount_total": 450_000_000}, AlertKind.WRONG_AMOUNT),  # counted twice
        ({"amount_total": 5_700_050}, AlertKind.WRONG_CURRENCY),  # no whole rupiah
        ({"currency": "usd"}, AlertKind.WRONG_CURRENCY),
        ({"livemode": True}, AlertKind.OTHER_ENVIRONMENT),
        ({"id": "cs_test_unknown", "metadata": {}}, AlertKind.UNKNOWN_PAGE),
        ({"client_reference_id": "another"}, AlertKind.UNKNOWN_PAGE),
    ],
)
def test_a_signed_event_that_does_not_fit_asks_a_person(
    sandbox: Double,
    client: FlaskClient,
    db: Database,
    event: Event,
    fields: dict[str, Any],
    kind: AlertKind,
) -> None:
    odd: Any = _changed(**fields)(event)
    assert send(client, sandbox.letter(odd)) == 204
    assert not is_paid(db)
    with db.reading() as session:
        assert session.scalars(select(GatewayAlert.kind)).all() == [kind]
    assert broken(db) == {}


def test_an_event_of_another_environment_asks_a_person(
    sandbox: Double, client: FlaskClient, db: Database, event: Event
) -> None:
    assert send(client, sandbox.letter({**event, "livemode": True})) == 204
    assert not is_paid(db)
    with db.reading() as session:
        assert session.scalars(select(GatewayAlert.kind)).all() == [AlertKind.OTHER_ENVIRONMENT]


def test_a_refund_or_a_failure_told_before_the_payment_changes_nothing(
    sandbox: Double, client: FlaskClient, db: Database, event: Event
) -> None:
    for kind in ("charge.refunded", "checkout.session.async_payment_failed", "refund.failed"):
        early = {**event, "id": f"evt_{kind}", "type": kind}
        assert send(client, sandbox.letter(early)) == 204
    assert send(client, sandbox.letter(event)) == 204
    assert is_paid(db)
    late = {**event, "id": "evt_late", "type": "checkout.session.expired"}
    late["data"] = {"object": {**event["data"]["object"], "payment_status": "unpaid"}}
    late["data"]["object"]["status"] = "expired"
    assert send(client, sandbox.letter(late)) == 204
    assert is_paid(db)
    assert broken(db) == {}


def test_a_dispute_of_an_unknown_payment_is_put_before_a_person(
    sandbox: Double, client: FlaskClient, db: Database, event: Event
) -> None:
    dispute = {**event, "id": "evt_dispute", "type": "charge.dispute.created"}
    dispute["data"] = {
        "object": {
            "id": "dp_1",
            "object": "dispute",
            "amount": 4500000,
            "currency": "idr",
            "payment_intent": "pi_unknown",
            "status": "needs_response",
        }
    }
    assert send(client, sandbox.letter(dispute)) == 204
    with db.reading() as session:
        assert session.scalars(select(GatewayAlert.kind)).all() == [AlertKind.DISPUTE]
