"""The card gateway, over real HTTP against the payment double."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shop.core.values import clock
from shop.core.values.money import Rupiah
from shop.payments.cards import gateway_setup
from shop.payments.cards.gateway import (
    Gateway,
    GatewayRefused,
    GatewayUnavailable,
    PageState,
    PaymentPage,
    RefundProgress,
    fake_time,
)
from shop.payments.cards.stripe_gateway import KINDS, StripeGateway, from_hundredths, to_hundredths
from tests.payments.paid_by_card import access, wanted
from tests.support.sandbox import Double


@pytest.fixture
def gateway(sandbox: Double) -> Gateway:
    return StripeGateway(access(sandbox))


def paid(gateway: Gateway, sandbox: Double, attempt: str = "attempt-1") -> PaymentPage:
    page = gateway.open_page(wanted(attempt))
    sandbox.outcome(page.ref, "paid")
    return gateway.page(page.ref)


# ---- hundredths
@given(st.integers(min_value=0, max_value=10**12))
def test_every_amount_comes_back_as_it_went(amount: int) -> None:
    assert from_hundredths(to_hundredths(Rupiah(amount))) == amount
    assert to_hundredths(Rupiah(amount)) == int(f"{amount}00")


@given(st.integers(min_value=0, max_value=10**12), st.integers(min_value=1, max_value=99))
def test_a_part_of_a_rupiah_is_refused(amount: int, rest: int) -> None:
    with pytest.raises(ValueError, match="no whole rupiah"):
        from_hundredths(amount * 100 + rest)


# ---- pages
def test_a_page_opens_with_what_was_asked(gateway: Gateway, sandbox: Double) -> None:
    page = gateway.open_page(wanted())
    assert (page.attempt_id, page.reference) == ("attempt-1", "KPS-7F3K")
    assert (page.state, page.is_paid) == (PageState.OPEN, False)
    assert (page.amount, page.currency) == (45_000, "idr")
    assert page.intent_ref is None
    assert not page.is_live
    assert page.url is not None
    assert page.url.startswith(f"{sandbox.url}/pay/cs_test_")


def test_stripe_is_asked_in_hundredths(gateway: Gateway, sandbox: Double) -> None:
    page = gateway.open_page(wanted(amount=10_000))
    kept = sandbox.sandbox.store.find(page.ref)
    assert kept is not None
    assert kept["amount_total"] == 1_000_000


def test_the_same_attempt_opens_one_page(gateway: Gateway) -> None:
    asked = wanted()
    assert gateway.open_page(asked) == gateway.open_page(asked)
    assert gateway.open_page(wanted("attempt-2")).ref != gateway.open_page(asked).ref


def test_the_same_attempt_with_another_amount_is_refused(gateway: Gateway) -> None:
    asked = wanted()
    gateway.open_page(asked)
    with pytest.raises(GatewayRefused):
        gateway.open_page(replace(asked, amount=Rupiah(46_000)))


def test_eleven_at_once_open_one_page(gateway: Gateway) -> None:
    asked, found, gate = wanted(), [], threading.Barrier(11)

    def ask() -> None:
        gate.wait()
        found.append(gateway.open_page(asked).ref)

    threads = [threading.Thread(target=ask) for _ in range(11)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 11
    assert len(set(found)) == 1


@pytest.mark.parametrize("minutes", [29, 24 * 60 + 1])
def test_a_page_lives_half_an_hour_to_a_day(gateway: Gateway, minutes: int) -> None:
    asked = replace(wanted(), expires_at=clock.now() + timedelta(minutes=minutes))
    with pytest.raises(GatewayRefused):
        gateway.open_page(asked)


def test_too_little_for_a_card_is_refused(gateway: Gateway) -> None:
    with pytest.raises(GatewayRefused, match="amount_too_small"):
        gateway.open_page(wanted(amount=500))


def test_an_unknown_page_is_refused_not_unavailable(gateway: Gateway) -> None:
    with pytest.raises(GatewayRefused, match="resource_missing"):
        gateway.page("cs_test_unknown")


def test_a_paid_page_says_so(gateway: Gateway, sandbox: Double) -> None:
    page = paid(gateway, sandbox)
    assert (page.state, page.is_paid, page.amount) == (PageState.COMPLETE, True, 45_000)
    assert page.intent_ref is not None
    assert page.url is None


def test_a_declined_page_stays_open(gateway: Gateway, sandbox: Double) -> None:
    page = gateway.open_page(wanted())
    sandbox.outcome(page.ref, "declined")
    after = gateway.page(page.ref)
    assert (after.state, after.is_paid) == (PageState.OPEN, False)
    sandbox.outcome(page.ref, "paid")
    assert gateway.page(page.ref).intent_ref == after.intent_ref


def test_a_complete_page_alone_is_not_paid(gateway: Gateway, sandbox: Double) -> None:
    page = gateway.open_page(wanted())
    sandbox.outcome(page.ref, "later")
    waiting = gateway.page(page.ref)
    assert (waiting.state, waiting.is_paid) == (PageState.COMPLETE, False)
    sandbox.outcome(page.ref, "later-paid")
    assert gateway.page(page.ref).is_paid


def test_a_closed_page_can_not_be_paid(gateway: Gateway, sandbox: Double) -> None:
    page = gateway.open_page(wanted())
    assert page.url is not None
    assert gateway.close_page(page.ref).state is PageState.EXPIRED
    assert gateway.close_page(page.ref).state is PageState.EXPIRED
    with pytest.raises(AssertionError, match="no form"):
        sandbox.press(page.url, "bayar")
    assert not gateway.page(page.ref).is_paid


def test_closing_a_page_that_was_just_paid_tells_so(gateway: Gateway, sandbox: Double) -> None:
    page = paid(gateway, sandbox)
    closed = gateway.close_page(page.ref)
    assert (closed.state, closed.is_paid) == (PageState.COMPLETE, True)


# ---- money back
def test_a_part_then_the_rest_goes_back(gateway: Gateway, sandbox: Double) -> None:
    ref = paid(gateway, sandbox).intent_ref
    assert ref is not None
    first = gateway.refund(key="r-1", intent_ref=ref, amount=Rupiah(5_000))
    second = gateway.refund(key="r-2", intent_ref=ref, amount=Rupiah(40_000))
    assert first.progress is second.progress is RefundProgress.DONE
    assert first.ref != second.ref
    with pytest.raises(GatewayRefused, match="charge_already_refunded"):
        gateway.refund(key="r-3", intent_ref=ref, amount=Rupiah(1))


def test_more_than_is_left_is_refused(gateway: Gateway, sandbox: Double) -> None:
    ref = paid(gateway, sandbox).intent_ref
    assert ref is not None
    gateway.refund(key="r-1", intent_ref=ref, amount=Rupiah(40_000))
    with pytest.raises(GatewayRefused):
        gateway.refund(key="r-2", intent_ref=ref, amount=Rupiah(5_001))


def test_the_same_key_refunds_once_also_when_stripe_forgot_it(
    gateway: Gateway, sandbox: Double
) -> None:
    ref = paid(gateway, sandbox).intent_ref
    assert ref is not None
    first = gateway.refund(key="r-1", intent_ref=ref, amount=Rupiah(5_000))
    assert gateway.refund(key="r-1", intent_ref=ref, amount=Rupiah(5_000)) == first
    with fake_time(clock.now() + timedelta(days=2)):
        assert gateway.refund(key="r-1", intent_ref=ref, amount=Rupiah(5_000)) == first
    charge = gateway.cost(ref)
    assert charge is not None
    assert len([e for e in sandbox.waiting() if e["type"] == "refund.created"]) == 1


def test_two_refunds_of_one_key_at_once_are_one(gateway: Gateway, sandbox: Double) -> None:
    ref = paid(gateway, sandbox).intent_ref
    assert ref is not None
    found, gate = [], threading.Barrier(5)

    def ask() -> None:
        gate.wait()
        found.append(gateway.refund(key="r-1", intent_ref=ref, amount=Rupiah(45_000)))

    threads = [threading.Thread(target=ask) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 5
    assert len(set(found)) == 1


@pytest.mark.parametrize(
    ("ending", "progress"),
    [("succeeded", RefundProgress.DONE), ("failed", RefundProgress.FAILED)],
)
def test_a_refund_may_take_its_time(
    gateway: Gateway, sandbox: Double, ending: str, progress: RefundProgress
) -> None:
    ref = paid(gateway, sandbox).intent_ref
    assert ref is not None
    sandbox.control("switches", refunds="pending")
    asked = {"key": "r-1", "intent_ref": ref, "amount": Rupiah(5_000)}
    first = gateway.refund(**asked)  # type: ignore[arg-type]
    assert first.progress is RefundProgress.PENDING
    sandbox.control(f"refunds/{first.ref}/{ending}")
    assert gateway.refund(**asked).progress is progress  # type: ignore[arg-type]


def test_an_unpaid_payment_has_nothing_to_give_back(gateway: Gateway, sandbox: Double) -> None:
    page = gateway.open_page(wanted())
    sandbox.outcome(page.ref, "declined")
    ref = gateway.page(page.ref).intent_ref
    assert ref is not None
    with pytest.raises(GatewayRefused):
        gateway.refund(key="r-1", intent_ref=ref, amount=Rupiah(5_000))


# ---- cost
def test_the_cost_is_rounded_up_to_whole_rupiah(gateway: Gateway, sandbox: Double) -> None:
    page = gateway.open_page(wanted(amount=12_345))
    sandbox.outcome(page.ref, "paid")
    ref = gateway.page(page.ref).intent_ref
    assert ref is not None
    assert gateway.cost(ref) == 359  # 2.9 % are Rp358,005


def test_the_cost_of_an_account_in_dollars_is_told_in_rupiah(
    gateway: Gateway, sandbox: Double
) -> None:
    ref = paid(gateway, sandbox).intent_ref
    assert ref is not None
    store = sandbox.sandbox.store
    intent = store.find(ref)
    assert intent is not None
    charge = store.find(intent["latest_charge"])
    assert charge is not None
    booked = store.find(charge["balance_transaction"])
    assert booked is not None
    store.keep(booked | {"currency": "usd", "amount": 275, "fee": 8, "net": 267})
    assert gateway.cost(ref) == 1_310  # 8 of 275 of Rp45.000


def test_a_cost_that_is_not_known_yet_is_none(gateway: Gateway, sandbox: Double) -> None:
    page = gateway.open_page(wanted())
    sandbox.outcome(page.ref, "later")
    ref = gateway.page(page.ref).intent_ref
    assert ref is not None
    assert gateway.cost(ref) is None


# ---- events
def test_events_are_listed_newest_first_page_after_page(gateway: Gateway, sandbox: Double) -> None:
    since = clock.now() - timedelta(minutes=1)
    till = sandbox.sandbox.till()
    with sandbox.sandbox.store.transaction():
        for number in range(205):
            till.tell("charge.refunded", {"id": f"ch_{number}", "object": "charge"})
    told = list(gateway.events(since))
    assert [event.object_ref for event in told] == [f"ch_{n}" for n in range(204, -1, -1)]
    assert len({event.ref for event in told}) == 205


def test_only_kinds_the_shop_knows_are_listed(gateway: Gateway, sandbox: Double) -> None:
    page = paid(gateway, sandbox)
    told = list(gateway.events(clock.now() - timedelta(minutes=1)))
    assert {event.kind for event in told} <= set(KINDS)
    [complete] = [event for event in told if event.kind == "checkout.session.completed"]
    assert complete.page == page
    assert not complete.is_live


def test_events_before_the_day_asked_for_stay_out(gateway: Gateway, sandbox: Double) -> None:
    paid(gateway, sandbox)
    assert list(gateway.events(clock.now() + timedelta(minutes=1))) == []


def test_the_past_happens_at_its_own_time(gateway: Gateway, sandbox: Double) -> None:
    past = datetime(2026, 2, 1, 9, 0, tzinfo=UTC)
    with fake_time(past):
        page = gateway.open_page(replace(wanted(), expires_at=past + timedelta(minutes=31)))
    sandbox.outcome(page.ref, "paid", at=(past + timedelta(minutes=4)).timestamp())
    assert sandbox.waiting() == [], "nobody tells the past again"
    told = list(gateway.events(past))
    assert [(event.kind, event.created_at) for event in told] == [
        ("checkout.session.completed", past + timedelta(minutes=4))
    ]


def test_an_unpaid_page_of_the_past_ended_in_time(gateway: Gateway) -> None:
    past = datetime(2026, 2, 1, 9, 0, tzinfo=UTC)
    with fake_time(past):
        page = gateway.open_page(replace(wanted(), expires_at=past + timedelta(minutes=31)))
        assert gateway.page(page.ref).state is PageState.OPEN
    with fake_time(past + timedelta(hours=1)):
        assert gateway.page(page.ref).state is PageState.EXPIRED
    [ended] = gateway.events(past)
    assert (ended.kind, ended.created_at) == (
        "checkout.session.expired",
        past + timedelta(minutes=31),
    )


def test_stripe_itself_is_never_told_another_time(sandbox: Double) -> None:
    gateway = StripeGateway(replace(access(sandbox), is_double=False))
    with fake_time(datetime(2026, 2, 1, tzinfo=UTC)):
        page = gateway.open_page(wanted())
    kept = sandbox.sandbox.store.find(page.ref)
    assert kept is not None
    assert abs(kept["created"] - clock.now().timestamp()) < 60


# ---- access
def test_a_wrong_key_is_a_fault_of_ours_not_of_the_shopper(sandbox: Double) -> None:
    gateway = StripeGateway(replace(access(sandbox), key="sk_test_wrong"))
    with pytest.raises(GatewayUnavailable, match="key") as refused:
        gateway.page("cs_test_any")
    assert not isinstance(refused.value, GatewayRefused)


def test_without_access_no_cards_are_offered() -> None:
    gateway_setup.install(None)
    assert gateway_setup.gateway() is None
    assert gateway_setup.page_origin() is None


def test_a_process_makes_one_gateway(sandbox: Double) -> None:
    gateway_setup.install(access(sandbox))
    try:
        assert gateway_setup.gateway() is gateway_setup.gateway()
        assert gateway_setup.page_origin() == sandbox.url
    finally:
        gateway_setup.install(None)
