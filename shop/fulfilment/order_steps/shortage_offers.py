"""A question about missing packs that is still open when its order ends another way (rule R9)."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from shop.catalog.inventory.queries import shelves
from shop.fulfilment.orders.rules import Reason, Shortfall
from shop.sales.orders.models import Actor, Order, OrderLine, ShortOffer
from shop.sales.orders.rules import SHORT_ASKED


def shelf_told(
    session: Session, lines: Sequence[OrderLine], offer: ShortOffer, *, whole: bool = False
) -> dict[int, Shortfall]:
    """Why packs are missing, and what the shelf holds once they are taken off the order.

    :param whole: all of the order goes back: what was there of a line lies on the shelf again.
    """
    mine = [line for line in lines if str(line.id) in offer.lines]
    on_hand = shelves(session, [line.variant_id for line in mine])
    found = {}
    for line in mine:
        told = offer.lines[str(line.id)]
        reason, there = Reason(told["reason"]), int(told["packs"])
        is_known = told["counted"] or reason.packs_are_gone
        left = on_hand[line.variant_id].on_hand + (there if whole else 0)
        found[line.id] = Shortfall(reason, left if is_known else None)
    return found


def all_back(
    session: Session, lines: Sequence[OrderLine], offer: ShortOffer
) -> dict[int, Shortfall]:
    """What to say of every line's shelf when all of an order goes back after its question.

    What was counted whole is there and can be sold to somebody else.
    """
    others = {line.id: Shortfall(Reason.CHANGED_MIND) for line in lines}
    return {**others, **shelf_told(session, lines, offer, whole=True)}


def close_offer(
    session: Session,
    order: Order,
    lines: Sequence[OrderLine],
    *,
    actor: Actor,
    now: datetime,
) -> Mapping[int, Shortfall]:
    """Close an open shortage offer when somebody else decides for the shopper.

    :return: what to say of the shelves, should all of the order go back; empty where nobody was
        asked.
    """
    if order.needs != SHORT_ASKED:
        return {}
    offer = session.get(ShortOffer, order.id)
    if offer is None or offer.answered_at is not None:
        return {}
    session.execute(
        update(ShortOffer)
        .where(ShortOffer.order_id == order.id, ShortOffer.answered_at.is_(None))
        .values(answered_at=now, answered_by=actor)
        .execution_options(synchronize_session=False)
    )
    return all_back(session, lines, offer)
