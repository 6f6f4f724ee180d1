"""Every invariant of the shop, gathered from the rooms that hold them."""

from typing import Any

from sqlalchemy.orm import Session

from shop.aftersales.complaints import invariants as complaints
from shop.aftersales.refunds import invariants as refunds
from shop.catalog.inventory import queries as inventory
from shop.finance.payouts import invariants as payouts
from shop.fulfilment.collecting import invariants as collecting
from shop.fulfilment.documents import invariants as documents
from shop.fulfilment.orders import invariants as fulfilment
from shop.payments.cards import invariants as cards
from shop.payments.cash import invariants as cash
from shop.payments.ledger import queries as ledger
from shop.sales.orders import invariants as orders
from shop.sales.vouchers import queries as vouchers
from shop.shipping.rates import invariants as rates

ROOMS = (
    inventory,
    ledger,
    orders,
    cards,
    cash,
    fulfilment,
    rates,
    vouchers,
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
