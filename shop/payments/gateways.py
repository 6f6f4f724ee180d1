"""The card gateway of this process: set up once from the settings, made when first needed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from shop.payments.gateway import Gateway


@dataclass(frozen=True, slots=True)
class Access:
    """What it takes to ask the gateway."""

    key: str
    webhook_secrets: tuple[str, ...]
    """An event signed with any of them counts."""
    api_base: str
    page_url: str
    """Where its pay pages stand, as browsers reach it."""
    is_double: bool
    """The payment double, for demo and tests: no money moves."""


_lock = threading.Lock()
_access: list[Access] = []
_made: list[Gateway] = []
_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


def install(access: Access | None) -> None:
    """Set up cards for this process; None: the shop offers none."""
    with _lock:
        _access[:] = [access] if access else []
        _made.clear()


def offered() -> bool:
    """Whether this shop takes cards; costs nothing, unlike the first ``gateway()``."""
    return bool(_access)


def is_live() -> bool:
    """Whether real money moves; what a gateway tells of the other kind is not for this shop."""
    return bool(_access) and _access[0].key.startswith(("sk_live_", "rk_live_"))


def access() -> Access | None:
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
            from shop.payments.stripe_gateway import StripeGateway

            _made.append(StripeGateway(_access[0]))
        return _made[0] if _made else None


@contextmanager
def pretending(moment: datetime) -> Iterator[None]:
    """Let the payment double believe it is ``moment``: how the demo gets a past.

    Stripe itself is never told; there the block changes nothing.
    """
    token = _pretended.set(moment)
    try:
        yield
    finally:
        _pretended.reset(token)


def pretended() -> datetime | None:
    """The moment that the double shall believe in, if any."""
    return _pretended.get()
