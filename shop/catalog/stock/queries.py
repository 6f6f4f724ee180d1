"""A cooperative's goods as its desk counts them: on hand, held, free."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from shop.catalog.inventory.models import StockItem
from shop.catalog.products.errors import ProductNotFound
from shop.catalog.products.models import Product, ProductState, Variant
from shop.core.database.pagination import Page, page_of, read_cursor
from shop.core.values.money import Rupiah
from shop.people.accounts.models import Contact
from shop.people.cooperatives.models import Member

PAGE = 50


@dataclass(frozen=True, slots=True)
class StockRow:
    """One variant on its shelf."""

    variant_id: int
    sku: str
    product_sku: str
    """Under which its workspace stands."""
    product: str
    variant: str
    state: ProductState
    member: str
    price: Rupiah
    on_hand: int
    held: int
    low_at: int

    @property
    def name(self) -> str:
        """Goods with their option: ``Kopi Gayo · halus``."""
        return f"{self.product} · {self.variant}" if self.variant else self.product

    @property
    def available(self) -> int:
        """Packs that can still be sold."""
        return self.on_hand - self.held

    @property
    def is_low(self) -> bool:
        """Whether it is time to make more."""
        return self.available <= self.low_at


def stock_list(
    session: Session,
    cooperative_id: int,
    *,
    text: str = "",
    only_low: bool = False,
    after: str | None = None,
) -> Page[StockRow]:
    """The variants of a cooperative by product name; one statement."""
    wanted = _rows(cooperative_id).order_by(Product.name, Variant.id).limit(PAGE + 1)
    if text:
        named = func.lower(Product.name).contains(text.lower(), autoescape=True)
        coded = func.lower(Variant.sku).contains(text.lower(), autoescape=True)
        wanted = wanted.where(or_(named, coded))
    if only_low:
        wanted = wanted.where(_is_low())
    start = read_cursor(after, (str, int))
    if start is not None:
        later = and_(Product.name == start[0], Variant.id > start[1])
        wanted = wanted.where(or_(Product.name > start[0], later))
    rows = [_row(row) for row in session.execute(wanted)]
    return page_of(rows, PAGE, lambda row: (row.product, row.variant_id))


def count_low(session: Session, cooperative_id: int) -> int:
    """How many variants are running out."""
    counted = select(func.count()).select_from(
        _rows(cooperative_id).where(_is_low()).order_by(None).subquery()
    )
    return session.scalar(counted) or 0


def stock_of(session: Session, cooperative_id: int, sku: str) -> StockRow:
    """One variant of this cooperative.

    :raises ProductNotFound: for another cooperative's too.
    """
    row = session.execute(_rows(cooperative_id).where(Variant.sku == sku)).one_or_none()
    if row is None:
        raise ProductNotFound(sku)
    return _row(row)


def _rows(cooperative_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Variant.id,
            Variant.sku,
            Product.sku,
            Product.name,
            Variant.name,
            Product.state,
            Contact.name,
            Variant.price,
            StockItem.on_hand,
            StockItem.reserved,
            StockItem.low_at,
        )
        .join(Product, Product.id == Variant.product_id)
        .join(StockItem, StockItem.variant_id == Variant.id)
        .join(Member, Member.id == Product.member_id)
        .join(Contact, Contact.id == Member.contact_id)
        .where(Product.cooperative_id == cooperative_id, Variant.is_hidden.is_(False))
    )


def _is_low() -> ColumnElement[bool]:
    return and_(
        Product.state == ProductState.PUBLISHED,
        StockItem.on_hand - StockItem.reserved <= StockItem.low_at,
    )


def _row(row: Row[*tuple[Any, ...]]) -> StockRow:
    """A row of :func:`_rows`, column by column."""
    return StockRow(*row)
