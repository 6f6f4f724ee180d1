"""Two managers and two clicks at once: the money goes back once, and without the guard twice."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, get_ident

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from shop.aftersales.refunds import actions
from shop.aftersales.refunds.errors import NoSuchRefund
from shop.aftersales.refunds.models import RefundRequest
from shop.aftersales.refunds.rules import RefundSelection
from shop.core.database.engine import Database
from shop.fulfilment.orders.queries import order_to_work_on
from shop.payments.bills.errors import RefundedMeanwhile, RefundTooMuch
from shop.payments.bills.models import Refund
from shop.payments.bills.refunds import claim
from shop.sales.orders.models import Order
from tests.aftersales.giving import arrived, refund_selection
from tests.factories import NOON, Goods, make_goods, make_person
from tests.fulfilment.paid import broken, order_of, refunds

HANDS = 6


@pytest.fixture
def kopi(db: Database) -> Goods:
    return make_goods(db, price=45_000, on_hand=200)


def at_once(db: Database, works: Sequence[Callable[[Session], object]]) -> int:
    """Let transactions begin together; how many of them went through."""
    together = Barrier(len(works))

    def try_it(work: Callable[[Session], object]) -> bool:
        together.wait()
        try:
            db.write(work)
        except RefundedMeanwhile:
            return False
        return True

    with ThreadPoolExecutor(len(works)) as hands:
        return sum(hands.map(try_it, works))


def giving(
    number: str, cooperative_id: int, wanted: RefundSelection
) -> Callable[[Session], Refund]:
    return lambda session: actions.give_back(
        session,
        order_to_work_on(session, cooperative_id, number),
        wanted,
        seen=0,
        person_id=None,
        now=NOON,
    )


def test_six_clicks_of_several_managers_give_back_once(db: Database, kopi: Goods) -> None:
    for _ in range(3):
        before = len(refunds(db))
        number = arrived(db, {kopi: 5})
        works = [
            giving(number, kopi.cooperative.id, refund_selection(db, number, packs))
            for packs in (1, 1, 1, 2, 2, 3)
        ]
        assert at_once(db, works) == 1
        assert len(refunds(db)) == before + 1
        assert order_of(db, number).refunded == refunds(db)[-1][1]
    assert broken(db) == {}


def test_without_the_conditional_claim_each_of_them_would(
    db: Database, kopi: Goods, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same clicks, counting without asking what had gone back before."""

    def careless(session: Session, order: Order, amount: int, *, seen: int | None = None) -> None:
        order.refunded += amount
        session.flush()

    number = arrived(db, {kopi: 5})
    looked_at = order_of(db, number)
    monkeypatch.setattr(actions, "claim", careless)
    monkeypatch.setattr(actions, "refuse_repeat", lambda *_: None)

    monkeypatch.setattr(actions, "_key", lambda order, seen: f"hand:{get_ident()}")

    def give(session: Session) -> Refund:
        order = session.get_one(Order, looked_at.id)  # looked at, not kept from others
        return actions.give_back(
            session, order, refund_selection(db, number, 1), seen=0, person_id=None, now=NOON
        )

    assert at_once(db, [give, give]) == 2
    assert len(refunds(db)) == 2


def test_claims_at_once_never_take_more_than_was_paid(db: Database, kopi: Goods) -> None:
    number = arrived(db, {kopi: 1})  # 45,000 and 12,000 for delivery
    order_id = order_of(db, number).id

    def take(session: Session) -> None:
        try:
            claim(session, session.get_one(Order, order_id), 20_000)
        except RefundTooMuch as refusal:
            raise RefundedMeanwhile(order_id) from refusal

    assert at_once(db, [take] * HANDS) == 2
    with db.reading() as session:
        assert session.scalar(select(Order.refunded).where(Order.id == order_id)) == 40_000


def test_yes_and_no_at_once_to_one_refund_is_one_of_them(db: Database, kopi: Goods) -> None:
    dewi, joko = make_person(db, "Dewi").id, make_person(db, "Joko").id
    number = arrived(db, {kopi: 30})  # from Rp1.000.000 on a second person says yes
    mine, wanted = order_of(db, number).cooperative_id, refund_selection(db, number, 30)
    request = db.write(
        lambda session: actions.request_or_refund(
            session,
            order_to_work_on(session, mine, number),
            wanted,
            seen=0,
            person_id=dewi,
            now=NOON,
        )
    )
    assert isinstance(request, RefundRequest)
    before, together = len(refunds(db)), Barrier(2)

    def decide(yes: bool) -> bool:
        together.wait()
        try:
            db.write(
                lambda session: actions.decide(
                    session,
                    order_to_work_on(session, mine, number),
                    request_id=request.id,
                    is_allowed=yes,
                    person_id=joko,
                    now=NOON,
                )
            )
        except NoSuchRefund:
            return False
        return True

    with ThreadPoolExecutor(2) as hands:
        said_yes, said_no = hands.map(decide, (True, False))
    assert said_yes is not said_no
    assert len(refunds(db)) - before == said_yes
    assert broken(db) == {}
