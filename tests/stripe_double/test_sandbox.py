"""The payment double speaks as Stripe does, also where it says no."""

import base64
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shop.core.values.money import Rupiah
from shop.payments.cards.gateway import PageState
from shop.payments.cards.stripe_gateway import StripeGateway
from stripe_double.errors import Refusal
from stripe_double.parameters import read
from stripe_double.server import OutsideDemo, Sandbox, Setup
from tests.payments.paid_by_card import access, wanted
from tests.support.sandbox import Double, running_double

Answer = tuple[int, dict[str, Any], Any]


def ask(double: Double, path: str, form: dict[str, object] | None = None, **headers: str) -> Answer:
    """Status, JSON and headers; a POST where there is a form."""
    given = {"Authorization": f"Bearer {double.key}"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    data = None if form is None else urllib.parse.urlencode(form).encode()
    request = urllib.request.Request(f"{double.url}{path}", data, given)
    try:
        answer = urllib.request.urlopen(request, timeout=10)
    except urllib.error.HTTPError as refused:
        answer = refused
    with answer:
        return answer.status, json.loads(answer.read()), answer.headers


def session(**changed: object) -> dict[str, object]:
    return {
        "mode": "payment",
        "success_url": "http://localhost/baik",
        "line_items[0][quantity]": 2,
        "line_items[0][price_data][currency]": "idr",
        "line_items[0][price_data][unit_amount]": 1_000_000,
        "line_items[0][price_data][product_data][name]": "Kopi",
        **changed,
    }


def paid_intent(double: Double) -> str:
    gateway = StripeGateway(access(double))
    page = gateway.open_page(wanted())
    double.outcome(page.ref, "paid")
    ref = gateway.page(page.ref).intent_ref
    assert ref is not None
    return ref


# ---- where it stands
@pytest.mark.parametrize("env", ["production", "", "staging"])
def test_it_stays_out_of_everything_but_demo_and_test(tmp_path: Path, env: str) -> None:
    setup = Setup(env, tmp_path, "sk_test_x", ("whsec_x",), "http://127.0.0.1:1", "http://x")
    with pytest.raises(OutsideDemo, match="moves no real money"):
        Sandbox(setup)
    assert list(tmp_path.iterdir()) == []


def test_a_restart_forgets_nothing(tmp_path: Path) -> None:
    asked = wanted()
    with running_double(tmp_path) as double:
        page = StripeGateway(access(double)).open_page(asked)
        double.outcome(page.ref, "paid")
        waiting = double.waiting()
    with running_double(tmp_path) as again:
        gateway = StripeGateway(access(again))
        assert gateway.page(page.ref).is_paid
        assert gateway.open_page(asked).ref == page.ref, "idempotency keys are kept"
        assert again.waiting() == waiting


# ---- keys
@pytest.mark.parametrize(
    "header", ["", "Bearer sk_test_wrong", "Bearer ", "Basic !", "Basic c2tfdGVzdF94Og==", "é"]
)
def test_without_the_key_nothing_is_told(sandbox: Double, header: str) -> None:
    status, told, _ = ask(sandbox, "/v1/events", Authorization=header)
    assert status == 401
    assert told["error"]["type"] == "invalid_request_error"


def test_the_key_may_come_as_name_of_basic(sandbox: Double) -> None:
    header = "Basic " + base64.b64encode(f"{sandbox.key}:".encode()).decode()
    assert ask(sandbox, "/v1/events", Authorization=header)[0] == 200


# ---- words it does not know
@pytest.mark.parametrize(
    ("changed", "param"),
    [
        ({"mode": "subscription"}, "mode"),
        ({"succes_url": "x"}, "succes_url"),
        ({"success_url": ""}, "success_url"),
        ({"line_items[0][quantity]": "0"}, "line_items[0][quantity]"),
        ({"line_items[0][quantity]": "1e3"}, "line_items[0][quantity]"),
        (
            {"line_items[0][price_data][unit_amount]": "-5"},
            "line_items[0][price_data][unit_amount]",
        ),
        (
            {"line_items[0][price_data][unit_amount]": "9" * 20},
            "line_items[0][price_data][unit_amount]",
        ),
        ({"expires_at": int(time.time()) + 60}, "expires_at"),
    ],
)
def test_a_session_with_a_mistake_is_refused_by_its_name(
    sandbox: Double, changed: dict[str, object], param: str
) -> None:
    status, told, _ = ask(sandbox, "/v1/checkout/sessions", session(**changed))
    assert status == 400
    assert told["error"]["type"] == "invalid_request_error"
    assert told["error"]["param"] == param


@pytest.mark.parametrize(
    "path",
    [
        "/v1/refunds/re_unknown",
        "/v1/checkout/sessions/pi_unknown",
        "/v1/events?starting_after=evt_unknown",
        "/v1/nothing",
        "/v1/",
        "/v1/checkout/sessions/a/b/c",
        "/sandbox/nothing",
    ],
)
def test_what_it_does_not_know_is_404(sandbox: Double, path: str) -> None:
    status, told, _ = ask(sandbox, path)
    assert status == 404
    assert told["error"]["message"]


def test_an_object_of_another_kind_is_not_shown(sandbox: Double) -> None:
    ref = paid_intent(sandbox)
    assert ask(sandbox, f"/v1/charges/{ref}")[0] == 404


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "created[gte]=x", "created[about]=1", "a[=1&a=2"]
)
def test_a_list_with_a_mistake_is_refused(sandbox: Double, query: str) -> None:
    status, _, _ = ask(sandbox, f"/v1/events?{query}")
    assert status == (200 if query.startswith("a[") else 400)


