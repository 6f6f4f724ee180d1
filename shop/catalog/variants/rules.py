"""What packs of one product differ in: at most two things, and every combination of them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from shop.catalog.packaging.rules import BETWEEN_OPTIONS
from shop.core.values.errors import InvalidInput
from shop.core.values.text import fold, one_line

MAX_AXES = 2
MAX_COMBINATIONS = 50
LONGEST_OPTION = 38
"""Two of them and what stands between fit into a pack's name."""

Pair = tuple[str, str]
"""A combination: an option of the first choice and one of the second, either may be empty."""


class ChoiceFault(StrEnum):
    """Why choices cannot be offered like that."""

    NO_NAME = "no_name"
    NO_VALUE = "no_value"
    SAME_NAME = "same_name"
    TWICE = "twice"
    LONG = "long"
    TOO_MANY_CHOICES = "too_many_choices"
    TOO_MANY_COMBINATIONS = "too_many_combinations"


class UnclearChoice(InvalidInput):
    """Choices that a shopper could not choose by.

    :param axis: which of them, from 0; ``what``: the option, or how many combinations.
    """

    def __init__(self, fault: ChoiceFault, axis: int = 0, what: str = "") -> None:
        super().__init__(fault.value)
        self.fault, self.axis, self.what = fault, axis, what


@dataclass(frozen=True, slots=True)
class Axis:
    """One thing that packs differ in ("giling") with its options in the order they are shown."""

    name: str
    options: tuple[str, ...]


def read_options(typed: str) -> tuple[str, ...]:
    """The options of a choice as people list them: by comma, semicolon or line.

    >>> read_options("halus, sedang;kasar")
    ('halus', 'sedang', 'kasar')
    """
    parts = (one_line(part) for part in re.split(r"[,;\n]", typed))
    return tuple(part for part in parts if part)


def checked_axes(axes: Sequence[Axis]) -> tuple[Axis, ...]:
    """The choices that were filled in, first things first.

    :raises UnclearChoice: for the first thing that is wrong with them.
    """
    if any(axis.name or axis.options for axis in axes[MAX_AXES:]):
        raise UnclearChoice(ChoiceFault.TOO_MANY_CHOICES, MAX_AXES)
    found: list[Axis] = []
    for place, axis in enumerate(axes[:MAX_AXES]):
        if not axis.name and not axis.options:
            continue
        _check(axis, place)
        if found and fold(found[0].name) == fold(axis.name):
            raise UnclearChoice(ChoiceFault.SAME_NAME, place, axis.name)
        found.append(axis)
    count = len(combinations(found))
    if count > MAX_COMBINATIONS:
        raise UnclearChoice(ChoiceFault.TOO_MANY_COMBINATIONS, len(found) - 1, str(count))
    return tuple(found)


def combinations(axes: Sequence[Axis]) -> list[Pair]:
    """Every pack there can be; without a choice there is one."""
    first, second = (axes[place].options if place < len(axes) else ("",) for place in (0, 1))
    return list(product(first, second))


def pack_name(pair: Pair) -> str:
    """What a pack is called on carts, orders and labels: ``halus · 250 g``."""
    return BETWEEN_OPTIONS.join(part for part in pair if part)


def same(pair: Pair) -> Pair:
    """One spelling for combinations that a shopper could not tell apart."""
    return fold(pair[0]), fold(pair[1])


def take_over(there: Mapping[int, Pair], wanted: Iterable[Pair]) -> dict[Pair, int]:
    """Which pack goes on as which combination, when the choices of a product change.

    The same combination stays the same pack. What is left goes on by its first option, as long
    as one of the two has no second one, and a pack without any option goes on as the first:
    so no stock is lost when a choice is added, or taken away.

    :param there: packs that can be seen, by id, in their order.
    """
    free, found = dict(there), dict[Pair, int]()
    targets = list(wanted)
    by_pair = {same(pair): key for key, pair in there.items()}
    for target in targets:
        key = by_pair.get(same(target))
        if key in free:
            found[target] = key
            del free[key]
    for target in targets:
        if target not in found:
            key = next((key for key, pair in free.items() if _goes_on(pair, target)), None)
            if key is not None:
                found[target] = key
                del free[key]
    return found


def _goes_on(pair: Pair, target: Pair) -> bool:
    if not any(pair) or not any(target):
        return True
    return fold(pair[0]) == fold(target[0]) and not (pair[1] and target[1])


def _check(axis: Axis, place: int) -> None:
    if not axis.name:
        raise UnclearChoice(ChoiceFault.NO_NAME, place)
    if not axis.options:
        raise UnclearChoice(ChoiceFault.NO_VALUE, place, axis.name)
    seen: set[str] = set()
    for option in axis.options:
        if len(option) > LONGEST_OPTION:
            raise UnclearChoice(ChoiceFault.LONG, place, option)
        if fold(option) in seen:
            raise UnclearChoice(ChoiceFault.TWICE, place, option)
        seen.add(fold(option))
