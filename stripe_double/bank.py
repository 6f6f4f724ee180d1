"""What banks do at the payment double: take a payment back, ask about one, decide.

No shop asks for this; a test pulls the strings, and in the demo a person plays the bank.
"""

import contextlib
from dataclasses import dataclass

from stripe_double.charges import ChargeEngine
from stripe_double.errors import Refusal
from stripe_double.store import Thing

EVIDENCE_SECONDS = 7 * 24 * 3_600
FEE = 0
"""A bank's fee for a dispute depends on the country; the double takes none."""
ENDS = ("won", "lost")
OPEN = ("needs_response", "warning_needs_response")


def dispute(
    till: ChargeEngine, charge: Thing, amount: int | None = None, *, asks_only: bool
) -> Thing:
    """A cardholder says at the bank that this payment was not right.

    :param amount: hundredths; None: all of the charge that did not go back.
    :param asks_only: a question takes no money yet.
    """
    if open_dispute(till, charge["payment_intent"]) is not None or charge["disputed"]:
        raise Refusal(f"Charge {charge['id']} has already been disputed.")
    left = charge["amount"] - charge["amount_refunded"]
    amount = left if amount is None else amount
    if not 0 < amount <= left:
        raise Refusal(f"Nothing of charge {charge['id']} can be disputed.", param="amount")
    made = till.new("dispute", "dp", amount=amount, currency=charge["currency"]) | {
        "charge": charge["id"],
        "evidence_details": {
            "due_by": till.now + EVIDENCE_SECONDS,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": asks_only,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": "product_not_received",
        "status": "warning_needs_response" if asks_only else "needs_response",
    }
    till.store.keep(made)
    till.tell("charge.dispute.created", made)
    if not asks_only:
        _take(till, made)
    return made


def decide(till: ChargeEngine, made: Thing, status: str) -> Thing:
    """The bank has decided: ``won`` by the shop, or ``lost``."""
    if made["status"] not in OPEN:
        raise Refusal(f"This Dispute has a status of `{made['status']}`.")
    asked = made["status"] == "warning_needs_response"
    if asked and status == "lost":
        _take(till, made)
    made["status"] = "warning_closed" if asked and status == "won" else status
    if status == "won" and not asked:
        till.book("adjustment", made, made["amount"], FEE)
        till.tell("charge.dispute.funds_reinstated", made)
    till.store.keep(made)
    till.tell("charge.dispute.closed", made)
    return made


def open_dispute(till: ChargeEngine, intent_id: str) -> Thing | None:
    """The dispute of a payment that nobody has decided."""
    return next((one for one in till.disputes(intent_id) if one["status"] in OPEN), None)


def _take(till: ChargeEngine, made: Thing) -> None:
    charge = till.get("charge", made["charge"])
    charge["disputed"] = True
    till.store.keep(charge)
    till.book("adjustment", made, -made["amount"], FEE)
    till.tell("charge.dispute.funds_withdrawn", made)


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


def bank_of(till: ChargeEngine, page: Thing) -> Bank | None:
    """How the money of a page stands; None where none came."""
    charge = _charge(till, page)
    if charge is None:
        return None
    is_disputed = open_dispute(till, charge["payment_intent"]) is not None
    return Bank(is_disputed, not is_disputed and not charge["disputed"] and not charge["refunded"])


def play_bank(till: ChargeEngine, page: Thing, act: str) -> None:
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


def _charge(till: ChargeEngine, page: Thing) -> Thing | None:
    intent = till.store.find(page["payment_intent"] or "") or {}
    return till.store.find(intent.get("latest_charge") or "")
