"""What every change of a shelf shares: its lock, its statement, the movement it leaves."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, Update, case, insert, select, update
from sqlalchemy.orm import Session

from shop.catalog.inventory.models import MovementReason, StockItem, StockMovement

Packs = Mapping[int, int]
"""Packs by variant id."""


def lock(session: Session, variant_ids: Collection[int]) -> None:
    """Take shelves in id order, before any of them is changed.

    Who changes the shelves of several orders in one transaction calls this first with all of
    them. SQLite has one writer at a time and needs nothing.
    """
    if session.get_bind().dialect.name != "sqlite" and variant_ids:
        session.execute(_in_order(variant_ids))


def _in_order(variant_ids: Collection[int]) -> Select[int]:
    return (
        select(StockItem.variant_id)
        .where(StockItem.variant_id.in_(variant_ids))
        .order_by(StockItem.variant_id)
        .with_for_update()
    )


def of(packs_by_variant: Packs) -> Update:
    """The start of a change of these shelves."""
    return (
        update(StockItem)
        .where(StockItem.variant_id.in_(packs_by_variant))
        .execution_options(synchronize_session=False)
    )


def packs_here(packs_by_variant: Packs) -> ColumnElement[int]:
    """The packs of the row at hand, as an expression."""
    return case(dict(packs_by_variant), value=StockItem.variant_id)


def pairs(rows: Iterable[Row[int, int]]) -> dict[int, int]:
    """Rows of two as a mapping."""
    return {row[0]: row[1] for row in rows}


def record_movement(
    session: Session,
    changes: Mapping[int, tuple[int, int]],
    reason: MovementReason,
    *,
    now: datetime,
    reference: str | None = None,
    person_id: int | None = None,
) -> None:
    """Record one movement for each stock item: the change and the stock after it."""
    if changes:
        session.execute(
            insert(StockMovement),
            [
                {
                    "variant_id": variant_id,
                    "change": change,
                    "on_hand_after": left,
                    "reason": reason,
                    "reference": reference,
                    "person_id": person_id,
                    "at": now,
                }
                for variant_id, (change, left) in sorted(changes.items())
            ],
        )
