"""PPN: 12 % of 11/12 of the price before tax, as PMK 131/2024 has it; figures are dated."""

from collections.abc import Mapping

from shop.core.money import BASIS_POINTS, Rupiah, allocate


def included_tax(net: int, figures: Mapping[str, int]) -> tuple[Rupiah, Rupiah]:
    """Tax base and PPN inside a price.

    Both come from the unrounded price, each rounded half up: 100,000 holds 9,910 of PPN.

    :param net: rupiah, PPN included.
    :param figures: ``core.policy.figures`` of the day of the sale.
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
