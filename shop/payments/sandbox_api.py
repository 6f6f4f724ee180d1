"""Stripe's HTTP interface as far as the shop uses it: keys, forms, errors, lists, idempotency."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from shop.payments.sandbox_money import (
    LEAST_AMOUNT,
    LEAST_SECONDS,
    MOST_SECONDS,
    Refusal,
    Till,
    missing,
)
from shop.payments.sandbox_store import Thing, Wanted

MOST_LISTED = 100
METHODS = {"GET": False, "POST": True}
LISTS = {
    "checkout/sessions": ("checkout.session", ("payment_intent", "status")),
    "payment_intents": ("payment_intent", ()),
    "charges": ("charge", ("payment_intent", "transfer_group")),
    "refunds": ("refund", ("payment_intent", "charge")),
    "transfers": ("transfer", ("transfer_group",)),
    "balance_transactions": ("balance_transaction", ("type",)),
    "events": ("event", ("type",)),
}
"""By address: the kind of object, and the fields a list can be narrowed by."""


@dataclass(frozen=True, slots=True)
class Question:
    """One call, read."""

    method: str
    path: str
    given: Thing
    """Parameters, nested as they were meant."""
    text: str
    """Parameters as they came: the same text is the same question."""
    key: str | None
    """Idempotency key."""


def read(pairs: Iterable[tuple[str, str]]) -> Thing:
    """Nest ``a[b][0][c]=d`` into ``{"a": {"b": [{"c": "d"}]}}``.

    :raises Refusal: for a name that contradicts another.
    """
    found: Thing = {}
    for name, value in pairs:
        path = re.findall(r"[^\[\]]+|\[\]", name)
        if not path:
            raise Refusal(f"Invalid parameter name: {name}")
        place = found
        for step, following in zip(path, [*path[1:], None], strict=True):
            step = str(len(place)) if step == "[]" else step
            if following is None:
                place[step] = value
            else:
                place = place.setdefault(step, {})
                if not isinstance(place, dict):
                    raise Refusal(f"Invalid parameter: {name}", param=name)
    return {name: _listed(value) for name, value in found.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(part) for name, part in value.items()}
    if inner and all(name.isdecimal() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


def is_key(header: str, key: str) -> bool:
    """Whether ``Authorization`` holds the key, as bearer or as name of Basic."""
    scheme, _, given = header.partition(" ")
    if scheme.lower() == "basic":
        try:
            given = base64.b64decode(given).decode().partition(":")[0]
        except ValueError:
            return False
    return hmac.compare_digest(given.strip().encode(), key.encode())


def answer(till: Till, question: Question) -> tuple[Thing, bool]:
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


def _answer(till: Till, question: Question) -> Thing:
    steps = question.path.removeprefix("/v1/").strip("/")
    for address, (kind, narrowing) in LISTS.items():
        if steps != address and not steps.startswith(f"{address}/"):
            continue
        key, _, verb = steps.removeprefix(address).lstrip("/").partition("/")
        if question.method == "GET" and not verb:
            expand = _strings(question.given, "expand")
            if key:
                return _expanded(till, till.get(kind, key), expand)
            return _list(till, question, kind, narrowing, expand)
        act = VERBS.get((address, verb, bool(key)))
        if question.method == "POST" and act is not None:
            made = act(till, question.given, key)
            return _expanded(till, made, _strings(question.given, "expand"))
    raise Refusal(f"Unrecognized request URL ({question.method}: {question.path}).", status=404)


# ---- what can be made
def _open_page(till: Till, given: Thing, _key: str) -> Thing:
    _known(given, "mode line_items client_reference_id metadata payment_intent_data expires_at")
    if given.get("mode") != "payment":
        raise Refusal("Invalid mode: must be payment", param="mode")
    items = given.get("line_items")
    if not isinstance(items, list) or not items:
        raise Refusal("Missing required param: line_items.", code="parameter_missing")
    total, currency, words = 0, None, []
    for position, item in enumerate(items):
        place = f"line_items[{position}]"
        price = _dict(item, "price_data", place)
        each = _amount(price, "unit_amount", f"{place}[price_data]", least=0)
        total += each * _amount(item, "quantity", place)
        currency = _text(price, "currency", f"{place}[price_data]").lower()
        words.append(_text(_dict(price, "product_data", place), "name", f"{place}[product_data]"))
    if total < LEAST_AMOUNT:
        raise Refusal(
            "The Checkout Session's total amount due must add up to at least Rp8.000,00",
            code="amount_too_small",
        )
    expires_at = till.now + MOST_SECONDS
    if "expires_at" in given:
        expires_at = _amount(given, "expires_at", "")
        if not till.now + LEAST_SECONDS <= expires_at <= till.now + MOST_SECONDS:
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
            "success_url": _text(given, "success_url", ""),
        },
        {**(given.get("payment_intent_data") or {}), "description": ", ".join(words)},
    )


def _close_page(till: Till, _given: Thing, key: str) -> Thing:
    return till.close_page(till.get("checkout.session", key))


def _open_intent(till: Till, given: Thing, _key: str) -> Thing:
    return till.open_intent(_amount(given, "amount", ""), _text(given, "currency", ""), given)


def _refund(till: Till, given: Thing, _key: str) -> Thing:
    _known(given, "payment_intent charge amount metadata reason")
    if "charge" in given:
        charge = till.get("charge", given["charge"], "charge")
    else:
        ref = _text(given, "payment_intent", "")
        intent = till.get("payment_intent", ref, "payment_intent")
        if intent["latest_charge"] is None:
            raise Refusal(
                f"This PaymentIntent ({ref}) does not have a successful charge to refund."
            )
        charge = till.get("charge", intent["latest_charge"])
    left = charge["amount"] - charge["amount_refunded"]
    amount = _amount(given, "amount", "") if "amount" in given else left
    return till.refund(charge, amount, given.get("metadata") or {}, given.get("reason"))


def _transfer(till: Till, given: Thing, _key: str) -> Thing:
    _text(given, "destination", "")
    return till.transfer(_amount(given, "amount", ""), _text(given, "currency", ""), given)


VERBS: dict[tuple[str, str, bool], Callable[[Till, Thing, str], Thing]] = {
    ("checkout/sessions", "", False): _open_page,
    ("checkout/sessions", "expire", True): _close_page,
    ("payment_intents", "", False): _open_intent,
    ("refunds", "", False): _refund,
    ("transfers", "", False): _transfer,
}
"""By address, verb and whether an object is named."""


# ---- reading parameters
def _known(given: Thing, names: str) -> None:
    """Stripe refuses what it does not know; so a misspelt name is found here already."""
    more = "success_url cancel_url locale currency expand customer_email description"
    for name in given:
        if name not in names.split() and name not in more.split():
            raise Refusal(
                f"Received unknown parameter: {name}", code="parameter_unknown", param=name
            )


def _text(given: Thing, name: str, place: str) -> str:
    value = given.get(name)
    param = f"{place}[{name}]" if place else name
    if not isinstance(value, str) or not value:
        raise Refusal(f"Missing required param: {param}.", code="parameter_missing", param=param)
    return value


def _amount(given: Thing, name: str, place: str, least: int = 1) -> int:
    text = _text(given, name, place)
    param = f"{place}[{name}]" if place else name
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):
        raise Refusal(
            f"Invalid integer: {text[:40]}", code="parameter_invalid_integer", param=param
        )
    if int(text) < least:
        raise Refusal(
            f"This value must be greater than or equal to {least}.",
            code="parameter_invalid_integer",
            param=param,
        )
    return int(text)


def _dict(given: Any, name: str, place: str) -> Thing:
    value = given.get(name) if isinstance(given, dict) else None
    if not isinstance(value, dict):
        raise Refusal(f"Missing required param: {place}[{name}].", code="parameter_missing")
    return value


def _strings(given: Thing, name: str) -> list[str]:
    value = given.get(name, [])
    return [str(part) for part in value] if isinstance(value, list) else [str(value)]


# ---- showing
def _list(
    till: Till, question: Question, kind: str, narrowing: tuple[str, ...], expand: list[str]
) -> Thing:
    given = question.given
    limit = _amount(given, "limit", "") if "limit" in given else 10
    if limit > MOST_LISTED:
        raise Refusal(f"This value must be less than or equal to {MOST_LISTED}.", param="limit")
    fields = {name: [str(given[name])] for name in narrowing if name in given}
    if kind == "event" and "types" in given:
        fields["type"] = _strings(given, "types")
    moments = given.get("created", {})
    if not isinstance(moments, dict):
        moments = {"gte": moments, "lte": moments}
    created = {name: _amount(moments, name, "created", least=0) for name in moments}
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


def _expanded(till: Till, thing: Thing, paths: list[str]) -> Thing:
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


def pairs(text: str) -> list[tuple[str, str]]:
    """Names and values of a form.

    :raises Refusal: for more than any call of ours has.
    """
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=1_000)
    except ValueError:
        raise Refusal("Too many parameters.") from None
