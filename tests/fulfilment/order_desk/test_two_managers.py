"""Two people at one order: one decision stands, and without the guard two would."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.fulfilment.order_steps import actions
from shop.fulfilment.orders.queries import order_to_work_on
from shop.fulfilment.orders.rules import Reason
from shop.sales.orders.models import Actor, Order, OrderEvent, OrderState
from tests.factories import NOON, Goods, make_goods, shelf
from tests.fulfilment.paid import (
    both,
    broken,
    lines_of,
    make_paid,
    order_of,
    refunds,
    state_of,
    told,
)

Decision = Callable[[Session, Order], None]


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, price=45_000, on_hand=20)


def decided(db: Database, number: str) -> list[OrderState]:
    """Where the cooperative sent an order, as its events tell."""
    with db.reading() as session:
        return list(
            session.scalars(
                select(OrderEvent.to_state)
                .where(OrderEvent.order_id == order_of(db, number).id)
                .where(OrderEvent.actor == Actor.COOPERATIVE)
                .order_by(OrderEvent.id)
            )
        )


def test_accepted_and_refused_at_once_is_one_of_them(db: Database, kopi: Goods) -> None:
    for _ in range(5):
        before = len(told(db)), len(refunds(db)), shelf(db, kopi).on_hand
        number = make_paid(db, {kopi: 1}).numbers[0]
        counts = {line.id: line.packs for line in lines_of(db, number)}

        def take_up(session: Session, number: str = number) -> Order:
            return order_to_work_on(session, kopi.cooperative.id, number)

        def accept(session: Session, counts: dict[int, int] = counts) -> None:
            actions.accept(session, take_up(session), counts=counts, now=NOON)

        def refuse(session: Session) -> None:
            actions.refuse(session, take_up(session), reason=Reason.SHORT, now=NOON)

        assert both(db, accept, refuse) == 1
        state = state_of(db, number)
        assert decided(db, number) == [state]
        was_refused = state is OrderState.REFUSED
        assert len(told(db)) == before[0] + 1
        # The unique code goes back too: it was the purchase's only order.
        assert len(refunds(db)) == before[1] + 2 * was_refused
        assert shelf(db, kopi).on_hand == before[2] - 1
    assert broken(db) == {}


def test_without_the_conditional_move_both_decisions_would_stand(
    db: Database, kopi: Goods, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same race, the order looked at before and moved without asking again."""

    def careless(
        session: Session, order: Order, to: OrderState, *, actor: Actor, now: datetime, **_: object
    ) -> None:
        before, order.state = order.state, to
        session.add(
            OrderEvent(
                order_id=order.id, at=now, actor=actor, from_state=before, to_state=to, facts={}
            )
        )
        session.flush()

    monkeypatch.setattr(actions, "advance", careless)
    number = make_paid(db, {kopi: 1}).numbers[0]
    counts = {line.id: line.packs for line in lines_of(db, number)}
    looked_at = [order_of(db, number) for _ in range(2)]

    def accept(session: Session) -> None:
        session.add(looked_at[0])
        actions.accept(session, looked_at[0], counts=counts, now=NOON)

    def refuse(session: Session) -> None:
        session.add(looked_at[1])
        actions.refuse(session, looked_at[1], reason=Reason.SHORT, now=NOON)

    assert both(db, accept, refuse) == 2
    assert sorted(decided(db, number)) == [OrderState.ACCEPTED, OrderState.REFUSED]
