"""The packs of one product as its maker arranges them: choices, prices, weights, codes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.catalog.inventory.actions import open_shelf
from shop.catalog.inventory.models import StockItem
from shop.catalog.products.edit_context import ProductToEdit, record_edit
from shop.catalog.products.errors import NothingOffered, SkuTaken
from shop.catalog.products.models import Product, ProductState, Variant
from shop.catalog.products.product_cards import refresh_card
from shop.catalog.products.reapproval import weighed_by_hand
from shop.catalog.variants.rules import Axis, Pair, pack_name, same, take_over
from shop.core.values.money import Rupiah


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack of the product as it stands, seen by who arranges it."""

    variant_id: int
    pair: Pair
    sku: str
    price: Rupiah
    gross_grams: int
    is_hidden: bool
    on_hand: int
    held: int
    low_at: int
    """From how few free packs on the shelf counts as low."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """What the packs of a product differ in, and the packs."""

    axes: tuple[Axis, ...]
    packs: tuple[Pack, ...]


@dataclass(frozen=True, kw_only=True)
class WantedPack:
    """A combination as it shall be sold."""

    pair: Pair
    price: Rupiah
    gross_grams: int
    is_offered: bool
    sku: str | None = None
    """None: made of the product's."""
    opening: int = 0
    """Packs on the shelf, of a combination that is new; others are counted on the stock page."""


def arrangement_of(session: Session, product_id: int) -> Arrangement:
    """The choices of a product and all its packs, hidden ones too; two statements."""
    names = session.execute(
        select(Product.choice_name, Product.other_choice_name).where(Product.id == product_id)
    ).one()
    rows = session.execute(
        select(Variant, StockItem.on_hand, StockItem.reserved, StockItem.low_at)
        .outerjoin(StockItem, StockItem.variant_id == Variant.id)
        .where(Variant.product_id == product_id)
        .order_by(Variant.position, Variant.id)
    )
    packs = tuple(
        Pack(
            variant.id,
            (variant.option, variant.other_option),
            variant.sku,
            Rupiah(variant.price),
            variant.gross_grams,
            variant.is_hidden,
            on_hand or 0,
            reserved or 0,
            low_at or 0,
        )
        for variant, on_hand, reserved, low_at in rows
    )
    seen = [pack.pair for pack in packs if not pack.is_hidden]
    axes = (
        Axis(name or "", tuple(dict.fromkeys(pair[place] for pair in seen if pair[place])))
        for place, name in enumerate(names)
    )
    return Arrangement(tuple(axis for axis in axes if axis.options), packs)


def arrange(
    session: Session,
    product: ProductToEdit,
    axes: Sequence[Axis],
    wanted: Sequence[WantedPack],
    *,
    now: datetime,
) -> None:
    """Sell a product in these packs and no others.

    A pack that is not wanted any more is hidden, never deleted: orders, movements and carts
    point at it, and old orders keep the name and price they froze.

    :param wanted: one for each combination of ``axes``, in their order.
    :raises SkuTaken: when a code is another pack's, of this product or of any other.
    :raises NothingOffered: when shoppers would see the product without a pack.
    """
    with weighed_by_hand(session, product, now):
        _arrange(session, product, axes, wanted, now)
    refresh_card(session, product.product_id)


