"""Two answer for missing packs, or ask, at the same moment: one counts."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.core.database.engine import Database
from shop.fulfilment.order_steps import shortages
from shop.fulfilment.orders.queries import order_to_work_on
from shop.fulfilment.orders.rules import Reason, Shortfall
from shop.sales.orders.models import Actor, Order, OrderState, ShortOffer
from shop.sales.orders.rules import ShortageChoice
from tests.factories import DAY, NOON, Goods
from tests.fulfilment.asking import ask
from tests.fulfilment.paid import Desk, both, broken, lines_of, order_of, state_of, told

pytestmark = pytest.mark.usefixtures("noon")


def unlocked(session: Session, number: str) -> Order:
    return session.scalars(select(Order).where(Order.number == number)).one()


def test_a_choice_and_the_worker_at_once_are_one_answer(
    db: Database, kopi: Goods, gayo: Desk, number: str
) -> None:
    ask(gayo, number)
    order_id = order_of(db, number).id

    def cancel(session: Session) -> None:
        order = order_to_work_on(session, kopi.cooperative.id, number)
        shortages.choose(session, order, ShortageChoice.CANCEL, actor=Actor.SHOPPER, now=NOON + DAY)

    def silence(session: Session) -> None:
        shortages.expire_offer(session, order_id, NOON + DAY)

    assert both(db, cancel, silence) in (1, 2)  # the worker that comes late does nothing
    with db.reading() as session:
        answer = session.get_one(ShortOffer, order_id).answer
    expected = {
        ShortageChoice.CANCEL: OrderState.CANCELLED,
        ShortageChoice.SEND: OrderState.ACCEPTED,
    }
    assert answer is not None
    assert state_of(db, number) is expected[answer]
    assert broken(db) == {}


def answer_twice(db: Database, number: str) -> int:
    """Two browsers choose without anybody keeping the order; how many answers counted."""

    def cancel(session: Session) -> None:
        shortages._answer(
            session, unlocked(session, number), ShortageChoice.CANCEL, Actor.SHOPPER, NOON
        )

    return both(db, cancel, cancel)


def test_two_answers_are_one_even_where_nobody_keeps_the_order(
    db: Database, gayo: Desk, number: str
) -> None:
    ask(gayo, number)
    assert answer_twice(db, number) == 1


def test_without_the_condition_both_answers_would_count(
    db: Database, gayo: Desk, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same race, looked at before and written without asking again."""
    ask(gayo, number)

    def careless(session: Session, order: Order, choice: ShortageChoice, *_: object) -> None:
        session.get_one(ShortOffer, order.id).answer = choice
        session.flush()

    monkeypatch.setattr(shortages, "_answer", careless)
    assert answer_twice(db, number) == 2


def test_two_managers_who_count_at_once_ask_once(db: Database, gayo: Desk, number: str) -> None:
    line = lines_of(db, number)[0]

    def count(session: Session) -> None:
        shortages.accept_or_ask(
            session,
            unlocked(session, number),
            counts={line.id: 3},
            shortfalls={line.id: Shortfall(Reason.SHORT)},
            now=NOON,
        )

    assert both(db, count, count) == 1
    assert told(db) == ["order_short"]
