"""What may happen to a shelf. Every change is conditional and leaves a movement."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from shop.catalog.inventory.errors import BelowHeld, NoShelf
from shop.catalog.inventory.holds import Packs, lock, of, packs_here, pairs, record_movement
from shop.catalog.inventory.models import MovementReason, StockItem
from shop.services.audit import actions as audit


def open_shelf(
    session: Session, *, variant_id: int, cooperative_id: int, on_hand: int, now: datetime
) -> None:
    """Give a variant its shelf, with what lies on it on the first day."""
    session.add(
        StockItem(variant_id=variant_id, cooperative_id=cooperative_id, on_hand=on_hand, reserved=0)
    )
    session.flush()
    if on_hand:
        record_movement(session, {variant_id: (on_hand, on_hand)}, MovementReason.OPENING, now=now)


def restock(
    session: Session,
    *,
    packs_by_variant: Packs,
    reference: str,
    now: datetime,
    reason: MovementReason = MovementReason.RETURNED,
    person_id: int | None = None,
) -> None:
    """Put packs back on the shelf.

    Which packs come back once is for the caller to hold: it calls this beside the conditional
    change of state that makes them come back.

    :param reference: order number or purchase code.
    """
    if not packs_by_variant:
        return
    lock(session, packs_by_variant)
    left = pairs(
        session.execute(
            of(packs_by_variant)
            .values(on_hand=StockItem.on_hand + packs_here(packs_by_variant))
            .returning(StockItem.variant_id, StockItem.on_hand)
        ).all()
    )
    changes = {
        variant_id: (packs, left[variant_id]) for variant_id, packs in packs_by_variant.items()
    }
    record_movement(session, changes, reason, now=now, reference=reference, person_id=person_id)


def adjust(
    session: Session,
    *,
    variant_id: int,
    cooperative_id: int,
    counted: int,
    reason: MovementReason,
    person_id: int | None,
    now: datetime,
    reference: str | None = None,
) -> int:
    """Set a shelf to what was counted.

    :param counted: packs that lie there, ``>= 0``, held ones included.
    :return: the change in packs.
    :raises NoShelf: when this cooperative has no such shelf.
    :raises BelowHeld: when more is held for unpaid purchases than was counted.
    """
    shelf = session.execute(
        select(StockItem.on_hand, StockItem.reserved)
        .where(StockItem.variant_id == variant_id, StockItem.cooperative_id == cooperative_id)
        .with_for_update()
    ).one_or_none()
    if shelf is None:
        raise NoShelf(str(variant_id))
    change: int = counted - shelf.on_hand
    done = session.scalar(
        update(StockItem)
        .where(StockItem.variant_id == variant_id)
        .where(StockItem.on_hand == shelf.on_hand, StockItem.reserved <= counted)
        .values(on_hand=counted)
        .returning(StockItem.variant_id)
    )
    if done is None:
        raise BelowHeld(counted, shelf.reserved)
    if change:
        record_movement(
            session,
            {variant_id: (change, counted)},
            reason,
            now=now,
            reference=reference,
            person_id=person_id,
        )
        audit.record(
            session,
            action="stock.adjusted",
            subject=f"variant:{variant_id}",
            actor_id=person_id,
            cooperative_id=cooperative_id,
            before={"on_hand": shelf.on_hand},
            after={"on_hand": counted, "reason": reason.value},
            now=now,
        )
    return change


def change_by(
    session: Session,
    *,
    variant_id: int,
    cooperative_id: int,
    change: int,
    reason: MovementReason,
    person_id: int | None,
    now: datetime,
    reference: str | None = None,
) -> int:
    """Put packs on a shelf or take some away, whatever others do to it at the same moment.

    :param change: packs that came, or below zero that went.
    :return: packs that lie there now.
    :raises NoShelf: when this cooperative has no such shelf.
    :raises BelowHeld: when less would be left than is held for unpaid purchases.
    """
    left = session.scalar(
        update(StockItem)
        .where(StockItem.variant_id == variant_id, StockItem.cooperative_id == cooperative_id)
        .where(StockItem.on_hand + change >= StockItem.reserved)
        .values(on_hand=StockItem.on_hand + change)
        .returning(StockItem.on_hand)
        .execution_options(synchronize_session=False)
    )
    if left is None:
        shelf = session.execute(
            select(StockItem.on_hand, StockItem.reserved).where(
                StockItem.variant_id == variant_id, StockItem.cooperative_id == cooperative_id
            )
        ).one_or_none()
        if shelf is None:
            raise NoShelf(str(variant_id))
        raise BelowHeld(shelf.on_hand + change, shelf.reserved)
    record_movement(
        session,
        {variant_id: (change, left)},
        reason,
        now=now,
        reference=reference,
        person_id=person_id,
    )
    audit.record(
        session,
        action="stock.adjusted",
        subject=f"variant:{variant_id}",
        actor_id=person_id,
        cooperative_id=cooperative_id,
        before={"on_hand": left - change},
        after={"on_hand": left, "reason": reason.value},
        now=now,
    )
    return left


def set_low_stock_threshold(
    session: Session, *, variant_id: int, cooperative_id: int, low_at: int
) -> tuple[int, int] | None:
    """Set the number of free packs from which stock counts as low.

    :return: what it was before and what it is now; None when it stays as it was.
    :raises NoShelf: when this cooperative has no such shelf.
    """
    row = session.scalars(
        select(StockItem)
        .where(StockItem.variant_id == variant_id, StockItem.cooperative_id == cooperative_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if row is None:
        raise NoShelf(str(variant_id))
    before, row.low_at = row.low_at, low_at
    return None if before == low_at else (before, low_at)


def low_stock(session: Session) -> list[int]:
    """Variants whose stock fell below the threshold; each is returned once.

    The mark is taken inside the UPDATE, so of several who look at the same moment one gets a
    shelf told. It comes back when the shelf stands above its threshold again: a new shelf that
    was never above it has not run low.
    """
    free = StockItem.on_hand - StockItem.reserved
    session.execute(
        update(StockItem)
        .where(StockItem.tells_low.is_(False), free > StockItem.low_at)
        .values(tells_low=True)
        .execution_options(synchronize_session=False)
    )
    found = session.scalars(
        update(StockItem)
        .where(StockItem.tells_low.is_(True), free <= StockItem.low_at)
        .values(tells_low=False)
        .returning(StockItem.variant_id)
        .execution_options(synchronize_session=False)
    )
    return sorted(found)