def _arrange(
    session: Session,
    product: ProductToEdit,
    axes: Sequence[Axis],
    wanted: Sequence[WantedPack],
    now: datetime,
) -> None:
    row = session.scalars(
        select(Product).where(Product.id == product.product_id).with_for_update()
    ).one()
    if row.state is ProductState.PUBLISHED and not any(one.is_offered for one in wanted):
        raise NothingOffered(product.sku)
    there = session.scalars(
        select(Variant)
        .where(Variant.product_id == row.id)
        # Hidden ones come last: they come back for their own combination only.
        .order_by(Variant.is_hidden, Variant.position, Variant.id)
    ).all()
    goes_on = _whose(there, [one.pair for one in wanted])
    kept = {variant.id: variant for variant in there}
    _refuse_taken(session, wanted, goes_on)
    names = [axis.name for axis in axes] + [None, None]
    row.choice_name, row.other_choice_name = names[:2]
    changes: dict[str, dict[str, int]] = {}
    for variant in there:
        variant.is_hidden = True
        wanted_pack = next((one for one in wanted if goes_on.get(one.pair) == variant.id), None)
        if wanted_pack is not None and wanted_pack.sku and wanted_pack.sku != variant.sku:
            variant.sku = f"~{variant.id}"  # two packs may swap their codes
    session.flush()
    for position, wanted_pack in enumerate(wanted, 1):
        variant_id = goes_on.get(wanted_pack.pair)
        if variant_id is None and not wanted_pack.is_offered:
            continue
        is_new = variant_id is None
        pack = _new(row, there) if variant_id is None else kept[variant_id]
        if not is_new and pack.price != wanted_pack.price:
            changes[pack.sku] = {"from": pack.price, "to": wanted_pack.price}
        pack.position, pack.price, pack.gross_grams = (
            position,
            wanted_pack.price,
            wanted_pack.gross_grams,
        )
        pack.option, pack.other_option = wanted_pack.pair
        pack.name, pack.is_hidden = pack_name(wanted_pack.pair), not wanted_pack.is_offered
        if wanted_pack.sku or is_new:
            pack.sku = wanted_pack.sku or _free_sku(session, product.sku)
        _put_down(session, pack)
        if is_new:
            open_shelf(
                session,
                variant_id=pack.id,
                cooperative_id=product.cooperative_id,
                on_hand=wanted_pack.opening,
                now=now,
            )
    record_edit(
        session,
        product,
        "packs_arranged",
        now=now,
        after={"packs": sum(one.is_offered for one in wanted), "prices": changes},
    )


def _whose(there: Sequence[Variant], wanted: Sequence[Pair]) -> dict[Pair, int]:
    seen = {one.id: (one.option, one.other_option) for one in there if not one.is_hidden}
    found = take_over(seen, wanted)
    hidden = {
        same((one.option, one.other_option)): one.id for one in reversed(there) if one.is_hidden
    }
    for pair in wanted:
        if pair not in found and same(pair) in hidden:
            found[pair] = hidden[same(pair)]
    return found


def _new(product: Product, there: Sequence[Variant]) -> Variant:
    """A pack of a new combination: as big as the product's first one until it is measured."""
    like = there[0] if there else None
    return Variant(
        product_id=product.id,
        length_mm=like.length_mm if like else 0,
        width_mm=like.width_mm if like else 0,
        height_mm=like.height_mm if like else 0,
    )


def _put_down(session: Session, pack: Variant) -> None:
    try:
        with session.begin_nested():
            session.add(pack)
    except IntegrityError as fault:
        # Somebody took the code between the look and the writing.
        raise SkuTaken(pack.sku, None) from fault


def _refuse_taken(session: Session, wanted: Sequence[WantedPack], goes_on: dict[Pair, int]) -> None:
    asked = [one for one in wanted if one.sku]
    seen: set[str] = set()
    for one in asked:
        if str(one.sku) in seen:
            raise SkuTaken(str(one.sku), None)
        seen.add(str(one.sku))
    rows = session.execute(
        select(Variant.id, Variant.sku, Product.slug, Product.state)
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.sku.in_(sorted(seen)))
        .order_by(Variant.id)
    )
    mine = set(goes_on.values())
    for variant_id, sku, slug, state in rows:
        if variant_id not in mine:
            raise SkuTaken(sku, slug if state is ProductState.PUBLISHED else None)


def _free_sku(session: Session, sku: str) -> str:
    """The first of ``KPS-003``, ``KPS-003-2``, … that no pack has."""
    taken = set(
        session.scalars(select(Variant.sku).where(func.substr(Variant.sku, 1, len(sku)) == sku))
    )
    number = 1
    while (found := sku if number == 1 else f"{sku}-{number}") in taken:
        number += 1
    return found
