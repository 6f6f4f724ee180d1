"""The list of cooperatives: by name, a page at a time, of all of Indonesia or of one province."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import (
    BigInteger,
    Integer,
    Select,
    String,
    and_,
    bindparam,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Session

from shop.catalog.products.rules import short_place
from shop.core.database.pagination import PAGE_ROWS, Page, page_of, read_cursor
from shop.core.database.schema import table_of
from shop.people.cooperatives.models import Cooperative
from shop.storefront.listing.province_distance import provinces
from shop.storefront.search_index.facet_terms import COOPERATIVE
from shop.storefront.search_index.models import SearchWord

ROOT = "/koperasi"


@dataclass(frozen=True, slots=True)
class Seller:
    """A cooperative in the list."""

    cooperative_id: int
    short_name: str
    """By which it stands in its place."""
    slug: str
    name: str
    place: str
    province: str
    dye: str
    motif: str
    members: int
    goods: int


@dataclass(frozen=True, slots=True)
class Province:
    """A province with cooperatives, and how many."""

    name: str
    cooperatives: int


def address(province: str = "", after: str | None = None) -> str:
    """Where a page of the list stands."""
    asked = {"provinsi": province, "setelah": after}
    pairs = urlencode({name: value for name, value in asked.items() if value})
    return f"{ROOT}?{pairs}" if pairs else ROOT


def sellers(session: Session, province: str = "", after: str | None = None) -> Page[Seller]:
    """Cooperatives that sell, by name, in one statement however far down the list.

    :param after: a cursor; one that was never issued starts at the top.
    """
    start = read_cursor(after, (str, int))
    values: dict[str, Any] = {"size": PAGE_ROWS + 1, "province": province}
    if start is not None:
        values |= {"name": start[0], "id": start[1]}
    asked = _sellers(in_province=bool(province), from_start=start is None)
    rows = session.execute(asked, values)
    return page_of(
        [seller_of(row) for row in rows],
        PAGE_ROWS,
        lambda one: (one.short_name, one.cooperative_id),
    )


def by_province(session: Session) -> tuple[Province, ...]:
    """Provinces with cooperatives that sell, from the west to the east. One statement."""
    counts: dict[str, int] = dict(session.execute(_BY_PROVINCE).all())
    return tuple(Province(name, counts[name]) for name in provinces() if name in counts)


def seller_of(row: Sequence[Any]) -> Seller:
    """A seller from a row of :func:`select_sellers`."""
    values = list(row)
    values[4] = short_place(values[4])
    return Seller(*values)


_cooperatives, _words = table_of(Cooperative).c, table_of(SearchWord).c
IS_LISTED = _cooperatives.suspended_at.is_(None)
"""Of a suspended one nothing is shown; lists are read from the index that leaves it out."""
_BY_PROVINCE = (
    select(_cooperatives.province, func.count()).where(IS_LISTED).group_by(_cooperatives.province)
)


def select_sellers() -> Select[*tuple[Any, ...]]:
    """The columns of a :class:`Seller` of all that are listed, by name."""
    one = _cooperatives
    # How many goods each has is counted beside the index anyway.
    counted = _words.word == literal(f"{COOPERATIVE}:").concat(one.slug)
    return (
        select(
            one.id,
            one.short_name,
            one.slug,
            one.name,
            one.regency,
            one.province,
            one.dye,
            one.motif,
            one.reported_members,
            func.coalesce(_words.goods, 0),
        )
        .outerjoin(table_of(SearchWord), counted)
        .where(IS_LISTED)
        .order_by(one.short_name, one.id)
    )


@cache
def _sellers(*, in_province: bool, from_start: bool) -> Select[*tuple[Any, ...]]:
    one = _cooperatives
    asked = select_sellers().limit(bindparam("size", type_=Integer))
    if in_province:
        asked = asked.where(one.province == bindparam("province"))
    if not from_start:
        name, key = bindparam("name", type_=String), bindparam("id", type_=BigInteger)
        asked = asked.where(or_(one.short_name > name, and_(one.short_name == name, one.id > key)))
    return asked
