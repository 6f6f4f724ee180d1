"""What is typed about contents and measures: units of the law, and what cannot be."""

import re
from dataclasses import dataclass
from enum import StrEnum

from shop.core.values.errors import InvalidInput
from shop.core.values.units import Grams, Millimetres

MAX_GRAMS = Grams(50_000)
MAX_SIDE_MM = Millimetres(2_000)
MAX_NET = 1_000_000

_NET = re.compile(r"(\d{1,7})(?:[.,](\d{1,3}))?\s*([a-z]+)\.?", re.IGNORECASE | re.ASCII)
_UNITS = {
    **dict.fromkeys(("g", "gr", "gram", "grm"), ("g", 1)),
    **dict.fromkeys(("kg", "kilo", "kilogram"), ("g", 1_000)),
    **dict.fromkeys(("ons",), ("g", 100)),
    **dict.fromkeys(("ml", "cc", "mili", "mililiter"), ("ml", 1)),
    **dict.fromkeys(("l", "lt", "ltr", "liter"), ("ml", 1_000)),
    **dict.fromkeys(("pcs", "pc", "buah", "biji", "butir", "potong"), ("pcs", 1)),
    **{unit: (unit, 1) for unit in ("lembar", "pasang", "set", "meter")},
}
_GROUPS = re.compile(r"\d{1,3}([.,]\d{3})+")


class NotANetContent(InvalidInput):
    """No number with a unit that a label may carry."""

    def __init__(self, typed: str) -> None:
        super().__init__("not a net content")
        self.typed = typed[:40]


@dataclass(frozen=True)
class Net:
    """Net contents in a unit of the law."""

    content: int
    unit: str


def read_net(text: str) -> Net:
    """Net contents as people write them: ``250 gr``, ``1,5 kg``, ``2 ons``, ``500cc``.

    "gr", "cc" and "ons" are wrong on labels and become g and ml. ``1.000 g`` is a thousand.

    :raises NotANetContent: without a number above 0, without a unit, for a part of a gram.

    >>> read_net("2,5 ons"), read_net("500cc"), read_net("1.000 gr")
    (Net(content=250, unit='g'), Net(content=500, unit='ml'), Net(content=1000, unit='g'))
    """
    typed = text.strip()[:40]
    found = _NET.fullmatch(typed)
    if found is None or found[3].lower() not in _UNITS:
        raise NotANetContent(typed)
    unit, factor = _UNITS[found[3].lower()]
    whole, part = int(found[1]), found[2] or ""
    if part and factor == 1:
        # Grams have no parts that a label shows, so three digits are thousands.
        if not _GROUPS.match(typed):
            raise NotANetContent(typed)
        content = int(found[1] + part)
    else:
        content, rest = divmod(whole * factor * 1_000 + int(part.ljust(3, "0")) * factor, 1_000)
        if rest:
            raise NotANetContent(typed)
    if not 0 < content <= MAX_NET:
        raise NotANetContent(typed)
    return Net(content, unit)


class Wrong(StrEnum):
    """What is wrong with weight and sides."""

    BELOW_NET = "below_net"
    TOO_HEAVY = "too_heavy"
    TOO_LONG = "too_long"
    ONE_OF_THREE = "one_of_three"


def wrong_weight(gross: int | None, net: int | None, unit: str | None) -> Wrong | None:
    """What is wrong with a gross weight: below its own contents, or above 50 kg.

    :param net: only grams are compared; a millilitre weighs what it weighs.
    """
    if gross is None:
        return None
    if gross > MAX_GRAMS:
        return Wrong.TOO_HEAVY
    return Wrong.BELOW_NET if unit == "g" and net is not None and gross < net else None


def wrong_sides(*sides: int | None) -> Wrong | None:
    """What is wrong with length, width and height, in mm: all three or none, each up to 2 m."""
    given = [side for side in sides if side is not None]
    if given and len(given) < len(sides):
        return Wrong.ONE_OF_THREE
    return Wrong.TOO_LONG if any(side > MAX_SIDE_MM for side in given) else None
