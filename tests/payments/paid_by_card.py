"""What the tests of card payment ask for."""

from datetime import timedelta

from shop.core.values import clock
from shop.core.values.money import Rupiah
from shop.payments.cards.gateway import GatewayConfig, PaymentPageRequest
from tests.support.sandbox import Double


def access(double: Double) -> GatewayConfig:
    """A shop's access to the double."""
    return GatewayConfig(
        key=double.key,
        webhook_secrets=double.webhook_secrets,
        api_base=double.url,
        page_url=double.url,
        is_double=True,
    )


def wanted(
    attempt: str = "attempt-1", amount: int = 45_000, language: str = "id"
) -> PaymentPageRequest:
    """A page for a purchase from three cooperatives."""
    return PaymentPageRequest(
        attempt_id=attempt,
        reference="KPS-7F3K",
        amount=Rupiah(amount),
        words="Belanja di 3 koperasi",
        expires_at=clock.now() + timedelta(minutes=31),
        success_url="http://localhost/pembelian/KPS-7F3K?sesi={CHECKOUT_SESSION_ID}",
        cancel_url="http://localhost/pembelian/KPS-7F3K",
        language=language,
    )
