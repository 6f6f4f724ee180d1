"""Every invariant of the shop, gathered from the rooms that hold them."""

from typing import Any

from sqlalchemy.orm import Session

from shop.cash import invariants as cash
from shop.collecting import invariants as collecting
from shop.complaints import invariants as complaints
from shop.documents import invariants as documents
from shop.fulfilment import invariants as fulfilment
from shop.inventory import queries as inventory
from shop.ledger import queries as ledger
from shop.orders import invariants as orders
from shop.payments import invariants as payments
from shop.payouts import invariants as payouts
from shop.promotions import queries as promotions
from shop.refunds import invariants as refunds
from shop.shipping import invariants as shipping

ROOMS = (
    inventory,
    ledger,
    orders,
    payments,
    cash,
    fulfilment,
    shipping,
    promotions,
    payouts,
    refunds,
    complaints,
    documents,
    collecting,
)


def checks(session: Session) -> dict[str, dict[str, Any]]:
    """By name whether each holds and, where not, some rows that break it."""
    return {
        name: {"ok": check.ok, "wrong": list(check.wrong)}
        for room in ROOMS
        for name, check in room.verify(session).items()
    }
