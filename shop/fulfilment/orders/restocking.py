"""Packs that were sold and are not sent: back to the shelf, or written off where they are gone."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from shop.catalog.inventory import actions as inventory
from shop.catalog.inventory.errors import BelowHeld
from shop.catalog.inventory.models import MovementReason
from shop.catalog.inventory.queries import shelves
from shop.fulfilment.orders.errors import ShelfBelowHeld
from shop.fulfilment.orders.rules import Reason, Shortfall
from shop.sales.orders.models import Order, OrderLine


def put_back(
    session: Session,
    order: Order,
    lines: Sequence[OrderLine],
    short: Mapping[int, int],
    shortfalls: Mapping[int, Shortfall],
    *,
    now: datetime,
    person_id: int | None,
) -> None:
    """Undo the sale of packs that are not sent, then say what really lies there (rule R9).

    :param short: packs that are not sent, by line id.
    :raises ShelfBelowHeld: naming the line whose shelf was counted too low.
    """
    mine = [line for line in lines if short.get(line.id)]
    packs: dict[int, int] = {}
    for line in mine:
        packs[line.variant_id] = packs.get(line.variant_id, 0) + short[line.id]
    inventory.restock(
        session, packs_by_variant=packs, reference=order.number, now=now, person_id=person_id
    )
    for line in mine:
        found = shortfalls[line.id]
        if found.left_on_shelf is not None:
            left = found.left_on_shelf
        elif found.reason.packs_are_gone:
            left = shelves(session, [line.variant_id])[line.variant_id].on_hand - short[line.id]
        else:
            continue
        try:
            inventory.adjust(
                session,
                variant_id=line.variant_id,
                cooperative_id=order.cooperative_id,
                counted=left,
                reason=movement_of(found.reason),
                person_id=person_id,
                reference=order.number,
                now=now,
            )
        except BelowHeld as refusal:
            raise ShelfBelowHeld(line.id, refusal.counted, refusal.held) from refusal


def put_back_all(
    session: Session,
    order: Order,
    lines: Sequence[OrderLine],
    reason: Reason,
    shortfalls: Mapping[int, Shortfall],
    *,
    now: datetime,
    person_id: int | None,
) -> None:
    """The same for all packs of an order that were not given back before."""
    put_back(
        session,
        order,
        lines,
        {line.id: line.packs - line.refunded for line in lines},
        {line.id: shortfalls.get(line.id, Shortfall(reason)) for line in lines},
        now=now,
        person_id=person_id,
    )


def take_in(
    session: Session,
    order: Order,
    lines: Sequence[OrderLine],
    packs: Mapping[int, int],
    fit: Mapping[int, int],
    *,
    now: datetime,
    person_id: int | None,
) -> None:
    """Put what came back on the shelf and write off what nobody would buy (rule R11).

    :param packs: what came back, by line id; ``fit`` what of it can be sold again.
    """
    back: dict[int, int] = {}
    unfit: dict[int, int] = {}
    for line in lines:
        came = packs[line.id]
        back[line.variant_id] = back.get(line.variant_id, 0) + came
        unfit[line.variant_id] = unfit.get(line.variant_id, 0) + came - fit[line.id]
    inventory.restock(
        session, packs_by_variant=back, reference=order.number, now=now, person_id=person_id
    )
    for variant_id, gone in sorted(unfit.items()):
        if gone:
            inventory.adjust(
                session,
                variant_id=variant_id,
                cooperative_id=order.cooperative_id,
                counted=shelves(session, [variant_id])[variant_id].on_hand - gone,
                reason=MovementReason.DAMAGED,
                person_id=person_id,
                reference=order.number,
                now=now,
            )


def movement_of(reason: Reason) -> MovementReason:
    """How the shelf calls that packs are missing."""
    return MovementReason.DAMAGED if reason is Reason.DAMAGED else MovementReason.SHORT
