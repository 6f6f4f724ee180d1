"""Reads of the catalogue: cards of goods, and what cart and checkout need to sell them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Select, String, and_, bindparam, cast, func, select
from sqlalchemy.orm import Session

from shop.catalog.inventory.models import StockItem
from shop.catalog.packaging.models import PackFacts
from shop.catalog.packaging.rules import SendLimit
from shop.catalog.products.errors import ProductNotFound
from shop.catalog.products.models import (
    Category,
    Product,
    ProductCard,
    ProductState,
    Variant,
    WholesaleStep,
)
from shop.catalog.products.rules import net_text, price_at, short_place, steps_of
from shop.core.database.schema import table_of
from shop.core.values.money import Rupiah
from shop.people.cooperatives.models import Cooperative
from shop.services.media.queries import Picture


@dataclass(frozen=True, slots=True)
class Card:
    """A product in a list, with the stock of this moment."""

    product_id: int
    slug: str
    name: str
    name_en: str | None
    cooperative: str
    cooperative_slug: str
    place: str
    dye: str
    motif: str
    price: Rupiah
    has_prices: bool
    variant_id: int | None
    picture: Picture | None
    net: str
    shelf_life_days: int | None
    size: str
    storage: str
    halal_checked: bool
    permit_checked: str
    has_pork: bool
    days_to_make: int
    sold: int
    available: int


# Tables, not entities: what lists and carts ask is built once and asked without the mapping's
# detours.
CARDS = table_of(ProductCard)
_variants, _products, _cooperatives = map(table_of, (Variant, Product, Cooperative))
_facts, _shelves, _categories = map(table_of, (PackFacts, StockItem, Category))
_steps = table_of(WholesaleStep)

_CARD = (
    CARDS.c.product_id,
    CARDS.c.slug,
    CARDS.c.name,
    CARDS.c.name_en,
    CARDS.c.cooperative,
    CARDS.c.cooperative_slug,
    CARDS.c.place,
    CARDS.c.dye,
    CARDS.c.motif,
    CARDS.c.price,
    CARDS.c.has_prices,
    CARDS.c.variant_id,
    CARDS.c.pictures,
    CARDS.c.net,
    CARDS.c.shelf_life_days,
    CARDS.c.size,
    CARDS.c.storage,
    CARDS.c.halal_checked,
    CARDS.c.permit_checked,
    CARDS.c.has_pork,
    CARDS.c.days_to_make,
    CARDS.c.popularity,
)

STOCK = (
    select(func.coalesce(func.sum(_shelves.c.on_hand - _shelves.c.reserved), 0))
    .join(_variants, _variants.c.id == _shelves.c.variant_id)
    .where(_variants.c.product_id == CARDS.c.product_id, _variants.c.is_hidden.is_(False))
    .correlate(CARDS)
    .scalar_subquery()
)
"""Packs of a card's product that can be sold now."""


_SHOWN = (*_CARD, STOCK.label("available"))
_PICTURES = 12
"""Where in a row the photos are."""


def select_cards() -> Select[*tuple[Any, ...]]:
    """The columns of a :class:`Card`; add what to show, in which order, and how many."""
    return select(*_SHOWN)


def card_of(row: Sequence[Any]) -> Card:
    """A card from a row of :func:`select_cards`; columns behind it are not looked at."""
    values = list(row[: len(_SHOWN)])
    pictures = pictures_of(values[_PICTURES], maximum=1)
    values[_PICTURES] = pictures[0][1] if pictures else None
    return Card(*values)


def pictures_of(lines: str, maximum: int = 20) -> tuple[tuple[str, Picture], ...]:
    """What a card row keeps of photos: view and picture of each, the card's own first."""
    parts = (line.split(" ", 1) for line in lines.split("\n")[:maximum] if line)
    return tuple((view, Picture.from_text(rest)) for view, rest in parts)


def get_product(session: Session, product_id: int) -> Product:
    """A product by id.

    :raises ProductNotFound: if there is none.
    """
    product = session.get(Product, product_id)
    if product is None:
        raise ProductNotFound(f"product {product_id}")
    return product


