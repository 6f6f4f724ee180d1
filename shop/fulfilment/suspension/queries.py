"""The cooperatives of the market as its operator sees them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from shop.core.database.pagination import PAGE_ROWS, Page, page_of, read_cursor
from shop.core.values.errors import NotFound
from shop.fulfilment.orders.rules import OPEN
from shop.people.cooperatives.models import Cooperative
from shop.sales.orders.models import Order


@dataclass(frozen=True, slots=True)
class MarketRow:
    """A cooperative in the operator's list."""

    cooperative_id: int
    slug: str
    name: str
    place: str
    zone: str
    suspended_at: datetime | None
    suspension: str | None
    open_orders: int
    """Paid and not over."""


def cooperatives_of_market(
    session: Session, after: str | None = None, size: int = PAGE_ROWS
) -> Page[MarketRow]:
    """All of them by name, a page at a time; one statement."""
    query = _rows().order_by(Cooperative.name, Cooperative.id).limit(size + 1)
    key = read_cursor(after, (str, int))
    if key is not None:
        query = query.where(
            (Cooperative.name > key[0]) | ((Cooperative.name == key[0]) & (Cooperative.id > key[1]))
        )
    rows = [MarketRow(*row) for row in session.execute(query)]
    return page_of(rows, size, lambda row: (row.name, row.cooperative_id))


def cooperative_of_market(session: Session, slug: str) -> MarketRow:
    """One of them.

    :raises NotFound: when no cooperative has this address.
    """
    row = session.execute(_rows().where(Cooperative.slug == slug)).one_or_none()
    if row is None:
        raise NotFound
    return MarketRow(*row)


def _rows() -> Select[*tuple[Any, ...]]:
    open_orders = (
        select(func.count(Order.id))
        .where(Order.cooperative_id == Cooperative.id, Order.state.in_(OPEN))
        .correlate(Cooperative)
        .scalar_subquery()
    )
    return select(
        Cooperative.id,
        Cooperative.slug,
        Cooperative.name,
        Cooperative.regency,
        Cooperative.zone,
        Cooperative.suspended_at,
        Cooperative.suspension,
        open_orders,
    )
