"""Strings to pull at the double that Stripe does not have: what a card does, and when it is told.

For tests and for the demo's past; the API's key opens them.
"""

from collections.abc import Callable, Mapping
from typing import Literal, cast

from shop.payments.sandbox_api import Question
from shop.payments.sandbox_mischief import turn
from shop.payments.sandbox_money import Till
from shop.payments.sandbox_refusals import Refusal
from shop.payments.sandbox_store import Thing

Outcome = Literal["paid", "declined", "later", "later-paid", "later-failed"]
OUTCOMES: Mapping[Outcome, Callable[[Till, Thing], Thing]] = {
    "paid": Till.pay,
    "declined": Till.decline,
    "later": Till.pay_later,
    "later-paid": Till.later_paid,
    "later-failed": Till.later_failed,
}


def pull(till: Till, question: Question) -> Thing:
    """Do what the address says.

    ``POST /sandbox/sessions/<id>/<outcome>`` · ``POST /sandbox/refunds/<id>/succeeded|failed`` ·
    ``POST /sandbox/switches`` with positions of ``sandbox_mischief.SWITCHES`` ·
    ``GET /sandbox/waiting``: events that the shop does not know yet.

    :raises Refusal: for anything else.
    """
    with till.store.transaction():
        match (question.method, *question.path.strip("/").split("/")[1:]):
            case ("POST", "sessions", key, outcome) if outcome in OUTCOMES:
                return OUTCOMES[cast("Outcome", outcome)](till, till.get("checkout.session", key))
            case ("POST", "refunds", key, "succeeded" | "failed" as status):
                return till.end_refund(till.get("refund", key), status)
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
