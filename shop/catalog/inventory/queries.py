"""Reads of the shelf."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from shop.catalog.inventory.models import (
    HoldState,
    MovementReason,
    StockHold,
    StockItem,
    StockMovement,
)
from shop.core.database.invariants import Check, no_rows

MOVEMENTS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Shelf:
    """What lies there, and what of it is kept for somebody."""

    on_hand: int
    reserved: int

    @property
    def available(self) -> int:
        """Packs that can still be sold."""
        return self.on_hand - self.reserved


@dataclass(frozen=True, slots=True)
class Movement:
    """One change of a shelf."""

    variant_id: int
    at: datetime
    change: int
    on_hand_after: int
    reason: MovementReason
    reference: str | None
    person_id: int | None


def shelves(session: Session, variant_ids: Collection[int]) -> dict[int, Shelf]:
    """The shelves of some variants, in one statement."""
    rows = session.execute(
        select(StockItem.variant_id, StockItem.on_hand, StockItem.reserved).where(
            StockItem.variant_id.in_(variant_ids)
        )
    )
    return {variant_id: Shelf(on_hand, reserved) for variant_id, on_hand, reserved in rows}


def available(session: Session, variant_ids: Collection[int]) -> dict[int, int]:
    """Packs that can still be sold, by variant; 0 for one without a shelf."""
    found = shelves(session, variant_ids)
    return {
        variant_id: found[variant_id].available if variant_id in found else 0
        for variant_id in variant_ids
    }


def movements(
    session: Session, cooperative_id: int, variant_ids: Collection[int]
) -> tuple[Movement, ...]:
    """The latest changes of some shelves of this cooperative, newest first."""
    rows = session.scalars(
        select(StockMovement)
        .join(StockItem, StockItem.variant_id == StockMovement.variant_id)
        .where(StockMovement.variant_id.in_(variant_ids))
        .where(StockItem.cooperative_id == cooperative_id)
        .order_by(StockMovement.id.desc())
        .limit(MOVEMENTS_SHOWN)
    )
    return tuple(
        Movement(
            row.variant_id,
            row.at,
            row.change,
            row.on_hand_after,
            row.reason,
            row.reference,
            row.person_id,
        )
        for row in rows
    )


def sold(session: Session, variant_ids: Collection[int]) -> dict[int, int]:
    """Packs that were sold and stayed sold, by variant; one that never sold is left out."""
    rows = session.execute(
        select(StockMovement.variant_id, -func.sum(StockMovement.change))
        .where(StockMovement.variant_id.in_(variant_ids))
        .where(StockMovement.reason.in_((MovementReason.SOLD, MovementReason.RETURNED)))
        .group_by(StockMovement.variant_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def verify(session: Session) -> dict[str, Check]:
    """On hand = Σ movements, reserved = Σ holds that still stand."""
    moved = (
        select(StockMovement.variant_id, func.sum(StockMovement.change).label("moved"))
        .group_by(StockMovement.variant_id)
        .subquery()
    )
    held = (
        select(StockHold.variant_id, func.sum(StockHold.packs).label("held"))
        .where(StockHold.state == HoldState.HELD)
        .group_by(StockHold.variant_id)
        .subquery()
    )
    last = select(func.max(StockMovement.id)).group_by(StockMovement.variant_id)
    moved_sum, held_sum = func.coalesce(moved.c.moved, 0), func.coalesce(held.c.held, 0)
    return {
        "stock_is_its_movements": no_rows(
            session.execute(
                select(StockItem.variant_id, StockItem.on_hand, moved_sum)
                .outerjoin(moved, moved.c.variant_id == StockItem.variant_id)
                .where(StockItem.on_hand != moved_sum)
            ),
            "variant {}: {} on hand, movements give {}",
        ),
        "stock_reserved_is_its_holds": no_rows(
            session.execute(
                select(StockItem.variant_id, StockItem.reserved, held_sum)
                .outerjoin(held, held.c.variant_id == StockItem.variant_id)
                .where(StockItem.reserved != held_sum)
            ),
            "variant {}: {} reserved, holds give {}",
        ),
        "stock_movements_tell_what_was_left": no_rows(
            session.execute(
                select(StockItem.variant_id, StockItem.on_hand, StockMovement.on_hand_after)
                .join(
                    StockMovement,
                    and_(
                        StockMovement.variant_id == StockItem.variant_id,
                        StockMovement.id.in_(last),
                    ),
                )
                .where(StockMovement.on_hand_after != StockItem.on_hand)
            ),
            "variant {}: {} on hand, its last movement says {}",
        ),
    }
