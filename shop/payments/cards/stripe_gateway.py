"""Stripe, behind ``cards.gateway``: the one file that imports it and that knows hundredths."""

import ssl
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPException
from typing import TYPE_CHECKING, Any, TypeVar

import stripe

from shop.core.values import clock
from shop.core.values.money import Rupiah
from shop.payments.cards.gateway import (
    BadSignature,
    DisputeProgress,
    DisputeSeen,
    EventSeen,
    GatewayConfig,
    GatewayRefused,
    GatewayUnavailable,
    PageState,
    PaymentPage,
    PaymentPageRequest,
    RefundProgress,
    RefundSeen,
    RefundTold,
    pretended,
)
from shop.payments.cards.gateway_timeouts import NoAnswer, call_once, with_timeout

if TYPE_CHECKING:
    from stripe.params.checkout import SessionCreateParams

T = TypeVar("T")
Fields = Mapping[str, Any]  # what JSON holds; Stripe adds fields at will

CURRENCY = "idr"
HUNDREDTHS = 100
TOLERANCE_SECONDS = 300
PAGE_OF_EVENTS = 100
PAGE_WORDS = 250
"""Stripe takes no longer name for what is bought."""
KINDS = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "payment_intent.payment_failed",
    "charge.refunded",
    "refund.created",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
)
"""Events that mean something to the shop; the webhook at Stripe is set up for these."""
PROGRESS = {
    "succeeded": RefundProgress.DONE,
    "failed": RefundProgress.FAILED,
    "canceled": RefundProgress.FAILED,
}
_ENDS = {
    "won": DisputeProgress.WON,
    "lost": DisputeProgress.LOST,
    "warning_closed": DisputeProgress.WON,
}
"""What ends a dispute; a question that went no further is as good as won."""


def to_hundredths(amount: Rupiah) -> int:
    """Rupiah as Stripe counts them: Rp10.000 is 1000000."""
    return amount * HUNDREDTHS


def from_hundredths(amount: int) -> Rupiah:
    """Whole rupiah of what Stripe counted.

    :raises ValueError: when a part of a rupiah would be left, which no price of ours has.
    """
    whole, rest = divmod(amount, HUNDREDTHS)
    if rest:
        raise ValueError(f"{amount} hundredths are no whole rupiah")
    return Rupiah(whole)


class PlainClient(stripe.HTTPClient):
    """Questions in our time instead of Stripe's, which would wait for 80 seconds."""

    name = "plain"

    def __init__(self) -> None:
        super().__init__()
        self._trust = ssl.create_default_context(cafile=stripe.ca_bundle_path)

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,  # Stripe's word for a form, already written as text
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """Ask once."""
        try:
            return call_once(method, url, headers or {}, post_data, self._trust)
        except (OSError, HTTPException) as fault:
            raise stripe.APIConnectionError(type(fault).__name__) from fault  # type: ignore[no-untyped-call]

    def close(self) -> None:
        """Nothing is kept open."""


