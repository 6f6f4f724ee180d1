"""The row that lists show of a product: making it, and keeping it true."""

from collections.abc import Callable
from datetime import date

from sqlalchemy import Select, bindparam, delete, func, select
from sqlalchemy.orm import Session

from shop.catalog.inventory.models import StockItem
from shop.catalog.packaging.actions import lapse
from shop.catalog.packaging.label_rules import Strictness, is_enforced, strictness
from shop.catalog.packaging.models import Halal, PackFacts, Permit
from shop.catalog.packaging.rules import (
    Claim,
    HalalState,
    claim_on,
    contains_pork,
    is_cold,
    short_storage,
    size_text,
)
from shop.catalog.products.label_facts import label_facts
from shop.catalog.products.models import (
    Category,
    Product,
    ProductCard,
    ProductPhoto,
    ProductState,
    Variant,
)
from shop.catalog.products.rules import net_text, short_place, top_of
from shop.core.database.settings_by_date import settings_on
from shop.core.values import clock
from shop.core.values.clock import HOME_ZONE, day_in
from shop.people.cooperatives.models import Cooperative
from shop.services.media.queries import pictures

card_changed: list[Callable[[Session, int], None]] = []
"""Who wants to know, in the same commit, that a product's card was made, changed or taken away."""


def refresh_card(session: Session, product_id: int, *, today: date | None = None) -> None:
    """Make the row anew that lists show of a product, or take it away when nobody may see it.

    :param today: on which day a permit has to hold; in WIB, now, when not given.
    """
    session.flush()
    # Nobody empties a shelf between counting what is open and writing it down.
    session.execute(
        select(ProductCard.product_id).where(ProductCard.product_id == product_id).with_for_update()
    )
    card = build_card(session, product_id, today or day_in(HOME_ZONE, clock.now()))
    if card is None:
        session.execute(delete(ProductCard).where(ProductCard.product_id == product_id))
    else:
        session.merge(card)
        session.flush()
    for listener in card_changed:
        listener(session, product_id)


def refresh_cooperative(session: Session, cooperative_id: int) -> None:
    """Make the cards of a cooperative anew: it was renamed, suspended, or came back."""
    _refresh_all(
        session,
        select(Product.id).where(
            Product.cooperative_id == cooperative_id, Product.state == ProductState.PUBLISHED
        ),
    )


def refresh_photo(session: Session, photo_id: int) -> None:
    """Make the cards anew that show a photo: more of its sizes stand ready now."""
    _refresh_all(session, select(ProductPhoto.product_id).where(ProductPhoto.photo_id == photo_id))


def expire_permits(session: Session, today: date) -> int:
    """Mark permits past their last day as expired and remove their badge from cards.

    For a worker, once a day.

    :return: how many cards were made anew.
    """
    lapsed = lapse(session, today)
    return _refresh_all(
        session,
        select(ProductCard.product_id).where(ProductCard.product_id.in_(lapsed)),
        today,
    )


def _refresh_all(session: Session, products: Select[int], today: date | None = None) -> int:
    found = sorted(session.scalars(products))
    for product_id in found:
        refresh_card(session, product_id, today=today)
    return len(found)


