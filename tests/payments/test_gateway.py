"""The card gateway, over real HTTP against the payment double."""

from datetime import timedelta

import pytest

from shop.core import clock
from shop.core.money import Rupiah
from shop.payments.gateway import (
    Gateway,
    PageState,
    PageWanted,
)
from shop.payments.gateways import Access
from shop.payments.stripe_gateway import StripeGateway
from tests.support.sandbox import Double


def access(double: Double) -> Access:
    return Access(
        key=double.key,
        webhook_secrets=double.webhook_secrets,
        api_base=double.url,
        page_url=double.url,
        is_double=True,
    )


@pytest.fixture
def gateway(sandbox: Double) -> Gateway:
    return StripeGateway(access(sandbox))


def wanted(attempt: str = "attempt-1", amount: int = 45_000) -> PageWanted:
    return PageWanted(
        attempt_id=attempt,
        reference="KPS-7F3K",
        amount=Rupiah(amount),
        words="Belanja di 3 koperasi",
        expires_at=clock.now() + timedelta(minutes=31),
        success_url="http://localhost/pembelian/KPS-7F3K?sesi={CHECKOUT_SESSION_ID}",
        cancel_url="http://localhost/pembelian/KPS-7F3K",
        language="id",
    )


def test_a_page_opens_with_what_was_asked(gateway: Gateway, sandbox: Double) -> None:
    page = gateway.open_page(wanted())
    assert (page.attempt_id, page.reference) == ("attempt-1", "KPS-7F3K")
    assert (page.state, page.is_paid) == (PageState.OPEN, False)
    assert (page.amount, page.currency) == (45_000, "idr")
    assert page.intent_ref is None
    assert not page.is_live
    assert page.url is not None
    assert page.url.startswith(f"{sandbox.url}/pay/cs_test_")
