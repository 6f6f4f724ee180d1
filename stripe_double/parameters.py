"""Reading what a call gives, nested as Stripe's forms are, refused in Stripe's words."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl

from stripe_double.errors import Refusal
from stripe_double.store import Thing


def pairs(text: str) -> list[tuple[str, str]]:
    """Names and values of a form.

    :raises Refusal: for more than any call of ours has.
    """
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=1_000)
    except ValueError:
        raise Refusal("Too many parameters.") from None


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


def only_known(given: Thing, names: str) -> None:
    """Stripe refuses what it does not know; so a misspelt name is found here already."""
    more = "success_url cancel_url locale currency expand customer_email description"
    for name in given:
        if name not in names.split() and name not in more.split():
            raise Refusal(
                f"Received unknown parameter: {name}", code="parameter_unknown", param=name
            )


def text_in(given: Thing, name: str, place: str) -> str:
    """A text that must be there.

    :param place: name of the parameter it stands inside, for the refusal; "" at the top.
    :raises Refusal: when it is missing or empty.
    """
    value = given.get(name)
    param = f"{place}[{name}]" if place else name
    if not isinstance(value, str) or not value:
        raise Refusal(f"Missing required param: {param}.", code="parameter_missing", param=param)
    return value


def amount_in(given: Thing, name: str, place: str, minimum: int = 1) -> int:
    """A whole number ``>= least`` of at most twelve digits.

    :raises Refusal: for anything else.
    """
    text = text_in(given, name, place)
    param = f"{place}[{name}]" if place else name
    if not (text.isascii() and text.isdecimal() and len(text) <= 12):
        raise Refusal(
            f"Invalid integer: {text[:40]}", code="parameter_invalid_integer", param=param
        )
    if int(text) < minimum:
        raise Refusal(
            f"This value must be greater than or equal to {minimum}.",
            code="parameter_invalid_integer",
            param=param,
        )
    return int(text)


def dict_in(given: Any, name: str, place: str) -> Thing:
    """Parameters nested under a name.

    :raises Refusal: where there are none.
    """
    value = given.get(name) if isinstance(given, dict) else None
    if not isinstance(value, dict):
        raise Refusal(f"Missing required param: {place}[{name}].", code="parameter_missing")
    return value


def strings_in(given: Thing, name: str) -> list[str]:
    """The texts of a list; one alone is a list of one."""
    value = given.get(name, [])
    return [str(part) for part in value] if isinstance(value, list) else [str(value)]
