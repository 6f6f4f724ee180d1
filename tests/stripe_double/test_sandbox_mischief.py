"""The double misbehaves in every way that a gateway does, when it is told to and only then."""

import time

import pytest

from shop.payments.cards.gateway import GatewayRefused, GatewayUnavailable, PageState
from shop.payments.cards.stripe_gateway import StripeGateway
from stripe_double.fault_injection import SWITCHES
from stripe_double.store import Wanted
from tests.payments.paid_by_card import access, wanted
from tests.stripe_double.test_sandbox_letters import listening, pay
from tests.support.sandbox import Double, _ask, wait_until_told

EVENTS = 4
"""That one payment leaves."""


@pytest.fixture
def gateway(sandbox: Double) -> StripeGateway:
    return StripeGateway(access(sandbox))


def pages(sandbox: Double) -> int:
    return len(sandbox.sandbox.store.listed(Wanted("checkout.session", {}, {}, 100)))


def test_each_event_is_told_so_many_times_at_once(sandbox: Double) -> None:
    sandbox.control("switches", copies="5")
    with listening(sandbox) as (ear, url):
        sandbox.send_to(url)
        pay(sandbox)
        wait_until_told(sandbox)
    told = [event.ref for event in ear.heard]
    assert len(set(told)) == EVENTS
    assert {ref: told.count(ref) for ref in told} == dict.fromkeys(told, 5)


def test_a_copy_that_was_refused_has_all_of_them_told_again(sandbox: Double) -> None:
    sandbox.control("switches", copies="3")
    with listening(sandbox, deaf=1) as (ear, url):
        sandbox.send_to(url)
        pay(sandbox)
        wait_until_told(sandbox)
    assert ear.asked == 3 * (EVENTS + 1)


def test_events_come_in_another_order(sandbox: Double, gateway: StripeGateway) -> None:
    sandbox.control("switches", order="shuffled")
    for number in range(5):
        sandbox.outcome(gateway.open_page(wanted(f"attempt-{number}")).ref, "paid")
    happened = [event["id"] for event in sandbox.waiting()]
    with listening(sandbox) as (ear, url):
        sandbox.send_to(url)
        wait_until_told(sandbox)
    told = [event.ref for event in ear.heard]
    assert sorted(told) == sorted(happened)
    assert told != happened


def test_events_come_late(sandbox: Double) -> None:
    sandbox.control("switches", delay="2")  # the double counts whole seconds
    with listening(sandbox) as (ear, url):
        sandbox.send_to(url)
        began = time.monotonic()
        pay(sandbox)
        wait_until_told(sandbox)
        assert time.monotonic() - began >= 1
    assert len(ear.heard) == EVENTS


def test_lost_events_are_never_told_and_still_listed(
    sandbox: Double, gateway: StripeGateway
) -> None:
    sandbox.control("switches", lost="100")
    with listening(sandbox) as (ear, url):
        sandbox.send_to(url)
        pay(sandbox)
        wait_until_told(sandbox)
    assert ear.asked == 0
    assert len(sandbox.sandbox.store.listed(Wanted("event", {}, {}, 100))) == EVENTS


def test_a_part_of_the_events_is_lost(sandbox: Double, gateway: StripeGateway) -> None:
    sandbox.control("switches", lost="50")
    for number in range(10):
        sandbox.outcome(gateway.open_page(wanted(f"attempt-{number}")).ref, "paid")
    with listening(sandbox) as (ear, url):
        sandbox.send_to(url)
        wait_until_told(sandbox)
    assert 0 < ear.asked < 10 * EVENTS


def test_a_call_that_is_refused_has_done_nothing(sandbox: Double, gateway: StripeGateway) -> None:
    sandbox.control("switches", answers="refused")
    with pytest.raises(GatewayUnavailable) as refused:
        gateway.open_page(wanted())
    assert not isinstance(refused.value, GatewayRefused)
    assert pages(sandbox) == 0


def test_a_call_that_was_done_and_forgotten_is_done_once(
    sandbox: Double, gateway: StripeGateway
) -> None:
    page = wanted()
    sandbox.control("switches", answers="forgotten")
    with pytest.raises(GatewayUnavailable):
        gateway.open_page(page)
    sandbox.control("switches", answers="good")
    assert gateway.open_page(page).state is PageState.OPEN
    assert pages(sandbox) == 1


def test_an_answer_takes_its_time(sandbox: Double, gateway: StripeGateway) -> None:
    sandbox.control("switches", slow="1")
    began = time.monotonic()
    gateway.open_page(wanted())
    assert time.monotonic() - began >= 1


@pytest.mark.parametrize(("position", "brought"), [("short", 44_000), ("over", 46_000)])
def test_a_card_brings_another_amount(
    sandbox: Double, gateway: StripeGateway, position: str, brought: int
) -> None:
    sandbox.control("switches", amount=position)
    page = gateway.open_page(wanted(amount=45_000))
    sandbox.outcome(page.ref, "paid")
    seen = gateway.page(page.ref)
    assert (seen.is_paid, seen.amount) == (True, brought)


@pytest.mark.parametrize(
    ("name", "value"),
    [(name, "sideways") for name in SWITCHES]
    + [("copies", "0"), ("copies", "21"), ("lost", "101"), ("delay", "-1"), ("mood", "bad")],
)
def test_a_position_that_there_is_not_is_refused(sandbox: Double, name: str, value: str) -> None:
    status, said, _ = _ask(f"{sandbox.url}/sandbox/switches", {name: value}, key=sandbox.key)
    assert status == 400
    assert "no such position" in said


def test_whoever_has_no_key_turns_nothing(sandbox: Double) -> None:
    status, _, _ = _ask(f"{sandbox.url}/sandbox/switches", {"answers": "refused"}, key="sk_other")
    assert status == 401
