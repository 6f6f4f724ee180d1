"""What one member sees of the market: own goods, own packs to prepare, own money. No buyers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from shop.catalog.models import Product, ProductState, Variant
from shop.core.money import Rupiah
from shop.core.months import Month, sums_by_month
from shop.core.paging import PAGE_ROWS, Page, page_of, read_cursor
from shop.fulfilment.rules import goods_name, member_part
from shop.inventory.models import StockItem
from shop.ledger.models import AccountKind, LedgerAccount, LedgerEntry, LedgerPosting
from shop.orders.models import Order, OrderLine, OrderState
from shop.orders.rules import ENDS
from shop.reports.queries import NOT_SOLD, MonthSum

TO_PREPARE = (OrderState.NEW, OrderState.ACCEPTED)


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
    sold: int


@dataclass(frozen=True, slots=True)
class ToPrepare:
    """So many packs that an order waits for."""

    order: str
    name: str
    packs: int
    is_accepted: bool
    by: datetime | None
    """Until when the parcel is promised to leave; unknown while nobody has accepted it."""


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


def own_goods(session: Session, member_id: int) -> tuple[OwnGoods, ...]:
    """The member's goods, best sold first; two statements."""
    sold = {
        product_id: int(packs)
        for product_id, packs in session.execute(
            select(OrderLine.product_id, func.sum(OrderLine.packs - OrderLine.refunded))
            .join(Order, Order.id == OrderLine.order_id)
            .where(OrderLine.member_id == member_id, Order.state.not_in(NOT_SOLD))
            .group_by(OrderLine.product_id)
        )
    }
    rows = session.execute(
        select(
            Product.id,
            Product.name,
            Product.slug,
            Product.sku,
            Product.state,
            func.min(Variant.price),
            func.coalesce(func.sum(StockItem.on_hand - StockItem.reserved), 0),
        )
        .outerjoin(Variant, Variant.product_id == Product.id)
        .outerjoin(StockItem, StockItem.variant_id == Variant.id)
        .where(Product.member_id == member_id)
        .group_by(Product.id, Product.name, Product.slug, Product.sku, Product.state)
        .order_by(Product.name)
    )
    found = [
        OwnGoods(
            name,
            slug,
            sku,
            state is ProductState.PUBLISHED,
            Rupiah(price or 0),
            int(free),
            sold.get(product_id, 0),
        )
        for product_id, name, slug, sku, state, price, free in rows
    ]
    return tuple(sorted(found, key=lambda one: -one.sold))


def to_prepare(session: Session, member_id: int) -> tuple[ToPrepare, ...]:
    """The member's packs in orders that are not packed yet, the most urgent first."""
    is_accepted = Order.state == OrderState.ACCEPTED
    packs = case((is_accepted, OrderLine.accepted), else_=OrderLine.packs)
    rows = session.execute(
        select(
            Order.number,
            OrderLine.name,
            OrderLine.variant_name,
            OrderLine.net_label,
            packs.label("packs"),
            Order.state,
            Order.ship_by,
        )
        .join(Order, Order.id == OrderLine.order_id)
        .where(OrderLine.member_id == member_id, Order.state.in_(TO_PREPARE), packs > 0)
        .order_by(case((is_accepted, 0), else_=1), Order.ship_by, Order.id, OrderLine.position)
    )
    return tuple(
        ToPrepare(
            row.number,
            goods_name(row.name, row.variant_name, row.net_label),
            int(row.packs),
            row.state is OrderState.ACCEPTED,
            row.ship_by,
        )
        for row in rows
    )


def earned_by_month(
    session: Session, member_id: int, months: Sequence[Month]
) -> tuple[MonthSum, ...]:
    """What the books credited the member with for orders that were done; one statement."""
    credit = -LedgerPosting.amount
    row = session.execute(
        select(*sums_by_month(credit, LedgerEntry.at, months))
        .select_from(LedgerPosting)
        .join(LedgerEntry, LedgerEntry.id == LedgerPosting.entry_id)
        .join(LedgerAccount, LedgerAccount.id == LedgerPosting.account_id)
        .where(LedgerAccount.kind == AccountKind.MEMBER_DUE)
        .where(LedgerAccount.member_id == member_id, LedgerEntry.kind == "order-done")
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
