"""What may happen to a shelf. Every change is conditional and leaves a movement or a hold."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Row,
    Select,
    Update,
    bindparam,
    case,
    insert,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert, ReturningUpdate

from shop.audit import actions as audit
from shop.core.rows import add_rows
from shop.core.schema import BigId, table_of
from shop.inventory.errors import (
    BelowHeld,
    HoldEnded,
    InsufficientStock,
    NoShelf,
    Shortage,
)
from shop.inventory.models import (
    HoldState,
    MovementReason,
    StockHold,
    StockItem,
    StockMovement,
)

Packs = Mapping[int, int]
"""Packs by variant id."""


def open_shelf(
    session: Session, *, variant_id: int, cooperative_id: int, on_hand: int, now: datetime
) -> None:
    """Give a variant its shelf, with what lies on it on the first day."""
    session.add(
        StockItem(variant_id=variant_id, cooperative_id=cooperative_id, on_hand=on_hand, reserved=0)
    )
    session.flush()
    if on_hand:
        _moved(session, {variant_id: (on_hand, on_hand)}, MovementReason.OPENING, now=now)


def reserve(session: Session, *, packs_by_variant: Packs, holder: str, until: datetime) -> None:
    """Hold packs for a purchase that is about to be paid.

    :param packs_by_variant: packs wanted, ``> 0``, by variant id.
    :param holder: code of the purchase; ``until`` is when the hold lapses unpaid.
    :raises InsufficientStock: with every variant that fell short, not only the first.
    """
    if session.get_bind().dialect.name == "sqlite":
        _take(session, packs_by_variant, reserved=+1)
        columns = {"holder": holder, "until": until, "state": HoldState.HELD}
        add_rows(
            session,
            StockHold,
            [
                {"variant_id": variant_id, "packs": packs, **columns}
                for variant_id, packs in sorted(packs_by_variant.items())
            ],
        )
        return
    values = {**_named(packs_by_variant), "holds_for": holder, "holds_until": until}
    written = session.scalars(_reserving(len(packs_by_variant)), values)
    _refuse_short(session, packs_by_variant, written.all())


@lru_cache
def _reserving(count: int) -> ReturningInsert[int]:
    """One trip to the server: rows locked in id order, claimed where enough is free, written down.

    :param count: of shelves; :func:`_named` says which they are.
    """
    holds, shelves = table_of(StockHold).c, table_of(StockItem).c
    locked = (
        select(shelves.variant_id)
        .where(shelves.variant_id.in_([variant for variant, _ in _names(count)]))
        .order_by(shelves.variant_id)
        .with_for_update()
        .cte("locked")
    )
    claimed = _claim(count, reserved=+1).where(shelves.variant_id == locked.c.variant_id)
    rows = claimed.cte("claimed")
    held = {
        "variant_id": rows.c.variant_id,
        "packs": _packs_of(count, rows.c.variant_id),
        "holder": bindparam("holds_for", type_=holds.holder.type),
        "until": bindparam("holds_until", type_=holds.until.type),
        "state": literal(HoldState.HELD, holds.state.type),
    }
    return (
        insert(table_of(StockHold))
        .from_select(
            list(held),
            select(*held.values()).order_by(rows.c.variant_id),
            include_defaults=False,
        )
        .returning(holds.variant_id)
    )


def extend(session: Session, *, holder: str, until: datetime) -> None:
    """Keep the packs longer (an act of the shopper, rule R12).

    :raises HoldEnded: when nothing is held for this holder any more.
    """
    kept = session.scalars(
        update(StockHold)
        .where(StockHold.holder == holder, StockHold.state == HoldState.HELD)
        .values(until=until)
        .returning(StockHold.id)
    ).all()
    if not kept:
        raise HoldEnded(holder)


def release(
    session: Session, *, holder: str, variant_ids: Collection[int] | None = None
) -> dict[int, int]:
    """Give held packs free again; a second call finds nothing left to free.

    :param variant_ids: only these; None: all that is held for the holder.
    :return: packs freed, by variant id.
    """
    freed = _turn(session, holder, variant_ids, HoldState.HELD, HoldState.RELEASED)
    if freed:
        lock(session, freed)
        session.execute(_of(freed).values(reserved=StockItem.reserved - _packs(freed)))
    return freed


def consume(
    session: Session,
    *,
    holder: str,
    now: datetime,
    variant_ids: Collection[int] | None = None,
) -> dict[int, int]:
    """Turn held packs into sold ones: they leave the shelf.

    A hold that lapsed meanwhile is taken again from what is free. A second call does nothing.

    :param variant_ids: only these; None: all that was held for the holder.
    :return: packs sold by this call, by variant id.
    :raises InsufficientStock: when the hold lapsed and the packs are gone.
    """
    held = _turn(session, holder, variant_ids, HoldState.HELD, HoldState.USED)
    lapsed = _turn(session, holder, variant_ids, HoldState.RELEASED, HoldState.USED)
    # Both sorts of rows are locked together, in one order for everybody.
    lock(session, {**held, **lapsed})
    left: dict[int, int] = {}
    if held:
        left |= _pairs(
            session.execute(
                _of(held)
                .values(
                    on_hand=StockItem.on_hand - _packs(held),
                    reserved=StockItem.reserved - _packs(held),
                )
                .returning(StockItem.variant_id, StockItem.on_hand)
            ).all()
        )
    if lapsed:
        left |= _take(session, lapsed, on_hand=-1)
    sold = {**held, **lapsed}
    changes = {variant_id: (-packs, left[variant_id]) for variant_id, packs in sold.items()}
    _moved(session, changes, MovementReason.SOLD, now=now, reference=holder)
    return sold


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
    left = _pairs(
        session.execute(
            _of(packs_by_variant)
            .values(on_hand=StockItem.on_hand + _packs(packs_by_variant))
            .returning(StockItem.variant_id, StockItem.on_hand)
        ).all()
    )
    changes = {
        variant_id: (packs, left[variant_id]) for variant_id, packs in packs_by_variant.items()
    }
    _moved(session, changes, reason, now=now, reference=reference, person_id=person_id)


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
        _moved(
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
    moved(
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


def warn_at(
    session: Session, *, variant_id: int, cooperative_id: int, low_at: int
) -> tuple[int, int] | None:
    """From how few free packs on a shelf it counts as low.

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


