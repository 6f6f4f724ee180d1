"""Strings to pull at the double that Stripe does not have: what cards and banks do, and when.

For tests and for the demo's past; the API's key opens them.
"""

from collections.abc import Callable, Mapping
from typing import Literal, cast

from stripe_double.api import ApiRequest
from stripe_double.bank import decide, dispute
from stripe_double.charges import ChargeEngine
from stripe_double.errors import Refusal
from stripe_double.fault_injection import turn
from stripe_double.parameters import amount_in
from stripe_double.store import Thing

Outcome = Literal["paid", "declined", "later", "later-paid", "later-failed"]
OUTCOMES: Mapping[Outcome, Callable[[ChargeEngine, Thing], Thing]] = {
    "paid": ChargeEngine.pay,
    "declined": ChargeEngine.decline,
    "later": ChargeEngine.pay_later,
    "later-paid": ChargeEngine.later_paid,
    "later-failed": ChargeEngine.later_failed,
}


def apply_control(till: ChargeEngine, question: ApiRequest) -> Thing:
    """Apply the control named in the address.

    ``POST /sandbox/sessions/<id>/<outcome>`` · ``POST /sandbox/refunds/<id>/succeeded|failed`` ·
    ``POST /sandbox/payments/<id>/disputed|questioned``, with ``amount`` in hundredths or without ·
    ``POST /sandbox/disputes/<id>/won|lost`` ·
    ``POST /sandbox/switches`` with positions of ``fault_injection.SWITCHES`` ·
    ``GET /sandbox/waiting``: events that the shop does not know yet.

    :raises Refusal: for anything else.
    """
    with till.store.transaction():
        match (question.method, *question.path.strip("/").split("/")[1:]):
            case ("POST", "sessions", key, outcome) if outcome in OUTCOMES:
                return OUTCOMES[cast("Outcome", outcome)](till, till.get("checkout.session", key))
            case ("POST", "refunds", key, "succeeded" | "failed" as status):
                return till.end_refund(till.get("refund", key), status)
            case ("POST", "payments", key, "disputed" | "questioned" as how):
                intent = till.get("payment_intent", key)
                amount = (
                    amount_in(question.given, "amount", "") if "amount" in question.given else None
                )
                charge = till.get("charge", intent["latest_charge"] or "")
                return dispute(till, charge, amount, asks_only=how == "questioned")
            case ("POST", "disputes", key, "won" | "lost" as end):
                return decide(till, till.get("dispute", key), end)
            case ("POST", "switches"):
                return dict(turn(till.store, question.given))
            case ("GET", "waiting"):
                return {
                    "data": [
                        {"event": key, "tries": tries, "due_at": due_at}
                        for key, tries, due_at in till.store.waiting()
                    ]
                }
    raise Refusal(f"Unrecognized request URL ({question.method}: {question.path}).", status=404)
