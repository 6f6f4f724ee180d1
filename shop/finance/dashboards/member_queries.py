"""What one member sees of the market: own goods, own packs to prepare, own money. No buyers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from shop.catalog.inventory.models import StockItem
from shop.catalog.products.models import Product, ProductState, Variant
from shop.core.database.months import Month, sums_by_month
from shop.core.database.pagination import PAGE_ROWS, Page, page_of, read_cursor
from shop.core.values.money import Rupiah
from shop.finance.dashboards.queries import NOT_SOLD, MonthSum
from shop.fulfilment.orders.invariants import BORNE
from shop.fulfilment.orders.rules import goods_name, member_part
from shop.payments.ledger.models import AccountKind, LedgerAccount, LedgerEntry, LedgerPosting
from shop.sales.orders.models import Order, OrderLine, OrderState
from shop.sales.orders.rules import ENDS

EARNS = ("order-done", BORNE)
"""Entries that credit a member: an order's end, and the till in its place."""


@dataclass(frozen=True, slots=True)
class OwnGoods:
    """One product of the member's, on the shelf and sold."""

    name: str
    slug: str
    sku: str
    is_published: bool
    price: Rupiah
    """0 while a draft has none."""
    available: int
    is_low: bool
    """Whether one of its packs runs out."""
    sold: int


@dataclass(frozen=True, slots=True)
class Share:
    """What one line brought, or will bring, to its member."""

    order: str
    name: str
    packs: int
    """Packs that were kept."""
    price: Rupiah
    """Of these packs, as the shopper paid it."""
    amount: Rupiah
    """The member's part."""
    at: datetime
    """When the order was done; while it is held, when it was paid."""


@dataclass(frozen=True, slots=True)
class Money:
    """A member's money at this moment."""

    due: Rupiah
    """Of orders that are done and were not paid out yet."""
    held: Rupiah
    """Of orders on their way: it stands as *titipan* until they are done."""


def own_goods(session: Session, member_id: int, *, maximum: int) -> tuple[OwnGoods, ...]:
    """The member's best sold goods; two statements."""
    found = [_own(row) for row in session.execute(_goods(member_id).order_by(Product.name))]
    sold = _sold(session, member_id, [product_id for product_id, _one in found])
    known = [replace(one, sold=sold.get(product_id, 0)) for product_id, one in found]
    return tuple(sorted(known, key=lambda one: -one.sold)[:maximum])


def goods_page(session: Session, member_id: int, after: str | None) -> Page[OwnGoods]:
    """All goods of the member by name; two statements."""
    wanted = _goods(member_id).order_by(Product.name, Product.id).limit(PAGE_ROWS + 1)
    start = read_cursor(after, (str, int))
    if start is not None:
        later = and_(Product.name == start[0], Product.id > start[1])
        wanted = wanted.where(or_(Product.name > start[0], later))
    found = [_own(row) for row in session.execute(wanted)]
    sold = _sold(session, member_id, [product_id for product_id, _one in found])
    page = page_of(found, PAGE_ROWS, lambda row: (row[1].name, row[0]))
    return Page(
        tuple(replace(one, sold=sold.get(product_id, 0)) for product_id, one in page.rows),
        page.next_cursor,
    )


def _goods(member_id: int) -> Select[*tuple[Any, ...]]:
    """The member's goods with their lowest price and what is free of all their packs."""
    low = and_(
        Product.state == ProductState.PUBLISHED,
        StockItem.on_hand - StockItem.reserved <= StockItem.low_at,
    )
    return (
        select(
            Product.id,
            Product.name,
            Product.slug,
            Product.sku,
            Product.state,
            func.min(Variant.price),
            func.coalesce(func.sum(StockItem.on_hand - StockItem.reserved), 0),
            func.coalesce(func.max(case((low, 1), else_=0)), 0),
        )
        .outerjoin(Variant, and_(Variant.product_id == Product.id, Variant.is_hidden.is_(False)))
        .outerjoin(StockItem, StockItem.variant_id == Variant.id)
        .where(Product.member_id == member_id)
        .group_by(Product.id, Product.name, Product.slug, Product.sku, Product.state)
    )


