"""The double's banks: payments are disputed, asked about, decided, and sent back by others."""

import urllib.error
import urllib.parse
import urllib.request

import pytest

from shop.core.values.money import Rupiah
from shop.payments.cards.gateway import DisputeProgress, EventSeen, GatewayRefused, RefundProgress
from shop.payments.cards.stripe_gateway import StripeGateway
from tests.payments.paid_by_card import access, wanted
from tests.support.sandbox import Double, press_at


def paid(sandbox: Double) -> tuple[StripeGateway, str, str]:
    """A gateway, a payment that came, and the page it came on."""
    gateway = StripeGateway(access(sandbox))
    page = gateway.open_page(wanted())
    sandbox.outcome(page.ref, "paid")
    found = gateway.page(page.ref)
    assert found.intent_ref is not None
    assert page.url is not None
    for event in sandbox.waiting():
        sandbox.sandbox.store.delivered(event["id"])
    return gateway, found.intent_ref, page.url


def told(sandbox: Double, gateway: StripeGateway) -> list[EventSeen]:
    """What the shop would hear, read from signed letters."""
    return [gateway.read_event(*sandbox.letter(event)) for event in sandbox.waiting()]


def last_dispute(sandbox: Double, gateway: StripeGateway) -> str:
    found = [event.dispute for event in told(sandbox, gateway) if event.dispute is not None]
    return found[-1].ref


@pytest.mark.parametrize(("end", "progress"), [("won", DisputeProgress.WON), ("lost", "lost")])
def test_a_dispute_takes_the_money_and_ends(sandbox: Double, end: str, progress: str) -> None:
    gateway, intent, _ = paid(sandbox)
    sandbox.control(f"payments/{intent}/disputed", amount="1000000")
    first = told(sandbox, gateway)
    assert [event.kind for event in first] == [
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
    ]
    seen = first[0].dispute
    assert seen is not None
    assert (seen.amount, seen.intent_ref, seen.took_money) == (10_000, intent, True)
    assert seen.respond_by is not None
    assert seen.respond_by > first[0].created_at
    sandbox.control(f"disputes/{seen.ref}/{end}")
    last = told(sandbox, gateway)[-1]
    assert last.kind == "charge.dispute.closed"
    assert last.dispute is not None
    assert last.dispute.progress == progress


def test_a_question_takes_nothing_until_it_is_lost(sandbox: Double) -> None:
    gateway, intent, _ = paid(sandbox)
    sandbox.control(f"payments/{intent}/questioned")
    [asked] = told(sandbox, gateway)
    assert asked.dispute is not None
    assert not asked.dispute.took_money
    sandbox.control(f"disputes/{asked.dispute.ref}/won")
    closed = told(sandbox, gateway)[-1].dispute
    assert closed is not None
    assert closed.progress is DisputeProgress.WON
    sandbox.control(f"payments/{intent}/questioned")
    sandbox.control(f"disputes/{last_dispute(sandbox, gateway)}/lost")
    kinds = [event.kind for event in told(sandbox, gateway)]
    assert kinds[-2:] == ["charge.dispute.funds_withdrawn", "charge.dispute.closed"]


def test_nothing_is_refunded_of_what_is_disputed(sandbox: Double) -> None:
    gateway, intent, _ = paid(sandbox)
    sandbox.control(f"payments/{intent}/disputed")
    with pytest.raises(GatewayRefused, match="charge_disputed"):
        gateway.refund(key="refund:1", intent_ref=intent, amount=Rupiah(1_000))


def test_a_refund_of_ours_carries_its_key_and_another_none(sandbox: Double) -> None:
    gateway, intent, page_url = paid(sandbox)
    gateway.refund(key="refund:KPS:1", intent_ref=intent, amount=Rupiah(1_000))
    assert press_at(page_url, "kembalikan")[0] == 303
    refunds = [event.refund for event in told(sandbox, gateway) if event.refund is not None]
    assert [(one.key, one.amount) for one in refunds] == [("refund:KPS:1", 1_000), (None, 44_000)]
    assert {one.progress for one in refunds} == {RefundProgress.DONE}


def test_a_person_can_play_the_bank_on_the_page_that_was_paid(sandbox: Double) -> None:
    gateway, _intent, page_url = paid(sandbox)
    for button, word in (
        ("tanya", "Bank membenarkan toko"),
        ("toko-menang", "Pembeli menyanggah"),
        ("sanggah", "Bank membenarkan pembeli"),
        ("sanggah", "Bank membenarkan pembeli"),  # pressed again it is one dispute
        ("pembeli-menang", "Tidak ada lagi yang bisa terjadi"),
    ):
        assert press_at(page_url, button)[0] == 303
        with urllib.request.urlopen(page_url) as answer:
            assert word in answer.read().decode(), button
    ends = [event for event in told(sandbox, gateway) if event.kind == "charge.dispute.closed"]
    assert len(ends) == 2
    form = urllib.parse.urlencode({"token": "x", "tindakan": "sanggah"}).encode()
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(page_url, form)


@pytest.mark.parametrize(
    "path",
    [
        "payments/pi_unknown/disputed",
        "payments/{intent}/forgiven",
        "disputes/dp_unknown/won",
        "payments/{intent}/disputed?amount=0",
        "payments/{intent}/disputed?amount=4500001",
        "payments/{intent}/disputed?amount=-1",
    ],
)
def test_a_string_that_is_pulled_wrongly_is_refused(sandbox: Double, path: str) -> None:
    _, intent, _ = paid(sandbox)
    where, _, query = path.format(intent=intent).partition("?")
    with pytest.raises(AssertionError, match="error"):
        sandbox.control(where, at=None, **dict(urllib.parse.parse_qsl(query)))
    assert sandbox.waiting() == []
