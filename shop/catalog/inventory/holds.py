"""Packs held for a purchase: claimed while they are free, given free again, or sold."""

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

from shop.catalog.inventory.errors import HoldEnded, InsufficientStock, Shortage
from shop.catalog.inventory.models import (
    HoldState,
    MovementReason,
    StockHold,
    StockItem,
    StockMovement,
)
from shop.core.database.schema import BigId, table_of
from shop.core.database.upserts import add_rows

Packs = Mapping[int, int]
"""Packs by variant id."""


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
    """Release held packs; a second call releases nothing.

    :param variant_ids: only these; None: all that is held for the holder.
    :return: packs freed, by variant id.
    """
    freed = _turn(session, holder, variant_ids, HoldState.HELD, HoldState.RELEASED)
    if freed:
        lock(session, freed)
        session.execute(of(freed).values(reserved=StockItem.reserved - packs_here(freed)))
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
        left |= pairs(
            session.execute(
                of(held)
                .values(
                    on_hand=StockItem.on_hand - packs_here(held),
                    reserved=StockItem.reserved - packs_here(held),
                )
                .returning(StockItem.variant_id, StockItem.on_hand)
            ).all()
        )
    if lapsed:
        left |= _take(session, lapsed, on_hand=-1)
    sold = {**held, **lapsed}
    changes = {variant_id: (-packs, left[variant_id]) for variant_id, packs in sold.items()}
    record_movement(session, changes, MovementReason.SOLD, now=now, reference=holder)
    return sold


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
    left = pairs(session.execute(claim, _named(packs_by_variant)).all())
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
        free = pairs(
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
    return pairs(
        session.execute(
            change.returning(StockHold.variant_id, StockHold.packs).execution_options(
                synchronize_session=False
            )
        ).all()
    )


# ------------------------------------------- what every change of stock shares
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
