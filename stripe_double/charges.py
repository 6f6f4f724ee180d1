"""What happens at the payment double: pages open and end, cards pay, money goes back.

Amounts are Stripe's hundredths here; this is the other side of ``stripe_gateway``.
"""

import secrets
import time
from dataclasses import dataclass
from typing import Any

from stripe_double.errors import Refusal, missing
from stripe_double.fault_injection import off_by, position
from stripe_double.store import Store, Thing, Wanted

MIN_SECONDS, MAX_SECONDS = 30 * 60, 24 * 3_600
MIN_AMOUNT_HUNDREDTHS = 800_000
"""About half a US dollar: less is refused, as at Stripe."""
FEE_PER_THOUSAND = 29
API_VERSION = "2026-10-28.endive"
DECLINED = {
    "code": "card_declined",
    "decline_code": "generic_decline",
    "message": "Your card was declined.",
    "type": "card_error",
}


@dataclass(frozen=True, slots=True)
class ChargeEngine:
    """The double's charges and refunds at one moment, which may lie in the past."""

    store: Store
    now: int
    page_url: str
    tells: bool = True
    """Whether what happens is told to the shop; what a demo invents of the past is only listed."""

    # ---- reading
    def get(self, kind: str, key: str, param: str = "id") -> Thing:
        """An object of one kind.

        :raises Refusal: 404.
        """
        found = self.store.find(key)
        if found is None or found["object"] != kind:
            raise missing(kind, key, param)
        if kind == "checkout.session":
            return self._if_lapsed(found)
        return found

    def disputes(self, intent_id: str) -> list[Thing]:
        """Disputes of a payment, newest first."""
        wanted = Wanted("dispute", {"payment_intent": [intent_id]}, {}, limit=10)
        return self.store.listed(wanted)

    def _if_lapsed(self, page: Thing) -> Thing:
        if page["status"] == "open" and page["expires_at"] <= self.now:
            return self._end(page, page["expires_at"])
        return page

    # ---- pages
    def open_page(self, wanted: Thing, asked: Thing) -> Thing:
        """A Checkout Session from its already checked parameters.

        :param asked: what its payment shall carry.
        """
        key = f"cs_test_{_name(48)}"
        page: Thing = {
            "id": key,
            "object": "checkout.session",
            "after_expiration": None,
            "automatic_tax": {"enabled": False, "liability": None, "status": None},
            "customer": None,
            "customer_details": None,
            "customer_email": None,
            "livemode": False,
            "mode": "payment",
            "payment_intent": None,
            "payment_method_types": ["card"],
            "payment_status": "unpaid",
            "status": "open",
            "url": f"{self.page_url}/pay/{key}",
            "created": self.now,
            **wanted,
        }
        self.store.keep(page)
        self.store.keep(
            {"id": _asked(key), "object": "payment_intent_data", "created": self.now, **asked}
        )
        if page["expires_at"] > time.time():
            self.store.watch(key, page["expires_at"])
        return page

    def close_page(self, page: Thing) -> Thing:
        """Let nobody pay on it any more."""
        if page["status"] != "open":
            raise Refusal(
                'Only Checkout Sessions with a status in ["open"] can be expired.'
                f" This Checkout Session has a status of `{page['status']}`."
            )
        return self._end(page, self.now)

    def _end(self, page: Thing, moment: int) -> Thing:
        page |= {"status": "expired", "url": None}
        self.store.keep(page)
        self.store.unwatch(page["id"])
        self.tell("checkout.session.expired", page, moment)
        return page

    # ---- paying
    def pay(self, page: Thing) -> Thing:
        """The card is good: money, then the page is complete."""
        page |= {"amount_total": page["amount_total"] + off_by(self.store)}
        intent = self._settle(self._intent(page))
        self.tell("payment_intent.succeeded", intent)
        return self._complete(page, intent, "paid", "checkout.session.completed")

    def decline(self, page: Thing) -> Thing:
        """The card is refused; the shopper may try again."""
        intent = self._intent(page) | {
            "status": "requires_payment_method",
            "last_payment_error": DECLINED,
        }
        self.store.keep(intent)
        page |= {"payment_intent": intent["id"]}
        self.store.keep(page)
        self.tell("payment_intent.payment_failed", intent)
        return page

    def pay_later(self, page: Thing) -> Thing:
        """The page is complete and the money still on its way."""
        intent = self._intent(page) | {"status": "processing", "last_payment_error": None}
        self.store.keep(intent)
        self.tell("payment_intent.processing", intent)
        return self._complete(page, intent, "unpaid", "checkout.session.completed")

    def later_paid(self, page: Thing) -> Thing:
        """The money has come."""
        intent = self._settle(self._on_its_way(page))
        self.tell("payment_intent.succeeded", intent)
        return self._complete(page, intent, "paid", "checkout.session.async_payment_succeeded")

    def later_failed(self, page: Thing) -> Thing:
        """The money did not come."""
        intent = self._on_its_way(page) | {
            "status": "requires_payment_method",
            "last_payment_error": DECLINED,
        }
        self.store.keep(intent)
        self.tell("payment_intent.payment_failed", intent)
        return self._complete(page, intent, "unpaid", "checkout.session.async_payment_failed")

    def _complete(self, page: Thing, intent: Thing, paid: str, event: str) -> Thing:
        page |= {
            "status": "complete",
            "payment_status": paid,
            "payment_intent": intent["id"],
            "url": None,
        }
        self.store.keep(page)
        self.store.unwatch(page["id"])
        self.tell(event, page)
        return page

    def _intent(self, page: Thing) -> Thing:
        if page["status"] != "open":
            raise Refusal(f"This Checkout Session has a status of `{page['status']}`.")
        if page["payment_intent"]:
            return self.get("payment_intent", page["payment_intent"])
        asked = self.get("payment_intent_data", _asked(page["id"]))
        return self.open_intent(page["amount_total"], page["currency"], asked)

    def open_intent(self, amount: int, currency: str, asked: Thing) -> Thing:
        """A payment that nobody has paid yet."""
        intent = self.new("payment_intent", "pi", amount=amount, currency=currency) | {
            "amount_received": 0,
            "last_payment_error": None,
            "latest_charge": None,
            "metadata": asked.get("metadata") or {},
            "payment_method_types": ["card"],
            "status": "requires_payment_method",
            "transfer_group": asked.get("transfer_group"),
        }
        self.store.keep(intent)
        self.tell("payment_intent.created", intent)
        return intent

    def _on_its_way(self, page: Thing) -> Thing:
        intent = self.get("payment_intent", page["payment_intent"] or "")
        if intent["status"] != "processing":
            raise Refusal(f"This PaymentIntent has a status of `{intent['status']}`.")
        return intent

    def _settle(self, intent: Thing) -> Thing:
        amount = intent["amount"]
        charge = self.new("charge", "ch", amount=amount, currency=intent["currency"]) | {
            "amount_captured": amount,
            "amount_refunded": 0,
            "captured": True,
            "disputed": False,
            "metadata": intent["metadata"],
            "paid": True,
            "payment_intent": intent["id"],
            "payment_method_details": {"type": "card", "card": {"brand": "visa", "last4": "4242"}},
            "refunded": False,
            "status": "succeeded",
            "transfer_group": intent["transfer_group"],
        }
        fee = -(-amount * FEE_PER_THOUSAND // 1_000)
        charge["balance_transaction"] = self.book("charge", charge, amount, fee)
        self.store.keep(charge)
        intent |= {
            "status": "succeeded",
            "amount_received": amount,
            "last_payment_error": None,
            "latest_charge": charge["id"],
        }
        self.store.keep(intent)
        self.tell("charge.succeeded", charge)
        return intent

    # ---- money back
    def refund(self, charge: Thing, amount: int, marks: Thing, reason: str | None) -> Thing:
        """Send a part or all of a charge back to its card."""
        left = charge["amount"] - charge["amount_refunded"]
        if charge["disputed"]:
            raise Refusal(
                f"Charge {charge['id']} has been charged back; cannot issue a refund.",
                code="charge_disputed",
            )
        if not left:
            raise Refusal(
                f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
            )
        if amount > left:
            raise Refusal(
                f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})",
                param="amount",
            )
        refund = self.new("refund", "re", amount=amount, currency=charge["currency"]) | {
            "charge": charge["id"],
            "metadata": marks,
            "payment_intent": charge["payment_intent"],
            "reason": reason,
            "status": position(self.store, "refunds"),
        }
        refund["balance_transaction"] = self.book("refund", refund, -amount, 0)
        self.store.keep(refund)
        self._give_back(charge, amount)
        self.tell("refund.created", refund)
        self.tell("charge.refunded", charge)
        return refund

    def end_refund(self, refund: Thing, status: str) -> Thing:
        """What became of a refund that was pending."""
        if refund["status"] != "pending":
            raise Refusal(f"This Refund has a status of `{refund['status']}`.")
        refund["status"] = status
        if status == "failed":
            refund["failure_reason"] = "lost_or_stolen_card"
            self._give_back(self.get("charge", refund["charge"]), -refund["amount"])
        self.store.keep(refund)
        self.tell("refund.updated", refund)
        if status == "failed":
            self.tell("refund.failed", refund)
        return refund

    def _give_back(self, charge: Thing, amount: int) -> None:
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        self.store.keep(charge)

    def transfer(self, amount: int, currency: str, asked: Thing) -> Thing:
        """Money to an account beside ours."""
        transfer = self.new("transfer", "tr", amount=amount, currency=currency) | {
            "amount_reversed": 0,
            "destination": asked["destination"],
            "metadata": asked.get("metadata") or {},
            "reversed": False,
            "source_transaction": asked.get("source_transaction"),
            "transfer_group": asked.get("transfer_group"),
        }
        transfer["balance_transaction"] = self.book("transfer", transfer, -amount, 0)
        self.store.keep(transfer)
        self.tell("transfer.created", transfer)
        return transfer

    # ---- everywhere
    def new(self, kind: str, prefix: str, **fields: Any) -> Thing:
        """An object that nobody has seen yet; whoever makes it keeps it."""
        return {
            "id": f"{prefix}_{_name(24)}",
            "object": kind,
            "created": self.now,
            "livemode": False,
            **fields,
        }

    def book(self, kind: str, source: Thing, amount: int, fee: int) -> str:
        """Move the account's balance; the name of the line that says so."""
        booked = self.new("balance_transaction", "txn", amount=amount) | {
            "available_on": self.now,
            "currency": source["currency"],
            "exchange_rate": None,
            "fee": fee,
            "net": amount - fee,
            "source": source["id"],
            "status": "available",
            "type": kind,
        }
        self.store.keep(booked)
        key: str = booked["id"]
        return key

    def tell(self, kind: str, about: Thing, moment: int | None = None) -> Thing:
        """Write an event, and have it told to the shop."""
        event: Thing = {
            "id": f"evt_{_name(24)}",
            "object": "event",
            "api_version": API_VERSION,
            "created": self.now if moment is None else moment,
            "data": {"object": about},
            "livemode": False,
            "pending_webhooks": 1 if self.tells else 0,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
        }
        self.store.keep(event)
        if self.tells:
            self.store.post(event["id"], self.now)
        return event


def _asked(page_id: str) -> str:
    return f"{page_id}/payment_intent_data"


def _name(length: int) -> str:
    letters = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789"
    return "".join(secrets.choice(letters) for _ in range(length))
