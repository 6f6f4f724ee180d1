"""The card gateway of this process: set up once from the settings, made when first needed."""

import threading

from config import Settings
from shop.payments.cards.gateway import Gateway, GatewayConfig

_lock = threading.Lock()
_access: list[GatewayConfig] = []
_made: list[Gateway] = []


def install(access: GatewayConfig | None) -> None:
    """Set up cards for this process; None: the shop offers none."""
    with _lock:
        _access[:] = [access] if access else []
        _made.clear()


def is_live() -> bool:
    """Whether real money moves; what a gateway tells of the other kind is not for this shop."""
    return bool(_access) and _access[0].key.startswith(("sk_live_", "rk_live_"))


def access() -> GatewayConfig | None:
    """What it takes to ask the gateway of this process."""
    return _access[0] if _access else None


def page_origin() -> str | None:
    """Scheme, host and port of the pay pages, for the content policy of pages that lead there."""
    return _access[0].page_url if _access else None


def gateway() -> Gateway | None:
    """The card gateway, or None where cards are not offered."""
    with _lock:
        if not _made and _access:
            # A fifth of a second and eleven megabytes: for processes that ask for a card only.
            from shop.payments.cards.stripe_gateway import StripeGateway

            _made.append(StripeGateway(_access[0]))
        return _made[0] if _made else None


def card_access(settings: Settings) -> GatewayConfig | None:
    """What it takes to ask the card gateway; None where the shop offers no cards."""
    if settings.stripe_secret_key is None:
        return None
    return GatewayConfig(
        key=settings.stripe_secret_key,
        webhook_secrets=settings.stripe_webhook_secrets,
        api_base=settings.stripe_api_base,
        page_url=settings.stripe_page_url,
        is_double=settings.has_double,
    )
