"""What the shop asks of a card gateway, in rupiah and in our words.

``stripe_gateway`` is the one that answers; whoever pays, settles or refunds knows only
this page. Every call goes over the network: no transaction may be open around it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from shop.core.values.errors import InvalidInput, OutsideUnavailable
from shop.core.values.money import Rupiah


class GatewayUnavailable(OutsideUnavailable):
    """The gateway refused the connection, hung, reset it or answered with a fault of its own."""


class GatewayRefused(GatewayUnavailable):
    """The gateway answered, and said no: asking again in the same words would change nothing."""


class BadSignature(InvalidInput):
    """An event that the gateway did not sign, or signed too long ago."""


class PageState(StrEnum):
    """The life of a pay page."""

    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class PaymentPageRequest:
    """What a payment page is opened with."""

    attempt_id: str
    """Our attempt; also the idempotency key, so that a repeated call opens no second page."""
    reference: str
    """Code of the payment: what the money is for."""
    amount: Rupiah
    words: str
    """One line for the shopper, for example "Belanja di 3 koperasi"."""
    expires_at: datetime
    """≥ 30 min from now."""
    success_url: str
    cancel_url: str
    language: str


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """A payment page as the gateway reports it."""

    ref: str
    attempt_id: str | None
    reference: str | None
    state: PageState
    is_paid: bool
    """The money is there; a completed page alone may still wait for it."""
    amount: Rupiah | None
    """None when it is no whole number of rupiah, or another currency: never a payment of ours."""
    currency: str
    intent_ref: str | None
    url: str | None
    is_live: bool
    """Real money; a shop in test mode never takes one for its own, nor the other way round."""


class DisputeProgress(StrEnum):
    """How far a dispute has come."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class DisputeSeen:
    """A dispute as the gateway tells it."""

    ref: str
    intent_ref: str | None
    amount: Rupiah | None
    """None when it is no whole number of rupiah, or another currency."""
    progress: DisputeProgress
    took_money: bool
    """Whether its money left our account; a mere question takes none."""
    respond_by: datetime | None


class RefundProgress(StrEnum):
    """How far a refund has come at the gateway."""

    PENDING = "pending"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class RefundTold:
    """A refund as the gateway tells it by itself, whoever asked for it."""

    ref: str
    intent_ref: str | None
    amount: Rupiah | None
    """None when it is no whole number of rupiah, or another currency."""
    progress: RefundProgress
    key: str | None
    """Under which the shop asked for it; None: somebody did in the gateway's own pages."""


@dataclass(frozen=True, slots=True)
class EventSeen:
    """A signed message of the gateway, or the same event read from its list."""

    ref: str
    kind: str
    """As the gateway calls it, for example ``checkout.session.completed``."""
    object_ref: str | None
    page: PaymentPage | None
    """The pay page it is about, where it is about one."""
    created_at: datetime
    is_live: bool
    dispute: DisputeSeen | None = None
    """The dispute it is about, where it is about one."""
    refund: RefundTold | None = None
    """The refund it is about, where it is about one."""


@dataclass(frozen=True, slots=True)
class RefundSeen:
    """A refund as the gateway tells it."""

    ref: str
    progress: RefundProgress


class Gateway(Protocol):
    """A card gateway.

    Every call raises ``GatewayUnavailable`` within ten seconds when there is no answer, and
    ``GatewayRefused`` when the answer is no.
    """

    def open_page(self, wanted: PaymentPageRequest) -> PaymentPage:
        """Open a page where the shopper pays; the same attempt twice is one page."""
        ...

    def page(self, ref: str) -> PaymentPage:
        """How a pay page stands now."""
        ...

    def close_page(self, ref: str) -> PaymentPage:
        """Let nobody pay on it any more; says what became of it, which may be that it was paid."""
        ...

    def refund(self, *, key: str, intent_ref: str, amount: Rupiah) -> RefundSeen:
        """Send money back to the card; the same key twice is one refund."""
        ...

    def cost(self, intent_ref: str) -> Rupiah | None:
        """What the gateway kept of a payment, rounded up to whole rupiah; None: not known yet."""
        ...

    def events(self, since: datetime) -> Iterator[EventSeen]:
        """Everything it told since then, newest first."""
        ...

    def read_event(self, body: bytes, signature: str) -> EventSeen:
        """The event in a webhook's body.

        :raises BadSignature: when it was not signed with our secret within five minutes.
        """
        ...


@dataclass(frozen=True, slots=True)
class GatewayConfig:
    """Settings of the gateway: keys and addresses."""

    key: str
    webhook_secrets: tuple[str, ...]
    """An event signed with any of them counts."""
    api_base: str
    page_url: str
    """Where its pay pages stand, as browsers reach it."""
    is_double: bool
    """The payment double, for demo and tests: no money moves."""


_pretended: ContextVar[datetime | None] = ContextVar("pretended", default=None)


@contextmanager
def fake_time(moment: datetime) -> Iterator[None]:
    """Set the payment double's time to ``moment``, for the demo's past.

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
