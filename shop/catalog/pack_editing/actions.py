"""What a maker writes about a pack: label, measures and batches change with log and card."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.catalog.packaging.actions import NewPack, describe
from shop.catalog.packaging.batches import BatchOnLabel, add_batch
from shop.catalog.products.edit_context import ProductToEdit, record_edit
from shop.catalog.products.models import Variant
from shop.catalog.products.product_cards import refresh_card
from shop.catalog.products.reapproval import weighed_by_hand


@dataclass(frozen=True, slots=True)
class Measures:
    """What the scale and the ruler say of one pack; None: nobody measured yet."""

    grams: int | None
    length_mm: int | None
    width_mm: int | None
    height_mm: int | None


def measures_of(session: Session, product_id: int) -> Measures | None:
    """The measures that all packs of a product share; None where its options differ."""
    rows = {
        tuple(measure or None for measure in row)
        for row in session.execute(
            select(
                Variant.gross_grams, Variant.length_mm, Variant.width_mm, Variant.height_mm
            ).where(Variant.product_id == product_id, Variant.is_hidden.is_(False))
        )
    }
    if len(rows) > 1:
        return None
    return Measures(*rows.pop()) if rows else Measures(None, None, None, None)


def write_pack(
    session: Session,
    product: ProductToEdit,
    pack: NewPack,
    measures: Measures | None,
    *,
    now: datetime,
) -> None:
    """Write down the label of a product and what its packs measure.

    :param measures: for every option; None leaves them, as an empty one of them does.
    :raises NumberMalformed: for a permit number whose form is wrong for its kind.
    """
    # The listing's row is taken first: of two who save at once the second writes over a whole
    # label, not half of one.
    with weighed_by_hand(session, product, now):
        describe(session, product.product_id, pack, now=now)
        if measures is not None:
            wanted = select(Variant).where(Variant.product_id == product.product_id)
            for variant in session.scalars(wanted.order_by(Variant.id)):
                variant.gross_grams = measures.grams or variant.gross_grams
                variant.length_mm = measures.length_mm or variant.length_mm
                variant.width_mm = measures.width_mm or variant.width_mm
                variant.height_mm = measures.height_mm or variant.height_mm
    record_edit(session, product, "pack_described", now=now)
    refresh_card(session, product.product_id)


def write_batch(
    session: Session,
    product: ProductToEdit,
    variant_id: int,
    *,
    code: str,
    produced_on: date,
    last_day: date | None,
    now: datetime,
) -> BatchOnLabel:
    """Write down what was made of one pack.

    :raises ExpiresTooEarly: for a last day before the day of production.
    :raises BatchKnown: for a code that this pack has already.
    """
    batch = add_batch(
        session,
        product_id=product.product_id,
        variant_id=variant_id,
        code=code,
        produced_on=produced_on,
        last_day=last_day,
        now=now,
    )
    record_edit(session, product, "batch_made", after={"batch": batch.batch_id}, now=now)
    return batch


def packs_of(session: Session, product_id: int) -> list[tuple[int, str, str]]:
    """Id, SKU and option of the packs of a product that can be made."""
    rows = session.execute(
        select(Variant.id, Variant.sku, Variant.name)
        .where(Variant.product_id == product_id, Variant.is_hidden.is_(False))
        .order_by(Variant.position, Variant.id)
    )
    return [(row[0], row[1], row[2]) for row in rows]