def test_nested_names_are_nested() -> None:
    assert read([("a[b][0][c]", "1"), ("a[b][1][c]", "2"), ("d[]", "3"), ("d[]", "4")]) == {
        "a": {"b": [{"c": "1"}, {"c": "2"}]},
        "d": ["3", "4"],
    }
    with pytest.raises(Refusal):
        read([("a", "1"), ("a[b]", "2")])


# ---- idempotency
def test_the_same_key_gives_the_same_answer(sandbox: Double) -> None:
    first = ask(sandbox, "/v1/checkout/sessions", session(), Idempotency_Key="k")
    again = ask(sandbox, "/v1/checkout/sessions", session(), Idempotency_Key="k")
    assert first[1] == again[1]
    assert first[2]["Idempotent-Replayed"] is None
    assert again[2]["Idempotent-Replayed"] == "true"


def test_the_same_key_for_something_else_is_refused(sandbox: Double) -> None:
    ask(sandbox, "/v1/checkout/sessions", session(), Idempotency_Key="k")
    for path, form in (
        ("/v1/checkout/sessions", session(locale="en")),
        ("/v1/payment_intents", {"amount": 1_000_000, "currency": "idr"}),
    ):
        status, told, _ = ask(sandbox, path, form, Idempotency_Key="k")
        assert status == 400
        assert told["error"]["type"] == "idempotency_error"


def test_a_refused_question_may_be_asked_again_under_its_key(sandbox: Double) -> None:
    assert ask(sandbox, "/v1/refunds", {"payment_intent": "pi_x"}, Idempotency_Key="k")[0] == 404
    ref = paid_intent(sandbox)
    assert ask(sandbox, "/v1/refunds", {"payment_intent": ref}, Idempotency_Key="k")[0] == 200


# ---- objects
def test_a_payment_leaves_intent_charge_and_balance(sandbox: Double) -> None:
    ref = paid_intent(sandbox)
    query = "expand[]=latest_charge.balance_transaction"
    status, intent, _ = ask(sandbox, f"/v1/payment_intents/{ref}?{query}")
    assert status == 200
    charge = intent["latest_charge"]
    assert (intent["status"], intent["amount_received"]) == ("succeeded", 4_500_000)
    assert (charge["amount"], charge["transfer_group"]) == (4_500_000, "KPS-7F3K")
    assert charge["metadata"] == {"attempt": "attempt-1", "payment": "KPS-7F3K"}
    assert charge["balance_transaction"]["fee"] == 130_500
    assert charge["balance_transaction"]["net"] == 4_369_500
    assert ask(sandbox, f"/v1/charges?payment_intent={ref}")[1]["data"][0]["id"] == charge["id"]


