"""Reads for listing goods: what a form starts from, what waits, what still stops it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from shop.catalog.inventory.models import StockItem
from shop.catalog.listings.approval import WAITING
from shop.catalog.packaging.models import PackFacts
from shop.catalog.products.models import (
    Category,
    Listing,
    ListingState,
    Product,
    ProductPhoto,
    ProductState,
    Variant,
)
from shop.core.database.pagination import Page, page_of, read_cursor
from shop.core.values.money import Rupiah
from shop.people.accounts.models import Contact
from shop.people.cooperatives.models import Member
from shop.services.media.queries import Picture, pictures

PAGE = 20


@dataclass(frozen=True, slots=True)
class Draft:
    """A listing as its form starts from it."""

    state: ListingState
    version: int
    saved_at: datetime | None
    reason: str
    is_estimated: bool
    is_category_guessed: bool
    is_kept: bool
    name: str
    category_path: str
    price: Rupiah | None
    stock: int | None
    packs: int
    """How many packs it is sold in."""
    grams: int
    length_mm: int
    width_mm: int
    height_mm: int
    net_content: int | None
    net_unit: str | None
    pack_type: str | None
    shelf_life_days: int | None
    storage: str | None
    photo_count: int

    @property
    def has_measures(self) -> bool:
        """Whether weight and all sides are there, guessed or confirmed."""
        return min(self.grams, self.length_mm, self.width_mm, self.height_mm) > 0


def draft_of(session: Session, product_id: int) -> Draft:
    """A product as its maker left it; goods that came otherwise count as approved."""
    product, path, label, came = session.execute(
        select(Product, Category.path, PackFacts, Listing)
        .join(Category, Category.id == Product.category_id)
        .outerjoin(PackFacts, PackFacts.product_id == Product.id)
        .outerjoin(Listing, Listing.product_id == Product.id)
        .where(Product.id == product_id)
    ).one()
    # Goods that came otherwise have no listing, and a fresh product may have no label yet.
    facts = cast("PackFacts | None", label) or PackFacts()
    listing = cast("Listing | None", came) or _came_otherwise()
    packs = session.execute(
        select(Variant, StockItem.on_hand)
        .outerjoin(StockItem, StockItem.variant_id == Variant.id)
        .where(Variant.product_id == product_id, Variant.is_hidden.is_(False))
        .order_by(Variant.position, Variant.id)
    ).all()
    shown = select(func.count()).where(ProductPhoto.product_id == product_id)
    first = packs[0] if packs else None
    return Draft(
        state=listing.state,
        version=listing.version,
        saved_at=listing.saved_at,
        reason=listing.reason,
        is_estimated=listing.is_estimated,
        is_category_guessed=listing.is_category_guessed,
        is_kept=listing.is_kept,
        name=product.name,
        category_path=path,
        price=_rupiah(first[0].price if first else listing.price),
        stock=first[1] if first else listing.stock,
        packs=len(packs),
        grams=first[0].gross_grams if first else 0,
        length_mm=first[0].length_mm if first else 0,
        width_mm=first[0].width_mm if first else 0,
        height_mm=first[0].height_mm if first else 0,
        net_content=facts.net_content,
        net_unit=facts.net_unit,
        pack_type=facts.pack_type,
        shelf_life_days=facts.shelf_life_days,
        storage=facts.storage,
        photo_count=session.scalar(shown) or 0,
    )


def _came_otherwise() -> Listing:
    return Listing(
        state=ListingState.APPROVED,
        version=0,
        reason="",
        is_estimated=False,
        is_category_guessed=False,
        is_kept=True,
    )


def _rupiah(amount: int | None) -> Rupiah | None:
    return None if amount is None else Rupiah(amount)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A draft that its maker can go on with."""

    sku: str
    name: str
    saved_at: datetime