class StripeGateway:
    """Cards through Stripe Checkout; may be shared by threads."""

    def __init__(self, access: GatewayConfig) -> None:
        self._access = access
        self._client = stripe.StripeClient(
            access.key,
            base_addresses={"api": access.api_base},
            max_network_retries=0,  # with_timeout repeats, because it knows how long there is
            http_client=PlainClient(),
        )

    def open_page(self, wanted: PaymentPageRequest) -> PaymentPage:
        """One session for the whole purchase, on Stripe's own page."""
        marks = {"attempt": wanted.attempt_id, "payment": wanted.reference}
        params: SessionCreateParams = {
            "mode": "payment",
            "client_reference_id": wanted.reference,
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": CURRENCY,
                        "unit_amount": to_hundredths(wanted.amount),
                        "product_data": {"name": wanted.words[:PAGE_WORDS]},
                    },
                }
            ],
            "metadata": marks,
            "payment_intent_data": {"transfer_group": wanted.reference, "metadata": marks},
            "expires_at": int(wanted.expires_at.timestamp()),
            "success_url": wanted.success_url,
            "cancel_url": wanted.cancel_url,
            "locale": "en" if wanted.language == "en" else "id",
        }
        options = self._options(wanted.attempt_id)
        return _page(
            self._ask(lambda: self._client.v1.checkout.sessions.create(params, options)).to_dict()
        )

    def page(self, ref: str) -> PaymentPage:
        """The session as it stands."""
        options = self._options()
        return _page(
            self._ask(
                lambda: self._client.v1.checkout.sessions.retrieve(ref, options=options)
            ).to_dict()
        )

    def close_page(self, ref: str) -> PaymentPage:
        """Expire the session; one that is over already is read instead."""
        options = self._options(f"close-{ref}")
        try:
            closed = self._ask(
                lambda: self._client.v1.checkout.sessions.expire(ref, options=options)
            )
        except GatewayRefused:
            return self.page(ref)
        return _page(closed.to_dict())

    def refund(self, *, key: str, intent_ref: str, amount: Rupiah) -> RefundSeen:
        """Refund a part or all; what was refunded under this key is found instead of repeated."""
        # Stripe forgets idempotency keys after a day, refunds never.
        found = self._refund_of(key, intent_ref)
        if found is not None:
            return found
        options = self._options(key)
        try:
            made = self._ask(
                lambda: self._client.v1.refunds.create(
                    {
                        "payment_intent": intent_ref,
                        "amount": to_hundredths(amount),
                        "metadata": {"refund": key},
                    },
                    options,
                )
            )
        except GatewayRefused:
            # Another process may have been quicker with the same key.
            found = self._refund_of(key, intent_ref)
            if found is None:
                raise
            return found
        return _refund(made.to_dict())

    def _refund_of(self, key: str, intent_ref: str) -> RefundSeen | None:
        options = self._options()
        listed = self._ask(
            lambda: self._client.v1.refunds.list(
                {"payment_intent": intent_ref, "limit": 100}, options
            )
        ).to_dict()
        for found in listed["data"]:
            if (found.get("metadata") or {}).get("refund") == key:
                return _refund(found)
        return None

    def cost(self, intent_ref: str) -> Rupiah | None:
        """The fee on the charge's balance transaction."""
        options = self._options()
        intent = self._ask(
            lambda: self._client.v1.payment_intents.retrieve(
                intent_ref, {"expand": ["latest_charge.balance_transaction"]}, options
            )
        ).to_dict()
        charge = intent.get("latest_charge")
        booked = charge.get("balance_transaction") if isinstance(charge, dict) else None
        if not isinstance(charge, dict) or not isinstance(booked, dict) or not booked["amount"]:
            return None
        # Where the account is kept in another money, the fee is: as much of the charge as of what
        # was booked for it. In rupiah this is the fee itself. Rounded up, so that none is missing.
        fee = -(-booked["fee"] * charge["amount"] // (booked["amount"] * HUNDREDTHS))
        return Rupiah(fee)

    def events(self, since: datetime) -> Iterator[EventSeen]:
        """The listed events of our kinds, page after page."""
        after: str | None = None
        options = self._options()
        while True:
            listed = self._ask(
                lambda last=after: self._client.v1.events.list(  # type: ignore[misc]
                    {
                        "created": {"gte": int(since.timestamp())},
                        "types": list(KINDS),
                        "limit": PAGE_OF_EVENTS,
                        **({"starting_after": last} if last else {}),
                    },
                    options,
                )
            ).to_dict()
            for event in listed["data"]:
                yield _event(event)
            if not listed["has_more"] or not listed["data"]:
                return
            after = listed["data"][-1]["id"]

    def read_event(self, body: bytes, signature: str) -> EventSeen:
        """Check the signature against each of our secrets, then read."""
        if not signature.isascii():
            raise BadSignature("signature")
        for secret in self._access.webhook_secrets:
            try:
                event = self._client.construct_event(body, signature, secret, TOLERANCE_SECONDS)
                _refuse_future(signature)
                return _event(event.to_dict())
            except stripe.SignatureVerificationError:
                continue
            except (
                ValueError,
                TypeError,
                LookupError,
                AttributeError,
                OverflowError,
                RecursionError,
            ) as fault:
                # No text, no JSON or no event: whoever sent it, it says nothing.
                raise BadSignature("event") from fault
        raise BadSignature("signature")

    def _options(self, key: str | None = None) -> stripe.RequestOptions:
        options: stripe.RequestOptions = {}
        if key is not None:
            options["idempotency_key"] = key
        moment = pretended()
        if moment is not None and self._access.is_double:
            options["headers"] = {"Sandbox-Now": str(int(moment.timestamp()))}
        return options

    def _ask(self, call: Callable[[], T]) -> T:
        try:
            return with_timeout(call, _may_pass)
        except NoAnswer as fault:
            raise GatewayUnavailable("no answer") from fault
        except (stripe.APIConnectionError, stripe.APIError, stripe.RateLimitError) as fault:
            raise GatewayUnavailable(type(fault).__name__) from fault
        except (stripe.AuthenticationError, stripe.PermissionError) as fault:
            # Not the shopper's doing, and another try after the operator's mending will succeed.
            raise GatewayUnavailable("key") from fault
        except stripe.StripeError as fault:
            raise GatewayRefused(fault.code or type(fault).__name__) from fault


def _may_pass(fault: Exception) -> bool:
    """A fault of the network or of Stripe's own, or another copy of the same question under way."""
    if isinstance(fault, stripe.APIError):
        status = fault.http_status or HTTPStatus.INTERNAL_SERVER_ERROR
        return status == HTTPStatus.CONFLICT or status >= HTTPStatus.INTERNAL_SERVER_ERROR
    return isinstance(fault, stripe.APIConnectionError)


def _refuse_future(signature: str) -> None:
    """A letter of tomorrow could be sent again until then; Stripe's library only knows too old.

    :raises BadSignature: when it is signed for a time that our clock is far from.
    """
    at = next(part[2:] for part in signature.split(",") if part.startswith("t="))
    if int(at) > clock.now().timestamp() + TOLERANCE_SECONDS:
        raise BadSignature("future")


def _text(value: object) -> str:
    """A name or code of Stripe's, which no table refuses and nothing can be hidden in.

    :raises TypeError: for anything else that JSON can hold.
    """
    if isinstance(value, str) and value.isascii() and value.isprintable():
        return value
    raise TypeError("no text")


def _text_or_none(value: object) -> str | None:
    return None if value is None else _text(value)


def _page(fields: Fields) -> PaymentPage:
    marks = fields.get("metadata") or {}
    intent = fields.get("payment_intent")
    return PaymentPage(
        ref=_text(fields["id"]),
        attempt_id=_text_or_none(marks.get("attempt")),
        reference=_text_or_none(fields.get("client_reference_id")),
        state=PageState(fields["status"]),
        is_paid=fields["payment_status"] == "paid",
        amount=_whole_rupiah(fields.get("amount_total"), fields.get("currency")),
        currency=_text(fields.get("currency") or ""),
        intent_ref=_text_or_none(intent["id"] if isinstance(intent, dict) else intent),
        url=_text_or_none(fields.get("url")),
        is_live=fields["livemode"],
    )


def _whole_rupiah(amount: int | None, currency: str | None) -> Rupiah | None:
    if amount is None or currency != CURRENCY:
        return None
    try:
        return from_hundredths(amount)
    except ValueError:
        return None


def _event(fields: Fields) -> EventSeen:
    about = fields["data"]["object"]
    return EventSeen(
        ref=_text(fields["id"]),
        kind=_text(fields["type"]),
        object_ref=_text_or_none(about.get("id")),
        page=_page(about) if about.get("object") == "checkout.session" else None,
        created_at=datetime.fromtimestamp(fields["created"], UTC),
        is_live=fields["livemode"],
        dispute=_dispute(about) if about.get("object") == "dispute" else None,
        refund=_refund_told(about) if about.get("object") == "refund" else None,
    )


def _dispute(fields: Fields) -> DisputeSeen:
    status = _text(fields["status"])
    due = (fields.get("evidence_details") or {}).get("due_by")
    return DisputeSeen(
        ref=_text(fields["id"]),
        intent_ref=_text_or_none(fields.get("payment_intent")),
        amount=_whole_rupiah(fields.get("amount"), fields.get("currency")),
        progress=_ENDS.get(status, DisputeProgress.OPEN),
        # A question of the bank ("warning_…") leaves the money where it is.
        took_money=not status.startswith("warning_"),
        respond_by=None if due is None else datetime.fromtimestamp(due, UTC),
    )


def _refund_told(fields: Fields) -> RefundTold:
    return RefundTold(
        ref=_text(fields["id"]),
        intent_ref=_text_or_none(fields.get("payment_intent")),
        amount=_whole_rupiah(fields.get("amount"), fields.get("currency")),
        progress=PROGRESS.get(fields.get("status") or "", RefundProgress.PENDING),
        key=_text_or_none((fields.get("metadata") or {}).get("refund")),
    )


def _refund(fields: Fields) -> RefundSeen:
    return RefundSeen(fields["id"], PROGRESS.get(fields["status"], RefundProgress.PENDING))
