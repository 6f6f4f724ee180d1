"""Which fee holds for some goods: the most specific one that has begun (rule R22).

Fees stand among the dated figures: ``platform_fee_bp`` is everybody's, ``platform_fee_bp:7`` that
of cooperative 7, ``platform_fee_bp:7:minuman/kopi`` that of a branch of its goods.
"""

from collections.abc import Iterator, Mapping

from shop.core.database.settings_by_date import FEE, FOLLOWS


def fee_name(cooperative_id: int | None, category_path: str | None) -> str:
    """The name of the figure that a fee stands under."""
    parts = [FEE, *([str(cooperative_id)] if cooperative_id is not None else [])]
    return ":".join([*parts, category_path] if category_path and len(parts) > 1 else parts)


def fee_rate_for(figures: Mapping[str, int], cooperative_id: int, category_path: str) -> int:
    """Basis points for goods of a category of a cooperative.

    :param figures: ``settings_on``, of the day of the sale.
    """
    for name in _reaches(cooperative_id, category_path):
        if figures.get(name, FOLLOWS) != FOLLOWS:
            return figures[name]
    return figures[FEE]


def _reaches(cooperative_id: int, path: str) -> Iterator[str]:
    """From the narrowest: the category, those above it, the cooperative."""
    while path:
        yield fee_name(cooperative_id, path)
        path = path.rpartition("/")[0]
    yield fee_name(cooperative_id, None)