def unfinished(session: Session, member_id: int) -> tuple[Unfinished, ...]:
    """The member's drafts that were not sent, latest first; one statement."""
    rows = session.execute(
        select(Product.sku, Product.name, Listing.saved_at)
        .join(Listing, Listing.product_id == Product.id)
        .where(Product.member_id == member_id, Listing.state == ListingState.WRITING)
        .order_by(Listing.saved_at.desc(), Product.id.desc())
        .limit(PAGE)
    )
    return tuple(Unfinished(*row) for row in rows)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A listing in the manager's queue."""

    product_id: int
    sku: str
    name: str
    member: str
    state: ListingState
    submitted_at: datetime
    price: Rupiah | None
    picture: Picture | None


def waiting(session: Session, cooperative_id: int, after: str | None = None) -> Page[Waiting]:
    """What waits for approval, the oldest product first; two statements however many."""
    first_photo = (
        select(ProductPhoto.photo_id)
        .where(ProductPhoto.product_id == Product.id)
        .order_by(ProductPhoto.position, ProductPhoto.id)
        .limit(1)
        .correlate(Product)
        .scalar_subquery()
    )
    lowest = (
        select(func.min(Variant.price))
        .where(Variant.product_id == Product.id)
        .correlate(Product)
        .scalar_subquery()
    )
    wanted = _queue(
        select(
            Product.id,
            Product.sku,
            Product.name,
            Contact.name,
            Listing.state,
            Listing.submitted_at,
            lowest,
            first_photo,
        ),
        cooperative_id,
    ).order_by(Product.id)
    start = read_cursor(after, (int,))
    if start is not None:
        wanted = wanted.where(Product.id > start[0])
    rows = session.execute(wanted.limit(PAGE + 1)).all()
    found = pictures(session, [row[-1] for row in rows if row[-1] is not None])
    lines = [_waiting(row, found) for row in rows]
    return page_of(lines, PAGE, lambda line: (line.product_id,))


def _waiting(row: Row[*tuple[Any, ...]], found: Mapping[int, Picture]) -> Waiting:
    facts = list(row)
    facts[-1] = found.get(facts[-1])
    return Waiting(*facts)


def count_waiting(session: Session, cooperative_id: int) -> int:
    """How many listings wait for approval."""
    return session.scalar(_queue(select(func.count()), cooperative_id)) or 0


def _queue(query: Select[*tuple[Any, ...]], cooperative_id: int) -> Select[*tuple[Any, ...]]:
    return (
        query.select_from(Listing)
        .join(Product, Product.id == Listing.product_id)
        .join(Member, Member.id == Product.member_id)
        .join(Contact, Contact.id == Member.contact_id)
        .where(Product.cooperative_id == cooperative_id, Listing.state.in_(WAITING))
    )


@dataclass(frozen=True, slots=True)
class PublishBlocker:
    """One line of "why am I not published": what it is about, whether it is done, whose turn."""

    about: str
    """identity, approval, product, photo or packaging."""
    is_done: bool
    waits_for: str
    """``member`` or ``manager``."""


def publish_blockers(session: Session, product_id: int) -> tuple[PublishBlocker, ...]:
    """The five things between a maker and a sale, each with who has to act (M10)."""
    draft = draft_of(session, product_id)
    left_on, state, member_state = session.execute(
        select(Member.left_on, Product.state, Member.id)
        .join(Product, Product.member_id == Member.id)
        .where(Product.id == product_id)
    ).one()
    is_described = bool(draft.name and draft.price and draft.stock is not None)
    is_packed = bool(draft.net_content and draft.pack_type and draft.storage and draft.is_kept)
    sent = draft.state not in (ListingState.WRITING, ListingState.RETURNED)
    return (
        PublishBlocker("identity", left_on is None and member_state is not None, "manager"),
        PublishBlocker("product", is_described, "member"),
        PublishBlocker("photo", draft.photo_count > 0, "member"),
        PublishBlocker("packaging", is_packed and draft.has_measures, "member"),
        PublishBlocker(
            "approval",
            state is ProductState.PUBLISHED,
            "manager" if sent else "member",
        ),
    )
