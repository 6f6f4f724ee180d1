"""Wholesale steps of a product as its maker or a manager sets them (rule R29)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from shop.catalog.packaging.models import PackFacts
from shop.catalog.products.edit_context import ProductToEdit, record_edit
from shop.catalog.products.errors import StepsMoved
from shop.catalog.products.models import Product, Variant, WholesaleStep
from shop.catalog.products.rules import steps_text
from shop.core.values.money import Rupiah

MAX_STEPS = 6
"""More than that nobody reads on a product's page."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What steps are measured by: prices and the smallest order of the product, and its steps."""

    steps: dict[int, Rupiah]
    """Price of one pack by the count from which it holds, fewest packs first."""
    least_packs: int
    net_content: int | None
    net_unit: str | None
    prices: tuple[Rupiah, ...]
    """Of the packs that are offered."""

    @property
    def highest(self) -> Rupiah | None:
        """A step at this price or above would be cheaper for nobody."""
        return max(self.prices, default=None)

    @property
    def lowest(self) -> Rupiah | None:
        """A step at this price or above leaves some packs as they are."""
        return min(self.prices, default=None)


def terms_of(session: Session, product_id: int) -> Terms:
    """The steps of a product and what they are measured by; three statements."""
    minimum, content, unit = session.execute(
        select(Product.least_packs, PackFacts.net_content, PackFacts.net_unit)
        .outerjoin(PackFacts, PackFacts.product_id == Product.id)
        .where(Product.id == product_id)
    ).one()
    prices = session.scalars(
        select(Variant.price).where(Variant.product_id == product_id, Variant.is_hidden.is_(False))
    )
    return Terms(
        _steps(session, product_id), minimum, content, unit, tuple(Rupiah(one) for one in prices)
    )


def set_steps(
    session: Session,
    product: ProductToEdit,
    *,
    steps: Mapping[int, int],
    seen: str,
    now: datetime,
) -> bool:
    """Sell a product by these steps and no others.

    Carts keep what their shoppers accepted: a line whose price changes by it is marked there.

    :param steps: price of one pack by the count from which it holds.
    :param seen: the steps that the page showed, as ``rules.steps_text`` writes them.
    :return: False when they were these already; nothing is written then.
    :raises StepsMoved: when they were changed since the page was shown.
    """
    # Two people who save at once would each take the other's steps away unseen.
    session.execute(select(Product.id).where(Product.id == product.product_id).with_for_update())
    before = _steps(session, product.product_id)
    if steps_text(before.items()) != seen:
        raise StepsMoved(product.sku)
    if before == dict(steps):
        return False
    session.execute(delete(WholesaleStep).where(WholesaleStep.product_id == product.product_id))
    if steps:
        session.execute(
            insert(WholesaleStep),
            [
                {"product_id": product.product_id, "least_packs": minimum, "unit_price": price}
                for minimum, price in sorted(steps.items())
            ],
        )
    record_edit(
        session,
        product,
        "steps_changed",
        now=now,
        before={"steps": steps_text(before.items())},
        after={"steps": steps_text(steps.items())},
    )
    return True


def _steps(session: Session, product_id: int) -> dict[int, Rupiah]:
    rows = session.execute(
        select(WholesaleStep.least_packs, WholesaleStep.unit_price)
        .where(WholesaleStep.product_id == product_id)
        .order_by(WholesaleStep.least_packs)
    )
    return {minimum: Rupiah(price) for minimum, price in rows}