@dataclass(frozen=True, slots=True)
class Sellable:
    """One variant as cart and checkout need it: what it is, whose, for how much, how heavy."""

    variant_id: int
    product_id: int
    cooperative_id: int
    cooperative_name: str
    cooperative_slug: str
    dye: str
    motif: str
    town: str
    zone: str
    contribution_bp: int
    is_pkp: bool
    member_id: int
    product_slug: str
    name: str
    name_en: str | None
    variant_name: str
    sku: str
    price: Rupiah
    gross_grams: int
    length_mm: int
    width_mm: int
    height_mm: int
    limit: str | None
    net_label: str
    least_packs: int
    days_to_make: int
    is_one_piece: bool
    category_path: str
    picture: Picture | None
    is_published: bool
    """Whether it may be bought: published, in sight, its cooperative not suspended."""
    available: int
    cooperative_code: str
    steps: tuple[tuple[int, Rupiah], ...] = ()
    """Wholesale: from how many packs on (over all variants), and the price of one then."""

    def price_at(self, packs: int, price: int | None = None) -> Rupiah:
        """What one pack costs when so many of the product are bought.

        :param price: of one pack by itself, where another than today's is meant.
        """
        return price_at(packs, self.price if price is None else price, self.steps)


STEPS = (
    # All steps of a product in one column: a second statement would be one more for every add.
    select(
        func.aggregate_strings(
            cast(_steps.c.least_packs, String) + ":" + cast(_steps.c.unit_price, String), " "
        )
    )
    .where(_steps.c.product_id == _products.c.id)
    .correlate(_products)
    .scalar_subquery()
)
"""Of a product that a statement reads anyway; ``rules.steps_of`` reads the column."""


_SELLABLE = (
    select(
        _variants.c.id,
        _products.c.id,
        _cooperatives.c.id,
        _cooperatives.c.short_name,
        _cooperatives.c.slug,
        _cooperatives.c.dye,
        _cooperatives.c.motif,
        _cooperatives.c.regency,
        _cooperatives.c.zone,
        _cooperatives.c.contribution_bp,
        _cooperatives.c.is_pkp,
        _products.c.member_id,
        _products.c.slug,
        _products.c.name,
        _products.c.name_en,
        _variants.c.name,
        _variants.c.sku,
        _variants.c.price,
        _variants.c.gross_grams,
        _variants.c.length_mm,
        _variants.c.width_mm,
        _variants.c.height_mm,
        _facts.c.send_limit,
        _facts.c.net_content,
        _facts.c.net_unit,
        _products.c.least_packs,
        _products.c.days_to_make,
        _products.c.is_one_piece,
        _categories.c.path,
        CARDS.c.pictures,
        and_(
            _products.c.state == ProductState.PUBLISHED,
            _cooperatives.c.suspended_at.is_(None),
            _variants.c.is_hidden.is_(False),
            # What a switch of the operator's keeps out of sight has no card (record 0150).
            CARDS.c.product_id.is_not(None),
        ),
        func.coalesce(_shelves.c.on_hand - _shelves.c.reserved, 0),
        _cooperatives.c.code,
        STEPS,
    )
    .join(_products, _products.c.id == _variants.c.product_id)
    .join(_cooperatives, _cooperatives.c.id == _products.c.cooperative_id)
    .join(_categories, _categories.c.id == _products.c.category_id)
    .outerjoin(CARDS, CARDS.c.product_id == _products.c.id)
    .outerjoin(_facts, _facts.c.product_id == _products.c.id)
    .outerjoin(_shelves, _shelves.c.variant_id == _variants.c.id)
    .where(_variants.c.id.in_(bindparam("variant_ids", expanding=True)))
)
_SELLABLE_LOCKED = _SELLABLE.with_for_update(read=True, of=_cooperatives)


def sellable(
    session: Session, variant_ids: Collection[int], *, lock: bool = False
) -> dict[int, Sellable]:
    """These variants, in one statement; ids that never existed are left out.

    :param lock: let none of their cooperatives be suspended before this transaction ends; one
        that is being suspended is waited for, and then seen as suspended (rule R28).
    """
    if not variant_ids:
        return {}
    wanted = _SELLABLE_LOCKED if lock else _SELLABLE
    rows = session.execute(wanted, {"variant_ids": list(variant_ids)})
    return {row[0]: _sellable(row) for row in rows}


def _sellable(row: Row[*tuple[Any, ...]]) -> Sellable:
    values = list(row)
    pictures = pictures_of(values[29] or "", maximum=1)
    values[29] = pictures[0][1] if pictures else None
    limit: SendLimit | None = values[22]
    values[22:25] = [limit.value if limit else None, net_text(values[23], values[24])]
    values[7] = short_place(values[7])
    values[-1] = steps_of(values[-1] or "")
    return Sellable(*values)
