"""Finding goods on SQLite: its index is read in the stored order and stops where it has enough."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, String, bindparam, column, select, table

from shop.storefront.search.query_parser import ParsedQuery
from shop.storefront.search.query_syntax import Grammar, written
from shop.storefront.search_index.facet_terms import Narrow

FTS5 = Grammar(" AND ", " OR ", '"{}"')

_INDEX = table("search_index", column("rowid"), column("search_index"))


def questions(name: str, asked: ParsedQuery | None, narrow: Narrow, tier: int) -> dict[str, Any]:
    """What to bind for the :func:`places` of this name."""
    return {name: written(asked, narrow, tier, FTS5)}


def places(name: str, limit: ColumnElement[int]) -> Select[int]:
    """Places of the first products that answer, in order."""
    # In rowid order FTS5 stops at the limit; the rowid is the stored order.
    return (
        select(_INDEX.c.rowid.label("place"))
        .where(_asks(name))
        .order_by(_INDEX.c.rowid)
        .limit(limit)
    )


def by_marks(
    name: str, start: ColumnElement[int]
) -> tuple[FromClause, ColumnElement[int], tuple[ColumnElement[bool], ...]]:
    """The index, the place of a product in it, and what makes it answer and stand behind one."""
    return _INDEX, _INDEX.c.rowid, (_asks(name), _INDEX.c.rowid > start)


def _asks(name: str) -> ColumnElement[bool]:
    return _INDEX.c.search_index.op("MATCH")(bindparam(name, type_=String))