def _own(row: Row[*tuple[Any, ...]]) -> tuple[int, OwnGoods]:
    """A row of :func:`_goods`, nothing sold yet, beside its product's id."""
    product_id, name, slug, sku, state, price, free, low = row
    is_published = state is ProductState.PUBLISHED
    return product_id, OwnGoods(
        name, slug, sku, is_published, Rupiah(price or 0), int(free), bool(low), 0
    )


def _sold(session: Session, member_id: int, product_ids: Sequence[int]) -> dict[int, int]:
    rows = session.execute(
        select(OrderLine.product_id, func.sum(OrderLine.packs - OrderLine.refunded))
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.member_id == member_id, Order.state.not_in(NOT_SOLD))
        .where(OrderLine.product_id.in_(product_ids))
        .group_by(OrderLine.product_id)
    )
    return {product_id: int(packs) for product_id, packs in rows}


def earned_by_month(
    session: Session, member_id: int, months: Sequence[Month]
) -> tuple[MonthSum, ...]:
    """What the books credited the member with: orders that were done, and packs that the till
    paid for because their money went back without the maker's fault; one statement.
    """
    credit = -LedgerPosting.amount
    row = session.execute(
        select(*sums_by_month(credit, LedgerEntry.at, months))
        .select_from(LedgerPosting)
        .join(LedgerEntry, LedgerEntry.id == LedgerPosting.entry_id)
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        .where(LedgerAccount.kind == AccountKind.MEMBER_DUE)
        .where(LedgerAccount.member_id == member_id, LedgerEntry.kind.in_(EARNS))
    ).one()
    return tuple(
        MonthSum(month, Rupiah(int(amount))) for month, amount in zip(months, row, strict=True)
    )


def money_of(session: Session, member_id: int) -> Money:
    """What is due to the member, and what is still held; two statements."""
    due = session.scalar(
        select(func.sum(LedgerPosting.amount))
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        .where(LedgerAccount.kind == AccountKind.MEMBER_DUE, LedgerAccount.member_id == member_id)
    )
    held = sum(share.amount for share in held_shares(session, member_id))
    return Money(Rupiah(-int(due or 0)), Rupiah(held))


def held_shares(session: Session, member_id: int) -> tuple[Share, ...]:
    """The member's lines in paid orders that are not over, oldest first; one statement."""
    rows = session.execute(
        select(OrderLine, Order.number, Order.paid_at)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.member_id == member_id, Order.paid_at.is_not(None))
        .where(Order.state.not_in([*ENDS, OrderState.LAPSED, OrderState.UNPAID]))
        .order_by(Order.paid_at, OrderLine.id)
    )
    return tuple(
        share for line, number, at in rows if (share := _share(line, number, at)) is not None
    )


def done_shares(session: Session, member_id: int, after: str | None = None) -> Page[Share]:
    """The member's lines in orders that are done, latest first, a page at a time."""
    wanted = (
        select(OrderLine, Order.number, Order.ended_at, Order.id)
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.member_id == member_id, Order.state == OrderState.DONE)
        .where(OrderLine.refunded < OrderLine.packs, Order.ended_at.is_not(None))
        .order_by(Order.id.desc(), OrderLine.id.desc())
        .limit(PAGE_ROWS + 1)
    )
    key = read_cursor(after, (int, int))
    if key is not None:
        wanted = wanted.where(
            (Order.id < key[0]) | ((Order.id == key[0]) & (OrderLine.id < key[1]))
        )
    rows = list(session.execute(wanted))
    page = page_of(rows, PAGE_ROWS, lambda row: (row.id, row.OrderLine.id))
    shares = (_share(row.OrderLine, row.number, row.ended_at) for row in page.rows)
    return Page(tuple(share for share in shares if share is not None), page.next_cursor)


def _share(line: OrderLine, number: str, at: datetime | None) -> Share | None:
    packs = line.packs - line.refunded
    if not packs or at is None:
        return None
    name = goods_name(line.name, line.variant_name, line.net_label)
    price = line.unit_price * packs
    return Share(number, name, packs, Rupiah(price), Rupiah(member_part(line)), at)
