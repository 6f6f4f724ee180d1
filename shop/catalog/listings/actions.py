"""A maker lists goods: a draft that is kept part by part, until it is sent to the manager."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from shop.catalog.inventory.actions import adjust, open_shelf
from shop.catalog.inventory.models import MovementReason
from shop.catalog.listings.category_suggestion import suggest_category
from shop.catalog.packaging.measures import Net
from shop.catalog.packaging.models import PackFacts
from shop.catalog.packaging.weight_estimate import PackTile, estimate, tile_of, weighed_packs
from shop.catalog.products.actions import free_slug, may_be_measured, rename, sort_under
from shop.catalog.products.edit_context import ProductToEdit, record_edit
from shop.catalog.products.errors import ListingMoved, NotComplete, ProductCodeTaken
from shop.catalog.products.models import (
    Category,
    Listing,
    ListingState,
    Product,
    ProductPhoto,
    ProductState,
    Variant,
)
from shop.catalog.products.product_cards import refresh_card
from shop.catalog.products.reapproval import confirmed_facts, reapprove_if_changed
from shop.catalog.products.rules import KEEPS_FOREVER, is_food
from shop.core.values.money import Rupiah
from shop.core.values.text import slugify
from shop.services.audit import actions as audit

UNSORTED = "makanan-olahan"
"""Where a draft stands until its name says something."""
OPEN = (ListingState.WRITING, ListingState.RETURNED)
NEEDS = ("foto", "nama", "harga", "stok", "bersih", "kemas", "tahan", "tempat")
"""What a listing is sent with, in the order of the form."""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What the form understood; None is left as it stands."""

    name: str | None = None
    price: Rupiah | None = None
    stock: int | None = None
    net: Net | None = None
    tile: PackTile | None = None
    keeps_days: int | None = None
    """``KEEPS_FOREVER`` for goods that do not spoil."""
    storage: str | None = None
    category_path: str | None = None
    """None: guessed from the name while nobody chose."""


@dataclass(frozen=True)
class Starting:
    """Whose listing begins, and who types it."""

    cooperative_id: int
    code: str
    """The cooperative's, which SKUs begin with."""
    member_id: int
    person_id: int
    is_own: bool
    """Whether the maker types; otherwise a manager does it for a member (rule M12)."""


def start(session: Session, who: Starting, *, now: datetime) -> str:
    """Begin an empty draft.

    :return: its SKU, the next free one of the cooperative.
    """
    category_id = session.scalars(select(Category.id).where(Category.path == UNSORTED)).one()
    count = session.scalar(select(func.count()).where(Product.cooperative_id == who.cooperative_id))
    number = (count or 0) + 1
    while True:
        sku = f"{who.code}-{number:03d}"
        product = Product(
            cooperative_id=who.cooperative_id,
            member_id=who.member_id,
            category_id=category_id,
            sku=sku,
            slug=free_slug(session, slugify(sku), None),
            name="",
            state=ProductState.DRAFT,
        )
        try:
            # Two makers may begin at once: whoever comes second takes the next number.
            with session.begin_nested():
                session.add(product)
            break
        except IntegrityError:
            number += 1
    session.add(
        Listing(
            product_id=product.id,
            state=ListingState.WRITING,
            started_by_id=who.person_id,
            saved_at=now,
        )
    )
    session.add(PackFacts(product_id=product.id, is_food=is_food(UNSORTED)))
    audit.record(
        session,
        action="product.started",
        subject=f"product:{product.id}",
        actor_id=who.person_id,
        cooperative_id=who.cooperative_id,
        after=None if who.is_own else {"for_member": who.member_id},
        now=now,
    )
    return sku


def save(session: Session, product: ProductToEdit, answers: Answers, *, now: datetime) -> None:
    """Keep what was understood of the form; what goods are shown with changes in the same commit.

    Goods in the shop stay there. When their maker changes what a manager confirmed – the name, the
    contents, the wrapping – they are looked at again; a manager's own change needs nobody else.
    """
    row = session.get_one(Product, product.product_id)
    with reapprove_if_changed(session, product, now) as listing:
        before = confirmed_facts(session, row.id)
        if answers.name is not None and answers.name != row.name:
            rename(session, row.id, answers.name)
        _sort(session, row, listing, answers)
        _describe(session, row, listing, answers)
        _put_on_shelf(session, product, listing, answers, now)
        session.flush()
        has_changed = confirmed_facts(session, row.id) != before
        if listing.is_estimated and (has_changed or listing.state in OPEN):
            _guess_measures(session, row)
    refresh_card(session, row.id)
    record_edit(session, product, "saved", now=now, after={"version": listing.version})


def take_sku(session: Session, product_id: int, sku: str) -> None:
    """Give a product, and its only pack, the code its maker uses.

    :raises ProductCodeTaken: when it is another product's or another pack's; nothing changed then.
    """
    row = session.get_one(Product, product_id)
    if sku == row.sku:
        return
    other = session.execute(
        select(Product.sku, Product.cooperative_id)
        .outerjoin(Variant, Variant.product_id == Product.id)
        .where((Product.sku == sku) | (Variant.sku == sku), Product.id != row.id)
        .limit(1)
    ).first()
    if other is not None:
        raise ProductCodeTaken(
            other.sku, is_same_cooperative=other.cooperative_id == row.cooperative_id
        )
    old, row.sku = row.sku, sku
    # The pack of goods without options carries the code of its product.
    session.execute(
        update(Variant).where(Variant.product_id == row.id, Variant.sku == old).values(sku=sku)
    )