def build_card(session: Session, product_id: int, today: date) -> ProductCard | None:
    """The card of a product as its tables stand now; None when shoppers may not see it.

    :param today: a permit whose last day is before it gives no badge.
    """
    row = session.execute(_PRODUCT, {"product_id": product_id}).first()
    variants = session.execute(_VARIANTS, {"product_id": product_id}).all()
    if row is None or not variants or _is_held_back(session, product_id, today):
        return None
    product, category_path, category_name, cooperative = row[:4]
    label: PackFacts | None = row[4]
    halal: Halal | None = row[5]
    facts = (
        PackFacts() if label is None else label
    )  # without a label there is nothing to show of it
    prices = {variant.price for variant in variants}
    keeps = facts.shelf_life_days
    return ProductCard(
        product_id=product.id,
        slug=product.slug,
        name=product.name,
        name_en=product.name_en,
        cooperative_id=cooperative.id,
        cooperative_slug=cooperative.slug,
        cooperative=cooperative.short_name,
        place=short_place(cooperative.regency),
        province=cooperative.province,
        dye=cooperative.dye,
        motif=cooperative.motif,
        category_path=category_path,
        category_top=top_of(category_path),
        category_name=category_name,
        price=min(prices),
        has_prices=len(prices) > 1,
        variant_id=variants[0].id if len(variants) == 1 and product.least_packs == 1 else None,
        pictures=_pictures(session, product.id),
        net=net_text(facts.net_content, facts.net_unit),
        shelf_life_days=keeps,
        size="" if keeps else size_text(*variants[0][2:]),
        storage=short_storage(facts.storage) if keeps else "",
        is_room_temperature=not is_cold(facts.storage),
        halal_checked=_halal_checked(halal, facts),
        permit_checked=_permit_checked(session, product.id, today),
        has_pork=contains_pork(facts.ingredients),
        days_to_make=product.days_to_make,
        popularity=product.popularity,
        turn=_turn(session, product),
        open_packs=_open_packs(session, product.id),
        published_at=product.published_at,
    )


# Built once: every change of a product makes its card anew.
_PRODUCT = (
    select(Product, Category.path, Category.name, Cooperative, PackFacts, Halal)
    .join(Category, Category.id == Product.category_id)
    .join(Cooperative, Cooperative.id == Product.cooperative_id)
    .outerjoin(PackFacts, PackFacts.product_id == Product.id)
    .outerjoin(Halal, Halal.product_id == Product.id)
    .where(
        Product.id == bindparam("product_id"),
        Product.state == ProductState.PUBLISHED,
        Cooperative.suspended_at.is_(None),
    )
)
_VARIANTS = (
    select(Variant.id, Variant.price, Variant.length_mm, Variant.width_mm, Variant.height_mm)
    .where(Variant.product_id == bindparam("product_id"), Variant.is_hidden.is_(False))
    .order_by(Variant.position, Variant.id)
)


def _is_held_back(session: Session, product_id: int, today: date) -> bool:
    """Whether a switch of the operator's keeps goods with such a label out of sight."""
    known = settings_on(session, today)
    if not is_enforced(known):
        return False
    label = label_facts(session, product_id, today)
    return label is not None and strictness(label, known, today) > Strictness.WARN


def _turn(session: Session, product: Product) -> int:
    before = session.scalar(
        select(func.count()).where(
            Product.cooperative_id == product.cooperative_id, Product.id < product.id
        )
    )
    return (before or 0) + 1


def _open_packs(session: Session, product_id: int) -> int:
    counted = session.scalar(
        select(func.count())
        .select_from(Variant)
        .join(StockItem, StockItem.variant_id == Variant.id)
        .where(
            Variant.product_id == product_id,
            Variant.is_hidden.is_(False),
            StockItem.on_hand > StockItem.reserved,
        )
    )
    return counted or 0


def _pictures(session: Session, product_id: int) -> str:
    shown = session.execute(
        select(ProductPhoto.photo_id, ProductPhoto.view)
        .where(ProductPhoto.product_id == product_id)
        .order_by(ProductPhoto.position, ProductPhoto.id)
    ).all()
    found = pictures(session, [photo_id for photo_id, _ in shown])
    return "\n".join(f"{view} {found[photo_id].to_text()}" for photo_id, view in shown)


def _halal_checked(halal: Halal | None, facts: PackFacts) -> bool:
    """Pork outweighs any tick: such goods never show the mark, whoever made a mistake."""
    return (
        halal is not None
        and halal.state is HalalState.CERTIFIED
        and halal.claim is Claim.CHECKED
        and not contains_pork(facts.ingredients)
    )


def _permit_checked(session: Session, product_id: int, today: date) -> str:
    permits = session.execute(
        select(Permit.kind, Permit.claim, Permit.valid_until)
        .where(Permit.product_id == product_id, Permit.number.is_not(None))
        .order_by(Permit.id)
    )
    for kind, claim, valid_until in permits:
        if claim_on(claim, valid_until, today) is Claim.CHECKED:
            return kind.label
    return ""
