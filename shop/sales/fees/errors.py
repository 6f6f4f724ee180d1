"""Why a fee cannot be set."""

from shop.core.values.errors import RuleBroken


class FeeInThePast(RuleBroken):
    """Its first day is over: what was sold since then has its fee already."""