def submit(session: Session, product: ProductToEdit, *, now: datetime) -> None:
    """Send a draft to the manager.

    :raises NotComplete: naming what is missing.
    :raises ListingMoved: when it was sent or decided already.
    """
    missing = missing_of(session, product.product_id)
    if missing:
        raise NotComplete(missing)
    sent = session.scalar(
        update(Listing)
        .where(Listing.product_id == product.product_id, Listing.state.in_(OPEN))
        .values(state=ListingState.SUBMITTED, submitted_at=now, reason="")
        .returning(Listing.version)
    )
    if sent is None:
        raise ListingMoved(f"product {product.product_id}")
    record_edit(session, product, "submitted", now=now, after={"version": sent})


def missing_of(session: Session, product_id: int) -> tuple[str, ...]:
    """What a listing still needs before it can be sent, in the order of the form."""
    row = session.get_one(Product, product_id)
    listing = session.get(Listing, product_id)
    facts = session.get(PackFacts, product_id)
    has_photo = session.scalar(
        select(ProductPhoto.id).where(ProductPhoto.product_id == product_id).limit(1)
    )
    has_pack = session.scalar(
        select(Variant.id)
        .where(Variant.product_id == product_id, Variant.is_hidden.is_(False))
        .limit(1)
    )
    there: Mapping[str, object] = {
        "foto": has_photo,
        "nama": row.name,
        "harga": has_pack or (listing and listing.price),
        "stok": has_pack or (listing and listing.stock is not None),
        "bersih": facts and facts.net_content,
        "kemas": facts and facts.pack_type,
        "tahan": facts and (facts.shelf_life_days or listing is None or listing.is_kept),
        "tempat": facts and facts.storage,
    }
    return tuple(need for need in NEEDS if not there[need])


def _sort(session: Session, row: Product, listing: Listing, answers: Answers) -> None:
    path = answers.category_path
    if path is not None:
        listing.is_category_guessed = False
    elif listing.is_category_guessed and row.name:
        path = suggest_category(row.name, weighed_packs())
    if path is not None:
        _facts(session, row.id)  # written down by now: whether it is food stands there
        sort_under(session, row.id, path)


def _describe(session: Session, row: Product, listing: Listing, answers: Answers) -> None:
    facts = _facts(session, row.id)
    if answers.net is not None:
        facts.net_content, facts.net_unit = answers.net.content, answers.net.unit
    # "Standing pouch foil" says more than its picture: it stays while the picture is the same.
    if answers.tile is not None and answers.tile is not tile_of(facts.pack_type):
        facts.pack_type = answers.tile.written
    if answers.keeps_days is not None:
        keeps = answers.keeps_days
        facts.shelf_life_days = None if keeps == KEEPS_FOREVER else keeps
        listing.is_kept = True
    if answers.storage is not None:
        facts.storage = answers.storage


def _facts(session: Session, product_id: int) -> PackFacts:
    found = session.get(PackFacts, product_id)
    if found is None:
        found = PackFacts(product_id=product_id, is_food=False)
        session.add(found)
    return found


def _put_on_shelf(
    session: Session, product: ProductToEdit, listing: Listing, answers: Answers, now: datetime
) -> None:
    packs = session.scalars(
        select(Variant).where(Variant.product_id == product.product_id).order_by(Variant.position)
    ).all()
    if len(packs) > 1:
        return  # prices and stock of several packs are changed pack by pack
    if packs:
        (pack,) = packs
        if answers.price is not None:
            pack.price = answers.price
        if answers.stock is not None and listing.state in OPEN:
            adjust(
                session,
                variant_id=pack.id,
                cooperative_id=product.cooperative_id,
                counted=answers.stock,
                reason=MovementReason.COUNTED,
                person_id=product.person_id,
                now=now,
            )
        return
    listing.price = answers.price if answers.price is not None else listing.price
    listing.stock = answers.stock if answers.stock is not None else listing.stock
    if listing.price is None or listing.stock is None:
        return
    row = session.get_one(Product, product.product_id)
    pack = Variant(
        product_id=row.id,
        position=1,
        sku=row.sku,
        price=listing.price,
        gross_grams=0,
        length_mm=0,
        width_mm=0,
        height_mm=0,
    )
    session.add(pack)
    session.flush()
    open_shelf(
        session,
        variant_id=pack.id,
        cooperative_id=row.cooperative_id,
        on_hand=listing.stock,
        now=now,
    )


def _guess_measures(session: Session, row: Product) -> None:
    """Give packs that nobody weighed the likely weight and sides."""
    facts = _facts(session, row.id)
    tile = tile_of(facts.pack_type)
    path = session.scalars(select(Category.path).where(Category.id == row.category_id)).one()
    if not (row.name and facts.net_content and facts.net_unit and tile):
        return
    guess = estimate(
        name=row.name,
        category_path=path,
        tile=tile,
        content=facts.net_content,
        unit=facts.net_unit,
        known=weighed_packs(),
    )
    if guess is not None:
        session.execute(
            update(Variant)
            .where(Variant.product_id == row.id, may_be_measured(session, row.id))
            .values(
                gross_grams=guess.grams,
                length_mm=guess.length,
                width_mm=guess.width,
                height_mm=guess.height,
            )
        )
