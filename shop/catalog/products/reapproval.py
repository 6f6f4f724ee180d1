"""What a manager confirmed of goods, and looking again when their maker changes it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.catalog.packaging.models import PackFacts
from shop.catalog.products.edit_context import ProductToEdit
from shop.catalog.products.models import Listing, ListingState, Product, Variant


def touch(session: Session, product: ProductToEdit, now: datetime) -> Listing:
    """Take the listing's row before anything else, and count the save.

    A manager who approves at this moment either comes first and approves what was there, or finds
    another version. Goods that came into the shop otherwise get their row now: approved.
    """
    found = session.scalar(
        update(Listing)
        .where(Listing.product_id == product.product_id)
        .values(version=Listing.version + 1, saved_at=now)
        .returning(Listing.product_id)
        .execution_options(synchronize_session=False)
    )
    if found is None:
        session.add(
            Listing(
                product_id=product.product_id,
                state=ListingState.APPROVED,
                is_category_guessed=False,
                is_estimated=False,
                is_kept=True,
                started_by_id=product.person_id,
                saved_at=now,
            )
        )
        session.flush()
    # What was read before the row was ours may be old: a manager may just have approved it.
    session.get_one(Product, product.product_id, populate_existing=True)
    return session.get_one(Listing, product.product_id, populate_existing=True)


def confirmed_facts(session: Session, product_id: int) -> tuple[object, ...]:
    """What a manager answers for: name, category, contents, wrapping, weights and sides."""
    row = session.get_one(Product, product_id)
    facts = session.get(PackFacts, product_id)
    return (
        row.name,
        row.category_id,
        facts and facts.net_content,
        facts and facts.net_unit,
        facts and facts.pack_type,
        *measures_of_packs(session, product_id),
    )


def measures_of_packs(session: Session, product_id: int) -> list[tuple[int, ...]]:
    """Id, grams and three sides in mm of every pack that is sold; 0 where nobody measured."""
    packs = session.execute(
        select(
            Variant.id,
            Variant.gross_grams,
            Variant.length_mm,
            Variant.width_mm,
            Variant.height_mm,
        )
        .where(Variant.product_id == product_id, Variant.is_hidden.is_(False))
        .order_by(Variant.id)
    )
    return [tuple(pack) for pack in packs]


@contextmanager
def reapprove_if_changed(
    session: Session, product: ProductToEdit, now: datetime
) -> Iterator[Listing]:
    """Ask the manager again when what stands in the block changes what was confirmed.

    The goods stay in the shop meanwhile. A manager's own change needs nobody else.
    """
    listing = touch(session, product, now)
    before = confirmed_facts(session, product.product_id)
    yield listing
    session.flush()
    has_changed = confirmed_facts(session, product.product_id) != before
    if has_changed and listing.state is ListingState.APPROVED and product.is_own:
        listing.state, listing.submitted_at = ListingState.CHANGED, now


@contextmanager
def weighed_by_hand(session: Session, product: ProductToEdit, now: datetime) -> Iterator[None]:
    """The same around an edit of weights and sides: what somebody typed is no guess any more."""
    with reapprove_if_changed(session, product, now) as listing:
        before = measures_of_packs(session, product.product_id)
        yield
        session.flush()
        after = measures_of_packs(session, product.product_id)
        if after != before and all(min(pack) > 0 for pack in after):
            listing.is_estimated = False