def run_low(session: Session) -> list[int]:
    """Variants whose shelves ran low since they were seen full; each is told once.

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


def _take(
    session: Session, packs_by_variant: Packs, *, reserved: int = 0, on_hand: int = 0
) -> dict[int, int]:
    """Claim free packs of several shelves, all or none; returns what is left on hand.

    Two statements however many shelves: the first locks the rows in id order (two shoppers with
    the same packs in another order would otherwise hold one row each and wait for the other's),
    the second carries the test inside the UPDATE, so that nobody can slip in between.
    """
    lock(session, packs_by_variant)
    claim = _claim(len(packs_by_variant), reserved=reserved, on_hand=on_hand)
    left = _pairs(session.execute(claim, _named(packs_by_variant)).all())
    _refuse_short(session, packs_by_variant, left)
    return left


@lru_cache
def _claim(count: int, *, reserved: int = 0, on_hand: int = 0) -> ReturningUpdate[int, int]:
    """Built once for so many shelves; :func:`_named` says which, and how many packs of each."""
    shelves = table_of(StockItem).c
    enough = (
        (shelves.variant_id == variant) & (shelves.on_hand - shelves.reserved >= packs)
        for variant, packs in _names(count)
    )
    packs = _packs_of(count, shelves.variant_id)
    return (
        update(table_of(StockItem))
        .where(or_(*enough))
        .values(
            reserved=shelves.reserved + reserved * packs, on_hand=shelves.on_hand + on_hand * packs
        )
        .returning(shelves.variant_id, shelves.on_hand)
    )


def _names(count: int) -> list[tuple[BindParameter[int], BindParameter[int]]]:
    return [
        (bindparam(f"shelf_{place}", type_=BigId), bindparam(f"wanted_{place}", type_=Integer))
        for place in range(count)
    ]


def _named(packs_by_variant: Packs) -> dict[str, Any]:
    """What to bind for :func:`_names`, in id order."""
    values = {}
    for place, (variant_id, packs) in enumerate(sorted(packs_by_variant.items())):
        values[f"shelf_{place}"], values[f"wanted_{place}"] = variant_id, packs
    return values


def _packs_of(count: int, variant_id: ColumnElement[int]) -> ColumnElement[int]:
    """The packs of the row at hand, as an expression."""
    return case(*((variant_id == variant, packs) for variant, packs in _names(count)))


def _refuse_short(session: Session, packs_by_variant: Packs, covered: Collection[int]) -> None:
    """Name every shelf that was not covered; what was claimed of the others is undone by it."""
    short = sorted(set(packs_by_variant) - set(covered))
    if short:
        free = _pairs(
            session.execute(
                select(StockItem.variant_id, StockItem.on_hand - StockItem.reserved).where(
                    StockItem.variant_id.in_(short)
                )
            ).all()
        )
        raise InsufficientStock(
            [
                Shortage(variant_id, packs_by_variant[variant_id], free.get(variant_id, 0))
                for variant_id in short
            ]
        )


def _turn(
    session: Session,
    holder: str,
    variant_ids: Collection[int] | None,
    before: HoldState,
    after: HoldState,
) -> dict[int, int]:
    """Move holds from one state to the next; whoever moves them first gets the packs told."""
    change = (
        update(StockHold)
        .where(StockHold.holder == holder, StockHold.state == before)
        .values(state=after)
    )
    if variant_ids is not None:
        change = change.where(StockHold.variant_id.in_(variant_ids))
    return _pairs(
        session.execute(
            change.returning(StockHold.variant_id, StockHold.packs).execution_options(
                synchronize_session=False
            )
        ).all()
    )


def _of(packs_by_variant: Packs) -> Update:
    return (
        update(StockItem)
        .where(StockItem.variant_id.in_(packs_by_variant))
        .execution_options(synchronize_session=False)
    )


def _packs(packs_by_variant: Packs) -> ColumnElement[int]:
    """The packs of the row at hand, as an expression."""
    return case(dict(packs_by_variant), value=StockItem.variant_id)


def _pairs(rows: Iterable[Row[int, int]]) -> dict[int, int]:
    return {row[0]: row[1] for row in rows}


def _moved(
    session: Session,
    changes: Mapping[int, tuple[int, int]],
    reason: MovementReason,
    *,
    now: datetime,
    reference: str | None = None,
    person_id: int | None = None,
) -> None:
    """Write one movement a shelf: the change and what was left after it."""
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
