"""What of a cooperative, or of one member, expires soon."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, and_, func, or_, select
from sqlalchemy.orm import Session

from shop.catalog.inventory.models import StockItem
from shop.catalog.packaging.batches import written_last_day
from shop.catalog.packaging.models import Batch
from shop.catalog.products.models import Product, Variant
from shop.core.database.pagination import Page, page_of, read_cursor
from shop.people.accounts.models import Contact
from shop.people.cooperatives.models import Member

SOON = timedelta(days=60)
LONG_AGO = timedelta(days=180)
"""What expired before this is no news any more."""
PAGE = 40


@dataclass(frozen=True, slots=True)
class ExpiringBatch:
    """A batch whose last day is near or over, while packs of its variant lie on the shelf."""

    batch_id: int
    sku: str
    product: str
    variant: str
    member: str
    code: str
    produced_on: date
    last_day: date
    on_hand: int
    """Of the variant: shelves do not know batches."""
    today: date

    @property
    def name(self) -> str:
        """Goods with their option."""
        return f"{self.product} · {self.variant}" if self.variant else self.product

    @property
    def days_left(self) -> int:
        """Days until its last one; below zero: it is over."""
        return (self.last_day - self.today).days

    @property
    def best_before(self) -> str:
        """As its label says it."""
        return written_last_day(self.produced_on, self.last_day)


def expiring(
    session: Session,
    today: date,
    *,
    cooperative_id: int | None = None,
    member_id: int | None = None,
    after: str | None = None,
) -> Page[ExpiringBatch]:
    """Batches that expire within 60 days or did lately, the nearest first; one statement."""
    wanted = (
        select(
            Batch.id,
            Product.sku,
            Product.name,
            Variant.name,
            Contact.name,
            Batch.code,
            Batch.produced_on,
            Batch.best_before,
            StockItem.on_hand,
        )
        .join(Variant, Variant.id == Batch.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .join(StockItem, StockItem.variant_id == Variant.id)
        .join(Member, Member.id == Product.member_id)
        .join(Contact, Contact.id == Member.contact_id)
        .where(
            Batch.best_before.between(today - LONG_AGO, today + SOON),
            StockItem.on_hand > 0,
        )
        .order_by(Batch.best_before, Batch.id)
        .limit(PAGE + 1)
    )
    if cooperative_id is not None:
        wanted = wanted.where(Product.cooperative_id == cooperative_id)
    if member_id is not None:
        wanted = wanted.where(Product.member_id == member_id)
    start = _read_cursor(after)
    if start is not None:
        day, batch_id = start
        wanted = wanted.where(
            or_(Batch.best_before > day, and_(Batch.best_before == day, Batch.id > batch_id))
        )
    rows = [_row(row, today) for row in session.execute(wanted)]
    return page_of(rows, PAGE, lambda row: (row.last_day.isoformat(), row.batch_id))


def count_expiring(session: Session, cooperative_id: int, today: date) -> int:
    """How many batches of a cooperative expire within 60 days or did lately."""
    counted = (
        select(func.count())
        .select_from(Batch)
        .join(Variant, Variant.id == Batch.variant_id)
        .join(Product, Product.id == Variant.product_id)
        .join(StockItem, StockItem.variant_id == Variant.id)
        .where(
            Product.cooperative_id == cooperative_id,
            Batch.best_before.between(today - LONG_AGO, today + SOON),
            StockItem.on_hand > 0,
        )
    )
    return session.scalar(counted) or 0


def _read_cursor(after: str | None) -> tuple[date, int] | None:
    start = read_cursor(after, (str, int))
    if start is None:
        return None
    try:
        return date.fromisoformat(str(start[0])), int(start[1])
    except ValueError:
        return None


def _row(row: Row[*tuple[Any, ...]], today: date) -> ExpiringBatch:
    facts = [*row, today]
    return ExpiringBatch(*facts)
