"""Playing the bank on a page of the double that was paid: what a cardholder may do later."""

import contextlib
from dataclasses import dataclass

from shop.payments.sandbox_disputes import decide, dispute, open_dispute
from shop.payments.sandbox_money import Till
from shop.payments.sandbox_refusals import Refusal
from shop.payments.sandbox_store import Thing

DISPUTE, ASK, WON, LOST, REFUND = "sanggah", "tanya", "toko-menang", "pembeli-menang", "kembalikan"
BANK = (DISPUTE, ASK, WON, LOST, REFUND)
"""What the buttons say."""


@dataclass(frozen=True, slots=True)
class Bank:
    """How a payment stands at the bank."""

    is_disputed: bool
    """A dispute, or a question, waits for its decision."""
    is_free: bool
    """It can be disputed, or sent back from here."""


def bank_of(till: Till, page: Thing) -> Bank | None:
    """How the money of a page stands; None where none came."""
    charge = _charge(till, page)
    if charge is None:
        return None
    is_disputed = open_dispute(till, charge["payment_intent"]) is not None
    return Bank(is_disputed, not is_disputed and not charge["disputed"] and not charge["refunded"])


def play_bank(till: Till, page: Thing, act: str) -> None:
    """Do what a button says; one that fits no more does nothing."""
    charge = _charge(till, page)
    if charge is None:
        return
    waits = open_dispute(till, charge["payment_intent"])
    with contextlib.suppress(Refusal):
        if act in (DISPUTE, ASK):
            dispute(till, charge, asks_only=act == ASK)
        elif act == REFUND:
            left = charge["amount"] - charge["amount_refunded"]
            till.refund(charge, left, {}, "requested_by_customer")
        elif waits is not None:
            decide(till, waits, "won" if act == WON else "lost")


def _charge(till: Till, page: Thing) -> Thing | None:
    intent = till.store.find(page["payment_intent"] or "") or {}
    return till.store.find(intent.get("latest_charge") or "")
