"""A card gateway in memory, for tests that look at the shop and not at the network."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from shop.core.values.money import Rupiah
from shop.payments.cards.gateway import (
    BadSignature,
    EventSeen,
    GatewayRefused,
    GatewayUnavailable,
    PageState,
    PaymentPage,
    PaymentPageRequest,
    RefundProgress,
    RefundSeen,
    RefundTold,
)
from tests.factories import NOON


@dataclass
class FakeGateway:
    """Does what a gateway promises; ``is_silent`` makes it answer nothing."""

    pages: dict[str, PaymentPage] = field(default_factory=dict)
    refunds: dict[str, tuple[str, int]] = field(default_factory=dict)
    told: list[EventSeen] = field(default_factory=list)
    is_silent: bool = False
    asked: list[str] = field(default_factory=list)
    progress: RefundProgress = RefundProgress.DONE

    def open_page(self, wanted: PaymentPageRequest) -> PaymentPage:
        """One page for each attempt."""
        self._answer("open")
        ref = f"page-{wanted.attempt_id}"
        return self.pages.setdefault(
            ref,
            PaymentPage(
                ref=ref,
                attempt_id=wanted.attempt_id,
                reference=wanted.reference,
                state=PageState.OPEN,
                is_paid=False,
                amount=wanted.amount,
                currency="idr",
                intent_ref=None,
                url=f"https://pay.example/{ref}",
                is_live=False,
            ),
        )

    def page(self, ref: str) -> PaymentPage:
        """As it stands."""
        self._answer("look")
        return self._page(ref)

    def close_page(self, ref: str) -> PaymentPage:
        """Expired, unless it was paid."""
        self._answer("close")
        page = self._page(ref)
        if page.state is PageState.OPEN:
            self.pages[ref] = replace(page, state=PageState.EXPIRED, url=None)
        return self.pages[ref]

    def refund(self, *, key: str, intent_ref: str, amount: Rupiah) -> RefundSeen:
        """Once for each key."""
        self._answer("refund")
        self.refunds.setdefault(key, (intent_ref, amount))
        return RefundSeen(f"refund-{key}", self.progress)

    def cost(self, intent_ref: str) -> Rupiah | None:
        """A flat price, easy to reckon with."""
        self._answer(f"cost {intent_ref}")
        return Rupiah(1_000)

    def events(self, since: datetime) -> Iterator[EventSeen]:
        """Newest first."""
        self._answer("events")
        yield from (event for event in reversed(self.told) if event.created_at >= since)

    def read_event(self, body: bytes, signature: str) -> EventSeen:
        """Tells of the page that the body names, when it is signed ``ok``."""
        if signature != "ok":
            raise BadSignature("signature")
        return next(event for event in self.told if event.ref == body.decode())

    def pay(self, on: str | None = None, **changed: object) -> EventSeen:
        """Somebody pays on a page; what the gateway tells of it."""
        page = self.pages[on] if on else list(self.pages.values())[-1]
        paid = {
            "state": PageState.COMPLETE,
            "is_paid": True,
            "intent_ref": f"intent-{page.ref}",
            "url": None,
        }
        page = self.pages[page.ref] = replace(page, **(paid | changed))  # type: ignore[arg-type]
        return self.tell("checkout.session.completed", page)

    def tell(
        self,
        kind: str,
        page: PaymentPage | None = None,
        *,
        object_ref: str = "",
        refund: RefundTold | None = None,
    ) -> EventSeen:
        """An event; it reaches nobody by itself. A refund that nothing is said of is nobody's."""
        if kind.startswith("refund.") and refund is None:
            is_over = kind == "refund.failed"
            progress = RefundProgress.FAILED if is_over else RefundProgress.DONE
            refund = RefundTold(object_ref, None, None, progress, None)
        event = EventSeen(
            ref=f"event-{len(self.told)}",
            kind=kind,
            object_ref=object_ref or (page.ref if page else None),
            page=page,
            created_at=NOON,
            is_live=page.is_live if page else False,
            refund=refund,
        )
        self.told.append(event)
        return event

    def _page(self, ref: str) -> PaymentPage:
        if ref not in self.pages:
            raise GatewayRefused("resource_missing")
        return self.pages[ref]

    def _answer(self, what: str) -> None:
        self.asked.append(what)
        if self.is_silent:
            raise GatewayUnavailable("no answer")