def test_refunding_a_charge_gives_all_that_is_left(sandbox: Double) -> None:
    ref = paid_intent(sandbox)
    charge = ask(sandbox, f"/v1/charges?payment_intent={ref}")[1]["data"][0]["id"]
    assert ask(sandbox, "/v1/refunds", {"charge": charge, "amount": 500_000})[0] == 200
    status, refund, _ = ask(sandbox, "/v1/refunds", {"charge": charge})
    assert (status, refund["amount"]) == (200, 4_000_000)
    status, told, _ = ask(sandbox, "/v1/refunds", {"charge": charge})
    assert (status, told["error"]["code"]) == (400, "charge_already_refunded")
    assert ask(sandbox, f"/v1/charges/{charge}")[1]["refunded"] is True


def test_a_transfer_is_kept_and_told(sandbox: Double) -> None:
    status, transfer, _ = ask(
        sandbox,
        "/v1/transfers",
        {
            "amount": 100_000,
            "currency": "idr",
            "destination": "acct_gayo",
            "transfer_group": "KPS-7F3K",
        },
    )
    assert status == 200
    listed = ask(sandbox, "/v1/transfers?transfer_group=KPS-7F3K")[1]["data"]
    assert [found["id"] for found in listed] == [transfer["id"]]
    assert ask(sandbox, "/v1/transfers", {"amount": 1, "currency": "idr"})[0] == 400
    assert sandbox.waiting()[-1]["type"] == "transfer.created"


def test_events_of_a_payment_come_in_order(sandbox: Double) -> None:
    paid_intent(sandbox)
    kinds = [event["type"] for event in sandbox.waiting()]
    assert kinds == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "checkout.session.completed",
    ]
    told = ask(sandbox, "/v1/events?type=checkout.session.completed")[1]["data"]
    assert len(told) == 1
    assert ask(sandbox, f"/v1/events/{told[0]['id']}")[1] == told[0]


def test_a_list_can_be_walked_both_ways(sandbox: Double) -> None:
    refs = [ask(sandbox, "/v1/checkout/sessions", session())[1]["id"] for _ in range(5)]
    newest = refs[::-1]
    first = ask(sandbox, "/v1/checkout/sessions?limit=2")[1]
    assert [s["id"] for s in first["data"]] == newest[:2]
    assert first["has_more"] is True
    rest = ask(sandbox, f"/v1/checkout/sessions?limit=3&starting_after={newest[1]}")[1]
    assert [s["id"] for s in rest["data"]] == newest[2:]
    assert rest["has_more"] is False
    back = ask(sandbox, f"/v1/checkout/sessions?limit=2&ending_before={newest[3]}")[1]
    assert [s["id"] for s in back["data"]] == newest[1:3]


def test_a_page_ends_by_itself_when_its_time_comes(sandbox: Double) -> None:
    gateway = StripeGateway(access(sandbox))
    page = gateway.open_page(wanted())
    store = sandbox.sandbox.store
    kept = store.find(page.ref)
    assert kept is not None
    soon = int(time.time())
    with store.transaction():
        store.keep(kept | {"expires_at": soon})
        store.unwatch(page.ref)
        store.watch(page.ref, soon)
    sandbox.sandbox.webhook_sender.wake()
    deadline = time.monotonic() + 5
    while not sandbox.waiting() and time.monotonic() < deadline:
        time.sleep(0.02)
    [event] = sandbox.waiting()
    assert event["type"] == "checkout.session.expired"
    assert gateway.page(page.ref).state is PageState.EXPIRED


def test_amounts_of_the_real_library_are_understood(sandbox: Double) -> None:
    page = StripeGateway(access(sandbox)).open_page(
        replace(wanted(), amount=Rupiah(1_234_567), words="Tenun & kopi “Gayo” 50 %")
    )
    kept = ask(sandbox, f"/v1/checkout/sessions/{page.ref}")[1]
    assert kept["amount_total"] == 123_456_700
    assert kept["client_reference_id"] == "KPS-7F3K"
