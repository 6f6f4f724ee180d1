"""Orders whose money goes back by hand."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from shop.aftersales.refunds.actions import give_back
from shop.aftersales.refunds.rules import RefundSelection
from shop.core.database.engine import Database
from shop.fulfilment.deadlines import completion
from shop.fulfilment.order_steps import actions as order_steps
from shop.fulfilment.orders.queries import order_to_work_on
from shop.fulfilment.orders.rules import Reason
from shop.payments.bills.models import Refund
from shop.sales.orders.models import Actor
from tests.factories import DAY, NOON, Goods
from tests.fulfilment.paid import Desk, lines_of, make_paid, order_of


def arrived(db: Database, packs: Mapping[Goods, int], now: datetime = NOON) -> str:
    """The number of an order that arrived."""
    number = make_paid(db, packs, now=now).numbers[0]
    bring(db, number)
    return number


def bring(db: Database, number: str) -> None:
    """A paid order goes its whole way to the shopper."""
    desk = Desk(db, order_of(db, number).cooperative_id)
    desk.ship(number)
    desk.do(
        number,
        lambda s, order: order_steps.confirm_arrival(s, order, actor=Actor.SHOPPER, now=NOON),
    )


def finish(db: Database) -> None:
    """The time for complaints is over."""
    db.write(partial(completion.complete_due_orders, now=NOON + 7 * DAY))


def refund_selection(
    db: Database,
    number: str,
    *packs: int,
    delivery: int = 0,
    is_back: bool = False,
    till_pays: bool = False,
) -> RefundSelection:
    """So many packs of the first, the second, … line, and so much of the delivery."""
    lines = lines_of(db, number)
    return RefundSelection(
        packs={line.id: wanted for line, wanted in zip(lines, packs, strict=False) if wanted},
        delivery=delivery,
        reason=Reason.DAMAGED,
        is_back=is_back,
        till_pays=till_pays,
    )


def give(
    db: Database,
    number: str,
    *packs: int,
    delivery: int = 0,
    is_back: bool = False,
    till_pays: bool = False,
    seen: int | None = None,
) -> Refund:
    """Give so much back."""
    wanted = refund_selection(
        db, number, *packs, delivery=delivery, is_back=is_back, till_pays=till_pays
    )
    order = order_of(db, number)
    looked = order.refunded if seen is None else seen
    return db.write(
        lambda session: give_back(
            session,
            order_to_work_on(session, order.cooperative_id, number),
            wanted,
            seen=looked,
            person_id=None,
            now=NOON,
        )
    )
