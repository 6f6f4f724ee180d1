"""Whole rupiah: dividing, writing and reading them."""

import re
from collections.abc import Mapping, Sequence
from typing import NewType

from shop.core.values.errors import InvalidInput

Rupiah = NewType("Rupiah", int)
"""Whole rupiah; the smallest unit anybody is paid in."""

BASIS_POINTS = 10_000
MAX_RUPIAH = 1_000_000_000_000
"""A trillion: above every honest amount and far below what the columns hold."""
LONGEST_TYPED = 40

_AMOUNT = re.compile(
    r"(?P<prefix>rp\.?|idr)?\s*"
    r"(?:(?P<number>\d{1,3}(?:\.\d{3})+(?=,00)|\d{1,3}(?:,\d{3})+(?=\.00))[.,]00"
    r"|(?P<short>\d{1,3}(?:\.\d{3})+|\d{1,3}(?:,\d{3})+|\d+(?:[.,]\d{1,2})?)"
    r"\s*(?P<unit>rb|ribu|jt|juta)?)(?:,-)?",
    re.IGNORECASE,
)
"""With cents that are none (``10.000,00``), or without and then perhaps in thousands."""


class UnclearAmount(InvalidInput):
    """An amount that can be read in two ways, or in none."""


def allocate(total: int, weights: Sequence[int]) -> tuple[Rupiah, ...]:
    """Divide ``total`` by ``weights`` so that the parts sum to it, to the last rupiah.

    Largest remainder (Hamilton): every part is floored, the missing rupiah go to the largest
    fractions, ties to the earlier position. A negative total mirrors the positive one, so that
    a refund undoes a sale exactly.

    :param weights: ``>= 0``, not all zero; weights without an order of their own are sorted by
        id before they come here.
    :raises ValueError: for a negative weight or for weights that are all zero.
    """
    if any(weight < 0 for weight in weights):
        raise ValueError("weights must not be negative")
    whole = sum(weights)
    if whole == 0:
        raise ValueError("at least one weight must be above zero")
    if total < 0:
        return tuple(Rupiah(-part) for part in allocate(-total, weights))
    floors = [total * weight // whole for weight in weights]
    missing = total - sum(floors)
    by_fraction = sorted(
        range(len(weights)), key=lambda place: (-(total * weights[place] % whole), place)
    )
    for place in by_fraction[:missing]:
        floors[place] += 1
    return tuple(Rupiah(part) for part in floors)


def apply_basis_points(amount: int, basis_points: int) -> Rupiah:
    """The share of ``amount`` that ``basis_points`` (hundredths of a per cent, 0-10,000) take."""
    return allocate(amount, (basis_points, BASIS_POINTS - basis_points))[0]


def format_rupiah(amount: int) -> str:
    """``Rp45.000``: the official spelling, without a space; ``-Rp1.500`` below zero."""
    return f"{'-' if amount < 0 else ''}Rp{abs(amount):,}".replace(",", ".")


def parse_rupiah(text: str) -> Rupiah:
    """Parse an amount the way people write it: ``Rp 25.000``, ``25rb``, ``2,5jt``, ``25000``.

    A comma parts cents here and thousands elsewhere: only ``IDR 12,500`` and ``12,500.00`` say
    which.

    :raises UnclearAmount: for anything that can be read in two ways (``10.5``, ``12,500``) or in
        none, and above a trillion.
    """
    typed = text.strip()
    # The length is tested first: thousands of digits must not cost anything.
    is_short = len(typed) <= LONGEST_TYPED and typed.isascii()
    found = _AMOUNT.fullmatch(typed) if is_short else None
    if found is None:
        raise UnclearAmount(text[:LONGEST_TYPED])
    number, unit = found["number"] or found["short"], (found["unit"] or "").lower()
    factor = {"": 1, "rb": 1_000, "ribu": 1_000, "jt": 1_000_000, "juta": 1_000_000}[unit]
    if unit:
        whole, _, fraction = number.replace(",", ".").partition(".")
        if "." in fraction or len(fraction) > 2:
            raise UnclearAmount(text)
        # "2,5jt": tenths and hundredths of the unit, still in whole numbers.
        amount = int(whole) * factor + int(fraction or 0) * factor // 10 ** len(fraction)
    elif re.fullmatch(r"\d+[.,]\d{1,2}", number) or (
        "," in number and found["short"] and (found["prefix"] or "").lower() != "idr"
    ):
        raise UnclearAmount(text)
    else:
        amount = int(re.sub(r"[.,]", "", number))
    if amount > MAX_RUPIAH:
        raise UnclearAmount(text)
    return Rupiah(amount)


def included_tax(net: int, figures: Mapping[str, int]) -> tuple[Rupiah, Rupiah]:
    """Tax base and PPN inside a price.

    Both come from the unrounded price, each rounded half up: 100,000 holds 9,910 of PPN.

    :param net: rupiah, PPN included.
    :param figures: ``settings_on``, of the day of the sale.
    """
    rate = figures["ppn_rate_bp"] * figures["ppn_base_numerator"]
    whole = figures["ppn_base_denominator"] * BASIS_POINTS
    base = figures["ppn_base_numerator"] * BASIS_POINTS
    # Two weights and the first part: the larger remainder wins, ties go up.
    ppn = allocate(net, (rate, whole))[0]
    tax_base = allocate(net, (base, whole + rate - base))[0]
    return tax_base, ppn


def tax_on_top(amount: int, figures: Mapping[str, int]) -> Rupiah:
    """PPN on an amount that does not hold it yet, rounded half up."""
    rate = figures["ppn_rate_bp"] * figures["ppn_base_numerator"]
    whole = figures["ppn_base_denominator"] * BASIS_POINTS
    return allocate(amount, (rate, whole - rate))[0]
