"""``lumbung verify`` notices an order whose events tell another story than its state."""

from sqlalchemy import select, update

from shop.core.database.engine import Database
from shop.sales.orders.models import Actor, Order, OrderEvent, OrderState
from tests.factories import NOON, make_goods, make_purchase
from tests.support.books import broken

CHAIN = "order_events_chain_to_the_state"


def _order(db: Database) -> tuple[int, str]:
    placed = make_purchase(db, {make_goods(db, on_hand=9): 1})
    return placed.order_ids[0], placed.numbers[0]


def test_a_state_that_no_event_tells_is_named(db: Database) -> None:
    (sound, _), (odd, number) = _order(db), _order(db)
    assert broken(db) == {}
    with db.writing() as session:
        session.execute(update(Order).where(Order.id == odd).values(state=OrderState.LAPSED))
    assert broken(db) == {CHAIN: (f"order {number}: lapsed stands beside unpaid",)}
    assert sound != odd


def test_an_event_that_begins_elsewhere_than_the_last_one_ended_is_named(db: Database) -> None:
    order, number = _order(db)
    with db.writing() as session:
        session.add(
            OrderEvent(
                order_id=order,
                at=NOON,
                actor=Actor.SHOP,
                from_state=OrderState.READY,
                to_state=OrderState.UNPAID,
                facts={},
            )
        )
    with db.reading() as session:
        assert session.scalars(select(Order.state)).one() is OrderState.UNPAID
    assert broken(db) == {CHAIN: (f"order {number}: ready stands beside unpaid",)}
