"""Where a price goes by the figures of today, as pages show it before anything is bought."""

from collections.abc import Mapping
from typing import Protocol

from shop.catalog.products.rules import PriceSplit, price_split
from shop.core.values.money import included_tax
from shop.sales.fees.rules import fee_rate_for


class HasShare(Protocol):
    """A seller's terms, as far as the split of a price needs them."""

    @property
    def cooperative_id(self) -> int:
        """Whose terms they are."""

    @property
    def contribution_bp(self) -> int:
        """Basis points that stay with the cooperative."""

    @property
    def is_pkp(self) -> bool:
        """Whether its prices hold PPN."""


def price_breakdown(
    price: int,
    seller: HasShare,
    figures: Mapping[str, int],
    category_path: str = "",
    *,
    takes_cards: bool,
) -> PriceSplit:
    """With what the dearest way to pay costs: never too rosy.

    :param takes_cards: whether this shop takes them.
    """
    ppn = included_tax(price, figures)[1] if seller.is_pkp else 0
    cost_bp = figures["card_cost_bp" if takes_cards else "transfer_cost_bp"]
    fee_bp = fee_rate_for(figures, seller.cooperative_id, category_path)
    return price_split(price, seller.contribution_bp, fee_bp, cost_bp, ppn)
