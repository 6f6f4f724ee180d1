"""Stripe's HTTP interface as far as the shop uses it: keys, forms, errors, lists, idempotency."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass

from stripe_double.charges import MAX_SECONDS, MIN_AMOUNT_HUNDREDTHS, MIN_SECONDS, ChargeEngine
from stripe_double.errors import Refusal, missing
from stripe_double.parameters import amount_in, dict_in, only_known, strings_in, text_in
from stripe_double.store import Thing, Wanted

MAX_LISTED = 100
LISTS = {
    "checkout/sessions": ("checkout.session", ("payment_intent", "status")),
    "payment_intents": ("payment_intent", ()),
    "charges": ("charge", ("payment_intent", "transfer_group")),
    "refunds": ("refund", ("payment_intent", "charge")),
    "disputes": ("dispute", ("payment_intent", "charge")),
    "transfers": ("transfer", ("transfer_group",)),
    "balance_transactions": ("balance_transaction", ("type",)),
    "events": ("event", ("type",)),
}
"""By address: the kind of object, and the fields a list can be narrowed by."""


@dataclass(frozen=True, slots=True)
class ApiRequest:
    """One API request, parsed."""

    method: str
    path: str
    given: Thing
    """Parameters, nested as they were meant."""
    text: str
    """Parameters as they came: the same text is the same question."""
    key: str | None
    """Idempotency key."""


def is_key(header: str, key: str) -> bool:
    """Whether ``Authorization`` holds the key, as bearer or as name of Basic."""
    scheme, _, given = header.partition(" ")
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given).decode().partition(":")[0]
        except ValueError:
            return False
    return hmac.compare_digest(given.strip().encode(), key.encode())


def answer(till: ChargeEngine, question: ApiRequest) -> tuple[Thing, bool]:
    """The object asked for, and whether it is the repetition of an earlier answer.

    :raises Refusal: with status and words.
    """
    with till.store.transaction():
        if question.method != "POST" or question.key is None:
            return _answer(till, question), False
        if len(question.key) > 255:
            raise Refusal("Idempotency keys must be at most 255 characters long.")
        mark = hashlib.sha256(f"{question.path}\n{question.text}".encode()).hexdigest()
        known = till.store.answered(question.key, till.now)
        if known is None:
            made = _answer(till, question)
            till.store.remember(question.key, mark, json.dumps(made), till.now)
            return made, False
        if known[0] != mark:
            raise Refusal(
                "Keys for idempotent requests can only be used with the same parameters they were"
                f" first used with. Try using a key other than '{question.key}' if you meant to"
                " execute a different request.",
                kind="idempotency_error",
            )
        repeated: Thing = json.loads(known[1])
        return repeated, True


def _answer(till: ChargeEngine, question: ApiRequest) -> Thing:
    steps = question.path.removeprefix("/v1/").strip("/")
    for address, (kind, narrowing) in LISTS.items():
        if steps != address and not steps.startswith(f"{address}/"):
            continue
        key, _, verb = steps.removeprefix(address).lstrip("/").partition("/")
        if question.method == "GET" and not verb:
            expand = strings_in(question.given, "expand")
            if key:
                return _expanded(till, till.get(kind, key), expand)
            return _list(till, question, kind, narrowing, expand)
        act = VERBS.get((address, verb, bool(key)))
        if question.method == "POST" and act is not None:
            made = act(till, question.given, key)
            return _expanded(till, made, strings_in(question.given, "expand"))
    raise Refusal(f"Unrecognized request URL ({question.method}: {question.path}).", status=404)


# ---- what can be made
def _open_page(till: ChargeEngine, given: Thing, _key: str) -> Thing:
    only_known(given, "mode line_items client_reference_id metadata payment_intent_data expires_at")
    if given.get("mode") != "payment":
        raise Refusal("Invalid mode: must be payment", param="mode")
    items = given.get("line_items")
    if not isinstance(items, list) or not items:
        raise Refusal("Missing required param: line_items.", code="parameter_missing")
    total, currency, words = 0, None, []
    for position, item in enumerate(items):
        place = f"line_items[{position}]"
        price = dict_in(item, "price_data", place)
        each = amount_in(price, "unit_amount", f"{place}[price_data]", minimum=0)
        total += each * amount_in(item, "quantity", place)
        currency = text_in(price, "currency", f"{place}[price_data]").lower()
        words.append(
            text_in(dict_in(price, "product_data", place), "name", f"{place}[product_data]")
        )
    if total < MIN_AMOUNT_HUNDREDTHS:
        raise Refusal(
            "The Checkout Session's total amount due must add up to at least Rp8.000,00",
            code="amount_too_small",
        )
    expires_at = till.now + MAX_SECONDS
    if "expires_at" in given:
        expires_at = amount_in(given, "expires_at", "")
        if not till.now + MIN_SECONDS <= expires_at <= till.now + MAX_SECONDS:
            raise Refusal(
                "The `expires_at` timestamp must be between 30 minutes and 24 hours from"
                " Checkout Session creation.",
                param="expires_at",
            )
    return till.open_page(
        {
            "amount_subtotal": total,
            "amount_total": total,
            "cancel_url": given.get("cancel_url"),
            "client_reference_id": given.get("client_reference_id"),
            "currency": currency,
            "custom_text": {"submit": None},
            "expires_at": expires_at,
            "locale": given.get("locale"),
            "metadata": given.get("metadata") or {},
            "success_url": text_in(given, "success_url", ""),
        },
        {**(given.get("payment_intent_data") or {}), "description": ", ".join(words)},
    )


def _close_page(till: ChargeEngine, _given: Thing, key: str) -> Thing:
    return till.close_page(till.get("checkout.session", key))


def _open_intent(till: ChargeEngine, given: Thing, _key: str) -> Thing:
    return till.open_intent(amount_in(given, "amount", ""), text_in(given, "currency", ""), given)


def _refund(till: ChargeEngine, given: Thing, _key: str) -> Thing:
    only_known(given, "payment_intent charge amount metadata reason")
    if "charge" in given:
        charge = till.get("charge", given["charge"], "charge")
    else:
        ref = text_in(given, "payment_intent", "")
        intent = till.get("payment_intent", ref, "payment_intent")
        if intent["latest_charge"] is None:
            raise Refusal(
                f"This PaymentIntent ({ref}) does not have a successful charge to refund."
            )
        charge = till.get("charge", intent["latest_charge"])
    left = charge["amount"] - charge["amount_refunded"]
    amount = amount_in(given, "amount", "") if "amount" in given else left
    return till.refund(charge, amount, given.get("metadata") or {}, given.get("reason"))


def _transfer(till: ChargeEngine, given: Thing, _key: str) -> Thing:
    text_in(given, "destination", "")
    return till.transfer(amount_in(given, "amount", ""), text_in(given, "currency", ""), given)


VERBS: dict[tuple[str, str, bool], Callable[[ChargeEngine, Thing, str], Thing]] = {
    ("checkout/sessions", "", False): _open_page,
    ("checkout/sessions", "expire", True): _close_page,
    ("payment_intents", "", False): _open_intent,
    ("refunds", "", False): _refund,
    ("transfers", "", False): _transfer,
}
"""By address, verb and whether an object is named."""


# ---- showing
def _list(
    till: ChargeEngine,
    question: ApiRequest,
    kind: str,
    narrowing: tuple[str, ...],
    expand: list[str],
) -> Thing:
    given = question.given
    limit = amount_in(given, "limit", "") if "limit" in given else 10
    if limit > MAX_LISTED:
        raise Refusal(f"This value must be less than or equal to {MAX_LISTED}.", param="limit")
    fields = {name: [str(given[name])] for name in narrowing if name in given}
    if kind == "event" and "types" in given:
        fields["type"] = strings_in(given, "types")
    moments = given.get("created", {})
    if not isinstance(moments, dict):
        moments = {"gte": moments, "lte": moments}
    created = {name: amount_in(moments, name, "created", minimum=0) for name in moments}
    if set(created) - {"gt", "gte", "lt", "lte"}:
        raise Refusal("Received unknown parameter: created", param="created")
    for cursor in ("starting_after", "ending_before"):
        if cursor in given and till.store.find(given[cursor]) is None:
            raise missing(kind, given[cursor], cursor)
    found = till.store.listed(
        Wanted(
            kind,
            fields,
            created,
            limit,
            after=given.get("starting_after"),
            before=given.get("ending_before"),
        )
    )
    page = found[:limit]
    if "ending_before" in given:
        page.reverse()
    inner = [part.removeprefix("data.") for part in expand]
    return {
        "object": "list",
        "data": [_expanded(till, thing, inner) for thing in page],
        "has_more": len(found) > limit,
        "url": question.path,
    }


def _expanded(till: ChargeEngine, thing: Thing, paths: list[str]) -> Thing:
    for path in paths:
        place = thing
        for step in path.split("."):
            inner = place.get(step)
            if isinstance(inner, str):
                inner = till.store.find(inner)
                if inner is not None:
                    place[step] = inner
            if not isinstance(inner, dict):
                break
            place = inner
    return thing
